"""One amount against an earlier one, and the periods worth comparing."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from chalicelib.costs import Period


class ChangeKind(StrEnum):
    """How to speak of a change; only CHANGED has a percentage that means anything."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    NEW = "new"
    ENDED = "ended"
    FROM_ALMOST_NOTHING = "from almost nothing"


@dataclass(frozen=True, slots=True)
class Change:
    """What an amount was before and is now."""

    before: Decimal
    after: Decimal
    kind: ChangeKind

    @property
    def amount(self) -> Decimal:
        """The difference, positive when costs rose."""
        return self.after - self.before

    @property
    def ratio(self) -> Decimal | None:
        """The difference as a share of the amount before; None where that would mislead."""
        return self.amount / abs(self.before) if self.kind is ChangeKind.CHANGED else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same question asked of two periods, gross and net (billed cost)."""

    name: str
    period: Period
    against: Period
    gross: Change
    net: Change
    note: str = ""
