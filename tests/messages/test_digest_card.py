"""The digest in chat: the mail's story, as a card that Slack and Teams take."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.messages.digest_card import DESCRIPTION_BYTES, digest_card
from chalicelib.report import Report
from chalicelib.wording.story import story_of
from tests.dashboard.reports import DIFFICULT, hostile_report, sample_report

LINK = "https://d111111abcdef8.cloudfront.net/reports/2026-W48.html?Expires=1&Signature=S&Key-Pair-Id=K"


def content(report: Report, link: str = LINK) -> dict[str, Any]:
    card = json.loads(digest_card(report, link).text)
    assert (card["version"], card["source"]) == ("1.0", "custom")
    found: dict[str, Any] = card["content"]
    return found


def test_the_card_is_the_golden_one(golden: Callable[[str, str], None]) -> None:
    text = json.dumps(json.loads(digest_card(sample_report(), LINK).text), indent=2)
    golden("cards/digest.json", text + "\n")


def test_verdict_findings_and_month_are_those_of_the_mail() -> None:
    story, said = story_of(sample_report()), content(sample_report())["description"]
    for sentence in (
        story.verdict,
        story.findings[0].line,
        story.week.sentence,
        story.month.sentence,
        story.end,
    ):
        assert sentence in said


@pytest.mark.parametrize("name", DIFFICULT)
def test_every_report_makes_a_card_within_the_limits(name: str) -> None:
    made = content(DIFFICULT[name]())
    assert 0 < len(made["title"]) <= 250
    assert 0 < len(made["description"].encode()) <= DESCRIPTION_BYTES


def test_no_name_calls_anybody_or_makes_a_link() -> None:
    said = content(hostile_report())["description"]
    assert not any(mark in said for mark in ("<", ">", "@", "`"))


def test_what_a_card_does_not_list_is_on_the_page() -> None:
    many = replace(sample_report(), findings=sample_report().findings * 3)
    assert len(many.findings) == 9
    assert "6 more are on the page." in content(many)["description"]


def test_each_week_is_a_thread_of_its_own() -> None:
    card = json.loads(digest_card(sample_report(), LINK).text)
    assert card["metadata"]["threadId"] == "weekly-report-2026-11-20"


def test_without_a_link_there_is_no_step() -> None:
    assert "nextSteps" not in content(sample_report(), "Links are switched off.")
