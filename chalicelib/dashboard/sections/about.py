"""About these figures: how complete, how sure, how made, at what price."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.costs import ZERO
from chalicelib.dashboard.rounding import cents
from chalicelib.dashboard.sections.accounts import AccountTable
from chalicelib.dashboard.sections.daily import SERIES
from chalicelib.dashboard.sections.services import ServiceTable
from chalicelib.dashboard.stretches import Stretch, stretches
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
    """Until when the figures are complete; the settling days are shown and never compared.

    `late_start` and `late_end` are the days that the data shows to be unfinished, `holes` the stretches inside that
    nothing is known about. `data_begins` is the first known day where earlier ones were asked for, `stopped_since`
    the first of many days without any charge. `billed_ahead` adds up what is dated after the report's day.
    """

    complete_through: date
    settling_start: date | None
    settling_end: date | None
    estimated_since: date | None
    late_start: date | None
    late_end: date | None
    holes: tuple[Stretch, ...]
    data_begins: date | None
    stopped_since: date | None
    billed_ahead: Decimal | None


@dataclass(frozen=True, slots=True)
class Run:
    """What this report cost to make; `months_asked_apart` says whether a second question was asked to check it."""

    source: str
    price: Decimal
    price_basis: str
    requests: int
    months_asked_apart: bool


def freshness_of(report: Report) -> Freshness:
    """Until when the report's figures are complete."""
    days = report.completeness
    settling = days.settling
    return Freshness(
        complete_through=days.complete_through,
        settling_start=settling.start if settling else None,
        settling_end=settling.end if settling else None,
        estimated_since=days.estimated_since,
        late_start=days.late.start if days.late else None,
        late_end=days.late.end if days.late else None,
        holes=stretches(days.holes),
        data_begins=days.begins,
        stopped_since=days.stopped_since,
        billed_ahead=cents(sum((each.amounts.billed for each in days.ahead), ZERO))
        if days.ahead
        else None,
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
    price = facts.price
    return Run(facts.source, price.amount, price.basis, price.requests, facts.months_asked_apart)


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
