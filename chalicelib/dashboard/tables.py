"""The tables of services, accounts and labels: the last 30 complete days, and week against week."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from chalicelib.costs import REDUCTIONS, ZERO, CostFacts, Costs, Key, Period
from chalicelib.dashboard.daily import REST
from chalicelib.dashboard.rounding import cents, share
from chalicelib.insights.comparison import Change, Comparison, change
from chalicelib.insights.movers import movers

DAYS = 30
WEEK = 7
SERVICES_LISTED = 200
ACCOUNTS_LISTED = 1000
LABELS_LISTED = 50
DRILLED = 50
"""Accounts that can be opened to see their services; the page's script adds the rows of the others."""
SERVICES_DRILLED = 6
NO_CHANGE = change(ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One service. Costs are before credits and refunds; `reductions` is what those took off.

    `recent` is the billed cost of each of the table's days.
    """

    service_name: str
    billed_cost: Decimal
    effective_cost: Decimal
    share: Decimal | None
    reductions: Decimal
    week_cost: Decimal
    week_before_cost: Decimal
    week_change: Decimal
    week_change_ratio: Decimal | None
    week_change_kind: str
    recent: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class InAccount:
    """What one service cost in one account, or `rest` services that are not named."""

    service_name: str
    rest: int
    billed_cost: Decimal


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account before credits and refunds, and its largest services, where they were kept."""

    sub_account_id: str
    sub_account_name: str
    billed_cost: Decimal
    effective_cost: Decimal
    share: Decimal | None
    week_cost: Decimal
    week_before_cost: Decimal
    week_change: Decimal
    week_change_ratio: Decimal | None
    week_change_kind: str
    services: tuple[InAccount, ...]


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One value of the label, before credits and refunds."""

    label: str
    billed_cost: Decimal
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class ServiceTable:
    """Services by cost. `others` are added up in `others_cost`; both are zero when all are listed."""

    charge_period_start: date
    charge_period_end: date
    total: Decimal
    reductions: Decimal
    others: int
    others_cost: Decimal
    rows: tuple[ServiceRow, ...]


@dataclass(frozen=True, slots=True)
class AccountTable:
    """Accounts by cost. `others` are added up in `others_cost`; both are zero when all are listed."""

    charge_period_start: date
    charge_period_end: date
    total: Decimal
    others: int
    others_cost: Decimal
    rows: tuple[AccountRow, ...]


@dataclass(frozen=True, slots=True)
class LabelTable:
    """Values of one tag or cost category by cost."""

    label_name: str
    charge_period_start: date
    charge_period_end: date
    total: Decimal
    others: int
    others_cost: Decimal
    rows: tuple[LabelRow, ...]


def service_table(facts: CostFacts, through: date) -> ServiceTable:
    """Every service of the last 30 complete days, largest first, at most 200 of them."""
    days = _table_days(facts.services, through)
    sums = _sums(facts.services, days, lambda key: key.service)
    weeks = _changes(facts.services, through)
    total = sum((each.billed for each in sums.values()), ZERO)
    listed, others = _ranked(sums, SERVICES_LISTED)
    return ServiceTable(
        charge_period_start=days.start,
        charge_period_end=days.end,
        total=cents(total),
        reductions=cents(sum((each.reductions for each in sums.values()), ZERO)),
        others=len(others),
        others_cost=cents(sum((sums[name].billed for name in others), ZERO)),
        rows=tuple(
            _service_row(
                name,
                sums[name],
                weeks.get(name) or change(sums[name].week_before, sums[name].week),
                total,
            )
            for name in listed
        ),
    )


def account_table(facts: CostFacts, through: date) -> AccountTable | None:
    """Every account of the last 30 complete days, largest first, at most 1,000 of them.

    None for a single account. The largest 50 carry their services.
    """
    if facts.accounts is None:
        return None
    days = _table_days(facts.accounts, through)
    sums = _sums(facts.accounts, days, lambda key: key.account)
    total = sum((each.billed for each in sums.values()), ZERO)
    listed, others = _ranked(sums, ACCOUNTS_LISTED)
    return AccountTable(
        charge_period_start=days.start,
        charge_period_end=days.end,
        total=cents(total),
        others=len(others),
        others_cost=cents(sum((sums[name].billed for name in others), ZERO)),
        rows=tuple(
            _account_row(account, facts, sums[account], total, drilled=n < DRILLED)
            for n, account in enumerate(listed)
        ),
    )


def label_table(facts: CostFacts, through: date) -> LabelTable | None:
    """The values of the label in the last 30 complete days; None when no label was asked for."""
    if facts.labels is None:
        return None
    days = _table_days(facts.labels, through)
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
        total=cents(total),
        others=len(others),
        others_cost=cents(sum((sums[name] for name in others), ZERO)),
        rows=tuple(
            LabelRow(name, cents(sums[name]), _share(sums[name], total))
            for name in ranked[:LABELS_LISTED]
        ),
    )


@dataclass(slots=True)
class _Sums:
    """What one name cost: billed on each of the table's days, and in all of them by other measures."""

    recent: list[Decimal]
    effective: Decimal = ZERO
    reductions: Decimal = ZERO
    services: dict[str, Decimal] = field(default_factory=dict)

    @property
    def billed(self) -> Decimal:
        return sum(self.recent, ZERO)

    @property
    def week(self) -> Decimal:
        return sum(self.recent[-WEEK:], ZERO)

    @property
    def week_before(self) -> Decimal:
        return sum(self.recent[-2 * WEEK : -WEEK], ZERO)


def _table_days(costs: Costs, through: date) -> Period:
    """The last 30 complete days, or as many of them as the facts know."""
    days = Period.ending(through, DAYS)
    return costs.period.intersection(days) or days


def _sums(costs: Costs, days: Period, name: Callable[[Key], str]) -> dict[str, _Sums]:
    sums: dict[str, _Sums] = {}
    position = {day: n for n, day in enumerate(days)}
    for key, amounts in costs.cells.items():
        day = position.get(key.day)
        if day is None:
            continue
        who = name(key)
        each = sums.get(who)
        if each is None:
            each = sums[who] = _Sums([ZERO] * len(position))
        if key.category in REDUCTIONS:
            each.reductions += amounts.billed
            continue
        each.recent[day] += amounts.billed
        each.effective += amounts.effective
        each.services[key.service] = each.services.get(key.service, ZERO) + amounts.billed
    return sums


def _ranked(sums: Mapping[str, _Sums], limit: int) -> tuple[list[str], list[str]]:
    """The names to list, largest first, and those that are only added up; names that cost nothing
    in any period are left out."""
    named = [
        name for name, each in sums.items() if any(each.recent) or each.effective or each.reductions
    ]
    ranked = sorted(named, key=lambda name: (-sums[name].billed, name))
    return ranked[:limit], ranked[limit:]


def _changes(services: Costs, through: date) -> Mapping[str, Change]:
    """What each service's week changed by, by the rules of the movers but without their limits."""
    week = Period.ending(through, WEEK)
    before = Period(Period.ending(through, 2 * WEEK).start, week.start)
    compared = Comparison("", week, before, gross=NO_CHANGE, net=NO_CHANGE)
    found = movers(services, None, compared, floor=ZERO, percent=ZERO)
    return {mover.service: mover.change for mover in found.by_service}


def _service_row(name: str, sums: _Sums, week: Change, total: Decimal) -> ServiceRow:
    return ServiceRow(
        service_name=name,
        billed_cost=cents(sums.billed),
        effective_cost=cents(sums.effective),
        share=_share(sums.billed, total),
        reductions=cents(sums.reductions),
        week_cost=cents(week.after),
        week_before_cost=cents(week.before),
        week_change=cents(week.amount),
        week_change_ratio=share(week.ratio),
        week_change_kind=week.kind.value,
        recent=tuple(map(cents, sums.recent)),
    )


def _account_row(
    account: str, facts: CostFacts, sums: _Sums, total: Decimal, *, drilled: bool
) -> AccountRow:
    week = change(sums.week_before, sums.week)
    return AccountRow(
        sub_account_id=account,
        sub_account_name=facts.account_name(account),
        billed_cost=cents(sums.billed),
        effective_cost=cents(sums.effective),
        share=_share(sums.billed, total),
        week_cost=cents(sums.week),
        week_before_cost=cents(sums.week_before),
        week_change=cents(week.amount),
        week_change_ratio=share(week.ratio),
        week_change_kind=week.kind.value,
        services=_inside(sums.services) if drilled else (),
    )


def _inside(services: Mapping[str, Decimal]) -> tuple[InAccount, ...]:
    """The largest services of one account, and what the rest of them cost together."""
    ranked = sorted(services, key=lambda name: (-services[name], name))
    shown, others = ranked[:SERVICES_DRILLED], ranked[SERVICES_DRILLED:]
    rows = [InAccount(name, 0, cents(services[name])) for name in shown]
    if others:
        rest = sum((services[name] for name in others), ZERO)
        rows.append(InAccount(REST, len(others), cents(rest)))
    return tuple(rows)


def _share(amount: Decimal, total: Decimal) -> Decimal | None:
    """The share of the total; None where there is none: of nothing, or among amounts below zero."""
    return share(amount / total) if 0 <= amount <= total and total else None
