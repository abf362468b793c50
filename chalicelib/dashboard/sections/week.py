"""The last seven complete days against the seven before."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from chalicelib.costs import Coverage, Period
from chalicelib.dashboard.rounding import cents
from chalicelib.dashboard.sections.compared import Compared, compared_of
from chalicelib.report import Report
from chalicelib.wording.story import Spent, Story

DAYS = 7


@dataclass(frozen=True, slots=True)
class WeekDay:
    """Usage of one day and of the same weekday a week before, before credits and without fees; None
    where nobody answered."""

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
    by_day = {day: sums.billed for day, sums in report.fees.usage.gross().by_day().items()}
    known = report.facts.services.covered
    return WeekSection(
        charge_period_start=period.start,
        charge_period_end=period.end,
        said=story.week,
        compared=compared_of(report.last_week),
        days=tuple(
            WeekDay(day, _of(day, by_day, known), _of(day - timedelta(days=DAYS), by_day, known))
            for day in period
        ),
    )


def _of(day: date, by_day: dict[date, Decimal], known: Coverage) -> Decimal | None:
    return cents(by_day.get(day, Decimal(0))) if day in known else None
