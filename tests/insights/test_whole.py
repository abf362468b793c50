"""Usage that moves as a whole is told as that, once, with its largest parts; noise is not."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from chalicelib.findings import Certainty, FindingKind
from chalicelib.messages.digest import digest
from chalicelib.report import Report
from simulation.ledger import Entry
from tests.insights.ledgers import HISTORY, daily, entry, report_of

SINCE = date(2026, 11, 15)
SERVICES = ("EC2", "S3", "RDS", "Lambda", "DynamoDB", "CloudFront", "SQS", "EKS")


def account(factor: str, noise: float = 0.0, seed: int = 1) -> Iterator[Entry]:
    """Eight services of several sizes, $1.16 million a week, all dearer by one factor since a day."""
    random = Random(seed)  # noqa: S311 (nothing secret)
    for n, service in enumerate(SERVICES, start=1):
        for day in HISTORY:
            stray = Decimal(str(round(random.gauss(1, noise), 6)))
            more = Decimal(factor) if day >= SINCE else 1
            yield entry(day, service, n * Decimal("4603.1746") * stray * more)


def whole(report: Report) -> list[Decimal]:
    return [each.amount for each in report.findings if each.kind is FindingKind.WHOLE_ACCOUNT]


@pytest.mark.parametrize("noise", [0.0, 0.02, 0.05])
@pytest.mark.parametrize(("factor", "way"), [("1.05", "more"), ("1.08", "more"), ("0.94", "less")])
def test_what_all_services_do_is_told_of_the_account_with_its_largest_parts(
    factor: str, way: str, noise: float
) -> None:
    report = report_of(account(factor, noise))
    first, *parts = report.findings
    assert first.kind is FindingKind.WHOLE_ACCOUNT
    assert all(each.certainty is Certainty.POSSIBLE for each in parts)
    assert 1 <= len({each.service for each in parts}) <= 6
    assert parts[0].service in SERVICES[-3:]
    mail = digest(report, "link")
    assert mail.subject.startswith("Usage as a whole cost")
    assert way in mail.subject
    assert report.week_movers is not None
    assert len(report.week_movers.by_service) == len(SERVICES) or noise


def test_fifty_eight_thousand_dollars_over_all_services_are_not_lost() -> None:
    report = report_of(account("1.05"))
    (amount,) = whole(report)
    assert round(amount, -2) == 58000
    assert "$58,000" in digest(report, "link").text


def test_it_is_still_one_finding_a_week_later() -> None:
    report = report_of(account("1.05"), today=date(2026, 11, 24))
    later = report_of(
        *(
            daily(service, lambda day, n=n: n * (105 if day >= date(2026, 11, 8) else 100))
            for n, service in enumerate(SERVICES, start=1)
        )
    )
    assert len(whole(report)) == len(whole(later)) == 1
    assert len(later.findings) <= 4


def test_one_service_that_rises_is_no_rise_of_the_account() -> None:
    alone = daily("Athena", lambda day: 9000 if day >= SINCE else 2000)
    report = report_of(account("1", 0.01), alone)
    assert whole(report) == []
    assert report.findings[0].service == "Athena"


def test_noise_and_ordinary_growth_are_no_change_of_the_account() -> None:
    told = sum(bool(whole(report_of(account("1", 0.06, seed)))) for seed in range(20))
    assert told <= 1
    growing = (
        daily(service, lambda day, n=n: n * Decimal("1.004") ** (day - HISTORY.start).days)
        for n, service in enumerate(SERVICES, start=1)
    )
    assert whole(report_of(*growing)) == []


def test_an_account_too_young_to_know_its_weeks_is_not_judged() -> None:
    young = (each for each in account("1.05", 0.02) if each.day >= date(2026, 11, 1))
    assert whole(report_of(young)) == []
