"""About these figures: how complete, how sure, how made, at what price."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.dashboard.rounding import cents
from chalicelib.dashboard.sections.accounts import AccountTable
from chalicelib.dashboard.sections.daily import SERIES
from chalicelib.dashboard.sections.services import ServiceTable
from chalicelib.report import Report


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """What two independent queries say that one closed month cost."""

    billing_period_start: date
    billing_period_end: date
    daily: Decimal
    monthly: Decimal
    difference: Decimal


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


def freshness_of(report: Report) -> Freshness:
    """Until when the report's figures are complete."""
    days = report.completeness
    settling = days.settling
    return Freshness(
        complete_through=days.complete_through,
        settling_start=settling.start if settling else None,
        settling_end=settling.end if settling else None,
        estimated_since=days.estimated_since,
    )


def agreements_of(report: Report) -> tuple[AgreementRow, ...]:
    """The closed months that two questions were asked about."""
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


def run_of(report: Report) -> Run:
    """Where the costs were read, and for how much."""
    facts = report.facts
    return Run(facts.source, facts.price.amount, facts.price.basis, facts.price.requests)


def grouping_of(services: ServiceTable, accounts: AccountTable | None) -> tuple[str, ...]:
    """Where the page adds up what it does not list."""
    """Where the page adds up what it does not list."""
    said = []
    if len(services.rows) > SERIES + 1:
        said.append(f"The daily chart shows the {SERIES} largest services and adds up the others.")
    if accounts and len(accounts.rows) > SERIES + 1:
        said.append(f"By account it shows the {SERIES} largest accounts.")
    if services.others:
        said.append(
            f"{services.others} services beyond the {len(services.rows)} largest are added up."
        )
    if accounts and accounts.others:
        said.append(
            f"{accounts.others} accounts beyond the {len(accounts.rows)} largest are added up."
        )
    return tuple(said)
