"""What the report says about a signal, a sentence to a line, the most important first."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from chalicelib.answer import Answer
from chalicelib.costs import ZERO, Period
from chalicelib.findings import Certainty, FindingKind
from chalicelib.insights.comparison import ChangeKind, Comparison
from chalicelib.insights.movers import Mover
from chalicelib.messages.alarm.doubts import doubt_line
from chalicelib.messages.alarm.places import place
from chalicelib.money import money, percent, signed_money
from chalicelib.signals import Alarm, BudgetNotice, Signal, TimeUnit
from chalicelib.wording.changes import compared, more
from chalicelib.wording.fees import ordinal
from chalicelib.wording.findings import told
from chalicelib.wording.lines import listed, one_line
from chalicelib.wording.month_end import month_end
from chalicelib.wording.names import mover_name
from chalicelib.wording.periods import day, days
from chalicelib.wording.story import (
    basis_of,
    bill_line,
    has_fees,
    month_total,
    paid_by_credits,
    to_pay,
)

MOST_FINDINGS = 2
LIKE = Decimal("0.03")
"""A month that differs from the last by less than this share began like it."""
ELSEWHERE = (FindingKind.BUDGET, FindingKind.DISAGREEMENT, FindingKind.LATE_DATA)
"""What is told by another line, or is no answer to why."""


def answer_lines(answer: Answer, signal: Signal) -> list[str]:
    """What the costs say about the signal's month."""
    report = answer.report
    if not len(report.facts.services):
        return [f"Cost Explorer shows no costs{_of(answer)} for {days(_asked(answer))} yet."]
    lines = [
        doubt_line(answer.doubt),
        _days_line(answer, signal),
        comparison_line(answer),
        _stand_line(answer, signal),
        *_findings(answer),
        _end(answer),
        _ended_before(answer),
    ]
    return [one_line(line) for line in lines if line]


def _of(answer: Answer) -> str:
    who = place(answer.scope, answer.report.facts.account_names)
    return f" of {who}" if who else ""


def _asked(answer: Answer) -> Period:
    """The month so far; the whole month on its first day, when nothing of it is over."""
    asked = answer.month.intersection(answer.report.facts.services.period)
    return asked or answer.report.facts.services.period


# The month against the one before


def comparison_line(answer: Answer) -> str:
    """What the month has cost against the one before, and what changed most."""
    found = answer.compared
    if found is None:
        return _not_compared(answer)
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
        if report.facts.today.day == 1:
            return f"By Cost Explorer no day of {name} is over yet."
        so_far = money(month_total(report), currency)
        return f"By Cost Explorer {name} has cost {so_far} so far; all of it is still filling in."
    bill = next((each for each in report.months if each.month == answer.month), None)
    if bill is None:
        return f"{name} {answer.month.start.year} lies too far back to be asked for."
    return f"By Cost Explorer {name} cost {money(bill.net, currency)}."


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


# What else helps


def _days_line(answer: Answer, signal: Signal) -> str:
    """What the days cost that a daily budget or an anomaly is about, or the period of a longer budget."""
    if isinstance(signal, BudgetNotice) and signal.time_unit in (
        TimeUnit.QUARTERLY,
        TimeUnit.ANNUALLY,
    ):
        return _long_period(answer)
    services = answer.report.facts.services
    known = services.period.intersection(answer.days) if answer.days else None
    if known is None:
        return ""
    currency = answer.report.facts.currency
    spent = money(services.during(known).total().billed, currency)
    settling = answer.report.completeness.settling
    last = "" if len(known) == 1 else "its last days "
    late = f", {last}still filling in" if settling and known.last_day in settling else ""
    said = f"By Cost Explorer {days(known)} cost {spent}{late}"
    length = max(len(known), 7 if len(known) == 1 else 1)
    before = services.period.intersection(Period.ending(known.start - timedelta(days=1), length))
    if before is None or len(before) < length:
        return f"{said}."
    earlier = services.during(before).total().billed
    if len(known) == 1:
        return f"{said}; the seven days before cost {money(earlier / 7, currency)} a day."
    cost = money(earlier, currency) if earlier else "nothing"
    return f"{said}; the {len(before)} days before cost {cost}."


def _long_period(answer: Answer) -> str:
    """What the months of a quarter or a year came to so far."""
    months = [
        each
        for each in answer.report.months
        if answer.period.start <= each.month.start < answer.period.end
    ]
    if not months:
        return ""
    total = money(sum((each.net for each in months), ZERO), answer.report.facts.currency)
    first, last = f"{months[0].month.start:%B}", f"{months[-1].month.start:%B}"
    name = first if first == last else f"{first} to {last}"
    return f"By Cost Explorer {name} cost {total} so far."


def _stand_line(answer: Answer, signal: Signal) -> str:
    """Where the month stands with the days that are still filling in, and when the last one passed the limit."""
    report, found = answer.report, answer.compared
    passed = _passed(answer, signal)
    if found is None or not answer.is_current or found.period.end >= report.facts.today:
        return f"{passed[:1].upper()}{passed[1:]}." if passed else ""
    late = days(Period(found.period.end, report.facts.today))
    total = money(month_total(report), report.facts.currency)
    stands = f"With {late}, still filling in, {answer.month.start:%B} stands at {total}"
    return f"{'; '.join(filter(None, (stands, passed)))}."


def _passed(answer: Answer, signal: Signal) -> str:
    """When the month before passed the same limit: whether this is an ordinary month."""
    if not answer.passed_known or answer.wider or not isinstance(signal, Alarm):
        return ""
    limit = money(signal.threshold, signal.currency)
    before = answer.month.start - timedelta(days=1)
    if answer.passed is None:
        return f"{before:%B} did not reach {limit} at all"
    return f"{before:%B} passed {limit} on {day(answer.passed)}"


def _findings(answer: Answer) -> Iterator[str]:
    """What is unusual by the report's own rules, as far as it began before the signal's month ended."""
    report = answer.report
    wanted = [
        each
        for each in report.findings
        if each.certainty is not Certainty.POSSIBLE
        and each.kind not in ELSEWHERE
        and (each.period is None or each.period.start < answer.month.end)
    ]
    for each in wanted[:MOST_FINDINGS]:
        found = told(each, report.facts.currency, report.facts.account_names)
        yield " ".join(filter(None, (found.sentence, found.why)))


def _end(answer: Answer) -> str:
    report = answer.report
    if answer.is_current:
        return month_end(report.projections, report.facts.currency, report.monthly_budget)
    settling = report.completeness.settling
    unfinished = settling.intersection(answer.month) if settling else None
    if unfinished is None:
        return ""
    return f"{answer.month.start:%B} has ended; AWS is still filling in {days(unfinished)}."


def _ended_before(answer: Answer) -> str:
    """In the first days of a month, what the one before came to."""
    return bill_line(answer.report) if answer.is_current else ""
