"""Which days an export holds, and which is its last one, by the days that have charges."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.costs import Coverage, Period
from chalicelib.sources.focus.held import held_days
from desk.focus_files.last_day import last_delivered

FIRST, TODAY = date(2026, 9, 1), date(2027, 3, 8)
WHOLE = Period(FIRST, TODAY)
DAY = timedelta(days=1)


def days(period: Period = WHOLE, without: Period | None = None) -> list[date]:
    return [day for day in period if without is None or day not in without]


def held(charged: list[date], today: date = TODAY) -> tuple[Period, ...]:
    return held_days(charged, today).periods


def test_nothing_is_held_where_there_is_no_charge() -> None:
    assert held([]) == ()


def test_an_export_is_held_from_its_first_charge_to_its_last() -> None:
    assert held(days(Period(date(2026, 9, 9), date(2027, 3, 6)))) == (
        Period(date(2026, 9, 9), date(2027, 3, 6)),
    )


@given(st.integers(10, 170), st.integers(3, 9))
def test_days_in_a_row_without_any_charge_are_unknown_where_every_other_day_has_some(
    start: int, length: int
) -> None:
    hole = Period(FIRST + start * DAY, FIRST + (start + length) * DAY)
    assert held(days(without=hole)) == Coverage((WHOLE,)).without([hole]).periods


@given(st.integers(0, 187))
def test_no_day_with_a_charge_is_ever_unknown(seed: int) -> None:
    charged = [day for day in WHOLE if (day.toordinal() * 7919 + seed) % 5 > 1]
    known = held_days(charged, TODAY)
    assert all(day in known for day in charged)


def test_weekends_without_charges_are_free_where_only_workdays_cost() -> None:
    workdays = [day for day in WHOLE if day.weekday() < 5]
    assert held(workdays) == (WHOLE,)


def test_a_whole_month_without_a_charge_is_unknown_however_few_charges_there_are() -> None:
    charged = [date(2026, month, 1) for month in (9, 10, 12)]
    assert held(charged, date(2026, 12, 2)) == (
        Period(date(2026, 9, 1), date(2026, 11, 1)),
        Period(date(2026, 12, 1), date(2026, 12, 2)),
    )


def test_days_after_the_last_charge_are_free_where_such_stretches_are_usual() -> None:
    tuesdays = [day for day in WHOLE if day.weekday() == 1]
    assert held(tuesdays)[-1].end == TODAY
    assert held(days(Period(FIRST, TODAY - 6 * DAY)))[-1].end == TODAY - 6 * DAY


def last(charged: list[date], counts: dict[date, int] | None = None) -> date:
    return last_delivered(dict.fromkeys(charged, 3) | (counts or {}))


def test_the_last_day_is_the_last_one_with_charges() -> None:
    assert last(days()) == TODAY - DAY
    assert last([date(2026, 9, 1)]) == date(2026, 9, 1)


def test_the_last_day_may_have_fewer_charges_than_usual() -> None:
    assert last(days(), {TODAY: 1}) == TODAY


def test_a_hole_before_the_last_days_does_not_put_them_ahead() -> None:
    for length in (1, 4, 9):
        hole = Period(TODAY - (5 + length) * DAY, TODAY - 5 * DAY)
        assert last(days(without=hole)) == TODAY - DAY


def test_small_days_after_a_gap_are_ahead_and_so_is_one_far_away_of_any_size() -> None:
    assert last(days(), {TODAY + 3 * DAY: 1}) == TODAY - DAY
    assert last(days(), {TODAY + 30 * DAY: 1, TODAY + 60 * DAY: 1}) == TODAY - DAY
    assert last(days(), {TODAY + 200 * DAY: 3}) == TODAY - DAY


def test_where_charges_are_few_only_one_far_away_is_ahead() -> None:
    firsts = [date(2026, month, 1) for month in range(5, 13)]
    assert last([*firsts, date(2027, 1, 1)]) == date(2027, 1, 1)
    assert last([*firsts, date(2028, 1, 1)]) == date(2026, 12, 1)
