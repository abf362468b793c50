"""What is behind a cost signal: the few facts one paid request buys, and what they mean."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from chalicelib.alarms import Alarm, Scope, Signal
from chalicelib.costs import REDUCTIONS, ZERO, CostFacts, Costs, Period, month_start
from chalicelib.insights.anomalies import Anomaly
from chalicelib.insights.comparison import Comparison, month_to_date
from chalicelib.insights.completeness import Completeness, completeness
from chalicelib.insights.movers import Movers, movers
from chalicelib.insights.projection import Projections
from chalicelib.settings import Settings

WELL_BELOW = Decimal("0.5")
"""A bill below this share of the alarm's amount is not explained by days that are settling."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What we answer to a signal.

    `facts` are those of a report as far as they were asked for: two months of days by service, by
    category where `knows_credits`, and by account where there are several. Without `knows_credits`
    all amounts are net, and gross ones equal them.
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

    @property
    def reductions(self) -> Decimal:
        """Credits and refunds of `month`, zero or less; zero where they are not known."""
        costs = self.facts.services.during(self.month)
        return costs.where("category", REDUCTIONS).total().billed if self.knows_credits else ZERO


def period_of_interest(today: date) -> Period:
    """Last month and the days of this one: what is compared, and what it is compared with."""
    return Period(month_start(today, -1), today)


def explain(facts: CostFacts, scope: Scope, settings: Settings, *, knows_credits: bool) -> Explanation:
    """Work out the answer from the facts; the same rules as in the weekly report."""
    complete = completeness(facts, settings.settling_days)
    compared = month_to_date(facts.services, facts.today, complete.complete_through)
    return Explanation(
        scope=scope,
        facts=facts,
        knows_credits=knows_credits,
        completeness=complete,
        month_to_date=compared,
        movers=movers(
            facts.services,
            facts.accounts,
            compared,
            floor=settings.mover_floor,
            percent=settings.mover_percent,
        )
        if compared
        else None,
        anomalies=(),
        projections=Projections(None, None),
    )


def as_net(costs: Costs) -> Costs:
    """Costs that were not asked by category, as a table in which every amount has no category.

    So gross equals net, and what works on a report's facts works on these too.
    """
    return replace(costs, known=costs.known | {"category"})


def credits_may_hide_usage(costs: Costs, signal: Signal, floor: Decimal) -> bool:
    """Whether a second question, by category, is worth its price.

    It is where amounts below zero add up to `floor` or more, or where the month so far is well
    below what the alarm says it is: both are what credits look like from outside.
    """
    below_zero = sum((a.billed for a in costs.cells.values() if a.billed < 0), ZERO)
    if -below_zero >= max(floor, Decimal("0.01")):
        return True
    if not isinstance(signal, Alarm) or signal.formula or signal.amount is None:
        return False
    month = costs.period.intersection(Period.month_of(costs.period.last_day))
    so_far = costs.during(month).total().billed if month else ZERO
    return so_far < signal.amount * WELL_BELOW
