"""A card for chat: a custom notification of Amazon Q Developer.

Schema: https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html. `version` and
`source` are fixed; only `client-markdown` is a text type. Slack and Teams both show fenced text in
a fixed-width font, which is what a table needs.
"""

import json
from collections.abc import Sequence

from chalicelib.messages.text import Message, subject_line
from chalicelib.wording.lines import one_line

TITLE_LENGTH = 200


def notification(
    *,
    kind: str,
    thread: str,
    title: str,
    summary: str,
    paragraphs: Sequence[str],
    steps: Sequence[str] = (),
) -> Message:
    """A card; its subject is not shown, its text is JSON.

    Cards with the same `thread` are one conversation. `paragraphs` must be inert already, since
    some of them are fenced.
    """
    subject = subject_line(summary or title)
    content: dict[str, object] = {
        "textType": "client-markdown",
        "title": inert(one_line(title, TITLE_LENGTH)) or inert(subject),
        "description": "\n\n".join(filter(None, paragraphs)),
        "keywords": ["cost", kind],
    }
    if steps:
        content["nextSteps"] = list(steps)
    card = {
        "version": "1.0",
        "source": "custom",
        "content": content,
        "metadata": {
            "threadId": f"{kind}-{one_line(thread, 80)}",
            "summary": inert(subject),
            "eventType": kind,
        },
    }
    return Message(subject, json.dumps(card))


def to_dashboard(link: str) -> list[str]:
    """The next step of a card; none where there is no link but a sentence that says how to get one."""
    return [f"Open the dashboard: {link}"] if link.startswith("https://") else []


def inert(text: str) -> str:
    """Text that chat shows as it is: no mention, no link and no markup can hide in a name."""
    return text.translate(
        {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("`"): "'", ord("@"): "(at)"}
    )


def fenced(text: str) -> str:
    """Text in a fixed-width font; nothing where there is none."""
    return f"```\n{inert(text.strip())}\n```" if text.strip() else ""
