"""A figure is doubted where it is apart from what is counted by more than the stated measure."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib.costs import Costs, Period
from chalicelib.insights.doubt import Claim, Doubt, Excuse, doubt
from tests.insights.ledgers import daily, entry, report_of

TODAY = date(2027, 3, 20)
MARCH = Period.month_of(TODAY)


def counted(*more: object) -> Costs:
    """A hundred dollars a day since December: $1,900 so far in March."""
    known = Period(date(2026, 12, 1), TODAY)
    return report_of(
        daily("EC2", lambda day: Decimal(100), known), *more, today=TODAY
    ).facts.services  # type: ignore[arg-type]


def judged(
    amount: int, *, at_most: bool = False, until: date = TODAY, costs: Costs | None = None
) -> Doubt | None:
    claim = Claim(Decimal(amount), "USD", Period.month_of(until), until, at_most)
    return doubt(claim, counted() if costs is None else costs)


@pytest.mark.parametrize("amount", [1900, 1800, 2000, 2400, 1400, 2530])
def test_within_a_quarter_or_five_usual_days_nothing_is_doubted(amount: int) -> None:
    assert judged(amount) is None


@pytest.mark.parametrize("amount", [2600, 1100, 3800, 0, 183965812157])
def test_beyond_both_it_is(amount: int) -> None:
    found = judged(amount)
    assert found is not None
    assert found.counted in (1800, 1900)
    assert found.wild == (amount > 19000)


def test_a_part_may_be_less_than_the_whole() -> None:
    assert judged(100, at_most=True) is None
    assert judged(5000, at_most=True) is not None


def test_a_figure_as_of_an_earlier_day_is_measured_against_the_days_up_to_it() -> None:
    assert judged(900, until=date(2027, 3, 10)) is None


def test_on_the_first_days_last_months_total_is_recognised() -> None:
    found = judged(2800, until=date(2027, 3, 2))
    assert found is not None
    assert Excuse.LAST_MONTH in found.excuses


def test_credits_may_be_in_one_of_the_two_only() -> None:
    credit = [entry(TODAY - timedelta(days=3), "EC2", -300, record_type="Credit")]
    costs = counted(credit)
    assert judged(1600, costs=costs) is None  # net and gross are both possible
    found = judged(900, costs=costs)
    assert found is not None
    assert Excuse.CREDITS in found.excuses


def test_in_another_currency_or_without_costs_there_is_nothing_to_measure_with() -> None:
    claim = Claim(Decimal(9000), "EUR", MARCH, TODAY)
    assert doubt(claim, counted()) is None
    empty = report_of([], today=TODAY).facts.services
    assert judged(9000, costs=empty) is None
