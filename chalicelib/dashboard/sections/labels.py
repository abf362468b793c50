"""The values of one tag or cost category."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.costs import ZERO, CostFacts
from chalicelib.dashboard.rounding import cents
from chalicelib.dashboard.stretches import Stretch, stretches
from chalicelib.dashboard.sums import share_of, table_days

LABELS_LISTED = 1000


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One value of the label, before credits and refunds."""

    label: str
    billed_cost: Decimal
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class LabelTable:
    """Values of one tag or cost category by cost, without the `unknown` days of the period."""

    label_name: str
    charge_period_start: date
    charge_period_end: date
    unknown: tuple[Stretch, ...]
    total: Decimal
    others: int
    others_cost: Decimal
    rows: tuple[LabelRow, ...]


def label_table(facts: CostFacts, through: date) -> LabelTable | None:
    """The values of the label in the last 30 complete days; None when no label was asked for."""
    if facts.labels is None:
        return None
    days = table_days(facts.labels, through)
    sums: dict[str, Decimal] = {}
    for key, amounts in facts.labels.cells.items():
        if key.day in days:
            sums[key.label] = sums.get(key.label, ZERO) + amounts.billed
    total = sum(sums.values(), ZERO)
    ranked = sorted(sums, key=lambda name: (-sums[name], name))
    others = ranked[LABELS_LISTED:]
    return LabelTable(
        label_name=facts.label_name,
        charge_period_start=days.start,
        charge_period_end=days.end,
        unknown=stretches(facts.labels.unknown(days)),
        total=cents(total),
        others=len(others),
        others_cost=cents(sum((sums[name] for name in others), ZERO)),
        rows=tuple(
            LabelRow(name, cents(sums[name]), share_of(sums[name], total))
            for name in ranked[:LABELS_LISTED]
        ),
    )
