from datetime import date
from decimal import Decimal

import pytest

from chalicelib.costs import Period
from chalicelib.insights.comparison import ChangeKind, change
from chalicelib.settings import Settings
from tests.insights.ledgers import THROUGH, TODAY, daily, entry, report_of


def test_the_last_two_days_are_settling_and_the_day_before_is_complete() -> None:
    days = report_of(daily("S3", 10)).completeness
    assert days.complete_through == THROUGH
    assert days.settling == Period(date(2026, 11, 22), TODAY)
    assert days.estimated_since == date(2026, 11, 1)


def test_without_settling_days_yesterday_is_complete() -> None:
    days = report_of(daily("S3", 10), settings=Settings(settling_days=0)).completeness
    assert days.complete_through == date(2026, 11, 23)
    assert days.settling is None


def test_settling_days_are_never_compared() -> None:
    calm = report_of(daily("S3", 10))
    wild = report_of(daily("S3", 10), [entry(date(2026, 11, 22), "S3", 5000)])
    assert wild.last_week == calm.last_week
    assert wild.month_to_date == calm.month_to_date
    assert wild.week_movers == calm.week_movers
    assert wild.anomalies == calm.anomalies


def test_the_last_seven_complete_days_meet_the_seven_before() -> None:
    week = report_of(daily("S3", lambda day: 20 if day > date(2026, 11, 14) else 10)).last_week
    assert week is not None
    assert week.period == Period(date(2026, 11, 15), date(2026, 11, 22))
    assert week.against == Period(date(2026, 11, 8), date(2026, 11, 15))
    assert (week.gross.before, week.gross.after) == (70, 140)
    assert week.gross.ratio == 1


def test_month_to_date_meets_the_same_days_of_last_month() -> None:
    month = report_of(daily("S3", lambda day: day.month)).month_to_date
    assert month is not None
    assert month.period == Period(date(2026, 11, 1), date(2026, 11, 22))
    assert month.against == Period(date(2026, 10, 1), date(2026, 10, 22))
    assert (month.gross.before, month.gross.after) == (210, 231)
    assert month.note == ""


def test_months_whose_weekends_fall_differently_say_so() -> None:
    month = report_of(daily("S3", 10, Period(date(2026, 8, 1), TODAY)), today=date(2026, 11, 23))
    assert month.month_to_date is not None
    assert month.month_to_date.note == "5 of these days fall on a weekend, 6 of last month's."


@pytest.mark.parametrize("today", [date(2026, 11, 1), date(2026, 11, 2), date(2026, 11, 3)])
def test_there_is_no_month_to_date_before_a_day_of_the_month_is_complete(today: date) -> None:
    report = report_of(daily("S3", 10, Period(date(2026, 8, 1), today)), today=today)
    assert report.month_to_date is None
    assert report.month_movers is None


def test_the_first_complete_day_of_a_month_meets_the_first_day_of_last_month() -> None:
    today = date(2026, 11, 4)
    month = report_of(daily("S3", 10, Period(date(2026, 8, 1), today)), today=today).month_to_date
    assert month is not None
    assert month.period == Period(date(2026, 11, 1), date(2026, 11, 2))
    assert month.against == Period(date(2026, 10, 1), date(2026, 10, 2))


@pytest.mark.parametrize(("year", "february"), [(2026, 28), (2028, 29)])
def test_a_long_month_meets_a_short_one_only_as_far_as_the_short_one_goes(
    year: int, february: int
) -> None:
    today = date(year, 3, 31)
    table = daily("S3", 10, Period(date(year - 1, 12, 1), today))
    march = report_of(table, today=today, settings=Settings(settling_days=0)).month_to_date
    assert march is not None
    assert len(march.period) == len(march.against) == february
    assert march.against == Period(date(year, 2, 1), date(year, 3, 1))
    assert f"only the first {february} days of this month are compared" in march.note


def test_the_last_full_month_meets_the_month_before_it() -> None:
    month = report_of(daily("S3", 10)).last_month
    assert month is not None
    assert (month.gross.before, month.gross.after) == (300, 310)
    assert month.note == "October has 31 days, September 30."


def test_a_month_that_is_still_settling_is_not_the_last_full_one() -> None:
    today = date(2026, 11, 2)
    month = report_of(daily("S3", 10, Period(date(2026, 8, 1), today)), today=today).last_month
    assert month is not None
    assert month.period == Period(date(2026, 9, 1), date(2026, 10, 1))
    assert month.note == "October is still settling, so the month before it is shown."


def test_months_before_the_first_charge_are_not_shown_as_free() -> None:
    today = date(2026, 11, 1)
    report = report_of(daily("S3", 10, Period(date(2026, 10, 1), today)), today=today)
    assert report.last_month is None
    assert report.last_week is not None


def test_gross_leaves_credits_and_refunds_out_and_net_does_not() -> None:
    week = report_of(
        daily("S3", 10),
        daily("S3", -4, record_type="Credit"),
        [entry(date(2026, 11, 20), "S3", -5, record_type="Refund")],
    ).last_week
    assert week is not None
    assert week.gross.after == 70
    assert week.net.after == 70 - 28 - 5


@pytest.mark.parametrize(
    ("before", "after", "kind", "ratio"),
    [
        (100, 150, ChangeKind.CHANGED, Decimal("0.5")),
        (100, 50, ChangeKind.CHANGED, Decimal("-0.5")),
        (100, 100, ChangeKind.UNCHANGED, None),
        (0, 0, ChangeKind.UNCHANGED, None),
        (0, 100, ChangeKind.NEW, None),
        (100, 0, ChangeKind.ENDED, None),
        ("0.0001", 100, ChangeKind.FROM_ALMOST_NOTHING, None),
        (-100, -150, ChangeKind.CHANGED, Decimal("-0.5")),
        (-100, 50, ChangeKind.CHANGED, None),
    ],
)
def test_a_change_has_a_percentage_only_where_it_means_something(
    before: object, after: object, kind: ChangeKind, ratio: Decimal | None
) -> None:
    found = change(Decimal(str(before)), Decimal(str(after)))
    assert (found.kind, found.ratio) == (kind, ratio)
