"""What is behind a cost signal: the few facts one paid request buys, and what they mean."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from chalicelib.costs import (
    NOTHING,
    Charge,
    ChargeCategory,
    CostFacts,
    Costs,
    Dimension,
    Key,
    Period,
    Scope,
    month_start,
)
from chalicelib.insights.anomalies import Anomaly, anomalies
from chalicelib.insights.comparison import Comparison, month_to_date
from chalicelib.insights.completeness import Completeness, completeness
from chalicelib.insights.fees import fees_of
from chalicelib.insights.movers import Movers, movers
from chalicelib.insights.projection import Projections, projections
from chalicelib.settings import Settings
from chalicelib.signals import Alarm, BudgetNotice, Signal

TOLERANCE = Decimal("1.01")
"""The bill and Cost Explorer are brought up to date at different hours; a per cent is no credit."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What we answer to a signal.

    `facts` are those of a report as far as they were asked for: last month and this one by day
    and service, and by account where there are several. Without `knows_credits` nothing is known
    about credits and refunds: all amounts are gross, and net ones equal them.
    """

    scope: Scope
    facts: CostFacts
    knows_credits: bool
    completeness: Completeness
    month_to_date: Comparison | None
    movers: Movers | None
    anomalies: tuple[Anomaly, ...]
    projections: Projections

    @property
    def month(self) -> Period:
        """The month so far, settling days included; last month on the first day of a month."""
        today = self.facts.today
        start = month_start(today)
        return Period(start, today) if today > start else Period(month_start(today, -1), today)


def period_of_interest(today: date) -> Period:
    """Last month and the days of this one: what is compared, and what it is compared with."""
    return Period(month_start(today, -1), today)


def explain(
    facts: CostFacts, scope: Scope, settings: Settings, *, knows_credits: bool
) -> Explanation:
    """Work out the answer from the facts; the same rules as in the weekly report."""
    complete = completeness(facts, settings.settling_days)
    fees = fees_of(
        facts.services,
        facts.accounts,
        complete.complete_through,
        floor=settings.mover_floor,
        percent=settings.mover_percent,
    )
    compared = month_to_date(facts.services, facts.today, complete.complete_through, fees.usage)
    return Explanation(
        scope=scope,
        facts=facts,
        knows_credits=knows_credits,
        completeness=complete,
        month_to_date=compared,
        movers=movers(
            fees.usage,
            fees.accounts,
            compared,
            floor=settings.mover_floor,
            percent=settings.mover_percent,
        )
        if compared
        else None,
        anomalies=anomalies(
            fees.usage,
            fees.accounts,
            complete.complete_through,
            floor=settings.anomaly_floor,
            name_of=facts.account_name,
        ),
        projections=projections(facts.services, facts.today, complete.complete_through),
    )


def costs_by_service(gross: Costs, net: Costs | None) -> Costs:
    """Costs by service and category, as far as two answers by account and service tell.

    What lies between the net answer and the gross one is credits and refunds, exactly.
    """
    known: frozenset[Dimension] = gross.known | frozenset(("category",))
    if net is None:
        return replace(gross, known=known)
    keys = net.cells.keys() | gross.cells.keys()
    charges = [*gross, *(_reduction(key, net, gross) for key in keys)]
    return Costs.of(charges, period=gross.period, known=known, estimated=gross.estimated)


def _reduction(key: Key, net: Costs, gross: Costs) -> Charge:
    between = net.cells.get(key, NOTHING) - gross.cells.get(key, NOTHING)
    return Charge(
        key._replace(category=ChargeCategory.CREDIT), between, net.currency or gross.currency
    )


def credits_lower_the_bill(gross: Costs, signal: Signal) -> bool:
    """Whether a second question, for net costs, is worth its price.

    It is where the month's gross costs so far are above the bill that the signal speaks of. The
    bill is the more recent figure of the two, so without credits or refunds it is the higher one.
    """
    match signal:
        case Alarm(formula="", scope=Scope(unmatched=""), amount=Decimal() as bill):
            pass
        case BudgetNotice(alert_type="ACTUAL", amount=Decimal() as bill):
            pass
        case _:
            return False
    month = gross.period.intersection(Period.month_of(gross.period.last_day))
    return month is not None and gross.during(month).total().billed > bill * TOLERANCE
