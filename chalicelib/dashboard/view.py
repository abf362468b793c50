"""The view model: everything the page shows, computed, rounded and bounded; the JSON export is this.

Field names become PascalCase in JSON. Where FOCUS has a column for what is meant, the field has
the column's name: ServiceName, SubAccountId, BilledCost, ChargePeriodStart (inclusive) and
ChargePeriodEnd (exclusive) among them. `docs/report.schema.json` describes all of it.

Every amount here is an exact sum, rounded to the cent by itself.
"""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.costs import Period
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
from chalicelib.dashboard.sections.fees import FeeRow, fees_of
from chalicelib.dashboard.sections.findings import FindingRow, findings_of
from chalicelib.dashboard.sections.labels import LabelTable, label_table
from chalicelib.dashboard.sections.month import MonthSection, month_of
from chalicelib.dashboard.sections.months import MonthRow, months_of
from chalicelib.dashboard.sections.services import ServiceTable, service_table
from chalicelib.dashboard.sections.week import WeekSection, week_of
from chalicelib.report import Report
from chalicelib.wording.periods import days_text
from chalicelib.wording.story import story_of

SCHEMA_VERSION = "2"


@dataclass(frozen=True, slots=True)
class View:
    """The whole page."""

    schema_version: str
    title: str
    generated_at: datetime
    billing_currency: str
    freshness: Freshness
    verdict: str
    basis: str
    month: MonthSection
    week: WeekSection
    findings: tuple[FindingRow, ...]
    daily: Daily
    services: ServiceTable
    accounts: AccountTable | None
    labels: LabelTable | None
    fees: tuple[FeeRow, ...]
    months: tuple[MonthRow, ...]
    credits: CreditsView
    agreements: tuple[AgreementRow, ...]
    run: Run
    notes: tuple[str, ...]
    grouped: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether there is no cost at all, and so nothing to show but that."""
        return not self.basis


def view_of(report: Report) -> View:
    """Everything the page shows. Pure: the same report gives the same view."""
    facts = report.facts
    through = report.completeness.complete_through
    services = service_table(facts, through)
    accounts = account_table(facts, through)
    story = story_of(report)
    week = week_of(report, story)
    seven_days = Period(week.charge_period_start, week.charge_period_end)
    return View(
        schema_version=SCHEMA_VERSION,
        title=f"Cloud costs, {days_text(seven_days)}",
        generated_at=report.generated_at,
        billing_currency=facts.currency,
        freshness=freshness_of(report),
        verdict=story.verdict,
        basis=story.basis,
        month=month_of(report, story),
        week=week,
        findings=findings_of(report, story),
        daily=daily_of(facts, report.completeness),
        services=services,
        accounts=accounts,
        labels=label_table(facts, through),
        fees=fees_of(report),
        months=months_of(report),
        credits=credits_of(report),
        agreements=agreements_of(report),
        run=run_of(report),
        notes=facts.notes,
        grouped=grouping_of(services, accounts),
    )
