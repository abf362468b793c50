from datetime import date

from chalicelib.costs import Period
from chalicelib.insights.credits import CreditState
from tests.insights.ledgers import HISTORY, daily, entry, report_of


def test_without_credits_there_is_nothing_to_warn_of() -> None:
    credits = report_of(daily("S3", 100)).credits
    assert credits.state is CreditState.NONE
    assert credits.covered == ()
    assert credits.warning == ""


def test_steady_credits_name_what_they_pay_for_and_warn_of_nothing() -> None:
    credits = report_of(
        daily("S3", 100),
        daily("EC2", 50),
        daily("S3", -10, record_type="Credit"),
        daily("EC2", -20, record_type="Credit"),
    ).credits
    assert credits.state is CreditState.STEADY
    assert credits.covered == (("EC2", 600), ("S3", 300))
    assert [amount for _, amount in credits.by_month] == [-930, -900, -930, -690]
    assert credits.warning == ""


def test_credits_that_stopped_are_told_with_the_day_and_the_money() -> None:
    credits = report_of(
        daily("S3", 100),
        daily("S3", -10, Period(HISTORY.start, date(2026, 11, 8)), record_type="Credit"),
    ).credits
    assert credits.state is CreditState.STOPPED
    assert credits.warning == (
        "Credits stopped after 7 November. In the 30 days up to then they paid $300.00; "
        "that is now part of the bill."
    )


def test_a_monthly_credit_has_not_stopped_between_two_months() -> None:
    monthly = [
        entry(date(2026, month, 3), "S3", -50, record_type="Credit") for month in (8, 9, 10, 11)
    ]
    assert report_of(daily("S3", 100), monthly).credits.state is CreditState.STEADY


def test_credits_that_cover_less_every_week_are_ending() -> None:
    def shrinking(day: date) -> int:
        return -max(0, (date(2026, 12, 15) - day).days)

    credits = report_of(
        daily("S3", 200), daily("S3", shrinking, HISTORY, record_type="Credit")
    ).credits
    assert credits.state is CreditState.ENDING
    assert "At this pace they end around 15 December." in credits.warning


def test_credits_that_ended_long_ago_are_no_news() -> None:
    credits = report_of(
        daily("S3", 100),
        daily("S3", -10, Period(HISTORY.start, date(2026, 9, 1)), record_type="Credit"),
    ).credits
    assert credits.state is CreditState.STOPPED
    assert credits.warning == ""
