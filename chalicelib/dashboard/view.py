"""The view model: everything the page shows, computed, rounded and bounded; the JSON export is this.

Field names become PascalCase in JSON. Where FOCUS has a column for what is meant, the field has
the column's name: ServiceName, SubAccountId, BilledCost, ChargePeriodStart (inclusive) and
ChargePeriodEnd (exclusive) among them. `docs/report.schema.json` describes all of it.

Every amount here is an exact sum, rounded to the cent by itself.
"""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.dashboard.sections.about import (
    AgreementRow,
    Freshness,
    Run,
    agreements_of,
    freshness_of,
    grouping_of,
    run_of,
)
from chalicelib.dashboard.sections.accounts import AccountTable, account_table
from chalicelib.dashboard.sections.credits import CreditsView, credits_of
from chalicelib.dashboard.sections.daily import Daily, daily_of
from chalicelib.dashboard.sections.findings import AnomalyRow, Finding, anomalies_of, findings_of
from chalicelib.dashboard.sections.headlines import Headline, headlines_of
from chalicelib.dashboard.sections.labels import LabelTable, label_table
from chalicelib.dashboard.sections.month_end import MonthEnd, month_end_of
from chalicelib.dashboard.sections.months import MonthRow, months_of
from chalicelib.dashboard.sections.movers import MoverPeriod, movers_of
from chalicelib.dashboard.sections.services import ServiceTable, service_table
from chalicelib.report import Report
from chalicelib.wording.story import summary

SCHEMA_VERSION = "1"


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
        freshness=freshness_of(report),
        summary=summary(report),
        findings=findings_of(report),
        headlines=headlines_of(report),
        month_end=month_end_of(report),
        movers=movers_of(report),
        anomalies=anomalies_of(report),
        daily=daily_of(facts, report.completeness),
        services=services,
        accounts=accounts,
        labels=label_table(facts, through),
        months=months_of(report),
        credits=credits_of(report),
        agreements=agreements_of(report),
        run=run_of(report),
        notes=facts.notes,
        grouped=grouping_of(services, accounts),
    )
