"""Sentences about costs that all mails share."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from chalicelib.costs import ZERO, Costs, Period
from chalicelib.insights.anomalies import Anomaly
from chalicelib.insights.comparison import Change, ChangeKind, Comparison
from chalicelib.insights.completeness import Completeness
from chalicelib.insights.movers import Mover
from chalicelib.insights.projection import Projection, Projections
from chalicelib.messages.text import one_line
from chalicelib.money import money, percent, signed_money
from chalicelib.service_names import short_name

WHOLE = Decimal(1000)
"""From this total on, a table shows whole units of money."""


def day(moment: date) -> str:
    """A day as people say it: `21 November`."""
    return f"{moment.day} {moment:%B}"


def days(period: Period) -> str:
    """A period inside one month: `1 to 21 November`."""
    if len(period) == 1:
        return day(period.start)
    first, last = period.start, period.last_day
    start = str(first.day) if first.month == last.month else day(first)
    return f"{start} {'and' if len(period) == 2 else 'to'} {day(last)}"


def compared(change: Change, currency: str, than: str) -> str:
    """How an amount compares, as the rest of a sentence: `$211.10 (22 %) more than in October`."""
    match change.kind:
        case ChangeKind.UNCHANGED:
            return f"the same as {than}"
        case ChangeKind.NEW:
            return f"new, {than} had none"
        case ChangeKind.FROM_ALMOST_NOTHING:
            way = "up" if change.amount > 0 else "down"
            return f"{way} from almost nothing ({money(change.before, currency)}) in {than}"
        case _:
            more = "more" if change.amount > 0 else "less"
            share = percent(abs(change.ratio)) if change.ratio is not None else ""
            bracket = f" ({share})" if share else ""
            return f"{money(abs(change.amount), currency)}{bracket} {more} than {than}"


def mover_name(mover: Mover, names: Mapping[str, str]) -> str:
    """What moved: `EC2 compute in Production`."""
    service = name_of_service(mover.service) if mover.service else ""
    account = one_line(names.get(mover.account) or mover.account, 40)
    return " in ".join(filter(None, (service, account)))


def name_of_service(service: str) -> str:
    """A service's short name, safe to print in a line."""
    return one_line(short_name(service), 40)


def anomaly_sentence(found: Anomaly) -> str:
    """What an anomaly says, with the short name that the tables of a mail have for its service."""
    return one_line(found.sentence.replace(found.service, name_of_service(found.service), 1))


def before_reductions(compared: Comparison, currency: str) -> str:
    """A sentence with the gross amount and change; empty where credits and refunds alter neither."""
    gross, net = compared.gross, compared.net
    if (gross.before, gross.after) == (net.before, net.after):
        return ""
    share = percent(abs(gross.ratio)) if gross.ratio else ""
    change = f", {share} {'more' if gross.amount > 0 else 'less'}" if share else ""
    return f" Before credits and refunds: {money(gross.after, currency)}{change}."


def mover_row(
    mover: Mover, currency: str, names: Mapping[str, str], *, cents: bool
) -> tuple[str, str, str]:
    """A table row: the change, what it was before, and what changed."""
    change = mover.change
    was = (
        f"from {money(change.before, currency, cents=cents)}"
        if change.kind is ChangeKind.CHANGED
        else str(change.kind)
    )
    return signed_money(change.amount, currency, cents=cents), was, mover_name(mover, names)


def month_end(projections: Projections, currency: str, budget: Decimal = ZERO) -> str:
    """Where the month ends, against the budget if there is one, or why nobody can say yet."""
    net, gross = projections.net, projections.gross
    if net is None:
        return projections.reason
    ending = f"{net.month.start:%B} will end near {_near(net, currency)}{_against(net, budget, currency)}."
    if gross is None or abs(gross.expected - net.expected) < 1:
        return ending
    return f"{ending} Before credits and refunds: {money(gross.expected, currency, cents=False)}."


def _against(projection: Projection, budget: Decimal, currency: str) -> str:
    if not budget:
        return ""
    over = projection.expected - budget
    side = "over" if over > 0 else "under"
    away, allowed = (money(amount, currency, cents=False) for amount in (abs(over), budget))
    return f", {away} {side} the budget of {allowed}"


def _near(projection: Projection, currency: str) -> str:
    cents = projection.expected < 100
    expected, low, high = (
        money(amount, currency, cents=cents)
        for amount in (projection.expected, projection.low, projection.high)
    )
    return f"{expected} (80 % sure: {low} to {high})"


def completeness_line(completeness: Completeness, costs: Costs) -> str:
    """Through which day costs are complete, and which days are still filling in."""
    line = f"Costs are complete through {day(completeness.complete_through)}."
    if completeness.settling is None:
        return line
    so_far = costs.during(completeness.settling).total().billed
    filling = f"AWS is still filling in {days(completeness.settling)}"
    return f"{line} {filling} ({money(so_far, costs.currency)} so far)."
