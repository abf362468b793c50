"""Services: the last 30 complete days, and week against week."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.costs import ZERO, CostFacts, Costs, Period
from chalicelib.dashboard.rounding import cents, share
from chalicelib.dashboard.stretches import Stretch, stretches
from chalicelib.dashboard.sums import (
    UNKNOWN_CHANGE,
    WEEK,
    Sums,
    Weeks,
    ranked_names,
    share_of,
    sums_by,
    table_days,
)
from chalicelib.insights.comparison import Change, Comparison, change
from chalicelib.insights.movers import movers
from chalicelib.service_names import short_name

SERVICES_LISTED = 200
NO_CHANGE = change(ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One service. Costs are before credits and refunds; `reductions` is what those took off.

    `recent` is the billed cost of each of the table's days. A week with an unknown day has no cost, and no change.
    """

    service_name: str
    display_name: str
    billed_cost: Decimal
    effective_cost: Decimal
    share: Decimal | None
    reductions: Decimal
    week_cost: Decimal | None
    week_before_cost: Decimal | None
    week_change: Decimal | None
    week_change_ratio: Decimal | None
    week_change_kind: str
    recent: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class ServiceTable:
    """Services by cost, without the `unknown` days of the period.

    `others` are added up in `others_cost`; both are zero when all are listed.
    """

    charge_period_start: date
    charge_period_end: date
    unknown: tuple[Stretch, ...]
    total: Decimal
    reductions: Decimal
    others: int
    others_cost: Decimal
    rows: tuple[ServiceRow, ...]


def service_table(facts: CostFacts, through: date) -> ServiceTable:
    """Every service of the last 30 complete days, largest first, at most 200 of them."""
    days = table_days(facts.services, through)
    sums = sums_by(facts.services, days, lambda key: key.service)
    weeks, known = _changes(facts.services, through), Weeks.of(facts.services, through)
    is_known = [day in facts.services.covered for day in days]
    total = sum((each.billed for each in sums.values()), ZERO)
    listed, others = ranked_names(sums, SERVICES_LISTED)
    return ServiceTable(
        charge_period_start=days.start,
        charge_period_end=days.end,
        unknown=stretches(facts.services.unknown(days)),
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
                known,
                is_known,
            )
            for name in listed
        ),
    )


def _changes(services: Costs, through: date) -> Mapping[str, Change]:
    """What each service's week changed by, by the rules of the movers but without their limits."""
    week = Period.ending(through, WEEK)
    before = Period(Period.ending(through, 2 * WEEK).start, week.start)
    compared = Comparison("", week, before, gross=NO_CHANGE, net=NO_CHANGE)
    found = movers(services, None, compared, floor=ZERO, percent=ZERO)
    return {mover.service: mover.change for mover in found.by_service}


def _service_row(
    name: str, sums: Sums, week: Change, total: Decimal, known: Weeks, is_known: list[bool]
) -> ServiceRow:
    return ServiceRow(
        service_name=name,
        display_name=short_name(name),
        billed_cost=cents(sums.billed),
        effective_cost=cents(sums.effective),
        share=share_of(sums.billed, total),
        reductions=cents(sums.reductions),
        week_cost=cents(week.after) if known.last else None,
        week_before_cost=cents(week.before) if known.before else None,
        week_change=cents(week.amount) if known.comparable else None,
        week_change_ratio=share(week.ratio) if known.comparable else None,
        week_change_kind=week.kind.value if known.comparable else UNKNOWN_CHANGE,
        recent=tuple(
            cents(each) if there else None
            for each, there in zip(sums.recent, is_known, strict=True)
        ),
    )
