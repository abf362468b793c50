"""Fees: what falls due on a date, each beside its own last time."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.dashboard.rounding import cents
from chalicelib.insights.fees import Fee
from chalicelib.report import Report
from chalicelib.service_names import short_name
from chalicelib.wording.fees import fee_change
from chalicelib.wording.periods import day_text

FEES_LISTED = 50


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One fee when it last fell due, before credits and refunds, and the time before.

    `last_due` and `last_cost` are that earlier time, None and zero where there was none; `said` is
    how the two compare.
    """

    service_name: str
    display_name: str
    charge_category: str
    due: date
    due_text: str
    billed_cost: Decimal
    last_due: date | None
    last_due_text: str
    last_cost: Decimal
    said: str


def fees_of(report: Report) -> tuple[FeeRow, ...]:
    """Each fee at its latest, the newest and largest first, at most 50."""
    latest: dict[tuple[str, str], Fee] = {}
    for fee in report.fees.all:
        latest[fee.service, fee.category] = fee
    ranked = sorted(latest.values(), key=lambda fee: (-fee.day.toordinal(), -fee.amount))
    return tuple(_row(fee, report.facts.currency) for fee in ranked[:FEES_LISTED])


def _row(fee: Fee, currency: str) -> FeeRow:
    return FeeRow(
        service_name=fee.service,
        display_name=short_name(fee.service),
        charge_category=fee.category,
        due=fee.day,
        due_text=day_text(fee.day),
        billed_cost=cents(fee.amount),
        last_due=fee.last_day,
        last_due_text=day_text(fee.last_day) if fee.last_day else "",
        last_cost=cents(fee.last_amount),
        said=fee_change(fee, currency),
    )
