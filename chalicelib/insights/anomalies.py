"""Costs that their own history does not explain."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class AnomalyKind(StrEnum):
    """How a cost left its expected course."""

    SPIKE = "spike"
    STEP = "step"
    DRIFT = "drift"
    NEW = "new"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One service (in one account, or "" for all) whose gross billed cost left its expected course.

    `expected` and `actual` are totals over the days from `since` to `until` inclusive; `sentence`
    says all of it in words.
    """

    kind: AnomalyKind
    service: str
    account: str
    since: date
    until: date
    expected: Decimal
    actual: Decimal
    sentence: str

    @property
    def excess(self) -> Decimal:
        """Money above expectation, negative when costs fell away."""
        return self.actual - self.expected
