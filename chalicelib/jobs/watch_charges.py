"""The job of every six hours: look at the billing metric, and speak up only where something burns.

What was told is kept only after it was told, so that a run that dies between tells twice.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from chalicelib.costs.charges_so_far import ChargesSoFar, Name, Reading
from chalicelib.errors import OutOfTimeError
from chalicelib.insights.burn_month import month_so_far
from chalicelib.insights.burn_rate import Burn, Rule, burning
from chalicelib.insights.burn_told import News, Told, from_json, news, to_json
from chalicelib.insights.burn_watched import Watched, watched
from chalicelib.insights.burn_where import Share, beyond_usual, largest, pairs_of, shares, told_once
from chalicelib.jobs.ports import Channel
from chalicelib.jobs.telling import tell
from chalicelib.messages.burn_rate import Look, burn_rate, burn_rate_card
from chalicelib.settings import Settings

ALL_ACCOUNTS = 100
"""Up to so many accounts are looked at in each run; of more, a quarter, in turn."""
TURNS = 4
HOURS_BETWEEN = 6
MOST_PAIRS = 5000
"""Services in accounts that one run asks for: $0.05."""
AT_ONCE = 500
"""... and how many of them are held at a time."""

log = logging.getLogger(__name__)


class Metric(Protocol):
    """Knows what months have cost so far."""

    def watched(self) -> Sequence[Name]:
        """Everything there is a figure of; raises `CostSourceError`."""

    def read(self, watches: Iterable[Name], until: datetime) -> Reading:
        """The figures of some, as far as time suffices; raises `CostSourceError`."""


class Memory(Protocol):
    """Keeps a short text from one run to the next."""

    def recall(self) -> str:
        """What was kept last, or nothing. Never raises."""

    def keep(self, text: str) -> None:
        """Replace what was kept; raises `DeliveryError`."""


def watch_charges(
    now: datetime,
    settings: Settings,
    *,
    metric: Metric,
    memory: Memory,
    notify: Channel,
    chat: Channel | None = None,
) -> None:
    """Tell what burns and was not told yet, what has doubled, and what is over; else stay silent.

    Where AWS publishes no billing metric, nothing happens. Raises `CostTrackerError` where the
    metric could not be read or nobody could be told, so that the run is tried again.
    """
    known = metric.watched()
    if not known:
        log.info("There is no billing metric here; `doctor` says how to switch it on.")
        return
    told = from_json(memory.recall())
    reading = metric.read(looked_at(known, told, now), now)
    if any(not each.account for each in reading.unread):
        raise OutOfTimeError("There was not enough time to read the billing metric.")
    look, kept = _looked(reading, told, now, settings, lambda some: metric.read(some, now), known)
    if look.unread:
        log.warning("No time to look at %d of the accounts.", len(look.unread))
    if look.news:
        tell(burn_rate(look), lambda: burn_rate_card(look), notify, chat)
        memory.keep(to_json(kept))


def looked_at(known: Sequence[Name], told: Sequence[Told], now: datetime) -> list[Name]:
    """What a run reads: totals and services, then accounts, a quarter in turn where they are many.

    What was told is always read, or nobody would hear that it is over.
    """
    always = [each for each in known if not each.account]
    accounts = [each for each in known if each.account and not each.service]
    if len(accounts) > ALL_ACCOUNTS:
        turn = int(now.timestamp()) // 3600 // HOURS_BETWEEN % TURNS
        accounts = accounts[turn::TURNS]
    found = {each.name for each in told}.intersection(known)
    return list(dict.fromkeys([*always, *sorted(found), *accounts]))


def _looked(
    reading: Reading,
    told: Sequence[Told],
    now: datetime,
    settings: Settings,
    read: Callable[[Iterable[Name]], Reading],
    known: Sequence[Name],
) -> tuple[Look, list[Told]]:
    """What there is to tell of a reading, and what will have been told then."""
    watches = watched(reading.series)
    rule = Rule(settings.burn_floor, settings.burn_factor)
    burns = [burn for watch in watches for burn in burning(watch, rule)]
    first, _ = news(watches, burns, told, now)
    due = [each.burn for each in first if each.burn is not None]
    pairs = pairs_of((burn.name for burn in due), known)[:MOST_PAIRS]
    behind, unread = _behind(due, pairs, reading.series, read)
    burns = told_once(burns, [each.name for each in told], behind)
    found, kept = news(watches, burns, told, now)
    go_on = {each.name for each in kept}
    still = [burn for burn in burns if burn.name in go_on]
    return Look(
        now=now,
        news=found,
        behind=behind,
        beyond=_beyond(found, watches),
        months={watch.currency: month_so_far(watch, _of(watch, still)) for watch in watches},
        unread=(*reading.unread, *unread),
        budget=settings.monthly_budget,
    ), kept


def _behind(
    due: Sequence[Burn],
    pairs: Sequence[Name],
    series: Iterable[ChargesSoFar],
    read: Callable[[Iterable[Name]], Reading],
) -> tuple[dict[Name, list[Share]], list[Name]]:
    """The parts of each burn that is news, and what there was no time to ask."""
    found: dict[Name, list[Share]] = {burn.name: [] for burn in due}
    unread: list[Name] = []
    totals = [each for each in series if not each.account and not each.service]
    for first in range(0, len(pairs), AT_ONCE):
        reading = read(pairs[first : first + AT_ONCE])
        unread += reading.unread
        for watch in watched([*totals, *reading.series]):
            for burn in _of(watch, due):
                found[burn.name] += shares(burn, watch.parts)
    return {name: largest(some) for name, some in found.items()}, unread


def _beyond(found: Iterable[News], watches: Iterable[Watched]) -> dict[Name, Decimal]:
    """What each thing has cost beyond its usual since it began, where that is known."""
    amounts = {
        each.name: beyond_usual(course, each.since, each.told.usual if each.told else each.usual)
        for watch in watches
        for each in found
        if each.name.currency == watch.currency and (course := watch.course(each.name)) is not None
    }
    return {name: amount for name, amount in amounts.items() if amount is not None}


def _of(watch: Watched, burns: Iterable[Burn]) -> list[Burn]:
    return [burn for burn in burns if burn.name.currency == watch.currency]
