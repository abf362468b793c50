"""What the billing metric says: a month's charges so far, at the moments that AWS chose to say it."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class SoFar(NamedTuple):
    """One value: when it was published (UTC), and what the month had cost by then.

    The amount is a float, because CloudWatch stores and returns no other kind; it is good for cents.
    """

    time: datetime
    amount: float


class Name(NamedTuple):
    """What is watched: a service, an account, a service in an account; the total where both are empty."""

    currency: str
    account: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True)
class ChargesSoFar:
    """The values of one set of dimensions, oldest first; an empty account or service stands for all.

    `service` is the metric's own code (`AmazonEC2`), not Cost Explorer's name.
    """

    currency: str
    account: str
    service: str
    values: tuple[SoFar, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, and what was not because time ran out; `asked` metrics are paid for."""

    series: tuple[ChargesSoFar, ...]
    unread: tuple[Name, ...]
    asked: int
