"""The mails: an answer, one line, or the message as it came."""

from chalicelib.answer import Answer
from chalicelib.messages.alarm.answer import answer_lines
from chalicelib.messages.alarm.cloudwatch import state_line
from chalicelib.messages.alarm.happened import headline, headline_subject, origin
from chalicelib.messages.alarm.others import readable
from chalicelib.messages.alarm.places import whole
from chalicelib.messages.alarm.tables import cost_table, mover_table
from chalicelib.messages.text import Message, clip, message, safe_text, section, subject_line
from chalicelib.money import money
from chalicelib.signals import Alarm, AnomalyNotice, BudgetNotice, Signal, Unknown
from chalicelib.wording.certainty import completeness_line
from chalicelib.wording.lines import one_line

RAW_BYTES = 200_000


def explained(signal: Signal, answer: Answer, page: str, original: Message) -> Message:
    """The mail that answers: what costs it, compared with what, and where the month ends.

    `page` is the line that leads to a page, or says why there is none.
    """
    return message(
        subject(signal, answer) or original.subject,
        [
            "\n".join([first_line(signal, answer), *answer_lines(answer, signal)]),
            cost_table(answer),
            mover_table(answer),
            page,
            section("About these figures", *remarks(answer, signal)),
            section("Why you get this", *origin(signal)),
        ],
    )


def subject(signal: Signal, answer: Answer) -> str:
    """The subject of an answer; a figure that cannot be right does not stand there as if it were."""
    said = headline_subject(signal, answer.report.facts.account_names)
    return f"Doubtful: {said}" if answer.doubt and answer.doubt.wild else said


def first_line(signal: Signal, answer: Answer) -> str:
    """What happened; and where the figures below are wider than the signal, what they are about."""
    names = answer.report.facts.account_names
    said = headline(signal, names)
    if answer.doubt and answer.doubt.wild:
        said = f"Doubtful: {said}"
    if _currency_remark(signal, answer.report.facts.currency):
        said = f"{said} What follows is in {answer.report.facts.currency}."
    if not answer.wider:
        return said
    wide = whole(answer.scope, names)
    if isinstance(signal, AnomalyNotice) and signal.root_causes:  # the causes stand there already
        return f"{said} What follows is for {wide} as a whole."
    return f"{said} What follows is for {wide}, not only for {one_line(answer.wider, 120)}."


def passed_on(signal: Signal, original: Message) -> Message:
    """A signal that needs no answer: an alarm that ended, one that is not on costs, or none at all."""
    if isinstance(signal, Unknown):
        return unchanged(original, signal)
    if isinstance(signal, Alarm):
        described = f"Description: {signal.description}" if signal.description else ""
        lines = [state_line(signal), one_line(described, 1100)]
        return message(original.subject or headline_subject(signal), filter(None, lines))
    return message(headline_subject(signal), [headline(signal, {}), "\n".join(origin(signal))])


def forwarded(signal: Signal, original: Message, missing: str) -> Message:
    """The original message under one line that says what could not be added, and what mends it."""
    first = headline(signal, {})
    line = one_line(f"What is behind it could not be added: {missing}")
    raw = clip(safe_text(original.text), RAW_BYTES)
    return message(
        headline_subject(signal) or original.subject,
        ["\n".join(filter(None, (first, line))), "\n".join(["THE MESSAGE AS IT CAME", raw])],
    )


def unchanged(original: Message, signal: Unknown | None = None) -> Message:
    """The original message under one line on what is known of it, altered only where a mail could not carry it."""
    if signal is None:
        return Message(subject_line(original.subject), safe_text(original.text))
    text = safe_text(readable(signal.body) if signal.body else original.text)
    first = headline(signal, {})
    return message(original.subject or headline_subject(signal), [first, clip(text, RAW_BYTES)])


def remarks(answer: Answer, signal: Signal) -> list[str]:
    """How far the figures reach: complete days, what is settling, basis, scope, price."""
    report = answer.report
    facts = report.facts
    note = answer.compared.note if answer.compared else ""
    reduced = any(each.net != each.gross for each in report.months)
    basis = "Services and accounts are shown before credits and refunds." if reduced else ""
    return [
        completeness_line(report.completeness, facts.services),
        f"Month against month: {note}" if note else "",
        basis,
        _budget_remark(signal, answer),
        _currency_remark(signal, facts.currency),
        *facts.notes,
        f"This answer cost {money(facts.price.amount, 'USD')} ({facts.price.basis}).",
    ]


def _budget_remark(signal: Signal, answer: Answer) -> str:
    filtered = answer.scope.account or answer.scope.services or answer.scope.label or answer.wider
    if not isinstance(signal, BudgetNotice) or filtered:
        return ""
    return "A budget may cover only some services or accounts; the figures are for all of them."


def _currency_remark(signal: Signal, currency: str) -> str:
    theirs = "" if isinstance(signal, Unknown) else signal.currency
    if not theirs or not currency or theirs == currency:
        return ""
    return f"The message counts in {theirs}, Cost Explorer in {currency}; they cannot be held against each other."
