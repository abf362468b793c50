"""The report: everything one weekly run knows. Dashboard, digest and JSON are renderings of it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from chalicelib.costs import ZERO, CostFacts, Period
from chalicelib.errors import CurrencyError, PeriodError
from chalicelib.findings import Finding, findings_of
from chalicelib.insights.anomalies import Anomaly, anomalies
from chalicelib.insights.bridging import bridged, on_known_days
from chalicelib.insights.comparison import Comparison, last_month, last_week, month_to_date
from chalicelib.insights.completeness import Completeness, completeness, known_facts
from chalicelib.insights.credits import Credits, credits_of
from chalicelib.insights.fees import Fees, fees_of
from chalicelib.insights.movers import Movers, movers
from chalicelib.insights.projection import Projections, projections
from chalicelib.insights.reconciliation import Agreement, MonthBill, agreements, month_bills
from chalicelib.insights.refunds import fees_kept, refunds_of, told_refunds
from chalicelib.insights.renames import renamed, told_renames
from chalicelib.insights.whole import MOST_MOVERS, Whole, whole_account
from chalicelib.settings import Settings


@dataclass(frozen=True, slots=True)
class Report:
    """Facts and what they mean, as of one moment.

    `last_week`, `month_to_date` and `last_month` are None where there is no earlier period to
    compare with; `months` runs from the oldest to the current month.
    """

    generated_at: datetime
    facts: CostFacts
    completeness: Completeness
    last_week: Comparison | None
    month_to_date: Comparison | None
    last_month: Comparison | None
    week_movers: Movers | None
    month_movers: Movers | None
    months: tuple[MonthBill, ...]
    agreements: tuple[Agreement, ...]
    credits: Credits
    fees: Fees
    anomalies: tuple[Anomaly, ...]
    projections: Projections
    monthly_budget: Decimal
    findings: tuple[Finding, ...] = ()


def build_report(facts: CostFacts, settings: Settings, generated_at: datetime) -> Report:
    """Everything the facts mean, by the rules that each part's docstring states.

    Names are taken as the source gives them: services that differ by case or by a trailing space
    stay apart, because the bill keeps them apart. A service that was renamed is one row under its
    present name, on all days. Raises `CurrencyError` when the tables are in
    different currencies, `PeriodError` when one holds days that are not over yet.
    """
    _check(facts)
    settled = facts.today - timedelta(days=1 + settings.settling_days)
    facts, renames = renamed(facts, settled)
    days = completeness(facts, settings.settling_days)
    facts = known_facts(facts, days)
    through = days.complete_through
    fees = fees_of(
        facts.services,
        facts.accounts,
        through,
        floor=settings.mover_floor,
        percent=settings.mover_percent,
        months=facts.months,
    )
    refunds = refunds_of(facts.services, fees.all, through, floor=settings.mover_floor)
    week = last_week(facts.services, through, fees.usage)
    month = month_to_date(facts.services, facts.today, through, fees.usage)
    bills = month_bills(facts.months, through)
    unusual = on_known_days(
        anomalies(
            bridged(fees.usage),
            fees.accounts and bridged(fees.accounts),
            through,
            floor=settings.anomaly_floor,
            name_of=facts.account_name,
        ),
        facts.services,
    )
    whole = whole_account(fees.usage, week, unusual, floor=settings.mover_floor)
    moved = _movers(fees, settings, week, whole)
    agreed = agreements(facts.services, facts.months, through) if facts.months_asked_apart else ()
    ends = _month_end(facts, fees, through)
    return Report(
        generated_at=generated_at,
        facts=facts,
        completeness=days,
        last_week=week,
        month_to_date=month,
        last_month=last_month(facts.services, facts.today, through, fees.usage),
        week_movers=moved,
        month_movers=_movers(fees, settings, month),
        months=bills,
        agreements=agreed,
        credits=credits_of(facts.services, bills, through, facts.currency),
        fees=fees,
        anomalies=unusual,
        projections=ends,
        monthly_budget=settings.monthly_budget,
        findings=findings_of(
            anomalies=unusual,
            week_movers=_largest(moved) if whole else moved,
            whole=whole,
            fee_news=fees_kept(fees.news, refunds),
            refunds=told_refunds(refunds, through),
            renames=told_renames(renames, through),
            projections=ends,
            monthly_budget=settings.monthly_budget,
            agreements=agreed,
        ),
    )


def _month_end(facts: CostFacts, fees: Fees, complete_through: date) -> Projections:
    """Where the month ends, unless a part of it that is over is unknown."""
    start = facts.today.replace(day=1)
    if start <= complete_through:
        over = Period(start, complete_through + timedelta(days=1))
        if facts.services.unknown(over) and facts.services.cells:
            return Projections(
                None, None, f"{start:%B} cannot be projected: days of it are unknown."
            )
    fees = replace(fees, usage=bridged(fees.usage))
    return projections(bridged(facts.services), facts.today, complete_through, fees)


def _movers(
    fees: Fees, settings: Settings, compared: Comparison | None, whole: Whole | None = None
) -> Movers | None:
    """What changed; where only the account as a whole did, what changed most, by whatever share."""
    if compared is None:
        return None
    return movers(
        fees.usage,
        fees.accounts,
        compared,
        floor=settings.mover_floor,
        percent=ZERO if whole else settings.mover_percent,
    )


def _largest(moved: Movers | None) -> Movers | None:
    return moved and replace(moved, by_service=moved.by_service[:MOST_MOVERS], by_both=())


def _check(facts: CostFacts) -> None:
    tables = {
        "services": facts.services,
        "months": facts.months,
        "accounts": facts.accounts,
        "labels": facts.labels,
    }
    currencies = {table.currency for table in tables.values() if table and table.currency}
    if len(currencies) > 1:
        raise CurrencyError(
            f"The facts mix the currencies {' and '.join(sorted(currencies))}.",
            next_step="Choose one currency, or report each in its own run.",
        )
    for name, table in tables.items():
        if table is not None and table.period.end > facts.today:
            raise PeriodError(
                f"The table of {name} runs to {table.period.last_day}, but {facts.today} is not over.",
                next_step="Ask for costs up to yesterday only.",
            )
