"""The signal's month against the one before, in a sentence or two."""

from decimal import Decimal

from chalicelib.answer import Answer
from chalicelib.costs import EVERYTHING
from chalicelib.insights.comparison import ChangeKind, Comparison
from chalicelib.insights.movers import Mover
from chalicelib.money import money, percent, signed_money
from chalicelib.wording.changes import compared, more
from chalicelib.wording.coverage import gaps_sentence
from chalicelib.wording.fees import ordinal
from chalicelib.wording.lines import listed
from chalicelib.wording.names import mover_name
from chalicelib.wording.periods import day, days
from chalicelib.wording.story import (
    basis_of,
    began_inside,
    has_fees,
    month_costs,
    month_of,
)
from chalicelib.wording.to_pay import paid_by_credits, to_pay, to_pay_of

LIKE = Decimal("0.03")
"""A month that differs from the last by less than this share began like it."""


def comparison_line(answer: Answer) -> str:
    """What the month has cost against the one before, and what changed most."""
    found = answer.compared
    if found is None:
        return _not_compared(answer)
    if began_inside(answer.report, found):
        return _young(found, answer)
    if has_fees(found):
        said = _with_fees(found, answer)
    elif answer.is_current:
        said = _so_far(found, answer)
    else:
        said = _whole_month(found, answer)
    return " ".join(filter(None, (said, _cause(found, answer))))


def _not_compared(answer: Answer) -> str:
    report, currency = answer.report, answer.report.facts.currency
    name = f"{answer.month.start:%B}"
    if answer.is_current:
        costs = month_costs(report)
        if costs is None:
            return f"By Cost Explorer no day of {name} is over yet."
        if gaps_sentence(report.completeness, currency):
            return f"{month_of(report).sentence} {gaps_sentence(report.completeness, currency)}"
        return f"By Cost Explorer {name} so far: {to_pay_of(costs)}; all of it is still filling in."
    bill = next((each for each in report.months if each.month == answer.month), None)
    if bill is None:
        return f"{name} {answer.month.start.year} lies too far back to be asked for."
    if bill.unknown:
        lost = listed([days(each) for each in bill.unknown])
        cost = money(bill.net, currency)
        return f"By Cost Explorer {name} cost {cost} without {lost}, which are unknown."
    return f"By Cost Explorer {name} cost {money(bill.net, currency)}."


def _young(found: Comparison, answer: Answer) -> str:
    """An account, or a part of it, without a month to compare with."""
    first = min(key.day for key in answer.report.facts.services.cells)
    spent = _paid(found, answer.report.facts.currency)
    if answer.scope != EVERYTHING:
        return f"{_capital(_period_name(found, answer))} cost {spent}; all of it is new since {day(first)}."
    return (
        f"{_capital(_period_name(found, answer))} cost {spent}. The first cost is of {day(first)}, "
        "so there is no month to compare with yet."
    )


def _so_far(found: Comparison, answer: Answer) -> str:
    """The month to date: to be paid first, before reductions where they matter."""
    currency = answer.report.facts.currency
    said = compared(basis_of(found), currency, days(found.against))
    line = f"{days(found.period)} cost {_paid(found, currency)}: {said}."
    return f"{line}{_before_reductions(found, currency)}"


def _whole_month(found: Comparison, answer: Answer) -> str:
    """A month that is over: its total, the one before, and a day of each where lengths differ."""
    currency, basis = answer.report.facts.currency, basis_of(found)
    name, before = f"{found.period.start:%B}", f"{found.against.start:%B}"
    said = compared(basis, currency, f"{before} ({money(basis.before, currency)})")
    line = f"By Cost Explorer {name} cost {_paid(found, currency)}: {said}."
    if len(found.period) != len(found.against) and basis.before > 0:
        now, then = (money(each, currency) for each in _a_day(found))
        if only_longer(found):
            way = "longer" if len(found.period) > len(found.against) else "shorter"
            line += f" The month is {way}, that is all: a day cost {now}, a day of {before} {then}."
        else:
            line += f" A day of it cost {now}, a day of {before} {then}."
    return f"{line}{_before_reductions(found, currency)}"


def _a_day(found: Comparison) -> tuple[Decimal, Decimal]:
    basis = basis_of(found)
    return basis.after / len(found.period), basis.before / len(found.against)


def only_longer(found: Comparison) -> bool:
    """Whether two months differ only because one of them has more days."""
    now, then = _a_day(found)
    return len(found.period) != len(found.against) and abs(now - then) < LIKE * abs(then)


def _with_fees(found: Comparison, answer: Answer) -> str:
    """Where fees fell due on a date, they are told apart: they are no change of what is used."""
    currency, name = answer.report.facts.currency, _period_name(found, answer)
    before = days(found.against) if answer.is_current else f"{found.against.start:%B}"
    now, then = _paid(found, currency), _paid_before(found, currency)
    alike = _alike(found)
    both = f"{name} cost {now}, {before} {then}"
    fees = _fees(found, answer)
    usage = f"usage is {money(found.usage.after, currency)}, {_usage(found, currency, before)}"
    lead = "The month began like the last one: " if alike else ""
    if not answer.is_current:
        lead = "By Cost Explorer an ordinary month: " if alike else "By Cost Explorer "
    parts = (fees, usage) if alike else (usage, fees)
    text = f"{lead}{both}; {'; '.join(parts)}."
    return _capital(text)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _period_name(found: Comparison, answer: Answer) -> str:
    return days(found.period) if answer.is_current else f"{found.period.start:%B}"


def _alike(found: Comparison) -> bool:
    """Whether fees came as last time, and usage went on as it was."""
    usage, fees = found.usage, found.fees
    near = usage.before > 0 and abs(usage.amount) < LIKE * usage.before
    return near and abs(fees.amount) <= LIKE * max(abs(fees.before), abs(fees.after))


def _fees(found: Comparison, answer: Answer) -> str:
    currency = answer.report.facts.currency
    now, before = found.fees.after, found.fees.before
    due = sorted({fee.day.day for fee in answer.report.fees.within(found.period) if fee.amount})
    on = f" of the {listed([ordinal(each) for each in due])}" if 0 < len(due) <= 3 else ""
    if now == before:
        return f"{money(now, currency)} of each are fees{on}"
    if not now:
        return f"no fees yet, after {money(before, currency)}"
    return f"fees{on} are {money(now, currency)}, {f'after {money(before, currency)}' if before else 'then none'}"


def _usage(found: Comparison, currency: str, before: str) -> str:
    usage = found.usage
    if usage.kind is ChangeKind.CHANGED and usage.ratio is not None and abs(usage.ratio) < LIKE:
        return f"after {money(usage.before, currency)}"
    return compared(usage, currency, before).removesuffix(f" than {before}")


def _paid(found: Comparison, currency: str) -> str:
    if paid_by_credits(found):
        return f"{money(found.gross.after, currency)} (credits and refunds pay all of it)"
    return to_pay(found, currency)


def _paid_before(found: Comparison, currency: str) -> str:
    basis = found.gross if paid_by_credits(found) else found.net
    return money(basis.before, currency)


def _before_reductions(found: Comparison, currency: str) -> str:
    gross, net = found.gross, found.net
    if paid_by_credits(found) or (gross.before, gross.after) == (net.before, net.after):
        return ""
    share = f", {percent(abs(gross.ratio))} {more(gross)}" if gross.ratio else ""
    return f" Before credits and refunds: {money(gross.after, currency)}{share}."


def _cause(found: Comparison, answer: Answer) -> str:
    """The largest move of usage in the direction of the whole, where there is one."""
    moved = answer.moved
    change = found.usage if has_fees(found) else basis_of(found)
    if moved is None or not change.amount or only_longer(found):
        return ""
    one = is_one_service(answer)
    ranked = moved.by_account if one else moved.by_both or moved.by_service
    rise = change.amount > 0
    first = next((each for each in ranked if (each.change.amount > 0) == rise), None)
    if first is None:
        return ""
    facts = answer.report.facts
    return f"What changed most: {_mover(first, facts.currency, answer)}."


def _mover(mover: Mover, currency: str, answer: Answer) -> str:
    name = mover_name(mover, answer.report.facts.account_names)
    return f"{name} ({signed_money(mover.change.amount, currency)})"


def is_one_service(answer: Answer) -> bool:
    """Whether the figures are of one service only, so that its days say more than a table of services."""
    return len(answer.report.facts.services.by("service")) == 1
