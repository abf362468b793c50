"""The tables of an answer: services against the month before, days of one service, what changed most."""

from collections.abc import Mapping
from decimal import Decimal

from chalicelib.answer import Answer
from chalicelib.costs import ZERO, Costs, Period
from chalicelib.insights.comparison import Comparison
from chalicelib.messages.alarm.compared_month import is_one_service, only_longer
from chalicelib.messages.alarm.own_days import week_before
from chalicelib.messages.text import section, table
from chalicelib.money import money, signed_money
from chalicelib.wording.changes import WHOLE, mover_row
from chalicelib.wording.names import service_name
from chalicelib.wording.periods import day, days
from chalicelib.wording.story import began_inside

MOST_ROWS = 6
MOST_MOVERS = 4
MOST_DAYS = 7


def cost_table(answer: Answer) -> str:
    """What it is made of: the top services against the month before, or the days of one service."""
    services = answer.report.facts.services
    if not len(services):
        return ""
    if answer.days is not None and answer.daily:
        return _service_table(answer, answer.days, week_before(answer.days))
    if is_one_service(answer) or answer.days is not None:
        return _day_table(answer)
    found = _compared(answer)
    period = found.period if found else services.period.intersection(answer.month)
    return _service_table(answer, period, found.against if found else None)


def _service_table(answer: Answer, period: Period | None, against: Period | None) -> str:
    """Services before credits and refunds, these on a line of their own, and what is to be paid."""
    costs = answer.report.facts.services
    if period is None or not costs.covers(period):
        return ""
    if against is not None and not costs.covers(against):
        against = None
    now, before = _by_service(costs, period), _by_service(costs, against)
    ranked = sorted(now.keys() | before.keys(), key=lambda name: (-now.get(name, ZERO), name))
    shown = MOST_ROWS if len(ranked) > MOST_ROWS + 1 else len(ranked)
    groups = [(service_name(name), [name]) for name in ranked[:shown]]
    if rest := ranked[shown:]:
        groups.append((f"{len(rest)} more", rest))
    amounts = [(label, _sum(now, names), _sum(before, names)) for label, names in groups]
    net, net_before = _net(costs, period), _net(costs, against)
    reductions = (net - sum(now.values(), ZERO), net_before - sum(before.values(), ZERO))
    if any(reductions):
        amounts.append(("credits and refunds", *reductions))
    amounts.append(("in all", net, net_before))
    cents = abs(sum(now.values(), ZERO)) < WHOLE
    rows = [
        (*_figures(after, earlier if against else None, costs.currency, cents), label)
        for label, after, earlier in amounts
    ]
    return section(f"{days(period)}{_change_from(against)}", table(rows))


def _change_from(against: Period | None) -> str:
    if against is None:
        return ""
    name = day(against.start) if len(against) == 1 else f"{against.start:%B}"
    return f", change from {name}"


def _figures(now: Decimal, before: Decimal | None, currency: str, cents: bool) -> tuple[str, ...]:
    if before is None:
        return (money(now, currency, cents=cents),)
    change = signed_money(now - before, currency, cents=cents)
    return money(now, currency, cents=cents), change


def _day_table(answer: Answer) -> str:
    """The last days, or those around what an anomaly is about."""
    costs = answer.report.facts.services
    last = costs.period.last_day
    if answer.days is not None:
        last = min(last, answer.days.last_day)
    elif not answer.is_current:
        last = min(last, answer.month.last_day)
    if last < costs.period.start:
        return ""
    shown = costs.period.intersection(Period.ending(last, MOST_DAYS))
    if shown is None:
        return ""
    settling = answer.report.completeness.settling
    amounts = zip(shown, costs.gross().during(shown).series(), strict=True)
    rows = [
        (
            "not known" if amount is None else money(amount, costs.currency),
            f"{moment:%a} {day(moment)}"
            + (" (still filling in)" if settling and moment in settling else ""),
        )
        for moment, amount in amounts
    ]
    names = [*costs.by("service")]
    title = service_name(names[0]) if len(names) == 1 else "All of it"
    return section(f"{title}, day by day", table(rows))


def mover_table(answer: Answer) -> str:
    """What changed most, by service and account; nothing where the first table says it all."""
    found, moved = _compared(answer), answer.moved
    if (
        answer.daily
        or found is None
        or moved is None
        or is_one_service(answer)
        or only_longer(found)
    ):
        return ""
    ranked = moved.by_both or moved.by_service
    facts = answer.report.facts
    cents = abs(found.gross.after) < WHOLE
    rows = [
        mover_row(mover, facts.currency, facts.account_names, cents=cents)
        for mover in ranked[:MOST_MOVERS]
    ]
    return section("What changed most", table(rows)) if len(rows) > 1 else ""


def _compared(answer: Answer) -> Comparison | None:
    """The comparison, unless there was no month to compare with."""
    found = answer.compared
    empty = not len(answer.report.facts.services)
    return None if found is None or empty or began_inside(answer.report, found) else found


def _by_service(costs: Costs, period: Period | None) -> dict[str, Decimal]:
    if period is None:
        return {}
    gross = costs.gross().during(period)
    return {name: each.billed for name, each in gross.by("service").items()}


def _net(costs: Costs, period: Period | None) -> Decimal:
    return costs.during(period).total().billed if period else ZERO


def _sum(amounts: Mapping[str, Decimal], names: list[str]) -> Decimal:
    return sum((amounts.get(name, ZERO) for name in names), ZERO)
