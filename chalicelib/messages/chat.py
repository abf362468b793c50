"""The same answer as a card for chat."""

from collections.abc import Sequence

from chalicelib.answer import Answer
from chalicelib.messages.alarm.answer import answer_lines
from chalicelib.messages.alarm.happened import headline_subject
from chalicelib.messages.alarm.mail import first_line
from chalicelib.messages.alarm.mail import subject as mail_subject
from chalicelib.messages.alarm.tables import cost_table, mover_table
from chalicelib.messages.notification import fenced, inert, notification
from chalicelib.messages.text import Message, clip
from chalicelib.signals import Alarm, AnomalyNotice, BudgetNotice, Signal, Unknown
from chalicelib.wording.certainty import completeness_line

DESCRIPTION_BYTES = 6000


def card(signal: Signal, answer: Answer, link: str) -> Message:
    """An explained signal as a card; its subject is not shown, its text is JSON."""
    report = answer.report
    tables = "\n\n".join(filter(None, (cost_table(answer), mover_table(answer))))
    paragraphs = [
        "\n".join(map(inert, answer_lines(answer, signal))),
        fenced(tables),
        inert(completeness_line(report.completeness, report.facts.services)),
    ]
    steps = [f"Open the week's report: {link}"] if link.startswith("https://") else []
    title = first_line(signal, answer)
    return _notification(signal, title, paragraphs, steps, mail_subject(signal, answer))


def plain_card(signal: Signal, mail: Message) -> Message:
    """A mail without an answer as a card: what was passed on, and why there is no more."""
    first, _, rest = mail.text.partition("\n\n")
    paragraphs = [inert(clip(first, DESCRIPTION_BYTES)), fenced(clip(rest, DESCRIPTION_BYTES))]
    return _notification(signal, mail.subject, paragraphs)


def _notification(
    signal: Signal,
    title: str,
    paragraphs: Sequence[str],
    steps: Sequence[str] = (),
    summary: str = "",
) -> Message:
    """What belongs to one alarm, budget or anomaly stays in one thread."""
    return notification(
        kind=_kind(signal),
        thread=_name(signal),
        title=title,
        summary=summary or headline_subject(signal),
        paragraphs=paragraphs,
        steps=steps,
    )


def _kind(signal: Signal) -> str:
    match signal:
        case Alarm():
            return "alarm"
        case BudgetNotice():
            return "budget"
        case AnomalyNotice():
            return "anomaly"
        case Unknown():
            return "message"


def _name(signal: Signal) -> str:
    match signal:
        case Alarm() | BudgetNotice():
            return signal.name
        case AnomalyNotice():
            return signal.anomaly_id
        case Unknown():
            return ""
