"""What changed most between two periods, ranked by money."""

from dataclasses import dataclass

from chalicelib.costs import Period
from chalicelib.insights.comparison import Change


@dataclass(frozen=True, slots=True)
class Mover:
    """One service, account, or service in an account ("" where not told apart) and its change."""

    service: str
    account: str
    change: Change


@dataclass(frozen=True, slots=True)
class Movers:
    """The movers between two periods (gross billed cost), largest change first; ups and downs alike."""

    period: Period
    against: Period
    by_service: tuple[Mover, ...]
    by_account: tuple[Mover, ...]
    by_both: tuple[Mover, ...]
