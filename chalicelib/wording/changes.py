"""An amount against an earlier one, in words."""

from collections.abc import Mapping
from decimal import Decimal

from chalicelib.insights.comparison import Change, ChangeKind, Comparison
from chalicelib.insights.movers import Mover
from chalicelib.money import money, percent, signed_money
from chalicelib.wording.names import mover_name
from chalicelib.wording.periods import days

WHOLE = Decimal(1000)
"""From this total on, a table shows whole units of money."""


def compared(change: Change, currency: str, than: str) -> str:
    """How an amount compares, as the rest of a sentence: `$211.10 (22 %) more than in October`."""
    match change.kind:
        case ChangeKind.UNCHANGED:
            return f"the same as {than}"
        case ChangeKind.NEW:
            return f"new, {than} had none"
        case ChangeKind.FROM_ALMOST_NOTHING:
            way = "up" if change.amount > 0 else "down"
            return f"{way} from almost nothing ({money(change.before, currency)}) in {than}"
        case _:
            share = percent(abs(change.ratio)) if change.ratio is not None else ""
            bracket = f" ({share})" if share else ""
            return f"{money(abs(change.amount), currency)}{bracket} {more(change)} than {than}"


def more(change: Change) -> str:
    """The way of a change: `more` or `less`."""
    return "more" if change.amount > 0 else "less"


def earlier(comparison: Comparison) -> str:
    """What a comparison's amount is held against: `the seven days before`, `1 to 20 October`."""
    match comparison.name:
        case "last seven days":
            return "the seven days before"
        case "month to date":
            return days(comparison.against)
        case _:
            return f"{comparison.against.start:%B}"


def mover_row(
    mover: Mover, currency: str, names: Mapping[str, str], *, cents: bool
) -> tuple[str, str, str]:
    """A table row: the change, what it was before, and what changed."""
    change = mover.change
    was = (
        f"from {money(change.before, currency, cents=cents)}"
        if change.kind is ChangeKind.CHANGED
        else str(change.kind)
    )
    return signed_money(change.amount, currency, cents=cents), was, mover_name(mover, names)
