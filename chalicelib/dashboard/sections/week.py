"""The last seven complete days against the seven before."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from chalicelib.costs import Costs, Period
from chalicelib.dashboard.rounding import cents
from chalicelib.dashboard.sections.compared import Compared, compared_of
from chalicelib.report import Report
from chalicelib.wording.story import Spent, Story

DAYS = 7


@dataclass(frozen=True, slots=True)
class WeekDay:
    """One day and the same weekday a week before, before credits; None where nobody answered."""

    charge_period_start: date
    now: Decimal | None
    before: Decimal | None


@dataclass(frozen=True, slots=True)
class WeekSection:
    """The last seven complete days; the sentence is that of the mail."""

    charge_period_start: date
    charge_period_end: date
    said: Spent
    compared: Compared | None
    days: tuple[WeekDay, ...]


def week_of(report: Report, story: Story) -> WeekSection:
    """The seven days up to the last complete one."""
    period = Period.ending(report.completeness.complete_through, DAYS)
    usage = report.facts.services.gross()
    by_day = {day: amounts.billed for day, amounts in usage.by_day().items()}
    return WeekSection(
        charge_period_start=period.start,
        charge_period_end=period.end,
        said=story.week,
        compared=compared_of(report.last_week),
        days=tuple(
            WeekDay(day, _of(usage, by_day, day), _of(usage, by_day, day - timedelta(days=DAYS)))
            for day in period
        ),
    )


def _of(costs: Costs, by_day: dict[date, Decimal], day: date) -> Decimal | None:
    return cents(by_day.get(day, Decimal(0))) if day in costs.covered else None
