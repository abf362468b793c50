"""Mutated messages, as many as one likes: each must lead to exactly one mail that SNS would take.

    nice .venv/bin/python -m tests.signals.mutations --messages 100000

Starts from every form of `test_forms` and changes bytes, characters, fields, numbers and lengths.
"""

import argparse
import json
import logging
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from chalicelib.costs import EVERYTHING, CostFacts, Scope
from chalicelib.messages.text import SUBJECT_LENGTH
from chalicelib.wording.lines import LEFT_TO_RIGHT
from simulation.ledger import Entry, Ledger
from tests.jobs.parts import Bench, LedgerSource, Outbox
from tests.signals.forms import event
from tests.signals.test_forms import FORMS, account_of_many_services

NOW = datetime(2027, 3, 5, 4, tzinfo=UTC)
MOST_BYTES = 256 * 1024
ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1e308, 10**40, "", "x" * 3000, [], {}, [[]], {"a": {"b": []}}),
    *("\u202e\u0000\ud800", "NaN", "1e999999", "2027-02-30", "31/02/27 25:61:00", "￥", "$", "%"),
    *("arn:aws:cloudwatch:::alarm:", "SUM(" * 50, "m1+" * 400, "IF(,,)", "SELECT", "GROUP BY"),
)


class CachedSource(LedgerSource):
    """Answers the same question once: it is the messages that are tried, not the sums."""

    @cache  # noqa: B019 - one source lives as long as the run
    def facts(self, today: date, scope: Scope = EVERYTHING) -> CostFacts:
        return super().facts(min(max(today, date(2027, 2, 20)), date(2027, 3, 9)), scope)


def small_ledger() -> Ledger:
    """Six weeks of the account of many services."""
    first, last = NOW.date() - timedelta(days=40), NOW.date()
    whole = account_of_many_services()
    kept: list[Entry] = [each for each in whole.entries if first <= each.day < last]
    return Ledger(kept, whole.account_names)


def texts() -> list[str]:
    """The text of every form."""
    return [
        each.message if isinstance(each.message, str) else json.dumps(each.message)
        for each in FORMS.values()
    ]


def mutated(text: str, chance: random.Random) -> str:
    """The text with one to three changes."""
    for _ in range(chance.randint(1, 3)):
        text = chance.choice(CHANGES)(text, chance)
    return text


def _cut(text: str, chance: random.Random) -> str:
    start = chance.randrange(len(text) + 1)
    return text[:start] + (text[start + chance.randint(1, 40) :] if chance.random() < 0.7 else "")


def _insert(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    odd = chance.choice(
        [chr(chance.randrange(0x3000)), "\n", '"', "{", "}", "[", ":", "\\", "\u2028"]
    )
    return text[:at] + odd * chance.choice([1, 1, 1, 300]) + text[at:]


def _digits(text: str, chance: random.Random) -> str:
    places = [n for n, char in enumerate(text) if char.isdigit()]
    if not places:
        return text
    at = chance.choice(places)
    return text[:at] + chance.choice(["0", "9" * 20, "-", ".", ",", "e9", "1E400"]) + text[at + 1 :]


def _field(text: str, chance: random.Random) -> str:
    """Some field of the JSON becomes something else, or goes."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return _insert(text, chance)
    place: Any = body
    while isinstance(place, (dict, list)) and place:
        key = chance.choice(list(place) if isinstance(place, dict) else range(len(place)))
        inner = place[key]
        if not isinstance(inner, (dict, list)) or not inner or chance.random() < 0.4:
            if chance.random() < 0.25:
                del place[key]
            else:
                place[key] = chance.choice(ODD)
            break
        place = inner
    return json.dumps(body)


def _line(text: str, chance: random.Random) -> str:
    lines = text.splitlines() or [""]
    at = chance.randrange(len(lines))
    key, _, _ = lines[at].partition(":")
    lines[at] = chance.choice([f"{key}: {chance.choice(ODD)}", "", lines[at] * 3, lines[-1]])
    return "\n".join(lines)


CHANGES: tuple[Callable[[str, random.Random], str], ...] = (
    *(_cut, _insert, _digits, _field, _field, _field, _line),
)


def complaint(text: str, bench: Bench) -> str:
    """What is wrong with what a message leads to; "" when it is one mail that SNS would take."""
    bench.notify, bench.chat = Outbox(), Outbox()
    bench.answer(event(text, None), NOW)
    if len(bench.notify.sent) != 1 or len(bench.chat.sent) != 1:
        return f"{len(bench.notify.sent)} mails, {len(bench.chat.sent)} cards"
    ((subject, mail),) = bench.notify.sent
    if not 0 < len(subject) <= SUBJECT_LENGTH or not plain(subject):
        return f"subject {subject!r}"
    if not mail.strip() or len(mail.encode()) >= MOST_BYTES:
        return f"{len(mail)} characters"
    return "a bug of ours" if "An error of our own" in mail else ""


def plain(subject: str) -> bool:
    """Whether a mail header can carry it; the mark that ends a name written from the right may stay."""
    return subject.replace(LEFT_TO_RIGHT, "").isprintable()


def run(messages: int, seed: int = 1) -> Counter[str]:
    """Try so many messages; how often which complaint arose, "" for none."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    bench = Bench(small_ledger(), chat=Outbox())
    bench.costs = CachedSource(bench.ledger)
    all_texts, found = texts(), Counter[str]()
    for _ in range(messages):
        text = mutated(chance.choice(all_texts), chance)
        wrong = complaint(text, bench)
        found[wrong] += 1
        if wrong and found[wrong] <= 3:
            sys.stderr.write(f"{wrong}\n{text[:3000]!r}\n\n")
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    began = time.monotonic()
    outcome = run(chosen.messages, chosen.seed)
    seconds = time.monotonic() - began
    sys.stdout.write(f"{chosen.messages:,} messages in {seconds:.0f} s: {dict(outcome)}\n")
    sys.exit(0 if set(outcome) == {""} else 1)
