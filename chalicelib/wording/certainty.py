"""What is known and how surely: complete days, anomalies."""

from chalicelib.costs import Costs
from chalicelib.insights.anomalies import Anomaly
from chalicelib.insights.completeness import Completeness
from chalicelib.wording.coverage import gaps_sentence
from chalicelib.wording.lines import one_line
from chalicelib.wording.names import service_name
from chalicelib.wording.periods import day, days
from chalicelib.wording.to_pay import to_pay_of


def completeness_line(completeness: Completeness, costs: Costs) -> str:
    """Through which day costs are complete, and which days are still filling in."""
    line = f"Costs are complete through {day(completeness.complete_through)}."
    if gaps := gaps_sentence(completeness, costs.currency):
        line = f"{line} {gaps}"
    if completeness.settling is None or not costs.covered.within(completeness.settling):
        return line
    paid, _, besides = to_pay_of(costs.during(completeness.settling)).partition(" (")
    so_far = f"{paid} so far" + (f", {besides.removesuffix(')')}" if besides else "")
    filling = f"AWS is still filling in {days(completeness.settling)}"
    return f"{line} {filling} ({so_far})."


def anomaly_sentence(found: Anomaly) -> str:
    """What an anomaly says, with the short name that tables have for its service."""
    return one_line(found.sentence.replace(found.service, service_name(found.service), 1))
