"""The view model: everything the page shows, computed, rounded and bounded; the JSON export is this.

Field names become PascalCase in JSON. Where FOCUS has a column for what is meant, the field has
the column's name: ServiceName, SubAccountId, BilledCost, ChargePeriodStart (inclusive) and
ChargePeriodEnd (exclusive) among them. `docs/report.schema.json` describes all of it.

Every amount here is an exact sum, rounded to the cent by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from chalicelib.costs import ZERO, Period
from chalicelib.dashboard.daily import Daily, daily_of
from chalicelib.dashboard.rounding import cents, share
from chalicelib.dashboard.sentences import (
    Finding,
    findings_of,
    grouping_of,
    headline_sentence,
    summary_of,
)
from chalicelib.dashboard.tables import (
    AccountTable,
    LabelTable,
    ServiceTable,
    account_table,
    label_table,
    service_table,
)
from chalicelib.insights.comparison import Change, Comparison
from chalicelib.insights.movers import Mover, Movers
from chalicelib.insights.projection import Projection
from chalicelib.insights.reconciliation import MonthBill
from chalicelib.report import Report

SCHEMA_VERSION = "1"
ANOMALIES_LISTED = 50
MOVERS_SHOWN = 6
"""Movers in one list; what is left of the change is summed up in one line."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An amount before and now; `change_ratio` is None where a percentage would mislead."""

    before: Decimal
    now: Decimal
    change: Decimal
    change_ratio: Decimal | None
    kind: str


@dataclass(frozen=True, slots=True)
class Headline:
    """One period against an earlier one, before (`gross`) and after (`net`) credits and refunds."""

    name: str
    charge_period_start: date
    charge_period_end: date
    against_start: date
    against_end: date
    gross: Moved
    net: Moved
    sentence: str
    note: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """Where the month ends: expected cost, and the range that holds it four times in five."""

    so_far: Decimal
    expected: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """The projection of one month; `reason` says why there is none."""

    billing_period_start: date
    billing_period_end: date
    gross: Estimate | None
    net: Estimate | None
    budget: Decimal | None
    budget_ratio: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True)
class MoverRow:
    """One mover; a dimension that was not told apart is empty."""

    service_name: str
    sub_account_id: str
    sub_account_name: str
    before: Decimal
    now: Decimal
    change: Decimal
    change_ratio: Decimal | None
    kind: str


@dataclass(frozen=True, slots=True)
class MoverList:
    """The largest movers of one dimension; `rest` is what the others changed by, together."""

    by: str
    rows: tuple[MoverRow, ...]
    rest: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class MoverPeriod:
    """What changed between two periods, before credits and refunds."""

    name: str
    charge_period_start: date
    charge_period_end: date
    against_start: date
    against_end: date
    lists: tuple[MoverList, ...]


@dataclass(frozen=True, slots=True)
class AnomalyRow:
    """One anomaly; `charge_period_end` is the day after its last."""

    kind: str
    service_name: str
    sub_account_id: str
    sub_account_name: str
    charge_period_start: date
    charge_period_end: date
    expected: Decimal
    actual: Decimal
    excess: Decimal
    sentence: str


@dataclass(frozen=True, slots=True)
class OtherLine:
    """A charge category that only the source has a name for."""

    charge_category: str
    billed_cost: Decimal


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month from usage to what is to be paid."""

    billing_period_start: date
    billing_period_end: date
    usage: Decimal
    commitments: Decimal
    support: Decimal
    tax: Decimal
    discounts: Decimal
    other: Decimal
    other_lines: tuple[OtherLine, ...]
    gross: Decimal
    refunds: Decimal
    credits: Decimal
    net: Decimal
    closed: bool


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """What two independent queries say that one closed month cost."""

    billing_period_start: date
    billing_period_end: date
    daily: Decimal
    monthly: Decimal
    difference: Decimal


@dataclass(frozen=True, slots=True)
class CoveredRow:
    """One service and what credits paid for it in the last 30 complete days."""

    service_name: str
    paid: Decimal


@dataclass(frozen=True, slots=True)
class CreditsView:
    """What credits do, and for which services."""

    state: str
    warning: str
    covered: tuple[CoveredRow, ...]


@dataclass(frozen=True, slots=True)
class Freshness:
    """Until when the figures are complete; the settling days are shown and never compared."""

    complete_through: date
    settling_start: date | None
    settling_end: date | None
    estimated_since: date | None


@dataclass(frozen=True, slots=True)
class Run:
    """What this report cost to make."""

    source: str
    price: Decimal
    price_basis: str
    requests: int


@dataclass(frozen=True, slots=True)
class View:
    """The whole page."""

    schema_version: str
    title: str
    generated_at: datetime
    billing_currency: str
    freshness: Freshness
    summary: tuple[str, ...]
    findings: tuple[Finding, ...]
    headlines: tuple[Headline, ...]
    month_end: MonthEnd
    movers: tuple[MoverPeriod, ...]
    anomalies: tuple[AnomalyRow, ...]
    daily: Daily
    services: ServiceTable
    accounts: AccountTable | None
    labels: LabelTable | None
    months: tuple[MonthRow, ...]
    credits: CreditsView
    agreements: tuple[AgreementRow, ...]
    run: Run
    notes: tuple[str, ...]
    grouped: tuple[str, ...]


def view_of(report: Report) -> View:
    """Everything the page shows. Pure: the same report gives the same view."""
    facts = report.facts
    through = report.completeness.complete_through
    services = service_table(facts, through)
    accounts = account_table(facts, through)
    year, week, _ = report.generated_at.isocalendar()
    return View(
        schema_version=SCHEMA_VERSION,
        title=f"Cloud costs, week {week} of {year}",
        generated_at=report.generated_at,
        billing_currency=facts.currency,
        freshness=_freshness(report),
        summary=summary_of(report),
        findings=findings_of(report),
        headlines=_headlines(report),
        month_end=_month_end(report),
        movers=_movers(report),
        anomalies=_anomalies(report),
        daily=daily_of(facts, report.completeness),
        services=services,
        accounts=accounts,
        labels=label_table(facts, through),
        months=tuple(map(_month, _since_first_cost(report.months))),
        credits=_credits(report),
        agreements=_agreements(report),
        run=Run(facts.source, facts.price.amount, facts.price.basis, facts.price.requests),
        notes=facts.notes,
        grouped=grouping_of(facts, services, accounts),
    )


def as_json(value: Any) -> Any:
    """A view, or a part of it, as JSON types: amounts as numbers, days and moments as ISO text."""
    if is_dataclass(value):
        return {json_name(each.name): as_json(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, tuple):
        return [as_json(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


def json_name(name: str) -> str:
    """A field's name in JSON: `billed_cost` is BilledCost."""
    return "".join(word.capitalize() for word in name.split("_"))


def _freshness(report: Report) -> Freshness:
    days = report.completeness
    settling = days.settling
    return Freshness(
        complete_through=days.complete_through,
        settling_start=settling.start if settling else None,
        settling_end=settling.end if settling else None,
        estimated_since=days.estimated_since,
    )


def _headlines(report: Report) -> tuple[Headline, ...]:
    compared = (report.last_week, report.month_to_date, report.last_month)
    return tuple(_headline(each, report.facts.currency) for each in compared if each)


def _headline(compared: Comparison, currency: str) -> Headline:
    return Headline(
        name=compared.name,
        charge_period_start=compared.period.start,
        charge_period_end=compared.period.end,
        against_start=compared.against.start,
        against_end=compared.against.end,
        gross=_moved(compared.gross),
        net=_moved(compared.net),
        sentence=headline_sentence(compared, currency),
        note=compared.note,
    )


def _moved(change: Change) -> Moved:
    return Moved(
        before=cents(change.before),
        now=cents(change.after),
        change=cents(change.amount),
        change_ratio=share(change.ratio),
        kind=change.kind.value,
    )


def _month_end(report: Report) -> MonthEnd:
    projected = report.projections
    known = projected.net or projected.gross
    month = known.month if known else Period.month_of(report.facts.today)
    budget = report.monthly_budget
    ratio = projected.net.expected / budget if projected.net and budget else None
    return MonthEnd(
        billing_period_start=month.start,
        billing_period_end=month.end,
        gross=_estimate(projected.gross),
        net=_estimate(projected.net),
        budget=cents(budget) if budget else None,
        budget_ratio=share(ratio),
        reason=projected.reason,
    )


def _estimate(projection: Projection | None) -> Estimate | None:
    if projection is None:
        return None
    return Estimate(
        so_far=cents(projection.so_far),
        expected=cents(projection.expected),
        low=cents(projection.low),
        high=cents(projection.high),
    )


def _movers(report: Report) -> tuple[MoverPeriod, ...]:
    pairs = (
        (report.last_week, report.week_movers),
        (report.month_to_date, report.month_movers),
    )
    return tuple(
        _mover_period(report, compared, moved) for compared, moved in pairs if compared and moved
    )


def _mover_period(report: Report, compared: Comparison, moved: Movers) -> MoverPeriod:
    lists = [("service", moved.by_service)]
    if report.facts.accounts is not None:
        lists += [("account", moved.by_account), ("service and account", moved.by_both)]
    return MoverPeriod(
        name=compared.name,
        charge_period_start=moved.period.start,
        charge_period_end=moved.period.end,
        against_start=moved.against.start,
        against_end=moved.against.end,
        lists=tuple(_mover_list(report, by, found, compared) for by, found in lists),
    )


def _mover_list(
    report: Report, by: str, found: tuple[Mover, ...], compared: Comparison
) -> MoverList:
    shown = found[:MOVERS_SHOWN]
    total = compared.gross.amount
    return MoverList(
        by=by,
        rows=tuple(_mover(report, each) for each in shown),
        rest=cents(total - sum((each.change.amount for each in shown), ZERO)),
        total=cents(total),
    )


def _mover(report: Report, mover: Mover) -> MoverRow:
    moved = _moved(mover.change)
    return MoverRow(
        service_name=mover.service,
        sub_account_id=mover.account,
        sub_account_name=report.facts.account_name(mover.account),
        before=moved.before,
        now=moved.now,
        change=moved.change,
        change_ratio=moved.change_ratio,
        kind=moved.kind,
    )


def _anomalies(report: Report) -> tuple[AnomalyRow, ...]:
    return tuple(
        AnomalyRow(
            kind=each.kind.value,
            service_name=each.service,
            sub_account_id=each.account,
            sub_account_name=report.facts.account_name(each.account),
            charge_period_start=each.since,
            charge_period_end=Period.ending(each.until, 1).end,
            expected=cents(each.expected),
            actual=cents(each.actual),
            excess=cents(each.excess),
            sentence=each.sentence,
        )
        for each in report.anomalies[:ANOMALIES_LISTED]
    )


def _since_first_cost(bills: Sequence[MonthBill]) -> Sequence[MonthBill]:
    """The months from the first with any cost, and at least the current one."""
    first = next((n for n, bill in enumerate(bills) if bill.gross or bill.net), len(bills) - 1)
    return bills[first:]


def _month(bill: MonthBill) -> MonthRow:
    return MonthRow(
        billing_period_start=bill.month.start,
        billing_period_end=bill.month.end,
        usage=cents(bill.usage),
        commitments=cents(bill.commitments),
        support=cents(bill.support),
        tax=cents(bill.tax),
        discounts=cents(bill.discounts),
        other=cents(sum((amount for _, amount in bill.other), ZERO)),
        other_lines=tuple(OtherLine(name, cents(amount)) for name, amount in bill.other),
        gross=cents(bill.gross),
        refunds=cents(bill.refunds),
        credits=cents(bill.credits),
        net=cents(bill.net),
        closed=bill.closed,
    )


def _credits(report: Report) -> CreditsView:
    return CreditsView(
        state=report.credits.state.value,
        warning=report.credits.warning,
        covered=tuple(CoveredRow(name, cents(paid)) for name, paid in report.credits.covered[:10]),
    )


def _agreements(report: Report) -> tuple[AgreementRow, ...]:
    return tuple(
        AgreementRow(
            billing_period_start=each.month.start,
            billing_period_end=each.month.end,
            daily=cents(each.daily),
            monthly=cents(each.monthly),
            difference=cents(each.difference),
        )
        for each in report.agreements
        if each.daily or each.monthly
    )
