"""What changed most between two periods, ranked by money."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from chalicelib.costs import ZERO, Costs, Key, Period
from chalicelib.insights.comparison import Change, ChangeKind, Comparison, change

RARELY = 5
"""A cost charged on fewer than one in this many days comes and goes."""


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


def movers(
    services: Costs,
    accounts: Costs | None,
    compared: Comparison,
    *,
    floor: Decimal,
    percent: Decimal,
) -> Movers:
    """The services, accounts and services in accounts whose gross billed cost changed.

    A mover changed by `floor` in money and by `percent` of what it was before, both at least; a
    change without a percentage (new, ended, from almost nothing, occasional) needs the money only.
    A percentage alone is noise on small services and silence on large ones, hence the two.
    Rises and falls are ranked together by size, so a fall that hides a rise in the total is beside
    it. With both limits at zero the movers' changes add up to the change of the total, exactly.
    """
    gross = services.gross()

    def ranked(costs: Costs, name: Callable[[Key], tuple[str, str]]) -> tuple[Mover, ...]:
        found = [
            Mover(service, account, moved)
            for (service, account), moved in _changes(costs, compared, name).items()
            if _counts(moved, floor, percent)
        ]
        return tuple(sorted(found, key=lambda m: (-abs(m.change.amount), m.service, m.account)))

    return Movers(
        period=compared.period,
        against=compared.against,
        by_service=ranked(gross, lambda key: (key.service, "")),
        by_account=ranked(accounts, lambda key: ("", key.account)) if accounts else (),
        by_both=ranked(accounts, lambda key: (key.service, key.account)) if accounts else (),
    )


def _counts(moved: Change, floor: Decimal, percent: Decimal) -> bool:
    if moved.kind is ChangeKind.UNCHANGED or abs(moved.amount) < floor:
        return False
    return moved.ratio is None or abs(moved.ratio) * 100 >= percent


def _changes(
    costs: Costs, compared: Comparison, name: Callable[[Key], tuple[str, str]]
) -> dict[tuple[str, str], Change]:
    before: dict[tuple[str, str], Decimal] = {}
    after: dict[tuple[str, str], Decimal] = {}
    charged: dict[tuple[str, str], set[date]] = {}
    for key, amounts in costs.cells.items():
        if key.day >= compared.period.end or not amounts.billed:
            continue
        who = name(key)
        charged.setdefault(who, set()).add(key.day)
        if key.day in compared.period:
            after[who] = after.get(who, ZERO) + amounts.billed
        elif key.day in compared.against:
            before[who] = before.get(who, ZERO) + amounts.billed
    return {
        who: _with_history(
            change(before.get(who, ZERO), after.get(who, ZERO)), charged[who], compared
        )
        for who in before | after
    }


def _with_history(moved: Change, charged: Collection[date], compared: Comparison) -> Change:
    """Call a change occasional where the days before `against` show that the cost comes and goes.

    What seems new is not when it was charged earlier; what seems ended is not when it was charged
    on fewer than one in five days.
    """
    first = min(charged)
    back = moved.kind is ChangeKind.NEW and first < compared.against.start
    rare = len(charged) * RARELY < (compared.period.end - first).days
    if back or (moved.kind is ChangeKind.ENDED and rare):
        return replace(moved, kind=ChangeKind.OCCASIONAL)
    return moved
