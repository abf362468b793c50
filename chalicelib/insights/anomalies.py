"""Costs that their own history does not explain."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from chalicelib.costs import REDUCTIONS, ZERO, ChargeCategory, Costs, Key, Period
from chalicelib.insights.course import median
from chalicelib.insights.episodes import WATCHED_DAYS, episodes
from chalicelib.insights.episodes import AnomalyKind as AnomalyKind
from chalicelib.money import money

type Row = Sequence[Decimal | None]
"""What a row cost day by day; None is not known."""

RECENT_DAYS = 14
"""What was over earlier than this many days ago is no longer told: a missed report loses nothing."""
MOSTLY = 0.8
"""Share of an excess that lies in one account when the account is named."""
PAIRS = 200
"""How many services in accounts are watched on their own, the largest."""
FOLLOWING = frozenset({ChargeCategory.TAX, ChargeCategory.SUPPORT}) | REDUCTIONS
"""Categories that follow from other charges, or lower them, and are not watched themselves."""


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One service (in one account, or "" for all) whose gross billed cost left its expected course.

    `expected` and `actual` are totals over the days from `since` to `until` inclusive; `sentence`
    says all of it in words. `category` is the charge category when it is not usage.
    """

    kind: AnomalyKind
    service: str
    account: str
    since: date
    until: date
    expected: Decimal
    actual: Decimal
    sentence: str
    category: str = ""

    @property
    def excess(self) -> Decimal:
        """Money above expectation, negative when costs fell away."""
        return self.actual - self.expected


def anomalies(
    services: Costs,
    accounts: Costs | None,
    complete_through: date,
    *,
    floor: Decimal,
    name_of: Callable[[str], str] = str,
) -> tuple[Anomaly, ...]:
    """What is unusual about the last five weeks of each service, largest excess first.

    Watched are the charges before credits and refunds, by service and category; tax and support
    follow from the other charges and are left out. An anomaly is told when it is worth `floor` in
    money and lasted into the last 14 complete days. The rules for one row are those of
    `episodes`. Settling days play no part, nor do trailing days on which nothing at all was
    charged: those are missing, not zero, like the days that the source did not answer for. Where
    one account has most of the excess it is named; the largest services in accounts are also
    watched on their own, which finds a rise in one account that a fall in another hides.
    """
    watched = services.gross()
    charged = [key.day for key, each in watched.cells.items() if each.billed]
    window = _window(charged, complete_through)
    if window is None:
        return ()
    found = list(_by_service(watched, window))
    told = [each for each in found if _worth_telling(each, floor, window)]
    if accounts is not None:
        told = _placed(told, accounts)
        apart = _by_account(watched, accounts, window, found)
        told += [each for each in apart if _worth_telling(each, floor, window)]
    worded = [replace(each, sentence=_sentence(each, services.currency, name_of)) for each in told]
    return tuple(sorted(worded, key=lambda a: (-abs(a.excess), a.service, a.account, a.since)))


def _window(charged: Sequence[date], complete_through: date) -> Period | None:
    complete = [day for day in charged if day <= complete_through]
    return Period(min(complete), max(complete) + timedelta(days=1)) if complete else None


def _by_service(watched: Costs, window: Period) -> Iterator[Anomaly]:
    empty = _empty(watched, window)
    rows: dict[tuple[str, str], list[Decimal | None]] = {}
    for key, amounts in watched.cells.items():
        if key.day in window and amounts.billed and key.category not in FOLLOWING:
            name = key.service, key.category
            if name not in rows:
                rows[name] = list(empty)
            _add(rows[name], (key.day - window.start).days, amounts.billed)
    for (service, category), row in rows.items():
        for each in _anomalies(service, "", row, window):
            yield each if category == ChargeCategory.USAGE else _not_usage(each, category)


def _empty(costs: Costs, window: Period) -> list[Decimal | None]:
    """Nothing on each day that the source answered for; what nobody knows is None."""
    return [ZERO if day in costs.covered else None for day in window]


def _add(row: list[Decimal | None], position: int, amount: Decimal) -> None:
    row[position] = (row[position] or ZERO) + amount


def _not_usage(found: Anomaly, category: str) -> Anomaly:
    """A single purchase does not make its service new."""
    once = found.kind is AnomalyKind.NEW and found.since == found.until
    return replace(found, category=category, kind=AnomalyKind.SPIKE if once else found.kind)


def _anomalies(service: str, account: str, row: Row, window: Period) -> Iterator[Anomaly]:
    known = [None if amount is None else float(amount) for amount in row]
    for each in episodes(known, window.start):
        yield Anomaly(
            kind=each.kind,
            service=service,
            account=account,
            since=window.start + timedelta(days=each.since),
            until=window.start + timedelta(days=each.until),
            expected=Decimal(each.expected),
            actual=sum((amount or ZERO for amount in row[each.since : each.until + 1]), ZERO),
            sentence="",
        )


def _worth_telling(found: Anomaly, floor: Decimal, window: Period) -> bool:
    recent = (window.last_day - found.until).days < RECENT_DAYS
    return recent and abs(found.excess) >= floor


def _placed(told: Sequence[Anomaly], accounts: Costs) -> list[Anomaly]:
    """The anomalies, each with the account that has most of its excess, if one has."""
    by_service: dict[str, list[tuple[Key, float]]] = {each.service: [] for each in told}
    for key, amounts in accounts.cells.items():
        if key.service in by_service:
            by_service[key.service].append((key, float(amounts.billed)))
    return [_placed_one(each, accounts.period, by_service[each.service]) for each in told]


def _placed_one(found: Anomaly, known: Period, charges: Iterable[tuple[Key, float]]) -> Anomaly:
    span = Period(found.since, found.until + timedelta(days=1))
    before = known.intersection(Period.ending(found.since - timedelta(days=1), WATCHED_DAYS))
    if span.start < known.start or span.end > known.end:
        return found
    rows: dict[str, list[float]] = {}
    excess: dict[str, float] = {}
    for key, amount in charges:
        if before and key.day in before:
            row = rows.setdefault(key.account, [0.0] * len(before))
            row[(key.day - before.start).days] += amount
        elif key.day in span:
            excess[key.account] = excess.get(key.account, 0.0) + amount
    for account, row in rows.items():
        excess[account] = excess.get(account, 0.0) - len(span) * median(row)
    account = max(excess, key=lambda name: (abs(excess[name]), name), default="")
    mostly = account and found.excess and excess[account] / float(found.excess) >= MOSTLY
    return replace(found, account=account) if mostly else found


def _by_account(
    watched: Costs, accounts: Costs, window: Period, known: Sequence[Anomaly]
) -> Iterator[Anomaly]:
    """The anomalies of the largest services in accounts that those of the services do not tell."""
    shared = accounts.period.intersection(window)
    if shared is None:
        return
    charged = [key for key, each in watched.cells.items() if each.billed]
    services = {key.service for key in charged if key.category not in FOLLOWING}
    # The table does not tell fees from usage; what begins on the day of a fee is left alone.
    fees = {(key.service, key.day) for key in charged if key.category != ChargeCategory.USAGE}
    for (service, account), row in _largest_pairs(accounts, shared).items():
        if service not in services:
            continue
        for each in _anomalies(service, account, row, shared):
            if not _told(each, known) and (service, each.since) not in fees:
                yield each


def _largest_pairs(accounts: Costs, shared: Period) -> dict[tuple[str, str], Row]:
    totals: dict[tuple[str, str], Decimal] = {}
    for key, amounts in accounts.cells.items():
        if key.day in shared and amounts.billed:
            pair = key.service, key.account
            totals[pair] = totals.get(pair, ZERO) + amounts.billed
    if len({account for _, account in totals}) < 2:
        return {}
    largest = sorted(totals, key=lambda pair: (-totals[pair], pair))[:PAIRS]
    empty = _empty(accounts, shared)
    rows = {pair: list(empty) for pair in largest}
    for key, amounts in accounts.cells.items():
        wanted = rows.get((key.service, key.account))
        if wanted and key.day in shared:
            _add(wanted, (key.day - shared.start).days, amounts.billed)
    return dict(rows)


def _told(found: Anomaly, known: Iterable[Anomaly]) -> bool:
    return any(
        each.service == found.service and each.since <= found.until and found.since <= each.until
        for each in known
    )


def _sentence(found: Anomaly, currency: str, name_of: Callable[[str], str]) -> str:
    kind = f" ({found.category.lower()})" if found.category else ""
    place = f" in {name_of(found.account)}" if found.account else ""
    service = found.service + kind + place
    actual, excess = money(found.actual, currency), money(abs(found.excess), currency)
    expected = money(found.expected, currency)
    since, days = _date(found.since), (found.until - found.since).days + 1
    match found.kind:
        case AnomalyKind.NEW:
            return f"{service} is new: {actual} since {since}."
        case AnomalyKind.STOPPED:
            return f"{service} stopped: nothing since {since}, where {expected} was to be expected."
        case AnomalyKind.STEP | AnomalyKind.HIGHER | AnomalyKind.LOWER:
            daily, usual = (
                money(found.actual / days, currency),
                money(found.expected / days, currency),
            )
            way = "less" if found.kind is AnomalyKind.LOWER else "more"
            return (
                f"{service} has cost about {daily} a day since {since} instead of {usual}: "
                f"{excess} {way} than expected so far."
            )
        case AnomalyKind.DRIFT:
            return (
                f"{service} has been rising since {since}: {actual} so far, {excess} more than "
                "expected."
            )
        case AnomalyKind.SPIKE:
            when = f"on {since}" if days == 1 else f"from {since} to {_date(found.until)}"
            return f"{service} cost {actual} {when}, {excess} more than expected."


def _date(day: date) -> str:
    return f"{day.day} {day:%B}"
