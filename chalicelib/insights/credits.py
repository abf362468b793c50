"""What credits cover, and whether they are about to stop."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from chalicelib.costs import Period


class CreditState(StrEnum):
    """What credits are doing, from their own trend."""

    NONE = "none"
    STEADY = "steady"
    ENDING = "ending"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Credits:
    """Credits by month (negative amounts), what they cover, and a warning when there is one.

    `covered` names the services that credits paid for in the last 30 complete days, largest first.
    `warning` is a sentence, "" when there is nothing to warn of.
    """

    state: CreditState
    by_month: tuple[tuple[Period, Decimal], ...]
    covered: tuple[tuple[str, Decimal], ...]
    warning: str
