"""An account that credits pay for, and some cents of an earlier month besides."""

from datetime import date
from decimal import Decimal

import pytest

from chalicelib.costs import Period
from chalicelib.messages.digest import digest
from tests.insights.ledgers import daily, entry, report_of


def mail(today: date, over: str) -> str:
    """The digest; each month's credit is larger than its charges by some cents."""
    days = Period(date(2026, 12, 1), today)
    used = daily("Amazon EC2", lambda day: Decimal("33.45") + day.day % 3, days)
    credits = [
        *daily(
            "Amazon EC2", lambda day: -(Decimal("33.45") + day.day % 3), days, record_type="Credit"
        ),
        entry(date(2027, 3, 1), "Amazon EC2", f"-{over}", record_type="Credit"),
    ]
    return digest(report_of(used, credits, today=today), "").text


@pytest.mark.parametrize("over", ["0.70", "0.01", "12.40"])
@pytest.mark.parametrize("today", [date(2027, 3, 3), date(2027, 3, 8), date(2027, 3, 28)])
def test_what_credits_pay_for_is_nothing_to_pay_and_never_less(today: date, over: str) -> None:
    lines = "".join(mail(today, over).split("\n\n")[:2])  # what is said in words
    assert lines.startswith("Nothing unusual: nothing to pay last week")
    assert "-$" not in lines
    assert "March will end with nothing to pay; before credits and refunds near $1,0" in lines


def test_a_month_that_credits_paid_left_nothing_to_pay() -> None:
    lines = mail(date(2027, 3, 3), "0.70")
    assert "February left nothing to pay ($" in lines
    assert "; January left nothing to pay ($" in lines
