"""One row of an engine's answer."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from chalicelib.costs import ZERO, Amounts


class Row(NamedTuple):
    """One row of the answer; what does not apply to its part is the empty string.

    In the totals, `label` holds the kinds of key that the label was found under (`labels`).
    """

    part: str
    day: date | None
    service: str
    account: str
    account_name: str
    category: str
    label: str
    currency: str
    provider: str
    amounts: Amounts
    unpriced: int

    @classmethod
    def of(cls, cells: Sequence[Any]) -> "Row":
        """Read a row as an engine delivers it, typed or as text.

        Raises ValueError or decimal.InvalidOperation where a cell is not what the query asks for.
        """
        part, day, service, account, account_name, category, label, currency, provider = cells[:9]
        billed, effective, listed, unpriced = cells[9:]
        paid = _decimal(billed)
        # Most charges cost the same by every measure.
        spread = paid if effective == billed else _decimal(effective)
        before = paid if listed == billed else _decimal(listed)
        return cls(
            part,
            date.fromisoformat(day) if isinstance(day, str) else day,
            service or "",
            account or "",
            account_name or "",
            category or "",
            label or "",
            currency or "",
            provider or "",
            Amounts(paid, spread, before),
            int(unpriced),
        )


def _decimal(cell: str | None) -> Decimal:
    """An amount without the zeros that the engine's scale pads it with; the sum of nothing is zero."""
    return Decimal(cell or 0).normalize() + ZERO
