"""What was used, from FOCUS charges: the question in SQL, and what is made of its answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from chalicelib.costs import NO_UNIT, OTHERS, ZERO, Coverage, Place, Usage, UsageQuestion
from chalicelib.costs import UsageRow as Row
from chalicelib.sources.focus.labels import text
from chalicelib.sources.focus.sql import DOUBLE_SCALE, NO_SERVICE
from chalicelib.usage_types.regions import REGIONS

MOST_USAGE_TYPES = 300
"""Usage types of one service beyond these, the smallest, are added up."""

USAGE_TYPE = "SkuMeter"
"""The column that names the usage type in FOCUS 1.1 and later; exports of 1.0 have `x_UsageType`."""

SQL = Path(__file__).with_name("usage.sql")
PLACES = {region.id: region.place for region in REGIONS.values()}


@dataclass(frozen=True, slots=True)
class UsageQuery:
    """A question about usage, of charges in one currency and of one provider; "" keeps all."""

    question: UsageQuestion
    currency: str = ""
    provider: str = ""

    def sql(
        self,
        table: str,
        *,
        usage_type: str = USAGE_TYPE,
        scale: int = DOUBLE_SCALE,
        partition: str = "",
    ) -> str:
        """The question about one table; `usage_type` is the expression that names a usage type."""
        period = self.question.period
        return SQL.read_text(encoding="utf-8").format(
            table=table,
            usage_type=usage_type,
            scale=scale,
            start=period.start,
            end=period.end,
            places=" OR ".join(map(_condition, self.question.places)),
            narrowed=self._narrowed(partition),
            no_service=text(NO_SERVICE),
            no_unit=text(NO_UNIT),
            others=text(OTHERS),
            most=MOST_USAGE_TYPES,
        )

    def _narrowed(self, partition: str) -> str:
        conditions = [partition] * bool(partition)
        conditions += [f"BillingCurrency = {text(self.currency)}"] * bool(self.currency)
        conditions += [f"ProviderName = {text(self.provider)}"] * bool(self.provider)
        return " AND ".join(conditions) or "TRUE"


def _condition(place: Place) -> str:
    service = f"ServiceName = {text(place.service)}"
    if place.service == NO_SERVICE:
        service = "(ServiceName IS NULL OR ServiceName = '')"
    if not place.account:
        return f"({service})"
    return f"({service} AND COALESCE(SubAccountId, BillingAccountId) = {text(place.account)})"


class _Cells(NamedTuple):
    """A row of the answer, as an engine delivers it."""

    day: Any
    service: str
    usage_type: str
    region_id: str
    region_name: str
    unit: str
    billed: Any
    effective: Any
    quantity: Any


def usage_of(answer: Iterable[Sequence[Any]], question: UsageQuestion, covered: Coverage) -> Usage:
    """The usage from the rows that answer a question, each typed or as text.

    A usage type that is used in several Regions under one name is of none in particular. Raises
    TypeError, ValueError or decimal.InvalidOperation where a row is not what the query asks for.
    """
    rows = [_Cells(*((cell if cell is not None else "") for cell in cells)) for cells in answer]
    regions: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        regions.setdefault((row.service, row.usage_type), set()).add(
            row.region_id or row.region_name
        )
    places = {place.service: place for place in question.places}
    return Usage(
        tuple(
            _row(row, places[row.service], len(regions[row.service, row.usage_type]) == 1)
            for row in rows
        ),
        covered.within(question.period),
    )


def _row(cells: _Cells, place: Place, one_region: bool) -> Row:
    day = cells.day if isinstance(cells.day, date) else date.fromisoformat(cells.day)
    region = PLACES.get(cells.region_id, cells.region_name or cells.region_id)
    return Row(
        day=day,
        place=place,
        usage_type=cells.usage_type,
        billed=_decimal(cells.billed),
        effective=_decimal(cells.effective),
        quantity=_decimal(cells.quantity),
        unit=cells.unit,
        region=region if one_region else "",
    )


def _decimal(cell: Any) -> Decimal:
    return Decimal(cell or 0).normalize() + ZERO
