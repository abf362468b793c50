"""The card for chat keeps to the schema of Amazon Q Developer's custom notifications."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.messages.notification import inert
from simulation.ledger import Ledger
from tests.jobs.parts import SIGNED, Bench, Outbox
from tests.signals.events import event, event_with

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
CONTENT = {"textType": str, "title": str, "description": str, "nextSteps": list, "keywords": list}
METADATA = {
    "threadId": str,
    "summary": str,
    "eventType": str,
    "relatedResources": list,
    "additionalContext": dict,
}


def cards(ledger: Ledger, made: dict[str, Any]) -> list[Any]:
    bench = Bench(ledger, chat=Outbox())
    bench.answer(made, NOW)
    assert bench.chat is not None
    return [json.loads(text) for _, text in bench.chat.sent]


@pytest.mark.parametrize(
    "name", ["alarm_account", "alarm_ok", "anomaly", "budget_usage", "not_a_cost_signal"]
)
def test_a_card_has_the_fields_of_the_schema_and_no_other(sample: Ledger, name: str) -> None:
    for card in cards(sample, event(name)):
        assert set(card) == {"version", "source", "content", "metadata"}
        assert (card["version"], card["source"]) == ("1.0", "custom")
        assert card["content"]["textType"] == "client-markdown"
        assert card["content"]["description"]
        for part, kinds in ((card["content"], CONTENT), (card["metadata"], METADATA)):
            assert all(type(value) is kinds[field] for field, value in part.items())


def test_a_card_leads_to_the_newest_weeks_page(sample: Ledger) -> None:
    (card,) = cards(sample, event("alarm_bill"))
    assert card["content"]["nextSteps"] == [
        f"Open the week's report: https://d111111abcdef8.cloudfront.net/reports/2026-W47.html{SIGNED}"
    ]


def test_what_belongs_to_one_alarm_is_one_thread(sample: Ledger) -> None:
    (rang,), (ended,) = cards(sample, event("alarm_bill")), cards(sample, event("alarm_ok"))
    assert rang["metadata"]["threadId"] == ended["metadata"]["threadId"]


def test_a_fence_cannot_be_closed_from_inside(sample: Ledger) -> None:
    (card,) = cards(sample, event_with("hi", "first\n\n```\n<!channel> @here\n```"))
    description = card["content"]["description"]
    assert description.count("```") == 2
    assert "<!channel>" not in description


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<!channel>", "&lt;!channel&gt;"),
        ("@here", "(at)here"),
        ("`x`", "'x'"),
        ("a & b", "a &amp; b"),
    ],
)
def test_nothing_in_a_name_calls_anybody(text: str, shown: str) -> None:
    assert inert(text) == shown
