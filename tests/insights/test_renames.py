"""A service that got another name is one row, told as renamed; what only looks like it is not."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib.costs import Period
from chalicelib.findings import FindingKind
from chalicelib.messages.digest import digest
from chalicelib.report import Report
from tests.insights.ledgers import HISTORY, THROUGH, daily, entry, report_of

OLD, NEW = "Amazon QuickSight", "Amazon Quick Suite"
TIDE = (0, 6, -9, 3, 11, -4, -7)


def wavy(level: int) -> Callable[[date], Decimal]:
    """A cost that strays by a tenth from day to day, and not by the week."""
    return lambda day: Decimal(level) * (100 + TIDE[day.toordinal() * 3 % 7]) / 100


def renamed_on(
    turn: date, *, now: int = 30, account: str = "1", later: str = "1", beside: int = 80
) -> Report:
    return report_of(
        daily("EC2", beside),
        daily("EC2", beside, account="2"),
        *(daily(name, 20) for name in ("S3", "RDS", "SQS")),
        daily(OLD, wavy(30), Period(HISTORY.start, turn), account),
        daily(NEW, wavy(now), Period(turn, HISTORY.end), later),
    )


def kinds(report: Report) -> list[tuple[FindingKind, str, str]]:
    return [(each.kind, each.service, each.was) for each in report.findings]


@pytest.mark.parametrize("days", [0, 1, 3, 6, 13])
def test_a_renamed_service_is_one_row_and_is_told_as_renamed(days: int) -> None:
    turn = THROUGH - timedelta(days=days)
    report = renamed_on(turn)
    assert kinds(report) == [(FindingKind.RENAMED, NEW, OLD)]
    assert report.anomalies == ()
    assert report.week_movers is not None
    assert report.week_movers.by_service == ()
    assert OLD not in report.facts.services.by("service")
    assert report.completeness.complete_through == THROUGH


def test_the_mail_says_what_it_is_called_now_and_shows_one_row() -> None:
    text = digest(renamed_on(date(2026, 11, 17)), "link").text
    assert "QuickSight is now called Quick Suite, since 17 November" in text
    assert "is new" not in text
    assert "ended" not in text
    rows = [line for line in text.splitlines() if line.startswith(" ") or "$" in line[:3]]
    assert sum("Quick" in line for line in rows) == 1


def test_the_subject_does_not_call_a_new_name_unusual() -> None:
    assert digest(renamed_on(date(2026, 11, 17)), "link").subject.startswith("Nothing unusual")


def test_a_rename_of_long_ago_is_no_longer_told_and_is_still_one_row() -> None:
    report = renamed_on(date(2026, 10, 20))
    assert report.findings == ()
    assert report.month_movers is not None
    assert report.month_movers.by_service == ()


@pytest.mark.parametrize("both", [1, 2])
def test_on_the_days_of_the_turn_both_names_may_have_charges(both: int) -> None:
    turn = date(2026, 11, 17)
    report = report_of(
        daily("EC2", 80),
        daily(OLD, 30, Period(HISTORY.start, turn)),
        daily(OLD, 10, Period(turn, turn + timedelta(days=both))),
        daily(NEW, 20, Period(turn, turn + timedelta(days=both))),
        daily(NEW, 30, Period(turn + timedelta(days=both), HISTORY.end)),
    )
    assert kinds(report) == [(FindingKind.RENAMED, NEW, OLD)]


def test_what_costs_more_under_the_new_name_is_another_service() -> None:
    assert {kind for kind, _, _ in kinds(renamed_on(date(2026, 11, 15), now=55))} == {
        FindingKind.NEW,
        FindingKind.ENDED,
    }


def test_what_ends_in_one_account_and_begins_in_another_is_not_renamed() -> None:
    report = renamed_on(date(2026, 11, 15), later="2")
    assert {kind for kind, _, _ in kinds(report)} == {FindingKind.NEW, FindingKind.ENDED}


def test_what_begins_days_after_another_ended_is_not_renamed() -> None:
    turn = date(2026, 11, 12)
    report = report_of(
        *(daily(name, 20) for name in ("EC2", "S3", "RDS", "SQS")),
        daily(OLD, 30, Period(HISTORY.start, turn)),
        daily(NEW, 30, Period(turn + timedelta(days=3), HISTORY.end)),
    )
    assert FindingKind.RENAMED not in {kind for kind, _, _ in kinds(report)}


def test_two_services_that_are_renamed_on_one_day_find_their_own_names() -> None:
    turn = date(2026, 11, 16)
    before, after = Period(HISTORY.start, turn), Period(turn, HISTORY.end)
    report = report_of(
        daily("EC2", 80),
        daily("Kinesis Firehose", 30, before),
        daily("Elasticsearch", 32, before),
        daily("Data Firehose", 30, after),
        daily("OpenSearch", 32, after),
    )
    assert {(each.was, each.service) for each in report.findings} == {
        ("Kinesis Firehose", "Data Firehose"),
        ("Elasticsearch", "OpenSearch"),
    }


def test_a_step_after_a_rename_is_told_of_the_new_name() -> None:
    turn, step = date(2026, 10, 20), date(2026, 11, 14)
    report = report_of(
        daily("EC2", 80),
        daily(OLD, wavy(30), Period(HISTORY.start, turn)),
        daily(
            NEW, lambda day: wavy(30)(day) * (2 if day >= step else 1), Period(turn, HISTORY.end)
        ),
    )
    ((kind, service, _),) = kinds(report)
    assert (kind, service) == (FindingKind.STEP, NEW)


def test_credits_and_fees_of_a_renamed_service_go_with_it_to_the_cent() -> None:
    turn = date(2026, 11, 17)
    before, after = Period(HISTORY.start, turn), Period(turn, HISTORY.end)
    report = report_of(
        daily("EC2", 80),
        daily(OLD, "30.01", before),
        daily(OLD, "-30.01", before, record_type="Credit"),
        daily(NEW, "30.01", after),
        daily(NEW, "-30.01", after, record_type="Credit"),
        [entry(date(2026, 10, 1), OLD, 50, record_type="Fee")],
    )
    assert {key.service for key in report.facts.services.cells} == {"EC2", NEW}
    assert report.facts.services.total().billed == 80 * len(HISTORY) + 50
