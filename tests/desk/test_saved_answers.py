"""Saved answers of `aws ce get-cost-and-usage` become facts, or an error that names the place."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chalicelib.costs import CostFacts, Granularity, Period
from desk.saved_answers import SavedAnswerError, saved_facts
from simulation.cost_and_usage import CostAndUsage
from simulation.ledger import Ledger
from simulation.sample import SAMPLE_NOW

TODAY = SAMPLE_NOW.date()
METRICS = ["NetUnblendedCost", "NetAmortizedCost", "UnblendedCost"]

type Save = Callable[..., Path]


@pytest.fixture
def save(sample: Ledger, tmp_path: Path) -> Save:
    """Ask the emulator's core one question and save the answer, all pages in one file."""

    def answer(
        period: Period, granularity: str, keys: list[str], metrics: list[str] = METRICS
    ) -> Path:
        parameters: dict[str, Any] = {
            "TimePeriod": {"Start": str(period.start), "End": str(period.end)},
            "Granularity": granularity,
            "Metrics": metrics,
            "GroupBy": [{"Type": "DIMENSION", "Key": key} for key in keys],
        }
        api = CostAndUsage(sample, TODAY, 700)
        pages = [api.get_cost_and_usage(parameters)]
        while token := pages[-1].get("NextPageToken"):
            pages.append(api.get_cost_and_usage(parameters | {"NextPageToken": token}))
        path = tmp_path / f"{granularity}-{'-'.join(keys)}.json"
        path.write_text("\n".join(json.dumps(page) for page in pages), encoding="utf-8")
        return path

    return answer


@pytest.fixture
def truth(sample: Ledger) -> CostFacts:
    return sample.facts(TODAY)


def test_the_reports_own_questions_saved_give_the_same_facts(save: Save, truth: CostFacts) -> None:
    facts = saved_facts(
        [
            save(truth.services.period, "DAILY", ["SERVICE", "RECORD_TYPE"]),
            save(truth.months.period, "MONTHLY", ["LINKED_ACCOUNT", "RECORD_TYPE"]),
        ]
    )
    assert dict(facts.services.cells) == dict(truth.services.cells)
    assert dict(facts.months.cells) == dict(truth.months.cells)
    assert facts.today == TODAY
    assert facts.account_names == truth.account_names
    assert facts.price.requests == 0
    assert facts.notes == ()


def test_days_by_service_alone_are_enough_and_a_note_says_what_is_missing(
    save: Save, truth: CostFacts
) -> None:
    facts = saved_facts([save(truth.services.period, "DAILY", ["SERVICE"])])
    assert facts.services.total().billed == truth.services.total().billed
    assert facts.months.granularity is Granularity.MONTHLY
    assert facts.months.total().billed == truth.services.total().billed
    assert "RECORD_TYPE" in facts.notes[0]
    assert "no second query" in facts.notes[1]


def test_one_saved_measure_stands_in_for_the_others(save: Save, truth: CostFacts) -> None:
    path = save(truth.services.period, "DAILY", ["SERVICE", "RECORD_TYPE"], ["UnblendedCost"])
    total = saved_facts([path]).services.total()
    assert total.billed == total.effective == truth_unblended(truth)


def truth_unblended(truth: CostFacts) -> Decimal:
    # Discounts appear in unblended cost as lines of their own, so both add up to the same bill.
    return truth.services.total().billed


def test_a_list_of_pages_in_one_file_is_read_too(save: Save, truth: CostFacts) -> None:
    path = save(truth.services.period, "DAILY", ["SERVICE", "RECORD_TYPE"])
    pages = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(pages) > 1
    path.write_text(json.dumps(pages))
    assert saved_facts([path]).services.total() == truth.services.total()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("{", "line 1, column 2"),
        ("[1]", "page 1"),
        ('{"GroupDefinitions": []}', "'ResultsByTime' is missing"),
        (
            '{"GroupDefinitions": [{"Type": "DIMENSION", "Key": "REGION"}], "ResultsByTime": []}',
            "grouped by REGION; expected SERVICE, LINKED_ACCOUNT, RECORD_TYPE",
        ),
        (
            '{"ResultsByTime": [{"TimePeriod": {"Start": "2026-13-01", "End": "2026-13-02"}}]}',
            "month",
        ),
        (
            '{"ResultsByTime": [{"TimePeriod": {"Start": "2026-11-02", "End": "2026-11-01"}}]}',
            "holds no day",
        ),
        (
            '{"GroupDefinitions": [{"Key": "SERVICE"}], "ResultsByTime": [{"TimePeriod": '
            '{"Start": "2026-11-01", "End": "2026-11-02"}, "Total": {}, '
            '"Groups": [{"Keys": ["S3"], "Metrics": {"UnblendedCost": {"Amount": "x", "Unit": "USD"}}}]}]}',
            "ResultsByTime[0]",
        ),
        (
            '{"GroupDefinitions": [{"Key": "SERVICE"}], "ResultsByTime": [{"TimePeriod": '
            '{"Start": "2026-11-01", "End": "2026-11-02"}, "Total": {}, '
            '"Groups": [{"Keys": ["S3"], "Metrics": {"UsageQuantity": {"Amount": "1", "Unit": "N/A"}}}]}]}',
            "NetUnblendedCost",
        ),
    ],
    ids=[
        "empty",
        "cut off",
        "not an object",
        "no results",
        "other grouping",
        "no date",
        "reversed period",
        "no number",
        "no cost",
    ],
)
def test_a_malformed_file_is_named_with_place_and_what_was_expected(
    tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "costs.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SavedAnswerError) as caught:
        saved_facts([path])
    assert str(path) in str(caught.value)
    assert words in str(caught.value)
    assert "aws ce get-cost-and-usage" in caught.value.next_step


def test_monthly_costs_alone_are_refused_with_the_command_that_gives_daily_ones(
    save: Save, truth: CostFacts
) -> None:
    path = save(truth.months.period, "MONTHLY", ["LINKED_ACCOUNT", "RECORD_TYPE"])
    with pytest.raises(SavedAnswerError, match="daily costs grouped by SERVICE") as caught:
        saved_facts([path])
    assert "--granularity DAILY" in caught.value.next_step


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SavedAnswerError, match=str(tmp_path)):
        saved_facts([tmp_path])


def test_the_day_after_the_last_one_saved_counts_as_today(save: Save) -> None:
    path = save(Period(date(2026, 10, 5), date(2026, 10, 9)), "DAILY", ["SERVICE", "RECORD_TYPE"])
    facts = saved_facts([path])
    assert facts.today == date(2026, 10, 9)
    assert facts.services.period == Period(date(2026, 10, 5), date(2026, 10, 9))
