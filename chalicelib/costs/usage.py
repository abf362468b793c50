"""What was used: costs by usage type, with quantities; asked only for the few services that matter."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from chalicelib.costs.charge import ZERO
from chalicelib.costs.coverage import Coverage
from chalicelib.costs.period import Period

NO_UNIT = "N/A"
"""The unit of a quantity that adds up what cannot be added, or of nothing."""


class Place(NamedTuple):
    """A service, in one account, or in all of them (`account` is "")."""

    service: str
    account: str = ""


@dataclass(frozen=True, slots=True)
class UsageQuestion:
    """Which places are asked about, and for which days. No service occurs twice."""

    period: Period
    places: tuple[Place, ...]

    @property
    def services(self) -> tuple[str, ...]:
        """The services of all places, in order."""
        return tuple(place.service for place in self.places)


class UsageRow(NamedTuple):
    """What one usage type of a place cost on one day, before credits and refunds and without fees.

    `quantity` of it was used, in `unit`: "" or "N/A" where there is none, or it adds up what cannot
    be added. `billed` and `effective` are as in `Amounts`. `region` is the source's name for where,
    "" where only the usage type tells; `resource` is what was used, where the source knows.
    """

    day: date
    place: Place
    usage_type: str
    billed: Decimal
    effective: Decimal
    quantity: Decimal = ZERO
    unit: str = ""
    region: str = ""
    resource: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """The answer to one question about usage: rows in any order, and the days that were answered."""

    rows: tuple[UsageRow, ...]
    covered: Coverage
