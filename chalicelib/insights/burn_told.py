"""What of that which burns is news: told once, again when it doubles, and when it is over.

What was told is one JSON value, small enough for one SSM parameter. Where it is missing, damaged or of
another version it counts as nothing told: a thing is told twice rather than not at all.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from chalicelib.insights.burn_rate import Burn
from chalicelib.insights.burn_watched import Name, Watched, rate

VERSION = 1
OVER_HOURS = 23
"""Hours, at least, over which less than half of the excess must be left before it is over.

A day, because what burns at night only is not over at noon.
"""
STILL_HOURS = 5
"""Hours, at least, over which half of the excess must still be there for something to be told as new.

The rule looks back three days; what was told as over yesterday would begin again otherwise.
"""
USUAL_AFTER = timedelta(days=28)
"""After so long what was told is the usual; that is said once, and then it is judged anew."""
FIRST_DAY, MORE_AT_FIRST = timedelta(days=1), 4
"""On its first day an excess must be so many times what was told, not twice, to be told again.

The first hours hold some before it began, so the first figure is always too low.
"""
MOST_TOLD = 25
"""As many as fit the 4 KB of a parameter; the largest are kept."""


class What(StrEnum):
    """What there is to tell about something that burns."""

    BEGAN = "began"
    DOUBLED = "doubled"
    OVER = "over"
    USUAL_NOW = "usual now"


@dataclass(frozen=True, slots=True)
class Told:
    """What was told last: since when it burns, what a day of it cost, and what one usually costs."""

    name: Name
    since: datetime
    day: Decimal
    usual: Decimal


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell; `day` is what a day of it costs now, `told` what was said before, if anything."""

    what: What
    name: Name
    since: datetime
    day: Decimal
    usual: Decimal
    told: Told | None = None
    burn: Burn | None = None


def news(
    watches: Sequence[Watched], burns: Iterable[Burn], told: Iterable[Told], now: datetime
) -> tuple[list[News], list[Told]]:
    """What is to be told, the most money first, and what will have been told then.

    What was not read this time, or cannot be judged, stays as it was told.
    """
    before = {each.name: each for each in told}
    found, after = [], dict(before)
    for burn in burns:
        last = before.get(burn.name)
        if not (_goes_on(watches, burn) if last is None else _doubled(burn, last, now)):
            continue
        what = What.BEGAN if last is None else What.DOUBLED
        since = burn.since if last is None else last.since
        found.append(News(what, burn.name, since, burn.day, burn.usual, last, burn))
        after[burn.name] = Told(burn.name, since, burn.day, burn.usual)
    doubled = {each.name for each in found}
    for name, last in before.items():
        ended = None if name in doubled else _ended(watches, last, now)
        if ended is not None:
            found.append(ended)
            del after[name]
    kept = sorted(after.values(), key=lambda each: each.usual - each.day)[:MOST_TOLD]
    return sorted(found, key=lambda each: -abs(each.day - each.usual)), kept


def _goes_on(watches: Sequence[Watched], burn: Burn) -> bool:
    day = _day(watches, burn.name, STILL_HOURS)
    return day is None or not _little_left(burn, day)


def _doubled(burn: Burn, last: Told, now: datetime) -> bool:
    times = MORE_AT_FIRST if now - last.since < FIRST_DAY else 2
    return burn.day - last.usual >= times * (last.day - last.usual)


def _ended(watches: Sequence[Watched], last: Told, now: datetime) -> News | None:
    last_day = _day(watches, last.name, OVER_HOURS)
    day = _day(watches, last.name, STILL_HOURS)
    if last_day is None or day is None:
        return None
    if _little_left(last, last_day) and _little_left(last, day):
        return News(What.OVER, last.name, last.since, day, last.usual, last)
    if now - last.since >= USUAL_AFTER:
        return News(What.USUAL_NOW, last.name, last.since, day, last.usual, last)
    return None


def _day(watches: Sequence[Watched], name: Name, hours: int) -> Decimal | None:
    """What a day has cost over the last hours, at least so many; None where that is unknown."""
    courses = (each.course(name) for each in watches if each.currency == name.currency)
    course = next(filter(None, courses), None)
    a_day = None if course is None else rate(course, course.last - hours)
    return None if a_day is None else Decimal(f"{a_day:.2f}")


def _little_left(told: Told | Burn, day: Decimal) -> bool:
    return day - told.usual < (told.day - told.usual) / 2


def to_json(told: Iterable[Told]) -> str:
    """What was told, as it is kept."""
    rows = [
        [*each.name, each.since.isoformat(timespec="hours"), str(each.day), str(each.usual)]
        for each in told
    ]
    return json.dumps({"version": VERSION, "told": rows}, separators=(",", ":"))


def from_json(text: str) -> list[Told]:
    """What was told; nothing where the text is not what `to_json` writes."""
    try:
        kept = json.loads(text)
        if kept["version"] != VERSION:
            return []
        return [_told(*row) for row in kept["told"]]
    except (ValueError, TypeError, KeyError, InvalidOperation):
        return []


def _told(currency: str, account: str, service: str, since: str, day: str, usual: str) -> Told:
    moment = datetime.fromisoformat(since)
    if moment.tzinfo is None:
        raise ValueError("A moment without a zone", since)
    amounts = Decimal(day), Decimal(usual)
    if not all(each.is_finite() for each in amounts):
        raise ValueError("An amount that is no number", day, usual)
    return Told(Name(currency, account, service), moment, *amounts)
