"""The daily chart: for each of its settings the largest few series and the rest, day by day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.costs import REDUCTIONS, ZERO, CostFacts, Costs, Period
from chalicelib.dashboard.rounding import cents
from chalicelib.insights.completeness import Completeness
from chalicelib.service_names import short_name

DAYS = 90
SERIES = 7
"""Series with a colour of their own; the rest are added up in one more."""
RECENT_DAYS = 30
"""The days that decide which names are the largest."""
ACCOUNTS_IN_DETAIL = 5
"""Accounts whose services can be shown day by day."""
REST = "Other"
"""The name of everything that is added up; its row or series also says how many names that is."""
BOTH = ("before", "after")
"""Credits and refunds are left out, or taken off."""

type Grid = dict[str, list[Decimal]]
"""One amount for each day of a period, by name."""


@dataclass(frozen=True, slots=True)
class Series:
    """One name and its amount for each day, None where unknown; `rest` adds up how many names have no series."""

    name: str
    display_name: str
    id: str
    rest: int
    amounts: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Stack:
    """One setting of the chart: what the days are divided by, and how cost is measured.

    `cost` is "billed" or "effective" as in FOCUS, `credits` says whether they are left out ("before" credits and
    refunds) or taken off ("after"). `sub_account_id` is set where only that account is shown.
    The amounts run from `charge_period_start` to the end of the chart.
    """

    by: str
    cost: str
    credits: str
    sub_account_id: str
    charge_period_start: date
    series: tuple[Series, ...]
    totals: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """An account whose services can be shown day by day."""

    sub_account_id: str
    sub_account_name: str


@dataclass(frozen=True, slots=True)
class Daily:
    """All settings of the chart, the first one shown first; days from `settling_start` still grow."""

    charge_period_start: date
    charge_period_end: date
    settling_start: date | None
    scopes: tuple[Scope, ...]
    stacks: tuple[Stack, ...]


def daily_of(facts: CostFacts, completeness: Completeness) -> Daily:
    """The last 90 days, up to yesterday, in every setting that the facts can answer.

    Accounts are known before credits and refunds only, and since the first of last month.
    """
    whole = facts.services.period
    chart = whole.intersection(Period.ending(whole.last_day, DAYS)) or whole
    grids = _by_service_and_category(facts.services, chart)
    services = _largest(grids["service", "billed", "before"], SERIES)
    stacks = [
        Stack(
            by,
            cost,
            credits,
            "",
            chart.start,
            *_series(grid, _known(facts.services, chart), services if by == "service" else None),
        )
        for (by, cost, credits), grid in grids.items()
    ]
    scopes: tuple[str, ...] = ()
    if facts.accounts is not None:
        scopes, account_stacks = _account_stacks(facts, facts.accounts, chart, services)
        stacks += account_stacks
    settling = completeness.settling
    return Daily(
        charge_period_start=chart.start,
        charge_period_end=chart.end,
        settling_start=settling.start if settling else None,
        scopes=tuple(Scope(account, facts.account_name(account)) for account in scopes),
        stacks=tuple(stacks),
    )


def _by_service_and_category(costs: Costs, chart: Period) -> dict[tuple[str, str, str], Grid]:
    grids: dict[tuple[str, str, str], Grid] = {
        (by, cost, credits): {}
        for by in ("service", "category")
        for cost in ("billed", "effective")
        for credits in BOTH
    }
    position = {day: n for n, day in enumerate(chart)}
    for key, amounts in costs.cells.items():
        day = position.get(key.day)
        if day is None:
            continue
        for credits in ("after",) if key.category in REDUCTIONS else BOTH:
            for by, name in (("service", key.service), ("category", key.category)):
                for cost, amount in (("billed", amounts.billed), ("effective", amounts.effective)):
                    _add(grids[by, cost, credits], name, day, amount, len(position))
    return grids


def _account_stacks(
    facts: CostFacts, costs: Costs, chart: Period, services: Collection[str]
) -> tuple[tuple[str, ...], list[Stack]]:
    """The accounts that can be shown by service, and the stacks of all accounts and of those."""
    shown = costs.period.intersection(chart) or chart
    position = {day: n for n, day in enumerate(shown)}
    known = _known(costs, shown)
    billed: Grid = {}
    effective: Grid = {}
    for key, amounts in costs.cells.items():
        day = position.get(key.day)
        if day is not None:
            _add(billed, key.account, day, amounts.billed, len(position))
            _add(effective, key.account, day, amounts.effective, len(position))
    largest = _largest(billed, SERIES)
    scopes = tuple(largest[:ACCOUNTS_IN_DETAIL])
    inside: dict[str, Grid] = {account: {} for account in scopes}
    for key, amounts in costs.cells.items():
        if key.account in inside and key.day in position:
            day = position[key.day]
            _add(inside[key.account], key.service, day, amounts.billed, len(position))
    stacks = [
        Stack("account", cost, "before", "", shown.start, *_series(grid, known, largest, facts))
        for cost, grid in (("billed", billed), ("effective", effective))
    ]
    stacks += [
        Stack(
            "service",
            "billed",
            "before",
            account,
            shown.start,
            *_series(grid, known, services),
        )
        for account, grid in inside.items()
    ]
    return scopes, stacks


def _add(grid: Grid, name: str, day: int, amount: Decimal, days: int) -> None:
    row = grid.get(name)
    if row is None:
        row = grid[name] = [ZERO] * days
    row[day] += amount


def _largest(grid: Grid, count: int) -> list[str]:
    """The names that cost most lately, largest first; one more when that leaves none over.

    Lately is the last 30 days without each name's most expensive one: fees that fall on the first
    of a month would take the colours from what is charged day by day.
    """

    def lately(name: str) -> Decimal:
        recent = grid[name][-RECENT_DAYS:]
        return sum(recent, ZERO) - max(recent)

    ranked = sorted(grid, key=lambda name: (-lately(name), -sum(grid[name], ZERO), name))
    return ranked if len(ranked) <= count + 1 else ranked[:count]


def _known(costs: Costs, period: Period) -> list[bool]:
    """Whether somebody answered for each day."""
    covered = set(costs.covered.within(period))
    return [day in covered for day in period]


def _series(
    grid: Grid,
    known: list[bool],
    names: Collection[str] | None,
    facts: CostFacts | None = None,
) -> tuple[tuple[Series, ...], tuple[Decimal | None, ...]]:
    """The named series in that order, the rest added up in one more, and the totals of each day."""
    days = len(known)
    chosen = _largest(grid, SERIES) if names is None else names
    others = [row for name, row in grid.items() if name not in set(chosen)]
    series = [
        Series(
            name=facts.account_name(name) if facts else name,
            display_name=facts.account_name(name) if facts else short_name(name),
            id=name if facts else "",
            rest=0,
            amounts=_rounded(grid.get(name, [ZERO] * days), known),
        )
        for name in chosen
    ]
    if others:
        series.append(Series(REST, REST, "", len(others), _rounded(_totals(others, days), known)))
    return tuple(series), _rounded(_totals(list(grid.values()), days), known)


def _totals(rows: list[list[Decimal]], days: int) -> list[Decimal]:
    return [sum((row[day] for row in rows), ZERO) for day in range(days)]


def _rounded(amounts: list[Decimal], known: list[bool]) -> tuple[Decimal | None, ...]:
    return tuple(
        cents(each) if is_known else None for each, is_known in zip(amounts, known, strict=True)
    )
