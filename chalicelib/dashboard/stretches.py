"""Stretches of days, as the page and its JSON have them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from chalicelib.costs import Period


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days that follow one another."""

    charge_period_start: date
    charge_period_end: date


def stretches(periods: Iterable[Period]) -> tuple[Stretch, ...]:
    """Periods as the page has them."""
    return tuple(Stretch(each.start, each.end) for each in periods)
