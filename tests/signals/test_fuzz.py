"""Whatever arrives: never an unhandled exception, always one mail that SNS would take.

The ordinary run tries a few dozen messages of each kind; `FUZZ_EXAMPLES=20000 pytest tests/signals/test_fuzz.py`
takes as many as it is told to.
"""

import json
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.messages.text import SUBJECT_LENGTH
from chalicelib.signals import read_message
from simulation.ledger import Ledger
from simulation.sample import SAMPLE_NOW
from tests.jobs.parts import Bench, Outbox
from tests.signals.events import NAMES, event, event_with, first_message
from tests.signals.mutations import plain, run

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))
MOST_BYTES = 256 * 1024

fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
surrogates = st.text(st.characters(categories=["Cs", "Cc", "Lu", "Zl"]))
hostile = st.sampled_from(
    [
        "x\nSubject: forged\nBcc: all@example.com",
        "x\r\n\r\n.\r\nQUIT",
        "a\u2028b\u2029c\u0085d\x0be\x0cf",
        "\u202eltr\u2066iso\u2069",
        "<!channel> <https://evil.example|click> `code` @here",
        "\x00\x1b[31m\ud800",
        "x" * 5000,
        "",
    ]
)


def mail_for(made: dict[str, Any], ledger: Ledger) -> tuple[str, str]:
    """The one mail that an event leads to; SNS would take it and its card."""
    bench = Bench(ledger, chat=Outbox())
    bench.answer(made, SAMPLE_NOW)
    ((subject, text),) = bench.notify.sent
    assert 0 < len(subject) <= SUBJECT_LENGTH
    assert plain(subject)
    assert subject == subject.strip()
    assert text.strip()
    assert len(text.encode()) < MOST_BYTES - 1000
    assert all(
        char.isprintable() or char in "\n\t" or char.isspace() for char in text if ord(char) < 160
    )
    assert bench.chat is not None
    ((_, card),) = bench.chat.sent
    assert len(card.encode()) < MOST_BYTES
    assert json.loads(card)["version"] == "1.0"
    return subject, text


@pytest.fixture(scope="module")
def small(sample: Ledger) -> Ledger:
    """A ledger that is quick to add up: the last weeks of one account."""
    first = SAMPLE_NOW.date().replace(day=10)
    return Ledger(
        [e for e in sample.entries if e.day >= first and e.account == "210987654321"],
        sample.account_names,
    )


@fuzzed
@given(st.text() | surrogates | st.binary().map(lambda raw: raw.decode(errors="surrogateescape")))
def test_any_text(small: Ledger, text: str) -> None:
    mail_for(event_with(text, text), small)


@fuzzed
@given(anything)
def test_json_of_any_shape(small: Ledger, value: Any) -> None:
    mail_for(event_with(value, json.dumps(value)), small)
    mail_for(event_with(None, value), small)
    mail_for({"Records": [value]}, small)


@fuzzed
@given(st.data())
def test_known_messages_with_any_field_changed(small: Ledger, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([each for each in NAMES if each.startswith(("al", "an"))]))
    body = json.loads(first_message(name)[1])
    place = body
    for _ in range(data.draw(st.integers(1, 3))):
        key = data.draw(st.sampled_from(sorted(place)))
        inner = place[key]
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            inner = inner[0]
        if not isinstance(inner, dict) or not inner:
            break
        place = inner
    key = data.draw(st.sampled_from(sorted(place)))
    place[key] = data.draw(anything | hostile)
    mail_for(event_with(None, json.dumps(body)), small)


@fuzzed
@given(hostile, hostile)
def test_hostile_names_forge_no_header_and_no_line(small: Ledger, name: str, account: str) -> None:
    body = json.loads(first_message("alarm_bill")[1])
    body |= {
        "AlarmName": name,
        "AlarmDescription": name,
        "OldStateValue": name,
        "AWSAccountId": account,
    }
    body["Trigger"]["Dimensions"] = [{"name": "LinkedAccount", "value": account}]
    subject, text = mail_for(event_with(name, json.dumps(body)), small)
    assert "\n" not in subject
    raw = text.find("THE MESSAGE AS IT CAME")
    lines = text[: raw if raw >= 0 else None].splitlines()
    assert not any(line.startswith(("Subject:", "Bcc:", "QUIT", ".")) for line in lines)


@fuzzed
@given(hostile)
def test_hostile_budget_names_forge_no_line(small: Ledger, name: str) -> None:
    one_line = " ".join(name.split())
    text = first_message("budget_actual")[1].replace("Whole company", one_line)
    mail_for(event_with(None, text), small)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        '{"a":' * 50_000 + "1" + "}" * 50_000,
        "x" * MOST_BYTES,
        "\u00fc" * (MOST_BYTES // 2),
        "\ud83d" * 100_000,
        '{"AlarmName":"' + "n" * 250_000 + '","NewStateValue":"ALARM"}',
        "AWS Budget Notification\nBudget Name: " + "b" * 250_000,
        '{"anomalyId":"' + "\\u0000" * 40_000 + '"}',
        "1e" + "9" * 5000,
        "9" * 10_000,
    ],
    ids=lambda text: text[:12] + f" ({len(text)})",
)
def test_large_and_deep_messages(small: Ledger, text: str) -> None:
    mail_for(event_with(text, text), small)


@pytest.mark.parametrize("name", NAMES)
def test_messages_cut_off_anywhere(small: Ledger, name: str) -> None:
    subject, text = first_message(name)
    for length in range(0, len(text), 97):
        read_message(subject, text[:length])


def test_the_stored_events_are_fit_for_comparison(small: Ledger) -> None:
    for name in NAMES:
        if name != "two_at_once":
            mail_for(event(name), small)


def test_mutated_forms_lead_to_one_mail_each() -> None:
    """`python -m tests.signals.mutations --messages 100000` tries as many as one likes."""
    assert set(run(120, seed=7)) == {""}
