"""The weekly digest as a card for chat: the same story, as much of it as a chat takes in."""

from chalicelib.messages.notification import inert, notification, to_dashboard
from chalicelib.messages.text import Message, clip
from chalicelib.report import Report
from chalicelib.wording.certainty import completeness_line
from chalicelib.wording.lines import one_line
from chalicelib.wording.story import more_on_page, story_of

DESCRIPTION_BYTES = 2900
"""Slack shows a text of up to 3,000 characters in one piece (Block Kit, section block)."""
LINE_LENGTH = 400
MOST_FINDINGS = 3


def digest_card(report: Report, link: str) -> Message:
    """Verdict, findings with their why, week and month; each week is a thread of its own."""
    story = story_of(report)
    through = report.completeness.complete_through
    findings = [f"• {each.line}" for each in story.findings[:MOST_FINDINGS]]
    paragraphs = (
        story.verdict,
        _lines(*findings, more_on_page(len(story.findings) - MOST_FINDINGS)),
        _lines(story.week.sentence, story.month.sentence, story.end, story.bill),
        report.credits.warning,
        completeness_line(report.completeness, report.facts.services)
        if story.week.sentence
        else "",
    )
    text = "\n\n".join(filter(None, map(inert, paragraphs)))
    return notification(
        kind="weekly-report",
        thread=f"{through}",
        title=story.subject,
        summary=story.subject,
        paragraphs=[clip(text, DESCRIPTION_BYTES)],
        steps=to_dashboard(link),
    )


def _lines(*lines: str) -> str:
    return "\n".join(one_line(each, LINE_LENGTH) for each in lines if each)
