"""A service that only got another name: one row, under the name that it has now."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from chalicelib.costs import REDUCTIONS, ZERO, Amounts, CostFacts, Costs, Key, Period
from chalicelib.insights.fees import FEE_CATEGORIES, TOLD_DAYS

WEEK = timedelta(days=7)
OVERLAP, PAUSE = 2, 1
"""Days on which both names may have charges, and on which neither may."""
STEADY = Decimal("0.7")
"""Share of days that a row is charged on, to be held against another."""
LEAST_APART, MOST_APART = Decimal("0.1"), Decimal("0.35")
"""Share by which the same service may cost more or less after the turn: three times what its own
days stray from a week before, between these."""

type Days = Mapping[date, Decimal]


@dataclass(frozen=True, slots=True)
class Rename:
    """What was called `was` is called `now` since a day; what it cost over `compared`, and before it."""

    was: str
    now: str
    since: date
    compared: Period
    before: Decimal
    after: Decimal


def renamed(facts: CostFacts, complete_through: date) -> tuple[CostFacts, tuple[Rename, ...]]:
    """The facts with each service under its present name, and what was renamed.

    A service was renamed when one that was charged on most days ends, another that never was begins
    on the next day (up to two days of both, one of neither), and the two together cost what the
    first did on the same weekdays of the week before: as far as the first's own days stray, 10 to 35 %. Where
    accounts are known, the same accounts must pay it. The likest pair counts.
    """
    pairs = sorted(_pairs(facts, complete_through), key=_unlike)
    found: dict[str, Rename] = {}
    for each in pairs:
        if each.was not in found and all(each.now != other.now for other in found.values()):
            found[each.was] = each
    if not found:
        return facts, ()
    return (
        replace(
            facts,
            services=_under_new_names(facts.services, found),
            accounts=facts.accounts and _under_new_names(facts.accounts, found),
            labels=facts.labels and _under_new_names(facts.labels, found),
        ),
        tuple(sorted(found.values(), key=lambda each: (each.since, each.was))),
    )


def told_renames(renames: Iterable[Rename], complete_through: date) -> tuple[Rename, ...]:
    """The renames that are young enough to be told."""
    return tuple(each for each in renames if (complete_through - each.since).days < TOLD_DAYS)


def _unlike(pair: Rename) -> tuple[Decimal, str, str]:
    return abs(pair.after - pair.before) / pair.before, pair.was, pair.now


def _pairs(facts: CostFacts, complete_through: date) -> Iterator[Rename]:
    spans = _spans(facts.services)
    costs = facts.services
    first = min((since for since, _ in spans.values()), default=costs.period.start)
    began = {
        name: since
        for name, (since, _) in spans.items()
        if first + WEEK <= since <= complete_through
    }
    ended = {name: until for name, (_, until) in spans.items() if until <= complete_through}
    for now, since in began.items():
        for was, until in ended.items():
            if was != now and -OVERLAP < (since - until).days <= 1 + PAUSE:
                pair = _pair(facts, was, now, since, complete_through)
                if pair:
                    yield pair


def _spans(costs: Costs) -> dict[str, tuple[date, date]]:
    """First and last charge of each service that is used day by day."""
    spans: dict[str, tuple[date, date]] = {}
    for key, each in costs.cells.items():
        if each.billed and key.category not in FEE_CATEGORIES | REDUCTIONS:
            since, until = spans.get(key.service, (key.day, key.day))
            spans[key.service] = min(since, key.day), max(until, key.day)
    return spans


def _pair(facts: CostFacts, was: str, now: str, since: date, through: date) -> Rename | None:
    costs = facts.services
    compared = Period(since, min(through + timedelta(days=1), since + WEEK))
    like = Period(since - WEEK, compared.end - WEEK)
    old, new = _days(costs, was), _days(costs, now)
    if like.start < costs.period.start or not _steady(old, like) or not _steady(new, compared):
        return None
    before = sum((old.get(day, ZERO) for day in like), ZERO)
    after = sum((each.get(day, ZERO) for each in (old, new) for day in compared), ZERO)
    far = _far(old, since, len(compared))
    if before <= 0 or abs(after - before) > far * before:
        return None
    if not _same_accounts(facts.accounts, (was, now), like, compared, 1 - far - LEAST_APART):
        return None
    return Rename(was, now, since, compared, before, after)


def _days(costs: Costs, service: str) -> dict[date, Decimal]:
    days: dict[date, Decimal] = {}
    for key, each in costs.cells.items():
        if key.service == service and key.category not in FEE_CATEGORIES | REDUCTIONS:
            days[key.day] = days.get(key.day, ZERO) + each.billed
    return days


def _steady(days: Days, asked: Period) -> bool:
    return sum(bool(days.get(day)) for day in asked) >= STEADY * len(asked)


def _far(old: Days, since: date, count: int) -> Decimal:
    """How far two sums of so many days of one row may lie apart, as a share."""
    days = [day for day in old if since - 4 * WEEK <= day < since and day - WEEK in old]
    level = sum((old[day] for day in days), ZERO)
    if level <= 0:
        return LEAST_APART
    stray = sum((abs(old[day] - old[day - WEEK]) for day in days), ZERO) / level
    return min(MOST_APART, max(LEAST_APART, 3 * stray / Decimal(count).sqrt()))


def _same_accounts(
    accounts: Costs | None,
    names: tuple[str, str],
    like: Period,
    compared: Period,
    share: Decimal,
) -> bool:
    """Whether the accounts that paid the first pay the second, as far as anybody knows."""
    if accounts is None or like.start < accounts.period.start:
        return True
    before: dict[str, Decimal] = {}
    after: dict[str, Decimal] = {}
    for key, each in accounts.cells.items():
        if key.service == names[0] and key.day in like:
            before[key.account] = before.get(key.account, ZERO) + each.billed
        elif key.service in names and key.day in compared:
            after[key.account] = after.get(key.account, ZERO) + each.billed
    shared = sum((min(paid, after.get(who, ZERO)) for who, paid in before.items()), ZERO)
    return shared >= share * sum(before.values(), ZERO)


def _under_new_names(costs: Costs, found: Mapping[str, Rename]) -> Costs:
    cells: dict[Key, Amounts] = {}
    for key, each in costs.cells.items():
        name = key.service
        while name in found:
            name = found[name].now
        new = key._replace(service=name)
        cells[new] = cells[new] + each if new in cells else each
    return replace(costs, cells=cells)
