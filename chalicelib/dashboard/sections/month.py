"""The month: so far, against last month, and where it ends."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate

from chalicelib.costs import Costs, Period
from chalicelib.dashboard.rounding import cents, share
from chalicelib.dashboard.sections.compared import Compared, compared_of
from chalicelib.insights.projection import Projection
from chalicelib.report import Report
from chalicelib.wording.story import Spent, Story
from chalicelib.wording.to_pay import LEAST


@dataclass(frozen=True, slots=True)
class Estimate:
    """Where the month ends: expected cost, and the range that holds it four times in five."""

    so_far: Decimal
    expected: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class MonthSection:
    """The current month. Sentences are those of the mail; `reason` says why nothing is projected.

    `course` is what is to be paid for the month from its first day to each day known so far, the
    last `filling_in` of them not complete; `last_course` is the same of all of last month. Both are
    before credits and refunds where these take all (`course_before_credits`). A day nobody answered
    for, and every day after it, is None. `year_before` is what the same month of last year came to.
    """

    billing_period_start: date
    billing_period_end: date
    said: Spent
    end_sentence: str
    last_bill: str
    compared: Compared | None
    gross: Estimate | None
    net: Estimate | None
    reason: str
    budget: Decimal | None
    budget_ratio: Decimal | None
    year_before: Decimal | None
    filling_in: int
    course_before_credits: bool
    course: tuple[Decimal | None, ...]
    last_course: tuple[Decimal | None, ...]


def month_of(report: Report, story: Story) -> MonthSection:
    """The month of the report's day."""
    facts, projected, budget = report.facts, report.projections, report.monthly_budget
    month = Period.month_of(facts.today)
    last = Period.month_of(month.start - timedelta(days=1))
    ratio = projected.net.expected / budget if projected.net and budget else None
    complete = (report.completeness.complete_through - month.start).days + 1
    so_far = Period(month.start, facts.today) if facts.today > month.start else None
    free = so_far is not None and _paid_by_credits(facts.services, so_far)
    costs = facts.services.gross() if free else facts.services
    course = _course(costs, so_far) if so_far else ()
    return MonthSection(
        billing_period_start=month.start,
        billing_period_end=month.end,
        said=story.month,
        end_sentence=story.end,
        last_bill=story.bill,
        compared=compared_of(report.month_to_date),
        gross=_estimate(projected.gross),
        net=_estimate(projected.net),
        reason=projected.reason,
        budget=cents(budget) if budget else None,
        budget_ratio=share(ratio),
        year_before=_year_before(report, month),
        filling_in=len(course) - max(0, min(complete, len(course))),
        course_before_credits=free,
        course=course,
        last_course=_course(costs, last),
    )


def _paid_by_credits(costs: Costs, period: Period) -> bool:
    known = costs.period.intersection(period)
    if known is None:
        return False
    month = costs.during(known)
    return month.total().billed < LEAST <= month.gross().total().billed


def _course(costs: Costs, period: Period) -> tuple[Decimal | None, ...]:
    """Running totals of what is to be paid; None from the first unknown day on."""
    if not costs.period.intersection(period) or not len(costs):
        return ()
    by_day = {day: amounts.billed for day, amounts in costs.by_day().items()}
    known = []
    for day in period:
        if day not in costs.covered:
            break
        known.append(by_day.get(day, Decimal(0)))
    totals = tuple(map(cents, accumulate(known)))
    return totals + (None,) * (len(period) - len(totals))


def _year_before(report: Report, month: Period) -> Decimal | None:
    """The bill of the same month a year ago; None where it is not known or had no cost."""
    start = month.start.replace(year=month.start.year - 1)
    for bill in report.months:
        if bill.month.start == start and bill.gross:
            return cents(bill.net)
    return None


def _estimate(projection: Projection | None) -> Estimate | None:
    if projection is None:
        return None
    return Estimate(
        so_far=cents(projection.so_far),
        expected=cents(projection.expected),
        low=cents(projection.low),
        high=cents(projection.high),
    )
