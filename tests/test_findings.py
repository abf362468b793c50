"""The one ranked list of what is worth telling."""

from datetime import date
from decimal import Decimal

from chalicelib.costs import Period
from chalicelib.findings import Certainty, FindingKind
from chalicelib.settings import Settings
from tests.insights.ledgers import HISTORY, THROUGH, daily, report_of

RISE = date(2026, 11, 15)


def test_a_level_account_has_no_finding() -> None:
    assert report_of(daily("S3", 10)).findings == ()


def test_findings_are_ranked_by_money() -> None:
    report = report_of(
        daily("Small", lambda day: 30 if day >= RISE else 20),
        daily("Large", lambda day: 90 if day >= RISE else 30),
        daily("Ended", 50, Period(HISTORY.start, RISE)),
    )
    found = [(each.service, each.kind) for each in report.findings]
    assert found == [
        ("Large", FindingKind.STEP),
        ("Ended", FindingKind.ENDED),
        ("Small", FindingKind.STEP),
    ]


def test_an_anomaly_and_a_mover_of_the_same_service_are_one_finding() -> None:
    report = report_of(
        daily("S3", 10, account="1"),
        daily("S3", lambda day: 60 if day >= RISE else 10, account="2"),
    )
    assert report.week_movers is not None
    assert report.week_movers.by_both
    assert report.anomalies
    (finding,) = report.findings
    assert (finding.service, finding.account) == ("S3", "2")
    assert finding.period == Period(RISE, date(2026, 11, 22))
    assert finding.amount == finding.now - finding.before


def test_what_rises_in_one_account_and_falls_in_another_is_told_in_both() -> None:
    report = report_of(
        daily("S3", lambda day: 10 if day >= RISE else 60, account="1"),
        daily("S3", lambda day: 60 if day >= RISE else 10, account="2"),
    )
    assert {each.service for each in report.findings} == {"S3"}
    assert "2" in {each.account for each in report.findings}


def test_a_month_that_ends_over_its_budget_is_a_finding() -> None:
    report = report_of(daily("S3", 10), settings=Settings(monthly_budget=Decimal(200)))
    (finding,) = report.findings
    assert finding.kind is FindingKind.BUDGET
    assert finding.certainty is Certainty.SURE
    assert round(finding.amount) == 100
    assert THROUGH in (finding.period or ())
