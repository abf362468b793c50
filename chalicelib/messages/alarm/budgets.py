"""A budget notice in words."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from chalicelib.messages.alarm.places import NAME_LENGTH, place
from chalicelib.money import money
from chalicelib.signals import BudgetKind, BudgetNotice, TimeUnit
from chalicelib.wording.lines import one_line
from chalicelib.wording.periods import day

SIDES = {">": "above", "<": "below", "=": "exactly at"}
ADJECTIVES = {TimeUnit.MONTHLY: "", TimeUnit.CUSTOM: ""}


def subject(notice: BudgetNotice) -> str:
    """The subject of the mail; AWS's own says `exceeded` of every budget."""
    name = one_line(notice.name, 40)
    if notice.amount is None:
        return f"Budget alert: {one_line(notice.name, NAME_LENGTH)}"
    amount = figure(notice, notice.amount)
    verb = " expected" if notice.is_forecast else " spent" if notice.counts_money else ""
    past = (
        f", {_side(notice)} {figure(notice, notice.threshold)}"
        if notice.threshold is not None
        else ""
    )
    return f"Budget {name}: {amount}{verb}{past}"


def headline(notice: BudgetNotice, names: Mapping[str, str]) -> str:
    """What happened, in one sentence; with what the budget counts and is filtered by, where it says so."""
    name = one_line(notice.name, NAME_LENGTH)
    counted = "" if notice.kind is BudgetKind.COST else one_line(notice.budget_type, 40)
    about = ", ".join(filter(None, (counted or "", place(notice.scope, names))))
    who = f'The {_adjective(notice)}budget "{name}"{f" ({about})" if about else ""}'
    if notice.amount is None:
        return f"{who} passed its alert; its notice does not say at what amount."
    amount = figure(notice, notice.amount)
    verb = "is expected to end" if notice.is_forecast else "stands at"
    period = _period(notice)
    stands = (
        f"{verb} {period} at {amount}" if notice.is_forecast else f"{verb} {amount} for {period}"
    )
    if notice.threshold is None:
        return f"{who} {stands}."
    limit = figure(notice, notice.threshold)
    alert = f"its alert {'of' if notice.comparison == '=' else 'at'} {limit}"
    return f"{who} {stands}, {_side(notice)} {alert}{_allows(notice)}."


def origin(notice: BudgetNotice) -> list[str]:
    """The essentials of what arrived: the notice's own lines."""
    account = f" for account {notice.account}" if notice.account else ""
    return [f"AWS Budgets sent this{account}.", *(f"{key}: {value}" for key, value in notice.lines)]


def figure(notice: BudgetNotice, amount: Decimal | None) -> str:
    """An amount in what the budget counts."""
    if amount is None:
        return "-"
    if notice.kind is BudgetKind.COST:
        return money(amount, notice.currency)
    gap = "" if not notice.unit else " "
    return f"{amount.normalize():,f}{gap}{one_line(notice.unit, 40)}"


def _side(notice: BudgetNotice) -> str:
    if notice.comparison in SIDES:
        return SIDES[notice.comparison]
    if notice.amount is None or notice.threshold is None or notice.amount >= notice.threshold:
        return "above"
    return "below"


def _adjective(notice: BudgetNotice) -> str:
    return ADJECTIVES.get(notice.time_unit, f"{notice.time_unit} ")


def _period(notice: BudgetNotice) -> str:
    """The budget's period by name; without a date in the notice, by its kind."""
    on = notice.day
    match notice.time_unit:
        case TimeUnit.DAILY:
            return day(on) if on else "the day"
        case TimeUnit.QUARTERLY:
            return _quarter(on) if on else "this quarter"
        case TimeUnit.ANNUALLY:
            return f"{on.year}" if on else "this year"
        case TimeUnit.CUSTOM:
            return "its period"
        case TimeUnit.MONTHLY:
            return f"{on:%B}" if on else "this month"


def _quarter(on: date) -> str:
    first = (on.month - 1) // 3 * 3 + 1
    return f"{date(on.year, first, 1):%B} to {date(on.year, first + 2, 1):%B}"


def _allows(notice: BudgetNotice) -> str:
    if notice.budgeted is None or notice.budgeted == notice.threshold:
        return ""
    target = notice.kind in (BudgetKind.UTILIZATION, BudgetKind.COVERAGE)
    return f"; {'its target is' if target else 'it allows'} {figure(notice, notice.budgeted)}"
