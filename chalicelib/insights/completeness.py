"""Which days are complete, which are still filling in, which are late, and which nobody knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from chalicelib.costs import REDUCTIONS, Charge, CostFacts, Costs, Coverage, Period
from chalicelib.insights.steady import Row, missing_share, steady_rows

DAY, WEEK = timedelta(days=1), timedelta(days=7)
STOP_DAYS = 7
"""Days that what is missing may be late; after so many complete days it is taken to have stopped."""
LATE_ROWS = Decimal("0.4")
"""Share of the steady rows, by number, that a late day lacks: half of them, less a little noise."""
LATE_MONEY = Decimal("0.75")
"""Share of the steady rows, by money, that a late day lacks, however many rows they are."""
NEARLY_EVERY = Decimal("0.85")
"""Share of a row's charges around a hole that came the day after another; less is now and then."""
HALF = Decimal("0.5")
"""Share of a hole's like weekdays on which a row is charged; a day of rest has none."""
LEAST_EMPTY_DAYS = 14
"""Fewer complete days than this say nothing about what is usual."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """`complete_through` is the last day that is neither settling nor late; `settling` the last days
    by the calendar.

    `late` are the days between the two: the data shows them to be unfinished; `late_empty` when
    nothing at all has come after `complete_through`, settling days included. `holes` are stretches
    between known days that nobody answered for, or that lack everything that is charged every day.
    `begins` is the first known day where the source knows nothing earlier that a report asks about.
    `stopped_since` is the first day without any charge, where there has been none for more than
    `STOP_DAYS` complete days. `ahead` are charges dated today or later. `estimated_since` is the
    first day that the source itself marks as not final, None if none is.
    """

    complete_through: date
    settling: Period | None
    estimated_since: date | None
    late: Period | None = None
    late_empty: bool = False
    holes: tuple[Period, ...] = ()
    begins: date | None = None
    stopped_since: date | None = None
    ahead: tuple[Charge, ...] = ()


def completeness(facts: CostFacts, settling_days: int) -> Completeness:
    """Split the days before today into complete, late and settling ones, and find the unknown ones.

    AWS fills in a day's cost for one to two days after it ("refreshed at least once every 24
    hours", Cost Management guide), so the last `settling_days` days are shown and never compared.
    What feeds Cost Explorer may take longer. That shows in the data: a row (a service's charges of
    one category) that was charged on nearly every day of the four weeks before is missing, or is
    less than half of what it was on its lowest like weekday. A day that lacks so 40 % of the steady
    rows by number, or 75 % of them by money, is late, if every complete day after it is late, too.
    `complete_through` moves back to the day before. Where that goes on for more than seven complete
    days, nothing is late: the costs have stopped, and that is told.

    Inside the known days, a day without any charge is a hole where at least one row is charged day
    by day in the four weeks on either side, and on half of the like weekdays in them; so is every
    day that the source did not answer for.

    The source's own mark (`Estimated` in Cost Explorer) covers the whole open month; it is shown,
    but it decides nothing, or no day of the current month could ever be compared.
    """
    calendar = facts.today - timedelta(days=1 + settling_days)
    settling = Period(calendar + timedelta(days=1), facts.today) if settling_days else None
    costs = facts.services
    known = [day for day in costs.covered if day <= calendar]
    answered_through = max(known, default=calendar)
    through = _complete_through(costs, answered_through)
    charged = {key.day for key, each in costs.cells.items() if each.billed}
    begins = _begins(facts, known)
    asked = Period(begins, max(through, begins) + timedelta(days=1))
    holes = costs.covered.unknown(asked) if known else ()
    after = [day for day in charged if day > through]
    last = max(charged, default=None)
    stopped = last is not None and (calendar - last).days > STOP_DAYS
    return Completeness(
        complete_through=through,
        settling=settling,
        estimated_since=min(facts.services.estimated, default=None),
        late=Period(through + timedelta(days=1), calendar + timedelta(days=1))
        if through < calendar
        else None,
        late_empty=not after,
        holes=Coverage.of([*holes, *_empty_days(costs, charged, through)]).periods,
        begins=begins if known and begins > costs.period.start else None,
        stopped_since=last + timedelta(days=1) if stopped and last else None,
        ahead=facts.ahead,
    )


def _begins(facts: CostFacts, known: Sequence[date]) -> date:
    """The first day that matters; where older months are known, what is missing after them is a hole."""
    start = facts.services.period.start
    oldest = facts.months.covered.first_day
    return start if oldest is not None and oldest < start else min(known, default=start)


def known_facts(facts: CostFacts, days: Completeness) -> CostFacts:
    """The same facts, where what is missing is unknown and not nothing.

    Holes, and late and settling days on which nothing at all has come, are covered by no table.
    """
    charged = {key.day for key, each in facts.services.cells.items() if each.billed}
    # Where the last complete days had no charge either, an empty settling day is nothing unusual.
    waited_for = days.late is not None or days.complete_through in charged
    trailing = [
        Period(day, day + timedelta(days=1))
        for day in (*(days.late or ()), *(days.settling or ()))
        if days.late_empty and charged and waited_for
    ]
    unknown = (*days.holes, *(trailing if days.stopped_since is None else ()))
    if not unknown:
        return facts
    return replace(
        facts,
        services=_without(facts.services, unknown),
        months=_without(facts.months, unknown),
        accounts=None if facts.accounts is None else _without(facts.accounts, unknown),
        labels=None if facts.labels is None else _without(facts.labels, unknown),
    )


def _without(costs: Costs, unknown: Sequence[Period]) -> Costs:
    return replace(costs, covered=costs.covered.without(unknown))


def _complete_through(costs: Costs, calendar: date) -> date:
    """The last day up to `calendar` from which on the data is not late."""
    before = Period.ending(calendar - timedelta(days=STOP_DAYS), 28)
    rows = steady_rows(costs, before)
    if not rows:
        return calendar
    day = calendar
    while _is_late(rows, day):
        day -= timedelta(days=1)
        if (calendar - day).days > STOP_DAYS:
            return calendar
    return day


def _is_late(rows: Mapping[tuple[str, str], Row], day: date) -> bool:
    by_number, by_money = missing_share(rows.values(), day)
    return by_number >= LATE_ROWS or by_money >= LATE_MONEY


def _empty_days(costs: Costs, charged: set[date], through: date) -> list[Period]:
    """Days inside the known ones that lack everything, where something is charged every other day."""
    first = min(charged, default=through)
    inside = [
        day for day in costs.covered if first < day < min(through, max(charged, default=first))
    ]
    empty = Coverage.of_days(day for day in inside if day not in charged)
    if not empty or len(inside) - len(empty) < LEAST_EMPTY_DAYS:
        return []
    days_of: dict[tuple[str, str], set[date]] = {}
    for key, each in costs.cells.items():
        if each.billed and key.category not in REDUCTIONS and first <= key.day <= through:
            days_of.setdefault((key.service, key.category), set()).add(key.day)
    return [
        Period(day, day + timedelta(days=1))
        for stretch in empty.periods
        for day in stretch
        if any(_lacks(days, stretch, day) for days in days_of.values())
    ]


def _lacks(days: set[date], stretch: Period, day: date) -> bool:
    """Whether a row is charged day by day on both sides of a stretch, and on a day's weekday too."""
    around = Period(stretch.start - 4 * WEEK, stretch.end + 4 * WEEK)
    charged = sorted(each for each in days if each in around)
    before = [each for each in charged if each < stretch.start]
    after = [each for each in charged if each >= stretch.end]
    if min(len(before), len(after)) < STOP_DAYS:
        return False
    steps = [b - a for side in (before, after) for a, b in pairwise(side)]
    if sum(step == DAY for step in steps) < NEARLY_EVERY * len(steps):
        return False
    like = [day + WEEK * n for n in range(-4, 5)]
    like = [each for each in like if charged[0] <= each <= charged[-1] and each not in stretch]
    return not like or sum(each in days for each in like) >= HALF * len(like)
