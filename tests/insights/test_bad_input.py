"""Input that real accounts and broken sources produce: the answer is right, or a typed error."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from chalicelib.costs import CostFacts, Period
from chalicelib.errors import CurrencyError, PeriodError
from chalicelib.report import Report, build_report
from chalicelib.settings import Settings
from simulation.ledger import Ledger
from tests.insights.ledgers import HISTORY, TODAY, daily, entry, report_of

MOMENT = datetime(2026, 11, 24, 7, tzinfo=UTC)


def expected(report: Report) -> float:
    assert report.projections.net is not None
    return float(report.projections.net.expected)


def test_no_charges_at_all() -> None:
    report = report_of()
    assert report.last_week is not None
    assert report.last_week.gross.amount == 0
    assert report.anomalies == ()
    assert report.projections.net is None


def test_nothing_but_zeros_is_the_same_as_nothing() -> None:
    report = report_of(daily("S3", 0))
    assert report.week_movers is not None
    assert report.week_movers.by_service == ()
    assert report.anomalies == ()
    assert report.projections.reason == "There is no cost to project from yet."


def test_a_single_day() -> None:
    report = report_of([entry(date(2026, 11, 20), "S3", 500)])
    assert report.last_week is not None
    assert report.last_week.gross.amount == 500
    assert report.anomalies == ()
    assert report.projections.net is None


def test_all_amounts_negative() -> None:
    report = report_of(daily("S3", -10))
    assert report.months[-1].gross == -230
    assert report.anomalies == ()
    assert expected(report) == pytest.approx(-300)


def test_days_that_are_missing_count_as_nothing_in_sums_and_do_not_bend_the_projection() -> None:
    gap = Period(date(2026, 10, 10), date(2026, 10, 14))
    report = report_of([each for each in daily("S3", 10) if each.day not in gap])
    assert report.months[-2].net == 270
    assert expected(report) == pytest.approx(300)
    assert report.anomalies == ()


def test_a_day_reported_in_two_parts_is_one_day() -> None:
    halves = report_of(daily("S3", 4), daily("S3", 6))
    assert halves.month_to_date == report_of(daily("S3", 10)).month_to_date
    assert expected(halves) == pytest.approx(300)


def test_one_enormous_value_is_an_anomaly_and_moves_no_expectation() -> None:
    report = report_of(daily("S3", 10), [entry(date(2026, 11, 10), "S3", "1e12")])
    (found,) = report.anomalies
    assert found.expected == pytest.approx(Decimal(10))
    assert found.actual == Decimal("1e12") + 10
    assert expected(report) == pytest.approx(1e12 + 300)


def test_two_currencies_are_an_error_that_names_both() -> None:
    dollars = Ledger(daily("S3", 10), {}).facts(TODAY)
    euros = Ledger(daily("S3", 10), {}, currency="EUR").facts(TODAY)
    mixed = replace(dollars, months=euros.months)
    with pytest.raises(CurrencyError, match="EUR and USD") as caught:
        build_report(mixed, Settings(), MOMENT)
    assert caught.value.next_step


def test_names_that_differ_by_case_or_trailing_space_stay_apart() -> None:
    names = ("S3", "s3", "S3 ")
    movers = report_of(
        *(daily(name, lambda day: 30 if day > date(2026, 11, 14) else 10) for name in names)
    ).week_movers
    assert movers is not None
    assert {each.service for each in movers.by_service} == set(names)


def test_a_table_that_reaches_into_the_future_is_an_error_that_names_it() -> None:
    facts = Ledger(daily("S3", 10), {}).facts(TODAY)
    ahead = replace(facts, today=date(2026, 11, 20))
    with pytest.raises(PeriodError, match="services runs to 2026-11-23, but 2026-11-20"):
        build_report(ahead, Settings(), MOMENT)


def test_a_table_that_starts_after_the_last_complete_day_is_compared_with_nothing() -> None:
    facts: CostFacts = Ledger(daily("S3", 10), {}).facts(TODAY)
    late = replace(facts, services=facts.services.during(Period(date(2026, 11, 22), TODAY)))
    report = build_report(late, Settings(), MOMENT)
    assert report.last_week is None
    assert report.month_to_date is None
    assert report.week_movers is None
    assert report.projections.net is None


@pytest.mark.parametrize("today", [date(2028, 2, 29), date(2028, 3, 1), date(2026, 3, 1)])
def test_the_ends_of_february(today: date) -> None:
    report = report_of(daily("S3", 10, Period(date(2025, 9, 1), today)), today=today)
    assert report.last_week is not None
    assert report.last_week.gross.amount == 0
    assert report.projections.net is not None
    assert expected(report) == pytest.approx(10 * len(report.projections.net.month))
    assert report.anomalies == ()


def test_the_turn_of_the_year() -> None:
    today = date(2027, 1, 10)
    report = report_of(daily("S3", 10, Period(date(2026, 10, 1), today)), today=today)
    assert report.month_to_date is not None
    assert report.month_to_date.against.start == date(2026, 12, 1)
    assert expected(report) == pytest.approx(310)


def test_history_is_not_needed_to_be_as_long_as_usual() -> None:
    facts = Ledger(daily("S3", 10), {}).facts(TODAY)
    short = replace(facts, services=facts.services.during(Period(date(2026, 11, 1), TODAY)))
    report = build_report(short, Settings(), MOMENT)
    assert report.last_week is not None
    assert report.month_to_date is None
    assert expected(report) == pytest.approx(300)
    assert HISTORY.start < date(2026, 11, 1)


def test_a_cost_that_began_on_the_last_complete_day_is_projected_with_a_wide_interval() -> None:
    tax = [entry(date(2026, 8, 5), "Tax", 30, record_type="Tax")]
    began = daily("S3", 10, Period(date(2026, 11, 21), TODAY))
    projection = report_of(tax, began).projections.net
    assert projection is not None
    assert projection.high - projection.low > 50
