"""Where what burns is: the services of an account, the accounts of a service, the largest first.

An account and a service of it usually burn together, and one of them is enough to be told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from chalicelib.insights.burn_course import Course, hour_of
from chalicelib.insights.burn_rate import Burn
from chalicelib.insights.burn_usual import DAY, usual_of
from chalicelib.insights.burn_watched import Name, cents

MOST_SHARES = 5
LEAST_SHARE = Decimal("0.1")
"""Share of an excess from which on it is worth naming."""
MOST_OF_IT = Decimal("0.5")
"""Share of an excess from which on it is the same thing under another name."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of what burns: what a day of it costs since then, and usually."""

    name: Name
    day: Decimal
    usual: Decimal

    @property
    def more(self) -> Decimal:
        """What a day costs beyond the usual."""
        return self.day - self.usual


def pairs_of(burns: Iterable[Name], known: Iterable[Name]) -> list[Name]:
    """The services in accounts that these services and accounts are made of."""
    wanted = set(burns)
    return [
        each
        for each in known
        if each.account
        and each.service
        and not wanted.isdisjoint(
            {Name(each.currency, each.account), Name(each.currency, "", each.service)}
        )
    ]


def is_part(pair: Name, of: Name) -> bool:
    """Whether a service in an account is a part of a service, of an account, or of the total."""
    return (
        pair.currency == of.currency
        and of.account in ("", pair.account)
        and of.service in ("", pair.service)
    )


def shares(burn: Burn, parts: Mapping[Name, Course]) -> list[Share]:
    """The parts that make up much of what burns since it began.

    A part of which nothing usual is known had cost nothing: it is as new as the account's data.
    """
    return [
        share
        for name, course in parts.items()
        if name != burn.name
        and is_part(name, burn.name)
        and (share := _share(name, course, burn.since)) is not None
        and share.more >= LEAST_SHARE * (burn.day - burn.usual)
    ]


def largest(found: Iterable[Share]) -> list[Share]:
    """The few that make up most, the largest first."""
    return sorted(found, key=lambda each: (-each.more, each.name))[:MOST_SHARES]


def _share(name: Name, course: Course, since: datetime) -> Share | None:
    start = course.change_before(hour_of(since))
    if start is None or start >= course.last:
        return None
    amount = course.between(start, course.last)
    if amount is None:
        return None
    usual, hours = usual_of(course, start, course.last), course.last - start
    middle = usual.middle if usual else 0.0
    return Share(name, cents(amount / hours * DAY), cents(middle / hours * DAY))


def beyond_usual(course: Course, since: datetime, usual: Decimal) -> Decimal | None:
    """What has been charged beyond the usual day since a moment; None where that is unknown."""
    start = hour_of(since)
    amount = course.between(start, course.last)
    return None if amount is None else cents(amount - float(usual) / DAY * (course.last - start))


def told_once(
    burns: Sequence[Burn], told: Iterable[Name], where: Mapping[Name, Sequence[Share]]
) -> list[Burn]:
    """The burns less those that are mostly another one under another name; what was told stays.

    Of a service and an account that are new both, the service is kept.
    """
    kept = set(told)
    ordered = sorted(burns, key=lambda burn: (burn.name not in kept, bool(burn.name.account)))
    for burn in ordered:
        if not _told_already(burn, kept - {burn.name}, where.get(burn.name, ())):
            kept.add(burn.name)
    return [burn for burn in burns if burn.name in kept]


def _told_already(burn: Burn, kept: set[Name], behind: Sequence[Share]) -> bool:
    if burn.name in kept:
        return False
    excess = burn.day - burn.usual
    return any(
        share.more >= MOST_OF_IT * excess and any(is_part(share.name, other) for other in kept)
        for share in behind
    )
