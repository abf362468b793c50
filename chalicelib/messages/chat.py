"""The same answer as a card for chat."""

from collections.abc import Sequence

from chalicelib.explanation import Explanation
from chalicelib.messages.alarm import answer, cost_table, headline, headline_subject, mover_table
from chalicelib.messages.notification import fenced, inert, notification, to_dashboard
from chalicelib.messages.text import Message, clip
from chalicelib.signals import Alarm, AnomalyNotice, BudgetNotice, Signal, Unknown
from chalicelib.wording.certainty import completeness_line

DESCRIPTION_BYTES = 6000


def card(signal: Signal, explanation: Explanation, link: str) -> Message:
    """An explained signal as a card; its subject is not shown, its text is JSON."""
    tables = "\n\n".join(filter(None, (cost_table(explanation), mover_table(explanation))))
    paragraphs = [
        "\n".join(map(inert, answer(explanation))),
        fenced(tables),
        inert(completeness_line(explanation.completeness, explanation.facts.services)),
    ]
    title = headline(signal, explanation.facts.account_names)
    return _notification(signal, title, paragraphs, to_dashboard(link))


def plain_card(signal: Signal, mail: Message) -> Message:
    """A mail without an answer as a card: what was passed on, and why there is no more."""
    first, _, rest = mail.text.partition("\n\n")
    paragraphs = [inert(clip(first, DESCRIPTION_BYTES)), fenced(clip(rest, DESCRIPTION_BYTES))]
    return _notification(signal, mail.subject, paragraphs)


def _notification(
    signal: Signal, title: str, paragraphs: Sequence[str], steps: Sequence[str] = ()
) -> Message:
    """What belongs to one alarm, budget or anomaly stays in one thread."""
    return notification(
        kind=_kind(signal),
        thread=_name(signal),
        title=title,
        summary=headline_subject(signal),
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
