"""What to ask instead, where an organisation is too large to be told apart in full.

Whatever its size, a run tells every total to the cent: fewer names are told apart, the others are
added up.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain, zip_longest

from chalicelib.costs import (
    NOTHING,
    OTHERS,
    ZERO,
    Charge,
    Costs,
    Key,
    Period,
    month_start,
)
from chalicelib.sources.cost_explorer.pages import Answer

TOTALS_REQUESTS = 3
"""Kept back while anything is told apart: the days and the months by category take no more."""
LAST_DAYS = 17
"""Seven complete days, the seven before, and three that may still settle: a week can be compared."""
MOST_ROWS = 70_000
"""Rows by account that are kept: with more the page shows no more, and the function's memory ends."""
TOO_MANY_ROWS = f"A report keeps at most {MOST_ROWS:,} rows by account, service and day."
MARGIN = 1.15
"""Later days have more groups than the ones an estimate was made from."""
MOVED_EVERY = 4
"""Every fourth account told apart is one that moved, the others are the largest."""


def windows(today: date) -> Sequence[Period]:
    """Shorter periods worth telling services apart in, longest first: each has the whole month so far."""
    return (
        Period(month_start(today, -1), today),
        Period(min(month_start(today), today - timedelta(days=LAST_DAYS)), today),
    )


def fits(answer: Answer, period: Period, pages: int) -> bool:
    """Whether the same question for a shorter period will do with so many pages."""
    return answer.groups_a_period * len(period) * MARGIN <= answer.page_size * pages


def accounts_that_fit(answer: Answer, pages: int, services_each: float, rows: int) -> int:
    """How many accounts of so many services each can be told apart by day in so many pages and rows."""
    groups = services_each * len(answer.query.period) * MARGIN
    return int(min(answer.page_size * pages, rows) / max(groups, 1))


def most_worth_telling(months: Costs) -> list[str]:
    """Accounts by size in the last two months, every fourth place one that moved most between them."""
    before, now = _last_two(months)
    total = {name: abs(before.get(name, ZERO)) + abs(now.get(name, ZERO)) for name in before | now}
    # The current month is young: what counts is how far an account left the way of all of them.
    share = sum(now.values(), ZERO) / (sum(before.values(), ZERO) or Decimal(1))
    moved = {name: abs(now.get(name, ZERO) - share * before.get(name, ZERO)) for name in total}
    by_size = sorted(total, key=lambda name: (-total[name], name))
    by_change = sorted(moved, key=lambda name: (-moved[name], name))
    places = zip_longest(*[iter(by_size)] * (MOVED_EVERY - 1))
    ranked = [(*large, mover) for large, mover in zip(places, by_change, strict=False)]
    return [name for name in dict.fromkeys(chain.from_iterable(ranked)) if name]


def _last_two(months: Costs) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    first = [month_start(months.period.last_day, back) for back in (-1, 0)]
    sums: tuple[dict[str, Decimal], dict[str, Decimal]] = ({}, {})
    for (day, name), amounts in months.by_day_and("account").items():
        if day in first:
            sums[first.index(day)][name] = amounts.billed
    return sums


def with_all_others(told: Sequence[Costs], services: Costs) -> Costs:
    """Costs by account and service, completed by what all other accounts cost, exactly.

    `told` are tables of different accounts over the same days; `services` are the whole costs by day
    and service, of at least those days.
    """
    first = told[0]
    return Costs.of(
        [*chain.from_iterable(told), *_others(told, services)],
        period=first.period,
        known=first.known,
        estimated=first.estimated,
        covered=first.covered,
    )


def _others(told: Sequence[Costs], services: Costs) -> Iterator[Charge]:
    gross = services.gross()
    rest = dict(gross.during(told[0].period).by_day_and("service"))
    for charge in chain.from_iterable(told):
        place = charge.key.day, charge.key.service
        rest[place] = rest.get(place, NOTHING) - charge.amounts
    for (day, service), amounts in rest.items():
        if amounts != NOTHING:
            yield Charge(Key(day, service, OTHERS), amounts, gross.currency)


def named(costs: Costs, service: str) -> Costs:
    """Costs that were asked without their services, with one name in the place of all."""
    cells = {key._replace(service=service): amounts for key, amounts in costs.cells.items()}
    return replace(costs, cells=cells, known=costs.known | {"service"})
