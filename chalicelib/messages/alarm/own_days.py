"""What a signal's own days cost: of a daily budget, an anomaly, or a budget of a quarter or a year."""

from datetime import timedelta

from chalicelib.answer import Answer
from chalicelib.costs import ZERO, Period, month_start
from chalicelib.insights.reconciliation import MonthBill
from chalicelib.money import money
from chalicelib.signals import BudgetNotice, Signal, TimeUnit
from chalicelib.wording.periods import day, days

WEEK = timedelta(days=7)
QUARTER = 3


def is_of_a_day(answer: Answer) -> bool:
    """Whether the signal is about one single day, as a daily budget is."""
    return answer.days is not None and answer.daily


def days_line(answer: Answer) -> str:
    """What the days cost by Cost Explorer, against as many before, or the same weekday of a single one."""
    services = answer.report.facts.services
    known = services.period.intersection(answer.days) if answer.days else None
    if known is None:
        return ""
    if not services.covers(known):
        return f"By Cost Explorer not all of {days(known)} is known yet, so there is no sum."
    currency = answer.report.facts.currency
    spent = services.during(known).total().billed
    settling = answer.report.completeness.settling
    last = "" if len(known) == 1 else "its last days "
    late = f", {last}still filling in" if settling and known.last_day in settling else ""
    said = (
        f"By Cost Explorer {days(known)} cost {money(spent, currency)}{_fees(answer, known)}{late}"
    )
    before = week_before(known) if len(known) == 1 else _as_many_before(known)
    if not services.covers(before):
        return f"{said}."
    earlier = services.during(before).total().billed
    cost = f"{money(earlier, currency)}{_fees(answer, before)}" if earlier else "nothing"
    if len(known) == 1:
        return f"{said}; the same weekday before, {day(before.start)}, cost {cost}."
    return f"{said}; the {len(before)} days before cost {cost}."


def week_before(period: Period) -> Period:
    """The same weekdays a week earlier."""
    return Period(period.start - WEEK, period.end - WEEK)


def _as_many_before(period: Period) -> Period:
    return Period.ending(period.start - timedelta(days=1), len(period))


def _fees(answer: Answer, period: Period) -> str:
    due = sum((fee.amount for fee in answer.report.fees.within(period)), ZERO)
    return f" ({money(due, answer.report.facts.currency)} of it fees)" if due else ""


def long_period_line(answer: Answer, signal: Signal) -> str:
    """What the months of a quarter or a year came to so far, and the quarter before."""
    if not isinstance(signal, BudgetNotice):
        return ""
    if signal.time_unit not in (TimeUnit.QUARTERLY, TimeUnit.ANNUALLY):
        return ""
    months = _bills(answer, answer.period)
    if not months:
        return ""
    said = f"By Cost Explorer {_name(months)} cost {_sum(answer, months)} so far"
    start = month_start(answer.period.start, -QUARTER)
    earlier = _bills(answer, Period(start, answer.period.start))
    if signal.time_unit is TimeUnit.ANNUALLY or len(earlier) < QUARTER:
        return f"{said}."
    return f"{said}; {_name(earlier)} cost {_sum(answer, earlier)} in all."


def _bills(answer: Answer, period: Period) -> list[MonthBill]:
    return [each for each in answer.report.months if each.month.start in period]


def _name(months: list[MonthBill]) -> str:
    first, last = f"{months[0].month.start:%B}", f"{months[-1].month.start:%B}"
    return first if first == last else f"{first} to {last}"


def _sum(answer: Answer, months: list[MonthBill]) -> str:
    return money(sum((each.net for each in months), ZERO), answer.report.facts.currency)
