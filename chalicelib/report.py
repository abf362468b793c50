"""The report: everything one weekly run knows. Dashboard, digest and JSON are renderings of it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from chalicelib.costs import CostFacts
from chalicelib.insights.anomalies import Anomaly
from chalicelib.insights.comparison import Comparison
from chalicelib.insights.completeness import Completeness
from chalicelib.insights.credits import Credits
from chalicelib.insights.movers import Movers
from chalicelib.insights.projection import Projections
from chalicelib.insights.reconciliation import Agreement, MonthBill


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
    anomalies: tuple[Anomaly, ...]
    projections: Projections
    monthly_budget: Decimal
