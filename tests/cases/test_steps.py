"""A cost that jumps and stays is told as that, since the day it jumped, from the first week on."""

import csv
import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from chalicelib.findings import Finding, FindingKind
from chalicelib.messages.digest import digest
from chalicelib.report import Report
from tests.insights.ledgers import TODAY, daily, entry, report_of

DATA = Path(__file__).parent / "data" / "steps"

JUMPED = {FindingKind.STEP, FindingKind.HIGHER}


def report(name: str) -> Report:
    """The account of a case; its last day is yesterday."""
    with (DATA / f"{name}.csv").open(encoding="utf-8") as rows:
        charges = [
            entry(date.fromisoformat(row["day"]), row["service"], row["amount"])
            for row in csv.DictReader(rows)
        ]
    return report_of(charges, today=max(each.day for each in charges) + timedelta(days=1))


@pytest.mark.parametrize(
    ("name", "service", "since", "line"),
    [
        ("step-1", "Amazon Athena", date(2027, 2, 18), "Athena costs $45 more a day since 18 Feb"),
        ("step-2", "AWS Glue", date(2027, 2, 20), "Glue costs $48 more a day since 20 February"),
        ("step-3", "AWS Glue", date(2027, 2, 23), "Glue costs $47 more a day since 23 February"),
    ],
)
def test_a_step_is_dated_by_its_first_day_and_is_no_rise(
    name: str, service: str, since: date, line: str
) -> None:
    found = report(name)
    (step,) = found.findings
    assert (step.service, step.period and step.period.start) == (service, since)
    assert step.kind in JUMPED
    text = digest(found, "").text
    assert line in text
    assert "rising" not in text


def steps() -> list[tuple[date, Finding | None]]:
    """What is told of forty accounts of other sizes, noises and days: the day, and the finding."""
    told = []
    for seed in range(40):
        chance = random.Random(seed)  # noqa: S311 - seeded on purpose
        usual, noise = chance.uniform(5, 400), chance.choice([0.02, 0.05, 0.1, 0.15])
        since = TODAY - timedelta(days=chance.randrange(6, 16))
        more = usual * max(0.4, chance.uniform(6, 30) * noise)

        def amount(day: date, chance=chance, usual=usual, noise=noise, since=since, more=more):  # type: ignore[no-untyped-def]
            return round(usual * (1 + chance.gauss(0, noise)) + (more if day >= since else 0), 4)

        found = report_of(
            daily("Amazon Athena", amount), daily("AWS Lambda", lambda _: 44), today=TODAY
        ).findings
        told.append(
            (since, next((each for each in found if each.service == "Amazon Athena"), None))
        )
    return told


def test_steps_of_other_accounts_are_dated_and_named_as_rightly() -> None:
    told = steps()
    right = [each for since, each in told if each and each.period and each.period.start == since]
    assert len(right) >= 38
    assert sum(each.kind in JUMPED for each in right) >= 38
