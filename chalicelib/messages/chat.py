"""The same answer as a card for chat: a custom notification of Amazon Q Developer.

Schema: https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html. `version` and
`source` are fixed; only `client-markdown` is a text type. Slack and Teams both show fenced text in
a fixed-width font, which is what the table needs.
"""

import json
from collections.abc import Sequence

from chalicelib.explanation import Explanation
from chalicelib.messages.alarm import answer, cost_table, headline, headline_subject, mover_table
from chalicelib.messages.text import Message, clip, subject_line
from chalicelib.signals import Alarm, AnomalyNotice, BudgetNotice, Signal, Unknown
from chalicelib.wording.certainty import completeness_line
from chalicelib.wording.lines import one_line

TITLE_LENGTH = 200
DESCRIPTION_BYTES = 6000


def card(signal: Signal, explanation: Explanation, link: str) -> Message:
    """An explained signal as a card; its subject is not shown, its text is JSON."""
    tables = "\n\n".join(filter(None, (cost_table(explanation), mover_table(explanation))))
    paragraphs = [
        "\n".join(map(inert, answer(explanation))),
        _fenced(tables),
        inert(completeness_line(explanation.completeness, explanation.facts.services)),
    ]
    steps = [f"Open the dashboard: {link}"] if link.startswith("https://") else []
    title = headline(signal, explanation.facts.account_names)
    return _notification(signal, title, paragraphs, steps)


def plain_card(signal: Signal, mail: Message) -> Message:
    """A mail without an answer as a card: what was passed on, and why there is no more."""
    first, _, rest = mail.text.partition("\n\n")
    paragraphs = [inert(clip(first, DESCRIPTION_BYTES)), _fenced(clip(rest, DESCRIPTION_BYTES))]
    return _notification(signal, mail.subject, paragraphs, [])


def inert(text: str) -> str:
    """Text that chat shows as it is: no mention, no link and no markup can hide in a name."""
    return text.translate(
        {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("`"): "'", ord("@"): "(at)"}
    )


def _fenced(text: str) -> str:
    return f"```\n{inert(text.strip())}\n```" if text.strip() else ""


def _notification(
    signal: Signal, title: str, paragraphs: Sequence[str], steps: Sequence[str]
) -> Message:
    description = "\n\n".join(filter(None, paragraphs))
    subject = subject_line(headline_subject(signal) or title)
    content: dict[str, object] = {
        "textType": "client-markdown",
        "title": inert(one_line(title, TITLE_LENGTH)) or inert(subject),
        "description": description,
        "keywords": ["cost", _kind(signal)],
    }
    if steps:
        content["nextSteps"] = list(steps)
    notification = {
        "version": "1.0",
        "source": "custom",
        "content": content,
        "metadata": {
            # What belongs to one alarm, budget or anomaly stays in one thread.
            "threadId": f"{_kind(signal)}-{one_line(_name(signal), 80)}",
            "summary": inert(subject),
            "eventType": _kind(signal),
        },
    }
    return Message(subject, json.dumps(notification))


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
