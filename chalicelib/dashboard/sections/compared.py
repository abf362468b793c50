"""One period against an earlier one, rounded: what the month and the week have in common."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.dashboard.rounding import cents, share
from chalicelib.insights.comparison import Change, Comparison
from chalicelib.wording.to_pay import paid_by_credits


@dataclass(frozen=True, slots=True)
class Moved:
    """An amount before and now; `change_ratio` is None where a percentage would mislead."""

    before: Decimal
    now: Decimal
    change: Decimal
    change_ratio: Decimal | None
    kind: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One period against an earlier one, before (`gross`) and after (`net`) credits and refunds.

    `paid_by_credits` says that these took all of it: then nothing is to be paid.
    """

    charge_period_start: date
    charge_period_end: date
    against_start: date
    against_end: date
    gross: Moved
    net: Moved
    paid_by_credits: bool
    note: str


def compared_of(found: Comparison | None) -> Compared | None:
    """A comparison, rounded; None where there was nothing to compare with."""
    if found is None:
        return None
    return Compared(
        charge_period_start=found.period.start,
        charge_period_end=found.period.end,
        against_start=found.against.start,
        against_end=found.against.end,
        gross=moved_of(found.gross),
        net=moved_of(found.net),
        paid_by_credits=paid_by_credits(found),
        note=found.note,
    )


def moved_of(change: Change) -> Moved:
    """A change, rounded."""
    return Moved(
        before=cents(change.before),
        now=cents(change.after),
        change=cents(change.amount),
        change_ratio=share(change.ratio),
        kind=change.kind.value,
    )
