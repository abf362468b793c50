"""What the report says about a signal, a sentence to a line, the most important first."""

from collections.abc import Iterator
from datetime import timedelta

from chalicelib.answer import Answer
from chalicelib.costs import Period
from chalicelib.findings import Certainty, FindingKind
from chalicelib.messages.alarm.compared_month import comparison_line
from chalicelib.messages.alarm.doubts import doubt_line
from chalicelib.messages.alarm.own_days import days_line, is_of_a_day, long_period_line
from chalicelib.messages.alarm.places import place
from chalicelib.money import money
from chalicelib.signals import Alarm, Signal
from chalicelib.wording.findings import told
from chalicelib.wording.lines import one_line
from chalicelib.wording.month_end import bill_line, month_end
from chalicelib.wording.periods import day, days
from chalicelib.wording.story import month_total
from chalicelib.wording.to_pay import LEAST

MOST_FINDINGS = 2
ELSEWHERE = (FindingKind.BUDGET, FindingKind.DISAGREEMENT, FindingKind.LATE_DATA)
"""What is told by another line, or is no answer to why."""


def answer_lines(answer: Answer, signal: Signal) -> list[str]:
    """What the costs say about the signal's month."""
    report = answer.report
    if not len(report.facts.services):
        return [f"Cost Explorer shows no costs{_of(answer)} for {days(_asked(answer))} yet."]
    if is_of_a_day(answer):  # a day's budget is answered with that day
        lines = [doubt_line(answer.doubt), days_line(answer), *_findings(answer)]
    else:
        lines = [
            doubt_line(answer.doubt),
            days_line(answer),
            long_period_line(answer, signal),
            comparison_line(answer),
            "" if answer.days else _stand_line(answer, signal),
            *_findings(answer),
            _end(answer),
            "" if answer.days else _ended_before(answer),
        ]
    return [one_line(line) for line in lines if line]


def _of(answer: Answer) -> str:
    who = place(answer.scope, answer.report.facts.account_names)
    return f" of {who}" if who else ""


def _asked(answer: Answer) -> Period:
    """The month so far; the whole month on its first day, when nothing of it is over."""
    asked = answer.month.intersection(answer.report.facts.services.period)
    return asked or answer.report.facts.services.period


# What else helps


def _stand_line(answer: Answer, signal: Signal) -> str:
    """Where the month stands with the days that are still filling in, and when the last one passed the limit."""
    report, found = answer.report, answer.compared
    passed = _passed(answer, signal)
    if found is None or not answer.is_current or found.period.end >= report.facts.today:
        return f"{passed[:1].upper()}{passed[1:]}." if passed else ""
    late = days(Period(found.period.end, report.facts.today))
    paid = month_total(report)
    name, total = f"{answer.month.start:%B}", money(paid, report.facts.currency)
    so_far = f"{name} stands at {total}" if paid >= LEAST else f"there is nothing to pay for {name}"
    stands = f"With {late}, still filling in, {so_far}"
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
