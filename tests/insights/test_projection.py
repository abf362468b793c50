from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from chalicelib.costs import Period
from chalicelib.insights.projection import Projection
from chalicelib.settings import Settings
from simulation.ledger import Entry
from tests.insights.ledgers import HISTORY, THROUGH, TODAY, daily, entry, report_of

NO_SETTLING = Settings(settling_days=0)


def close(amount: object) -> object:
    return pytest.approx(Decimal(str(amount)), rel=Decimal("0.001"))


def net(*parts: list[Entry], today: date = TODAY) -> Projection:
    projection = report_of(*parts, today=today).projections.net
    assert projection is not None
    return projection


def test_a_cost_that_never_moves_is_projected_exactly() -> None:
    found = net([*daily("S3", 10)])
    assert found.month == Period(date(2026, 11, 1), date(2026, 12, 1))
    assert found.so_far == 210
    assert (found.low, found.expected, found.high) == (close(300), close(300), close(300))


def test_weekdays_and_weekend_days_ahead_cost_what_they_usually_do() -> None:
    found = net([*daily("Glue", lambda day: 5 if day.weekday() >= 5 else 20)])
    assert found.expected == close(21 * 20 + 9 * 5)


def test_a_fee_of_this_month_is_counted_once() -> None:
    fees = [entry(date(2026, month, 1), "Tax", 90, record_type="Tax") for month in (8, 9, 10, 11)]
    assert net([*daily("S3", 10)], fees).expected == close(390)


def test_a_fee_that_is_still_to_come_is_expected() -> None:
    fees = [entry(date(2026, m, 28), "Tax", 90, record_type="Tax") for m in (8, 9, 10)]
    assert net([*daily("S3", 10)], fees).expected == close(390)


def test_of_two_fees_a_month_the_one_still_to_come_is_expected() -> None:
    paid = [entry(date(2026, m, 3), "Tax", 30, record_type="Tax") for m in (8, 9, 10, 11)]
    due = [entry(date(2026, m, 28), "Tax", 60, record_type="Tax") for m in (8, 9, 10)]
    assert net([*daily("S3", 10)], paid, due).expected == close(390)


def test_on_the_first_day_of_a_month_its_fees_are_expected_too() -> None:
    today = date(2026, 11, 1)
    period = Period(HISTORY.start, today)
    tax = [entry(date(2026, month, 1), "Tax", 90, record_type="Tax") for month in (8, 9, 10)]
    zones = [entry(date(2026, month, 1), "S3", 30) for month in (8, 9, 10)]
    found = net([*daily("S3", 10, period)], tax, zones, today=today)
    assert found.so_far == 0
    assert found.expected == close(300 + 90 + 30)


def test_a_single_purchase_is_not_expected_again() -> None:
    bought = [entry(date(2026, 10, 25), "EC2", 5000, record_type="Upfront reservation fee")]
    assert net([*daily("S3", 10)], bought).expected == close(300)


@pytest.mark.parametrize("record_type", ["Upfront reservation fee", "Refund", "Credit", "Tax"])
@pytest.mark.parametrize("days_ago", [0, 1, 4])
def test_what_came_once_a_few_days_ago_is_not_expected_every_day(
    record_type: str, days_ago: int
) -> None:
    amount = -3000 if record_type in ("Refund", "Credit") else 3000
    single = [entry(THROUGH - timedelta(days_ago), "RDS", amount, record_type=record_type)]
    found = net([*daily("S3", 10)], single)
    assert (found.low, found.expected, found.high) == (close(300 + amount),) * 3


@pytest.mark.parametrize("days_ago", [0, 1])
def test_usage_of_one_day_is_carried_on_only_if_it_goes_on(days_ago: int) -> None:
    began = THROUGH - timedelta(days_ago)
    once = net([*daily("S3", 10)], [entry(began, "Batch", 3000)])
    assert (once.expected, once.high) == (close(3300), close(3300))
    going_on = net([*daily("S3", 10)], [*daily("Bedrock", 30, Period(began, TODAY))])
    assert going_on.expected == close(300 + 30 * (10 + days_ago))


def test_credits_that_cancel_each_other_out_are_nothing_to_project() -> None:
    one = entry(date(2026, 11, 5), "EC2", -8, record_type="Credit")
    other = entry(date(2026, 11, 5), "RDS", 8, record_type="Credit")
    assert net([*daily("S3", 10)], [one, other]).expected == close(300)


def test_a_new_level_is_carried_on_and_a_single_peak_is_not() -> None:
    step = net([*daily("S3", lambda day: 10 if day < date(2026, 11, 9) else 30)])
    assert step.expected == close(8 * 10 + 22 * 30)
    peak = net([*daily("S3", 10)], [entry(date(2026, 11, 18), "S3", 1000)])
    assert peak.expected == close(1300)


def test_a_new_level_is_told_from_noise() -> None:
    def cost(day: date) -> object:
        stray = Random(str(day)).uniform(0.9, 1.1)  # noqa: S311 - a fixed sequence
        return f"{(30 if day >= date(2026, 11, 14) else 10) * stray:.4f}"

    assert float(net([*daily("S3", cost)]).expected) == pytest.approx(13 * 10 + 17 * 30, rel=0.02)


def test_growth_goes_on() -> None:
    found = net([*daily("S3", lambda day: 100 * 1.005 ** (day - HISTORY.start).days)])
    month = Period(date(2026, 11, 1), date(2026, 12, 1))
    truth = sum(100 * 1.005 ** (day - HISTORY.start).days for day in month)
    assert float(found.expected) == pytest.approx(truth, rel=0.01)


def test_after_credits_end_net_rises_to_gross() -> None:
    found = report_of(
        daily("S3", 10),
        daily("S3", -4, Period(HISTORY.start, date(2026, 11, 11)), record_type="Credit"),
    ).projections
    assert found.net is not None
    assert found.gross is not None
    assert found.gross.expected == close(300)
    assert found.net.expected == close(300 - 40)


def test_credits_that_go_on_lower_the_net_month_end() -> None:
    found = net([*daily("S3", 10)], [*daily("S3", -4, record_type="Credit")])
    assert found.expected == close(180)


def test_a_month_of_charges_is_not_expected_to_end_below_nothing() -> None:
    def now_and_then(day: date) -> str:
        return "1000" if Random(str(day)).random() > 0.85 else "1"  # noqa: S311 - a fixed sequence

    today = date(2026, 11, 1)
    found = net([*daily("S3", now_and_then, Period(date(2026, 10, 8), today))], today=today)
    assert found.low == 0 < found.expected < found.high


def test_a_service_that_stopped_is_not_expected_to_go_on() -> None:
    stopped = [*daily("OpenSearch", 20, Period(HISTORY.start, date(2026, 11, 19)))]
    going_on = [*daily("S3", 10), *daily("EC2", 10)]
    assert net(going_on, stopped).expected == close(2 * 300 + 18 * 20)


def test_a_young_account_says_so_instead_of_guessing() -> None:
    young = report_of(daily("S3", 10, Period(date(2026, 11, 12), TODAY))).projections
    assert young.net is None
    assert young.gross is None
    assert young.reason == (
        "Too little history to project the month: the first cost is of 12 November, so 10 complete "
        "days are known, and 14 are needed."
    )


def test_an_account_of_two_weeks_is_projected() -> None:
    found = net([*daily("S3", 10, Period(date(2026, 11, 8), TODAY))])
    assert found.expected == close(14 * 10 + 9 * 10)


def test_an_account_without_costs_says_so() -> None:
    assert report_of().projections.reason == "There is no cost to project from yet."


def test_when_every_day_is_complete_the_projection_is_the_bill() -> None:
    today = date(2026, 12, 3)
    found = report_of(daily("S3", 10, Period(date(2026, 9, 1), today)), today=today)
    assert found.projections.net is not None
    assert found.projections.net.month.start == date(2026, 12, 1)
    last = date(2026, 11, 30)
    november = report_of(
        daily("S3", 10, Period(date(2026, 8, 1), last)), today=last, settings=NO_SETTLING
    ).projections.net
    assert november is not None
    assert november.so_far == 290
    assert november.expected == close(300)
