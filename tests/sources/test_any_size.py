"""Organisations of any size: within the limit, every total to the cent, what is left out is said."""

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import pytest
from botocore.config import Config

from chalicelib.costs import ALL_SERVICES, OTHERS, CostFacts
from chalicelib.report import build_report
from chalicelib.settings import Settings
from chalicelib.sources.cost_explorer import CostExplorer
from simulation.emulator import CostExplorerEmulator
from simulation.ledger import Ledger
from simulation.sample import SAMPLE_NOW, large_ledger

TODAY = SAMPLE_NOW.date()
LIMIT = Settings().max_requests


@contextmanager
def facts_of(
    ledger: Ledger, page_size: int, limit: int = LIMIT
) -> Iterator[tuple[CostFacts, CostExplorerEmulator]]:
    with CostExplorerEmulator(ledger, today=TODAY, page_size=page_size) as emulator:
        client = boto3.client("ce", endpoint_url=emulator.url, config=Config(read_timeout=60))
        yield CostExplorer(client, max_requests=limit).facts(TODAY), emulator
        client.close()


@pytest.mark.parametrize(
    ("accounts", "services", "page_size"),
    [
        (1, 300, 500),
        (30, 40, 700),
        (300, 40, 1000),
        (600, 20, 500),
        (60, 300, 500),
    ],
)
def test_any_size_is_told_within_the_default_limit_and_to_the_cent(
    accounts: int, services: int, page_size: int
) -> None:
    ledger = large_ledger(accounts, services, 420, today=TODAY)
    truth = ledger.facts(TODAY)
    with facts_of(ledger, page_size) as (facts, emulator):
        assert len(emulator.billed) <= LIMIT
    days = facts.services.period
    assert days.end == TODAY
    assert len(days) >= 17
    assert facts.services.by_day() == truth.services.during(days).by_day()
    assert facts.months.by_day() == truth.months.by_day()
    if facts.accounts is not None:
        told, gross = facts.accounts, truth.services.gross().during(facts.accounts.period)
        assert told.total().billed == gross.total().billed
        for name, amounts in told.by("account").items():
            if name != OTHERS:
                assert truth.accounts is not None
                assert amounts == truth.accounts.by("account")[name]
    assert build_report(facts, Settings(), SAMPLE_NOW).last_week is not None


def test_the_largest_accounts_are_told_apart_and_a_note_says_what_all_would_cost() -> None:
    ledger = large_ledger(300, 40, 120, today=TODAY)
    with facts_of(ledger, 1000) as (facts, _):
        assert facts.accounts is not None
        told = facts.accounts.by("account")
    truth = ledger.facts(TODAY).accounts
    assert truth is not None
    largest = max(truth.by("account").items(), key=lambda each: each[1].billed)[0]
    assert largest in told
    assert OTHERS in told
    (note,) = [each for each in facts.notes if "told apart" in each]
    assert "of 300 accounts" in note
    assert "paid requests; the limit is 25 a run" in note
    assert "CCT_MAX_REQUESTS" in note


def test_where_accounts_fit_nothing_is_left_out() -> None:
    ledger = large_ledger(30, 40, 120, today=TODAY)
    with facts_of(ledger, 5000) as (facts, _):
        pass
    assert facts.accounts is not None
    assert OTHERS not in facts.accounts.by("account")
    assert facts.notes == ()


def test_a_narrow_limit_leaves_the_services_out_before_any_total() -> None:
    ledger = large_ledger(20, 300, 120, today=TODAY)
    with facts_of(ledger, 500, limit=6) as (facts, emulator):
        assert len(emulator.billed) <= 6
    assert set(facts.services.by("service")) == {ALL_SERVICES}
    truth = ledger.facts(TODAY)
    assert facts.services.by_day() == truth.services.by_day()
    assert facts.months.total() == truth.months.total()
    assert any(note.startswith("Services are left out.") for note in facts.notes)
