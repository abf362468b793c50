"""Why a cost changed: which usage types, more of them or at another price, and since when."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.costs import Coverage, Period, Place, UsageRow
from chalicelib.insights.drivers import MOST_DRIVERS, Driver, DriverKind, Window, drivers_of

LOGS = Place("AmazonCloudWatch")
INGESTION = "EU-DataProcessing-Bytes"
WEEK = Period(date(2026, 11, 14), date(2026, 11, 21))
BEFORE = Period(date(2026, 11, 7), date(2026, 11, 14))
WEEKS = Window.of(WEEK, BEFORE)
UNUSUAL = Window.of(WEEK, None)


def rows(
    usage_type: str,
    period: Period,
    quantity: object,
    price: object,
    unit: str = "GB",
    *,
    effective: object = None,
    place: Place = LOGS,
) -> list[UsageRow]:
    """The same every day; `effective` is a price too."""
    used, cost = Decimal(str(quantity)), Decimal(str(quantity)) * Decimal(str(price))
    spread = cost if effective is None else used * Decimal(str(effective))
    return [UsageRow(day, place, usage_type, cost, spread, used, unit) for day in period]


def total(of: list[UsageRow], window: Window = WEEKS) -> Decimal:
    now = sum((row.billed for row in of if row.day in window.period), Decimal(0))
    return now - sum((row.billed * window.weights.get(row.day, 0) for row in of), Decimal(0))


def drivers(of: list[UsageRow], window: Window = WEEKS) -> tuple[Driver, ...]:
    return drivers_of(of, LOGS, window, total(of, window))


def only(of: list[UsageRow], window: Window = WEEKS) -> Driver:
    (driver,) = drivers(of, window)
    return driver


def test_more_usage_at_the_same_price_is_a_usage_effect() -> None:
    found = only([*rows(INGESTION, BEFORE, 10, "0.5"), *rows(INGESTION, WEEK, 90, "0.5")])
    assert found.kind is DriverKind.USAGE
    assert (found.usage_effect, found.price_effect) == (280, 0)
    assert (found.quantity_before, found.quantity_now, found.unit) == (70, 630, "GB")
    assert (found.before, found.now, found.region) == (35, 315, "Ireland")


def test_the_same_usage_at_another_price_is_a_price_effect() -> None:
    found = only([*rows(INGESTION, BEFORE, 10, "0.5"), *rows(INGESTION, WEEK, 10, "0.75")])
    assert (found.kind, found.usage_effect, found.price_effect) == (
        DriverKind.PRICE,
        0,
        Decimal("17.5"),
    )


def test_more_usage_at_another_price_is_both() -> None:
    found = only([*rows(INGESTION, BEFORE, 10, 1), *rows(INGESTION, WEEK, 20, 2)])
    assert (found.kind, found.usage_effect, found.price_effect) == (DriverKind.BOTH, 70, 140)


def test_what_was_not_there_is_new_since_its_first_day() -> None:
    began = Period(date(2026, 11, 17), WEEK.end)
    found = only(rows(INGESTION, began, 10, 1))
    assert (found.kind, found.since) == (DriverKind.NEW, began.start)
    assert found.usage_effect is found.price_effect is None


def test_what_is_no_more_ended_on_the_day_after_its_last() -> None:
    found = only(rows(INGESTION, Period(BEFORE.start, date(2026, 11, 12)), 10, 1))
    assert (found.kind, found.since, found.change) == (DriverKind.ENDED, date(2026, 11, 12), -50)


def test_what_was_free_until_the_free_tier_was_used_up_is_told_as_that() -> None:
    found = only([*rows(INGESTION, BEFORE, 10, 0), *rows(INGESTION, WEEK, 10, 1)])
    assert (found.kind, found.usage_effect, found.price_effect) == (DriverKind.CHARGED, 0, 70)


def test_hours_that_a_savings_plan_no_longer_covers_are_not_growth() -> None:
    covered = rows("BoxUsage:m5.large", BEFORE, 24, 0, "Hrs", effective="0.07")
    found = only([*covered, *rows("BoxUsage:m5.large", WEEK, 24, "0.1", "Hrs")])
    assert found.kind is DriverKind.UNCOVERED


def test_hours_that_a_savings_plan_begins_to_cover_are_not_a_fall() -> None:
    covered = rows("BoxUsage:m5.large", WEEK, 24, 0, "Hrs", effective="0.07")
    found = only([*rows("BoxUsage:m5.large", BEFORE, 24, "0.1", "Hrs"), *covered])
    assert found.kind is DriverKind.COVERED


def test_growth_beside_hours_that_stay_covered_is_growth() -> None:
    steady = rows("BoxUsage:m5.large", Period(BEFORE.start, WEEK.end), 24, 0, effective="0.07")
    more = [
        *rows("BoxUsage:m5.large", BEFORE, 10, "0.1"),
        *rows("BoxUsage:m5.large", WEEK, 90, "0.1"),
    ]
    found = only([*steady, *more])
    assert found.kind in (DriverKind.USAGE, DriverKind.BOTH)


def test_a_region_that_the_service_was_not_used_in_is_new() -> None:
    home = rows(INGESTION, Period(BEFORE.start, WEEK.end), 5, 1)
    found = only([*home, *rows("APN1-DataProcessing-Bytes", WEEK, 5, 1)])
    assert (found.region, found.new_region) == ("Tokyo", True)


def test_a_service_that_is_new_altogether_has_no_new_region() -> None:
    assert not only(rows("APN1-DataProcessing-Bytes", WEEK, 5, 1)).new_region


def test_another_usage_type_in_a_region_that_is_used_already_is_no_new_region() -> None:
    home = rows(INGESTION, Period(BEFORE.start, WEEK.end), 5, 1)
    assert not only([*home, *rows("EU-CW:Requests", WEEK, 5, 1)]).new_region


@pytest.mark.parametrize("began", [WEEK.start + timedelta(days=n) for n in range(6)])
def test_the_day_it_began_is_found_among_noise(began: date) -> None:
    noise = [Decimal(n) / 10 for n in (3, -2, 4, -4, 1, 0, -3)]
    costs = {
        day: 10 + noise[n % 7] + (8 if day >= began else 0)
        for n, day in enumerate(Period(BEFORE.start, WEEK.end))
    }
    found = only(
        [
            *(
                rows(INGESTION, Period(day, day + timedelta(days=1)), cost, 1)[0]
                for day, cost in costs.items()
            )
        ]
    )
    assert found.since == began


def test_weekends_are_no_beginning() -> None:
    def cost(day: date) -> int:
        return (2 if day.weekday() >= 5 else 10) + (5 if day >= date(2026, 11, 18) else 0)

    found = only(
        [
            rows(INGESTION, Period(day, day + timedelta(days=1)), cost(day), 1)[0]
            for day in Period(BEFORE.start, WEEK.end)
        ]
    )
    assert found.since == date(2026, 11, 18)


def test_a_change_that_comes_and_goes_has_no_day() -> None:
    on = {date(2026, 11, 14), date(2026, 11, 16), date(2026, 11, 18)}
    of = [
        rows(INGESTION, Period(day, day + timedelta(days=1)), 20 if day in on else 10, 1)[0]
        for day in Period(BEFORE.start, WEEK.end)
    ]
    assert only(of).since is None


def test_without_an_earlier_period_the_same_weekdays_of_the_week_before_are_compared() -> None:
    long = Window.of(Period(date(2026, 11, 10), date(2026, 11, 21)), None)
    assert long.days == Period(date(2026, 11, 3), date(2026, 11, 21))
    assert sum(long.weights.values()) == len(long.period)
    assert {day: n for day, n in long.weights.items() if n == 1} == {
        date(2026, 11, 7): 1,
        date(2026, 11, 8): 1,
        date(2026, 11, 9): 1,
    }
    steady = rows(INGESTION, long.days, 3, 1)
    assert drivers_of(steady, LOGS, long, Decimal(0)) == ()


def test_what_an_expectation_and_the_days_before_differ_by_is_said() -> None:
    of = [*rows(INGESTION, BEFORE, 10, 1), *rows(INGESTION, WEEK, 20, 1)]
    *_, rest = drivers_of(of, LOGS, UNUSUAL, Decimal("90.25"))
    assert (rest.kind, rest.change) == (DriverKind.REST, Decimal("20.25"))


def test_days_that_nobody_answered_for_are_not_compared() -> None:
    whole = Period(BEFORE.start, WEEK.end)
    assert WEEKS.covered_by(Coverage((whole,)))
    assert not WEEKS.covered_by(Coverage((WEEK,)))
    assert not WEEKS.covered_by(
        Coverage((whole,)).without([Period(WEEK.start, WEEK.start + timedelta(days=1))])
    )


# Bad input


def test_units_that_cannot_be_added_are_not_split() -> None:
    found = only([*rows(INGESTION, BEFORE, 10, 1, "GB"), *rows(INGESTION, WEEK, 20, 1, "Hrs")])
    assert (found.kind, found.quantity_now, found.usage_effect) == (DriverKind.CHANGED, None, None)


@pytest.mark.parametrize("unit", ["", "N/A"])
def test_a_quantity_without_a_unit_is_not_split(unit: str) -> None:
    found = only([*rows(INGESTION, BEFORE, 10, 1, unit), *rows(INGESTION, WEEK, 20, 1, unit)])
    assert (found.kind, found.unit) == (DriverKind.CHANGED, "")


def test_costs_without_a_quantity_are_not_divided_by_nothing() -> None:
    fee = [
        UsageRow(day, LOGS, "x", Decimal(1 if day in WEEK else 3), Decimal(0))
        for day in Period(BEFORE.start, WEEK.end)
    ]
    assert only(fee).kind is DriverKind.CHANGED


def test_negative_quantities_and_costs_are_not_split() -> None:
    corrected = only([*rows(INGESTION, BEFORE, 10, 1), *rows(INGESTION, WEEK, -2, 1)])
    assert (corrected.kind, corrected.usage_effect) == (DriverKind.CHANGED, None)


def test_a_quantity_next_to_nothing_makes_no_absurd_split() -> None:
    found = only([*rows(INGESTION, BEFORE, "1e-12", 1e12), *rows(INGESTION, WEEK, 500, 1)])
    assert (found.usage_effect, found.price_effect) == (None, None)


def test_a_region_that_nobody_knows_is_left_out() -> None:
    found = only(rows("ZZ9-Something", WEEK, 1, 1))
    assert (found.region, found.new_region) == ("", False)


def test_thousands_of_usage_types_make_a_few_drivers() -> None:
    many = [
        row
        for n in range(3000)
        for row in rows(f"Type{n:04}", Period(WEEK.start, date(2026, 11, 15)), n, 1)
    ]
    found = drivers(many)
    assert len(found) <= MOST_DRIVERS + 1
    assert found[-1].kind is DriverKind.OTHERS
    assert sum(each.count for each in found) == 2999
    assert sum(each.change for each in found) == total(many)


def test_another_places_usage_types_are_left_alone() -> None:
    assert (
        drivers_of(rows(INGESTION, WEEK, 1, 1, place=Place("Amazon S3")), LOGS, WEEKS, Decimal(0))
        == ()
    )


DAYS = st.sampled_from([*Period(BEFORE.start, WEEK.end)])
AMOUNTS = st.decimals(-1000, 1000, places=10, allow_nan=False)
ROWS = st.builds(
    UsageRow,
    DAYS,
    st.just(LOGS),
    st.sampled_from(
        [
            INGESTION,
            "APN1-BoxUsage:m5.large",
            "x",
            "y",
            "z",
            "",
            "NoUsageType",
            "Global-a",
            "b",
            "c",
        ]
    ),
    AMOUNTS,
    AMOUNTS,
    AMOUNTS,
    st.sampled_from(["GB", "Hrs", "", "N/A"]),
)


@given(st.lists(ROWS, max_size=60), st.sampled_from([WEEKS, UNUSUAL]))
def test_drivers_add_up_to_the_change_on_any_ledger(of: list[UsageRow], window: Window) -> None:
    amount = total(of, window)
    found = drivers_of(of, LOGS, window, amount)
    assert sum((each.change for each in found), Decimal(0)).quantize(
        Decimal("0.01")
    ) == amount.quantize(Decimal("0.01"))
    assert all(each.kind is not DriverKind.REST for each in found)
    assert len(found) <= MOST_DRIVERS + 1
    for each in found:
        if each.usage_effect is not None and each.price_effect is not None:
            assert abs(each.usage_effect + each.price_effect - each.change) < Decimal("0.000001")
