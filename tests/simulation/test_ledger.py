"""A ledger's facts are what a perfect source would give; the real source gives the same."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.costs import Amounts, Granularity, Key, Period
from chalicelib.sources.cost_explorer import CostExplorer
from simulation.emulator import Fault, FaultKind
from simulation.ledger import Ledger, split
from simulation.sample import SAMPLE_NOW
from tests.simulation.conftest import TODAY, entry


def test_periods_and_dimensions_are_those_of_cost_facts(small: Ledger) -> None:
    facts = small.facts(TODAY, label="tag:team")
    assert facts.services.period == Period(date(2026, 8, 1), TODAY)
    assert facts.services.known == {"service", "category"}
    assert facts.months.period == Period(date(2025, 10, 1), TODAY)
    assert facts.months.known == {"account", "category"}
    assert facts.months.granularity is Granularity.MONTHLY
    assert facts.accounts is not None
    assert facts.accounts.period == Period(date(2026, 10, 1), TODAY)
    assert facts.accounts.known == {"account", "service"}
    assert facts.labels is not None
    assert facts.labels.known == {"label", "service"}
    assert facts.label_name == "team"
    assert (facts.price.amount, facts.price.requests) == (0, 0)


def test_today_is_not_over_and_stays_out(small: Ledger) -> None:
    facts = small.facts(date(2026, 11, 2))
    assert facts.services.total().billed == Decimal("9") * Decimal("3.30000001")
    assert facts.months.estimated == {date(2026, 11, 1)}


def test_on_the_first_of_a_month_nothing_is_estimated(small: Ledger) -> None:
    facts = small.facts(date(2026, 11, 1))
    assert facts.months.by_day().keys() == {date(2026, 10, 1)}
    assert facts.months.estimated == facts.services.estimated == frozenset()


def test_billed_is_net_unblended_effective_net_amortized_listed_unblended(small: Ledger) -> None:
    first = small.facts(TODAY).services.cells[Key(date(2026, 10, 30), "Compute", "", "Usage")]
    assert first == Amounts(Decimal(9), Decimal("0.5"), Decimal(10))


def test_discounts_are_usage_and_part_of_no_listed_cost() -> None:
    ledger = Ledger(
        [
            entry("2026-11-01", "Compute", "1", "Usage", "100"),
            entry("2026-11-01", "Compute", "1", "Private Rate Card Discount", "-20"),
        ],
        {},
    )
    (amounts,) = ledger.facts(TODAY).services.cells.values()
    assert (amounts.billed, amounts.listed) == (72, 100)


def test_accounts_and_labels_are_gross(small: Ledger) -> None:
    facts = small.facts(TODAY, label="tag:team")
    expected = Decimal("73.0000001") * 9 / 10
    assert facts.accounts is not None
    assert facts.labels is not None
    assert facts.accounts.total().billed == facts.labels.total().billed == expected


def test_a_single_account_has_no_costs_by_account() -> None:
    ledger = Ledger([entry("2026-11-01", "Compute", "1", "Usage", "1")], {"1": "only"})
    assert ledger.facts(TODAY).accounts is None


def test_only_accounts_with_charges_have_names(small: Ledger) -> None:
    ledger = Ledger(small.entries, {"111": "production", "222": "staging", "333": "unused"})
    assert ledger.facts(TODAY).account_names == {"111": "production", "222": "staging"}


def test_an_empty_ledger_has_empty_facts() -> None:
    facts = Ledger([], {}).facts(TODAY)
    assert (len(facts.services), len(facts.months), facts.currency) == (0, 0, "")
    assert facts.accounts is None


def test_periods_split_into_days_and_whole_or_broken_months() -> None:
    period = Period(date(2024, 1, 30), date(2024, 3, 2))
    assert [len(part) for part in split(period, Granularity.MONTHLY)] == [2, 29, 1]
    assert [part.start for part in split(period, Granularity.DAILY)] == list(period)


@pytest.mark.parametrize("page_size", [40, 700, 5000])
def test_the_real_source_reads_the_ledger_to_the_last_digit(
    sample: Ledger, connect: Callable[..., Any], page_size: int
) -> None:
    today = SAMPLE_NOW.date()
    emulator, client = connect(sample, today=today, page_size=page_size)
    read = CostExplorer(client, max_requests=1000, label="tag:team").facts(today)
    expected = sample.facts(today, label="tag:team")
    assert read.services == expected.services
    assert read.months == expected.months
    assert read.accounts == expected.accounts
    assert read.labels == expected.labels
    assert read.account_names == expected.account_names
    assert read.price.requests == len(emulator.requests) == emulator.distinct


@pytest.mark.parametrize(
    "fault", [Fault(FaultKind.THROTTLED, times=2), Fault(FaultKind.THROTTLED, every=3)]
)
def test_the_real_source_reads_everything_in_spite_of_throttling(
    sample: Ledger, connect: Callable[..., Any], fault: Fault
) -> None:
    today = SAMPLE_NOW.date()
    retries = {"mode": "standard", "total_max_attempts": 5}
    emulator, client = connect(sample, today=today, retries=retries, faults=[fault])
    read = CostExplorer(client, max_requests=25).facts(today)
    expected = sample.facts(today)
    assert (read.services, read.months, read.accounts) == (
        expected.services,
        expected.months,
        expected.accounts,
    )
    assert len(emulator.billed) == emulator.distinct
