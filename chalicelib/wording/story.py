"""The report in five lines: how much, compared with what, is that bad, because of what, month end."""

from decimal import Decimal

from chalicelib.costs import ZERO, Period
from chalicelib.insights.comparison import Comparison
from chalicelib.money import money, signed_money
from chalicelib.report import Report
from chalicelib.wording.changes import WHOLE, before_reductions, compared, earlier
from chalicelib.wording.lines import listed
from chalicelib.wording.month_end import month_end
from chalicelib.wording.names import mover_name
from chalicelib.wording.periods import days

NO_COSTS = "There are no costs yet: the source shows none for this account."


def week_line(report: Report) -> str:
    """The last seven complete days against the seven before."""
    if report.last_week is None:
        return "There is no full week to compare yet."
    return _spent("Last seven days", report.last_week, report.facts.currency)


def month_line(report: Report) -> str:
    """The month so far against the same days of last month."""
    found = report.month_to_date
    if found is None:
        if report.facts.today.day == 1:
            return "No day of this month is over yet."
        so_far = money(month_total(report), report.facts.currency)
        return f"This month so far: {so_far}, all of it still settling."
    return _spent(days(found.period), found, report.facts.currency)


def verdict(report: Report) -> str:
    """Is that bad: over the budget, unusual, both, or neither."""
    end, budget = report.projections.net, report.monthly_budget
    over = bool(end and budget and end.expected > budget)
    said = [f"it is heading over the budget of {_round(budget, report)}"] if over else []
    if higher := [each.excess for each in report.anomalies if each.excess > 0]:
        costs = "one cost is" if len(higher) == 1 else f"{len(higher)} costs are"
        said.append(f"{costs} higher than expected (by {_round(sum(higher, ZERO), report)})")
    if not said:
        said = [f"{'within the budget, ' if end and budget else ''}no cost is higher than expected"]
    if lower := len(report.anomalies) - len(higher):
        said.append("one is lower" if lower == 1 else f"{lower} are lower")
    sentence = listed(said)
    return f"Is that bad? {sentence[0].upper()}{sentence[1:]}."


def cause_line(report: Report) -> str:
    """The two largest changes of the week."""
    moved = report.week_movers
    if moved is None or report.last_week is None:
        return ""
    ranked = (moved.by_both or moved.by_service)[:2]
    if not ranked:
        return "No service changed by much."
    currency, names = report.facts.currency, report.facts.account_names
    said = [
        f"{mover_name(mover, names)} ({signed_money(mover.change.amount, currency)})"
        for mover in ranked
    ]
    return f"What changed most: {', '.join(said)}."


def end_line(report: Report) -> str:
    """Where the month ends."""
    return month_end(report.projections, report.facts.currency, report.monthly_budget)


def summary(report: Report) -> tuple[str, ...]:
    """How much, because of what, and where the month ends."""
    if not len(report.facts.services):
        return (NO_COSTS,)
    said = (week_line(report), cause_line(report), end_line(report))
    return tuple(filter(None, said))


def month_total(report: Report) -> Decimal:
    """What this month has cost so far, settling days and all, net."""
    today = report.facts.today
    month = report.facts.services.period.intersection(Period.month_of(today))
    return report.facts.services.during(month).total().billed if month else ZERO


def _spent(when: str, found: Comparison, currency: str) -> str:
    said = compared(found.net, currency, earlier(found))
    return f"{when}: {money(found.net.after, currency)}, {said}." + before_reductions(
        found, currency
    )


def _round(amount: Decimal, report: Report) -> str:
    return money(amount, report.facts.currency, cents=amount < WHOLE)
