import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib.costs import Period
from chalicelib.findings import FindingKind
from chalicelib.insights.anomalies import AnomalyKind
from chalicelib.settings import Settings
from tests.insights.ledgers import HISTORY, THROUGH, TODAY, daily, entry, report_of


def noisy(level: float, seed: int = 1) -> Callable[[date], str]:
    """About the same every day, 3 % up or down, a fifth less at weekends."""

    def cost(day: date) -> str:
        stray = random.Random(f"{seed} {day}").gauss(1, 0.03)  # noqa: S311 - a fixed sequence
        return f"{level * stray * (0.8 if day.weekday() >= 5 else 1):.4f}"

    return cost


STEADY = (*daily("EC2", noisy(200, 1)), *daily("S3", noisy(50, 2)))


def test_a_steady_account_has_no_anomalies() -> None:
    assert report_of(STEADY).anomalies == ()


def test_one_day_far_above_its_weekday_is_a_spike() -> None:
    (found,) = report_of(STEADY, [entry(date(2026, 11, 18), "EC2", 120)]).anomalies
    assert (found.kind, found.service) == (AnomalyKind.SPIKE, "EC2")
    assert found.since == found.until == date(2026, 11, 18)
    assert 100 < found.excess < 140
    assert found.sentence.startswith("EC2 cost $3")
    assert "on 18 November" in found.sentence


def test_a_weekday_rhythm_is_no_anomaly() -> None:
    def office_hours(day: date) -> str:
        return noisy(10 if day.weekday() >= 5 else 100)(day)

    assert report_of(daily("Glue", office_hours)).anomalies == ()


def test_a_weekend_that_costs_as_much_as_a_weekday_is_one() -> None:
    def weekend_on(day: date) -> str:
        quiet = day.weekday() >= 5 and day < date(2026, 11, 14)
        return noisy(10 if quiet else 100)(day)

    found = report_of(daily("Glue", weekend_on)).anomalies
    assert found
    assert found[0].since == date(2026, 11, 14)


def test_a_level_that_jumped_and_stayed_is_a_step() -> None:
    (found,) = report_of(STEADY, daily("EC2", 60, Period(date(2026, 11, 9), TODAY))).anomalies
    assert found.kind is AnomalyKind.STEP
    assert found.since == date(2026, 11, 9)
    assert found.until == THROUGH
    assert "a day since 9 November instead of" in found.sentence


def test_a_cost_that_rises_from_day_to_day_is_a_drift() -> None:
    begin = date(2026, 11, 1)
    (found,) = report_of(
        STEADY, daily("EC2", lambda day: 4 * (day - begin).days, Period(begin, TODAY))
    ).anomalies
    assert found.kind is AnomalyKind.DRIFT
    assert abs((found.since - begin).days) < 10
    assert "has been rising since" in found.sentence


def test_steady_growth_is_no_anomaly() -> None:
    def growing(day: date) -> str:
        return f"{float(noisy(100)(day)) * 1.004 ** (day - HISTORY.start).days:.4f}"

    assert report_of(daily("EC2", growing)).anomalies == ()


def test_a_service_that_began_is_new() -> None:
    began = date(2026, 11, 16)
    (found,) = report_of(STEADY, daily("Bedrock", 25, Period(began, TODAY))).anomalies
    assert found.kind is AnomalyKind.NEW
    assert (found.since, found.expected, found.actual) == (began, 0, 150)
    assert found.sentence == "Bedrock is new: $150.00 since 16 November."


def test_nothing_is_new_in_a_young_account() -> None:
    young = Period(date(2026, 11, 10), TODAY)
    assert report_of(daily("EC2", 100, young), daily("S3", 50, young)).anomalies == ()


@pytest.mark.parametrize("days", [1, 2, 10])
def test_a_purchase_or_a_short_trial_four_weeks_ago_has_not_stopped(days: int) -> None:
    last = THROUGH - timedelta(28)
    bought = daily("RDS", 5000, Period.ending(last, days), record_type="Upfront reservation fee")
    assert [each.kind for each in report_of(STEADY, bought).anomalies] == []


def test_a_monthly_fee_has_not_stopped_where_accounts_are_known_for_a_month_only() -> None:
    today = date(2026, 11, 1)
    days = Period(date(2026, 8, 1), today)
    fees = [
        entry(date(2026, month, 1), "Plans", 800, record_type="SavingsPlanRecurringFee")
        for month in (8, 9, 10)
    ]
    accounts = (daily("EC2", noisy(200, 1), days), daily("EC2", noisy(90, 3), days, account="2"))
    assert report_of(*accounts, fees, today=today).anomalies == ()


def test_a_daily_cost_that_ended_has_stopped() -> None:
    (found,) = report_of(
        STEADY, daily("OpenSearch", 20, Period(HISTORY.start, date(2026, 11, 11)))
    ).anomalies
    assert found.kind is AnomalyKind.STOPPED
    assert (found.since, found.until) == (date(2026, 11, 11), THROUGH)
    assert found.actual == 0
    assert found.expected == pytest.approx(Decimal(220))
    assert found.sentence == (
        "OpenSearch stopped: nothing since 11 November, where $220.00 was to be expected."
    )


def test_fees_on_the_first_are_no_anomalies() -> None:
    today = date(2026, 11, 6)
    usage = (*daily("Route 53", noisy(20), Period(HISTORY.start, today)),)
    fees = [entry(date(2026, month, 1), "Route 53", 50) for month in (8, 9, 10, 11)]
    tax = [entry(date(2026, month, 1), "Tax", 90, record_type="Tax") for month in (8, 9, 10, 11)]
    plan = [
        entry(date(2026, month, 1), "EC2", 500, record_type="RIFee") for month in (8, 9, 10, 11)
    ]
    assert report_of(usage, fees, tax, plan, today=today).anomalies == ()


def test_tax_and_support_follow_other_charges_and_are_not_watched() -> None:
    tax = [entry(date(2026, month, 10), "Tax", 90, record_type="Tax") for month in (8, 9, 10)]
    more = [
        entry(date(2026, 11, 10), "Tax", 900, record_type="Tax"),
        entry(date(2026, 11, 10), "Support", 400, record_type="Support fee"),
    ]
    assert report_of(STEADY, tax, more).anomalies == ()


def test_a_purchase_that_was_never_made_before_is_a_new_fee_and_no_anomaly() -> None:
    report = report_of(
        STEADY, [entry(date(2026, 11, 17), "EC2", 5000, record_type="Upfront reservation fee")]
    )
    assert report.anomalies == ()
    (found,) = report.findings
    assert (found.kind, found.category, found.now) == (FindingKind.FEE, "Purchase", 5000)


def test_jobs_on_irregular_days_are_no_anomalies_but_a_job_twice_as_large_is() -> None:
    days = [day for day in HISTORY if random.Random(f"job {day}").random() < 0.3]  # noqa: S311
    jobs = [entry(day, "Batch", 60 + 7 * (day.day % 7)) for day in days]
    jobs.append(entry(date(2026, 11, 13), "Batch", 120))  # the largest so far, but not by far
    assert report_of(STEADY, jobs).anomalies == ()
    (found,) = report_of(STEADY, jobs, [entry(date(2026, 11, 17), "Batch", 300)]).anomalies
    assert (found.service, found.kind) == ("Batch", AnomalyKind.SPIKE)


def test_what_is_worth_less_than_the_floor_is_not_told() -> None:
    spike = [entry(date(2026, 11, 18), "EC2", 120)]
    assert report_of(STEADY, spike, settings=Settings(anomaly_floor=Decimal(200))).anomalies == ()


def test_what_was_over_more_than_two_weeks_ago_is_not_told() -> None:
    assert report_of(STEADY, [entry(date(2026, 11, 7), "EC2", 120)]).anomalies == ()
    assert report_of(STEADY, [entry(date(2026, 11, 8), "EC2", 120)]).anomalies != ()


def test_credits_and_refunds_hide_no_anomaly() -> None:
    spike = entry(date(2026, 11, 18), "EC2", 120)
    paid = entry(date(2026, 11, 18), "EC2", -120, record_type="Credit")
    assert report_of(STEADY, [spike, paid]).anomalies == report_of(STEADY, [spike]).anomalies


def test_days_that_are_missing_altogether_are_not_a_stop() -> None:
    until = date(2026, 11, 17)
    there = [each for each in STEADY if each.day < until]
    assert report_of(there).anomalies == ()


def test_the_account_with_most_of_the_excess_is_named() -> None:
    (found,) = report_of(
        STEADY,
        daily("EC2", 30, account="2"),
        [entry(date(2026, 11, 18), "EC2", 120, account="2")],
    ).anomalies
    assert found.account == "2"
    assert found.sentence.startswith("EC2 in staging cost")


def test_a_rise_in_one_account_that_a_fall_in_another_hides_is_found() -> None:
    turn = date(2026, 11, 12)
    found = report_of(
        daily("EC2", lambda day: 100 if day < turn else 40, account="1"),
        daily("EC2", lambda day: 100 if day < turn else 160, account="2"),
    ).anomalies
    assert {(each.account, each.kind, each.since) for each in found} == {
        ("1", AnomalyKind.LOWER, turn),
        ("2", AnomalyKind.STEP, turn),
    }


def test_anomalies_are_sorted_by_money() -> None:
    day = THROUGH - timedelta(days=3)
    found = report_of(STEADY, [entry(day, "EC2", 120), entry(day, "S3", 400)]).anomalies
    assert [each.service for each in found] == ["S3", "EC2"]
