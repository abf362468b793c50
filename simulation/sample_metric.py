"""The sample organisation's billing metric, and what happens in the week after the report.

Up to `SAMPLE_NOW` it is the ledger, by the hour; then the week before goes on, but for this: on
Wednesday at one in the morning a training cluster in the data platform is not stopped, and on Thursday
at three in the afternoon somebody stops it. Debug logging in staging was switched off on Monday, after the report.
"""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

from chalicelib.costs import Period
from chalicelib.service_names import metric_code
from simulation.billing_metric import CALM, BillingMetric, Part
from simulation.ledger import Entry
from simulation.sample import (
    CLOUDWATCH,
    DATA,
    SAMPLE_NOW,
    SAVINGS_PLANS,
    STAGING,
    SUPPORT,
    TAX,
    arrived,
    sample_ledger,
)

START = date(2026, 8, 1)
END = date(2026, 11, 30)
CLUSTER_BEGINS = datetime(2026, 11, 25, 1, tzinfo=UTC)
CLUSTER_ENDS = datetime(2026, 11, 26, 15, tzinfo=UTC)
CLUSTER_HOUR = 58.0
"""Sixteen GPU instances."""
FEE_HOUR = 3
"""The hour at which charges come that are not by the hour."""
AT_ONCE = {
    *("Support fee", "Tax", "RIFee", "SavingsPlanRecurringFee", "Refund"),
    "Other out-of-cycle charges",
}
CODES = {SUPPORT: "AWSSupportBusiness", SAVINGS_PLANS: "ComputeSavingsPlans", TAX: "AWSTax"}
WEEK = timedelta(weeks=1)


def sample_metric() -> BillingMetric:
    """Three accounts from August to November 2026; without standstills, so that stories keep their hours."""
    start = datetime(START.year, START.month, START.day, tzinfo=UTC)
    hours = len(Period(START, END)) * 24
    hourly = defaultdict[Part, list[float]](lambda: [0.0] * hours)
    by_day = defaultdict[date, list[Entry]](list)
    for entry in sample_ledger().entries:
        by_day[entry.day].append(entry)
    for day in Period(START, END):
        for entry in by_day[day] or [each for each in by_day[_week_before(day)] if _goes_on(each)]:
            _charge(hourly, entry, (day - START).days * 24)
    cluster = hourly[Part(DATA, "AmazonEC2")]
    for hour in range(_hour(CLUSTER_BEGINS, start), _hour(CLUSTER_ENDS, start)):
        cluster[hour] += CLUSTER_HOUR
    return BillingMetric(start, dict(hourly), seed=11, habits=CALM)


def _charge(hourly: dict[Part, list[float]], entry: Entry, midnight: int) -> None:
    row = hourly[Part(entry.account, CODES.get(entry.service) or metric_code(entry.service))]
    amount = float(entry.net_unblended) / arrived(entry.day)
    if entry.record_type in AT_ONCE:
        row[midnight + FEE_HOUR] += amount
        return
    for hour in range(24):
        row[midnight + hour] += amount / 24


def _goes_on(entry: Entry) -> bool:
    return not (
        entry.service == CLOUDWATCH and entry.account == STAGING and "Log" in entry.usage_type
    )


def _week_before(day: date) -> date:
    while day >= SAMPLE_NOW.date():
        day -= WEEK
    return day


def _hour(moment: datetime, start: datetime) -> int:
    return (moment - start) // timedelta(hours=1)
