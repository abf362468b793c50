"""Worth a look: what somebody should see first."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.costs import Period
from chalicelib.dashboard.rounding import cents
from chalicelib.report import Report
from chalicelib.wording.certainty import anomaly_sentence, disagreement
from chalicelib.wording.month_end import over_budget

ANOMALIES_LISTED = 50
ANOMALIES_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at, most urgent first; `section` is the part of the page that shows it."""

    level: str
    text: str
    section: str


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


def findings_of(report: Report) -> tuple[Finding, ...]:
    """What somebody should look at; empty when everything is as expected."""
    return (
        *_disagreements(report),
        *_over_budget(report),
        *_anomalies(report),
        *([Finding("medium", report.credits.warning, "credits")] if report.credits.warning else []),
    )


def anomalies_of(report: Report) -> tuple[AnomalyRow, ...]:
    """The largest anomalies; the daily chart marks their first days."""
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
            sentence=anomaly_sentence(each),
        )
        for each in report.anomalies[:ANOMALIES_LISTED]
    )


def _disagreements(report: Report) -> list[Finding]:
    said = [disagreement(each, report.facts.currency) for each in report.agreements]
    return [Finding("high", sentence, "about") for sentence in said if sentence]


def _over_budget(report: Report) -> list[Finding]:
    net, budget = report.projections.net, report.monthly_budget
    if not budget or net is None or net.expected <= budget:
        return []
    text = over_budget(net, budget, report.facts.currency)
    return [Finding("high" if net.low > budget else "medium", text, "month-end")]


def _anomalies(report: Report) -> list[Finding]:
    shown, more = report.anomalies[:ANOMALIES_SHOWN], report.anomalies[ANOMALIES_SHOWN:]
    found = [
        Finding("high" if each.excess > 0 else "low", anomaly_sentence(each), "daily")
        for each in shown
    ]
    if more:
        found.append(Finding("low", f"{len(more)} smaller anomalies are in the download.", "daily"))
    return found
