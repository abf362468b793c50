"""What burns is told within hours; restarts, catch-ups, fees and refunds are not."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.costs.charges_so_far import ChargesSoFar, SoFar
from chalicelib.insights.burn_course import Course, course_of, hour_of
from chalicelib.insights.burn_rate import Burn, Rule, burning
from chalicelib.insights.burn_watched import Name, watched
from simulation.billing_metric import BillingMetric, Habits, Part

RULE = Rule(floor=Decimal(5), factor=Decimal("2.5"))
START = datetime(2026, 8, 1, tzinfo=UTC)
DAYS = 92
NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
EC2, S3, SUPPORT = (Part("1", code) for code in ("AmazonEC2", "AmazonS3", "AWSSupportBusiness"))


def _course(*values: tuple[datetime, float]) -> Course:
    course = course_of([SoFar(*value) for value in values])
    assert course is not None
    return course


def _flat(day: float) -> list[float]:
    return [day / 24] * (24 * DAYS)


def _burning(
    hourly: dict[Part, list[float]], at: datetime, seed: int = 1, habits: Habits | None = None
) -> list[Burn]:
    """What burns by everything published before a moment."""
    metric = BillingMetric(START, hourly, seed=seed, habits=habits or Habits())
    since = at - timedelta(days=63)
    series = [
        ChargesSoFar(
            currency,
            "",
            service,
            tuple(SoFar(*each) for each in values if since <= each.time < at),
        )
        for currency in sorted({part.currency for part in hourly})
        for service in ("", *sorted({part.service for part in hourly if part.currency == currency}))
        if (values := metric.values(currency=currency, service=service))
    ]
    return [burn for watch in watched(series) for burn in burning(watch, RULE)]


def _first_told(hourly: dict[Part, list[float]], begin: datetime) -> Burn | None:
    for run in range(1, 9):
        if found := _burning(hourly, begin + run * 6 * HOUR):
            return found[0]
    return None


# The course


def test_charges_between_two_values_that_differ_come_evenly() -> None:
    course = _course((NOVEMBER + 30 * HOUR, 10.0), (NOVEMBER + 34 * HOUR, 14.0))
    first = hour_of(NOVEMBER) + 30
    assert course.between(first, first + 2) == pytest.approx(2.0)


def test_a_value_that_repeats_is_no_news_and_the_catch_up_is_no_spike() -> None:
    values = [(NOVEMBER + (30 + hour) * HOUR, 10.0) for hour in range(0, 40, 5)]
    course = _course(*values, (NOVEMBER + 70 * HOUR, 50.0))
    last = hour_of(NOVEMBER) + 70
    assert course.between(last - 10, last) == pytest.approx(10.0)
    assert course.change_before(last - 5) == last - 40


def test_a_new_month_is_charged_from_midnight_and_the_gap_before_it_is_unknown() -> None:
    course = _course((NOVEMBER - 4 * HOUR, 3000.0), (NOVEMBER + 8 * HOUR, 40.0))
    midnight = hour_of(NOVEMBER)
    assert course.between(midnight, midnight + 8) == pytest.approx(40.0)
    assert course.between(midnight - 4, midnight) is None


def test_a_new_month_beside_late_values_of_the_old_is_charged_from_midnight_too() -> None:
    course = _course(
        (NOVEMBER - 2 * HOUR, 3000.0), (NOVEMBER + 6 * HOUR, 3040.0), (NOVEMBER + 8 * HOUR, 40.0)
    )
    midnight = hour_of(NOVEMBER)
    assert course.between(midnight, midnight + 8) == pytest.approx(40.0)
    assert course.between(midnight + 6, midnight + 8) == pytest.approx(10.0)  # not all 40


def test_what_came_beside_a_refund_is_unknown() -> None:
    course = _course(
        (NOVEMBER + 100 * HOUR, 300.0),
        (NOVEMBER + 105 * HOUR, 250.0),
        (NOVEMBER + 110 * HOUR, 260.0),
    )
    first = hour_of(NOVEMBER) + 100
    assert course.between(first, first + 5) is None
    assert course.between(first + 5, first + 10) == pytest.approx(10.0)


def test_what_lies_outside_the_values_is_unknown() -> None:
    course = _course((NOVEMBER + 30 * HOUR, 10.0), (NOVEMBER + 34 * HOUR, 14.0))
    first = hour_of(NOVEMBER) + 30
    for start, end in ((-1, 2), (2, 5), (9, 4), (-2, -1), (7, 9)):
        assert course.between(first + start, first + end) is None


def test_a_series_without_a_value_has_no_course() -> None:
    assert course_of([]) is None


# What burns


def test_five_times_the_usual_is_told_within_a_day_with_what_it_burns_and_since_when() -> None:
    begin = START + timedelta(days=75, hours=9)
    row = _flat(200.0)
    hour = (begin - START) // HOUR
    row[hour : hour + 72] = [1000.0 / 24] * 72
    told = _first_told({EC2: row, S3: _flat(100.0)}, begin)
    assert told is not None
    assert told.name == Name("USD", "", "AmazonEC2")
    assert begin - 4 * HOUR <= told.since <= begin + 16 * HOUR
    assert abs(told.usual - 200) < 20
    assert told.day > 400


def test_a_new_service_that_burns_is_told() -> None:
    begin = START + timedelta(days=75, hours=9)
    hour = (begin - START) // HOUR
    bedrock = [0.0] * hour + [900.0 / 24] * (24 * DAYS - hour)
    told = _first_told({EC2: _flat(200.0), Part("1", "AmazonBedrock"): bedrock}, begin)
    assert told is not None
    assert (told.name.service, told.usual) == ("AmazonBedrock", 0)


@pytest.mark.parametrize("seed", range(3))
def test_an_account_that_goes_on_as_usual_is_told_nothing(seed: int) -> None:
    weekday = [100.0 / 24 * (0.5 if hour // 24 % 7 in (5, 6) else 1.0) for hour in range(24 * DAYS)]
    hourly = {EC2: weekday, S3: _flat(40.0), SUPPORT: _fees_of_the_first(400.0)}
    restless = Habits(chance_still=0.1, chance_own_still=0.03)
    for run in range(60, 4 * (DAYS - 1), 6):
        at = START + run * 6 * HOUR
        assert _burning(hourly, at, seed, restless) == [], at


def test_a_fee_of_the_first_inside_a_service_is_no_runaway() -> None:
    row = [a + b for a, b in zip(_flat(100.0), _fees_of_the_first(300.0), strict=True)]
    october = datetime(2026, 10, 1, tzinfo=UTC)
    for run in range(1, 20):
        assert _burning({EC2: row, S3: _flat(40.0)}, october + run * 6 * HOUR) == []


def test_a_first_week_says_nothing() -> None:
    row = _flat(1.0)
    row[24 * 4 :] = [1000.0 / 24] * len(row[24 * 4 :])
    assert _burning({EC2: row}, START + timedelta(days=6)) == []


def test_two_currencies_are_judged_apart() -> None:
    begin = START + timedelta(days=75)
    hour = (begin - START) // HOUR
    row = _flat(100.0)
    row[hour:] = [1000.0 / 24] * (24 * DAYS - hour)
    told = _first_told({EC2: _flat(100.0), Part("1", "AmazonEC2", "CNY"): row}, begin)
    assert told is not None
    assert told.name.currency == "CNY"


def _fees_of_the_first(fee: float) -> list[float]:
    return [
        fee if (at := START + hour * HOUR).day == 1 and at.hour == 0 else 0.0
        for hour in range(24 * DAYS)
    ]
