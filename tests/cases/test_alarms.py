"""Alarms and notices that were once answered wrongly, each a whole SNS event with its account's ledger."""

import csv
import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from simulation.ledger import Entry, Ledger
from tests.jobs.parts import Bench

DATA = Path(__file__).parent / "data" / "alarms"
NOW = datetime(2030, 1, 1, tzinfo=UTC)


def ledger(name: str) -> Ledger:
    with (DATA / f"{name}.csv").open(encoding="utf-8") as rows:
        return Ledger([entry(row) for row in csv.DictReader(rows)], {})


def entry(row: dict[str, str]) -> Entry:
    day, amount = date.fromisoformat(row["day"]), Decimal(row["amount"])
    return Entry(
        day, row["service"], row["account"], row["record_type"], amount, amount, amount, amount
    )


def answered(name: str, account: str = "") -> tuple[str, str]:
    """Subject and text of the mail that a case leads to."""
    event: Any = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    bench = Bench(ledger(account or name))
    bench.answer(event, NOW)
    ((subject, text),) = bench.notify.sent
    return subject, text


def top(mail: tuple[str, str]) -> str:
    """Subject and first three lines."""
    subject, text = mail
    return "\n".join([subject, *text.splitlines()[:3]])


def lacks(text: str, words: Sequence[str]) -> bool:
    return not re.search(rf"\b({'|'.join(words)})\b", text, re.IGNORECASE)


def test_an_alarm_of_the_first_hours_of_april_speaks_of_march() -> None:
    mail = answered("A1-march")
    assert "for March stands at $2,455.10, above the alarm's $2,400.00" in top(mail)
    assert "March cost $2,484.97" in top(mail)
    assert "more than February ($2,243.11)" in top(mail)
    assert lacks(top(mail), ["April"])


def test_an_alarm_of_the_first_hours_of_october_speaks_of_september() -> None:
    mail = answered("A1-september")
    assert "for September stands at $2,381.77" in top(mail)
    assert "September cost $2,400.10" in top(mail)
    assert lacks(top(mail), ["October"])


def test_fees_of_the_first_are_no_cause_and_nothing_unusual() -> None:
    mail = answered("A2-fees")
    assert (
        "The month began like the last one: 1 and 2 March cost $915.30, 1 and 2 February $913.84; "
        "$755.00 of each are fees of the 1st"
    ) in top(mail)
    told = mail[1].partition("\n\n")[0]
    assert lacks(told, ["unusual", "new", "expected", "Support", "Tax", "Plans?", "Vendor", "most"])
    assert "23 February" not in mail[1]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("A4-below", "stands at $640.15 for March, below its alert at $900.00"),
        (
            "A4-below-forecast",
            "is expected to end March at $2,487.90, below its alert at $3,000.00",
        ),
    ],
)
def test_a_budget_that_fell_short_is_below_and_never_above(name: str, said: str) -> None:
    subject, text = answered(name, "A4-below")
    assert said in text.splitlines()[0]
    assert "below" in subject
    assert lacks(subject + text, ["above", "over", "exceeded"])


def test_a_description_is_kept_whole_to_the_link_at_its_end() -> None:
    _, text = answered("A10-description", "A4-below")
    assert "https://handbook.example.net/on-call/costs#first-steps" in text
