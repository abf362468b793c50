"""Late days, holes, beginnings and stops are seen in the data, and never taken for a change of costs."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from chalicelib.costs import Period
from chalicelib.report import Report
from simulation.ledger import Entry
from tests.insights.ledgers import HISTORY, THROUGH, TODAY, daily, entry, report_of

DAY = timedelta(days=1)
SERVICES = ("EC2", "S3", "RDS", "Lambda", "Glue")


def account() -> list[Entry]:
    """Five services, every day."""
    return [each for n, name in enumerate(SERVICES, 1) for each in daily(name, 10 * n)]


def without(charges: Iterable[Entry], lost: Period, services: Iterable[str] = SERVICES) -> Report:
    """The report where the services' charges of some days have not come."""
    names = set(services)
    return report_of(each for each in charges if each.day not in lost or each.service not in names)


@pytest.mark.parametrize("days", [1, 2, 3, 4, 5, 6, 7])
def test_whole_days_are_late_and_what_follows_is_unknown(days: int) -> None:
    late = Period(THROUGH + DAY - days * DAY, TODAY)
    report = without(account(), late)
    assert report.completeness.complete_through == THROUGH - days * DAY
    assert report.completeness.late == Period(late.start, THROUGH + DAY)
    assert report.completeness.late_empty
    assert report.facts.services.unknown(late) == (late,)
    assert report.findings == ()


def test_days_that_lack_half_of_their_rows_are_late_too() -> None:
    late = Period(THROUGH - 2 * DAY, TODAY)
    report = without(account(), late, ("EC2", "S3", "RDS"))
    assert report.completeness.complete_through == THROUGH - 3 * DAY
    assert not report.completeness.late_empty
    assert report.findings == ()


def test_a_day_with_a_tenth_of_each_row_is_late() -> None:
    late = Period(THROUGH - DAY, TODAY)
    whole = [each for each in account() if each.day not in late]
    tenth = [entry(each.day, each.service, 1) for each in account() if each.day in late]
    report = report_of(whole, tenth)
    assert report.completeness.complete_through == THROUGH - 2 * DAY
    assert report.findings == ()


def test_one_of_many_services_that_stops_is_told_at_once() -> None:
    report = without(account(), Period(THROUGH - 2 * DAY, TODAY), ("Glue",))
    assert report.completeness.late is None
    assert report.completeness.complete_through == THROUGH


@pytest.mark.parametrize("services", [SERVICES[2:], SERVICES])
def test_what_is_gone_for_more_than_seven_complete_days_has_stopped(
    services: tuple[str, ...],
) -> None:
    """Half of the money, or everything."""
    report = without(account(), Period(THROUGH - 7 * DAY, TODAY), services)
    assert report.completeness.late is None
    assert {each.service for each in report.findings if each.amount < 0} == set(services)


def test_an_account_that_stopped_says_since_when() -> None:
    report = without(account(), Period(THROUGH - 20 * DAY, TODAY))
    assert report.completeness.stopped_since == THROUGH - 20 * DAY
    assert report.completeness.late is None


def test_a_weekend_is_not_late() -> None:
    def amount(day: date) -> Decimal:
        return Decimal(2 if day.weekday() > 4 else 20)

    report = report_of(*(daily(name, amount) for name in SERVICES))
    assert THROUGH.weekday() == 5
    assert report.completeness.complete_through == THROUGH


@pytest.mark.parametrize("days", [1, 3, 9, 30])
def test_a_stretch_without_any_charge_inside_is_a_hole(days: int) -> None:
    hole = Period(date(2026, 9, 28), date(2026, 9, 28) + days * DAY)
    report = without(account(), hole)
    assert report.completeness.holes == (hole,)
    assert report.facts.services.unknown(hole) == (hole,)
    assert report.findings == ()


def test_holes_close_to_one_another_are_all_found() -> None:
    lost = [Period(date(2026, 10, day), date(2026, 10, day + 4)) for day in (2, 9, 16)]
    report = report_of(each for each in account() if not any(each.day in hole for hole in lost))
    assert report.completeness.holes == tuple(lost)


@pytest.mark.parametrize(
    "charged",
    [
        lambda day: day.weekday() < 5,
        lambda day: day.weekday() != 6,
        lambda day: day.toordinal() % 2 == 0,
        lambda day: day.day == 1,
        lambda day: Random(day.toordinal()).random() < 0.5,  # noqa: S311
    ],
    ids=["no weekends", "no Sundays", "every other day", "the 1st", "now and then"],
)
def test_what_is_not_charged_every_day_leaves_no_holes(charged: object) -> None:
    assert callable(charged)
    whole = [each for each in daily("EC2", 10) if charged(each.day)]
    report = report_of(whole)
    assert report.completeness.holes == ()
    assert report.completeness.late is None


def test_days_before_a_service_began_are_no_hole() -> None:
    began = Period(date(2026, 10, 20), TODAY)
    report = report_of([entry(date(2026, 8, 3), "Tax", 5)], daily("EC2", 10, began))
    assert report.completeness.holes == ()


def test_every_day_is_known_where_nothing_is_missing() -> None:
    report = report_of(account())
    assert report.completeness.complete_through == THROUGH
    assert report.completeness.late is None
    assert report.completeness.holes == ()
    assert report.completeness.begins is None
    assert report.facts.services.covers(HISTORY)
