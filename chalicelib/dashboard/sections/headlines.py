"""The large figures: periods against earlier ones, before and after credits and refunds."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.dashboard.rounding import cents, share
from chalicelib.insights.comparison import Change, Comparison
from chalicelib.report import Report
from chalicelib.wording.changes import compared, earlier


@dataclass(frozen=True, slots=True)
class Moved:
    """An amount before and now; `change_ratio` is None where a percentage would mislead."""

    before: Decimal
    now: Decimal
    change: Decimal
    change_ratio: Decimal | None
    kind: str


@dataclass(frozen=True, slots=True)
class Headline:
    """One period against an earlier one, before (`gross`) and after (`net`) credits and refunds."""

    name: str
    charge_period_start: date
    charge_period_end: date
    against_start: date
    against_end: date
    gross: Moved
    net: Moved
    sentence: str
    note: str


def headlines_of(report: Report) -> tuple[Headline, ...]:
    """The periods worth comparing, as far as there is something to compare."""
    periods = (report.last_week, report.month_to_date, report.last_month)
    return tuple(_headline(each, report.facts.currency) for each in periods if each)


def moved_of(change: Change) -> Moved:
    """A change, rounded."""
    return Moved(
        before=cents(change.before),
        now=cents(change.after),
        change=cents(change.amount),
        change_ratio=share(change.ratio),
        kind=change.kind.value,
    )


def _headline(found: Comparison, currency: str) -> Headline:
    return Headline(
        name=found.name,
        charge_period_start=found.period.start,
        charge_period_end=found.period.end,
        against_start=found.against.start,
        against_end=found.against.end,
        gross=moved_of(found.gross),
        net=moved_of(found.net),
        sentence=compared(found.gross, currency, earlier(found)),
        note=found.note,
    )
