"""The weekly digest: five lines that say it all, the link, then the tables."""

from collections.abc import Mapping
from decimal import Decimal

from chalicelib.costs import ZERO, Costs, Period
from chalicelib.insights.comparison import Comparison
from chalicelib.insights.reconciliation import Agreement
from chalicelib.messages.text import Message, listed, message, one_line, section, table
from chalicelib.messages.words import (
    WHOLE,
    anomaly_sentence,
    before_reductions,
    compared,
    completeness_line,
    day,
    days,
    month_end,
    mover_name,
    mover_row,
    name_of_service,
)
from chalicelib.money import money, percent, signed_money
from chalicelib.report import Report

MOST_ROWS = 8
MOST_MOVERS = 6
CENT = Decimal("0.01")


def digest(report: Report, link: str) -> Message:
    """The report as a mail: how much, compared with what, is that bad, what caused it, month end."""
    return message(
        _subject(report),
        [
            "\n".join(filter(None, _five_lines(report))),
            link,
            _service_table(report),
            _mover_table(report),
            section("Unusual", *map(anomaly_sentence, report.anomalies)),
            section("Credits", report.credits.warning),
            section("About these figures", *_remarks(report)),
        ],
    )


def _subject(report: Report) -> str:
    currency = report.facts.currency
    week = report.last_week
    if week is None:
        return f"AWS costs: {money(_month_total(report), currency)} this month"
    change = week.net
    share = f", {percent(change.ratio, signed=True)}" if change.ratio is not None else ""
    end = report.projections.net
    ending = (
        f"; {end.month.start:%B} near {money(end.expected, currency, cents=False)}" if end else ""
    )
    return f"AWS costs: {money(change.after, currency)} last week{share}{ending}"


def _five_lines(report: Report) -> list[str]:
    if not len(report.facts.services):
        return ["There are no costs yet: Cost Explorer shows none for this account."]
    currency = report.facts.currency
    return [
        _week_line(report.last_week, currency),
        _month_line(report, currency),
        _verdict(report),
        _cause_line(report),
        month_end(report.projections, currency, report.monthly_budget),
    ]


def _week_line(week: Comparison | None, currency: str) -> str:
    if week is None:
        return "There is no full week to compare yet."
    than = "the seven days before"
    said = compared(week.net, currency, than)
    spent = f"Last seven days: {money(week.net.after, currency)}, {said}."
    return spent + before_reductions(week, currency)


def _month_line(report: Report, currency: str) -> str:
    found = report.month_to_date
    if found is None:
        if report.facts.today.day == 1:
            return "No day of this month is over yet."
        so_far = money(_month_total(report), currency)
        return f"This month so far: {so_far}, all of it still settling."
    said = compared(found.net, currency, days(found.against))
    spent = f"{days(found.period)}: {money(found.net.after, currency)}, {said}."
    return spent + before_reductions(found, currency)


def _verdict(report: Report) -> str:
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
    verdict = listed(said)
    return f"Is that bad? {verdict[0].upper()}{verdict[1:]}."


def _cause_line(report: Report) -> str:
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


def _service_table(report: Report) -> str:
    week = report.last_week
    if week is None:
        return ""
    costs = report.facts.services.gross()
    now, before = _by_service(costs, week.period), _by_service(costs, week.against)
    cents = abs(week.gross.after) < WHOLE
    ranked = sorted(now.keys() | before.keys(), key=lambda name: (-now.get(name, ZERO), name))
    groups = [(name_of_service(name), [name]) for name in ranked[:MOST_ROWS]]
    rest = ranked[MOST_ROWS:]
    if rest:
        groups.append((f"{len(rest)} more", rest))
    rows = [
        _row(label, _sum(now, names), _sum(before, names), report, cents=cents)
        for label, names in groups
    ]
    reductions = (week.net.after - week.gross.after, week.net.before - week.gross.before)
    if any(reductions):
        rows.append(_row("credits and refunds", *reductions, report, cents=cents))
    rows.append(_row("in all", week.net.after, week.net.before, report, cents=cents))
    return section(f"{days(week.period)}, change in a week", table(rows))


def _row(
    label: str, now: Decimal, before: Decimal, report: Report, *, cents: bool
) -> tuple[str, ...]:
    currency = report.facts.currency
    return (
        money(now, currency, cents=cents),
        signed_money(now - before, currency, cents=cents),
        label,
    )


def _mover_table(report: Report) -> str:
    """What changed since last month: the week's own changes are in the lines at the top."""
    found, moved = report.month_to_date, report.month_movers
    if found is None or moved is None:
        return ""
    ranked = (moved.by_both or moved.by_service)[:MOST_MOVERS]
    cents = abs(found.gross.after) < WHOLE
    currency, names = report.facts.currency, report.facts.account_names
    rows = [mover_row(mover, currency, names, cents=cents) for mover in ranked]
    title = f"What changed most from {moved.against.start:%B}"
    return section(title, table(rows)) if rows else ""


def _remarks(report: Report) -> list[str]:
    price = report.facts.price
    note = report.month_to_date.note if report.month_to_date else ""
    return [
        completeness_line(report.completeness, report.facts.services),
        f"Month to date: {note}" if note else "",
        *(_disagreement(each, report.facts.currency) for each in report.agreements),
        *map(one_line, report.facts.notes),
        f"Made {day(report.generated_at.date())} {report.generated_at:%Y at %H:%M} UTC from "
        f"{report.facts.source}, for {money(price.amount, 'USD')} ({price.basis}).",
    ]


def _disagreement(agreement: Agreement, currency: str) -> str:
    if abs(agreement.difference) < CENT:
        return ""
    return (
        f"Beware: for {agreement.month.start:%B %Y} the sum of days is "
        f"{money(agreement.daily, currency)}, the month {money(agreement.monthly, currency)}; "
        f"they differ by {money(abs(agreement.difference), currency)}."
    )


def _month_total(report: Report) -> Decimal:
    today = report.facts.today
    month = report.facts.services.period.intersection(Period.month_of(today))
    return report.facts.services.during(month).total().billed if month else ZERO


def _by_service(costs: Costs, period: Period) -> dict[str, Decimal]:
    return {name: each.billed for name, each in costs.during(period).by("service").items()}


def _sum(amounts: Mapping[str, Decimal], names: list[str]) -> Decimal:
    return sum((amounts.get(name, ZERO) for name in names), ZERO)


def _round(amount: Decimal, report: Report) -> str:
    return money(amount, report.facts.currency, cents=amount < WHOLE)
