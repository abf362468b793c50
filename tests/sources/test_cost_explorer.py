"""Real boto3 against the emulator: every cent, every page, no question asked twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber

from chalicelib.costs import CostFacts, Costs, Granularity, Period, Scope
from chalicelib.errors import (
    CostSourceError,
    OutOfTimeError,
    RequestLimitError,
    ThrottledError,
    UnreachableError,
    UnreadableAnswerError,
)
from chalicelib.sources.cost_explorer import CostExplorer, Query
from simulation.emulator import CostExplorerEmulator, Fault, FaultKind
from simulation.ledger import Ledger
from simulation.sample import SAMPLE_NOW

TODAY = SAMPLE_NOW.date()
WEEK = Query(Period(date(2026, 11, 9), date(2026, 11, 16)), Granularity.DAILY, ("service",))


@contextmanager
def explorer_of(
    ledger: Ledger,
    *,
    page_size: int = 1000,
    max_requests: int = 1000,
    label: str = "",
    attempts: int = 5,
    patience: int = 60,
) -> Iterator[tuple[CostExplorer, CostExplorerEmulator]]:
    with CostExplorerEmulator(ledger, today=TODAY, page_size=page_size) as emulator:
        client = boto3.client(
            "ce",
            endpoint_url=emulator.url,
            config=Config(
                retries={"mode": "standard", "total_max_attempts": attempts},
                connect_timeout=patience,
                read_timeout=patience,
            ),
        )
        yield CostExplorer(client, max_requests=max_requests, label=label), emulator
        client.close()


def tables(facts: CostFacts) -> list[Costs | None]:
    return [facts.services, facts.months, facts.accounts, facts.labels]


@pytest.mark.parametrize("page_size", [37, 700, 1000, 5000])
def test_facts_equal_the_ledger_to_the_last_digit_at_any_page_size(
    sample: Ledger, page_size: int
) -> None:
    with explorer_of(sample, page_size=page_size, label="tag:team") as (explorer, _):
        facts = explorer.facts(TODAY)
    truth = sample.facts(TODAY, label="tag:team")
    for read, true in zip(tables(facts), tables(truth), strict=True):
        assert read is not None
        assert true is not None
        assert dict(read.cells) == dict(true.cells)
        assert read.total() == true.total()
        assert (read.period, read.known, read.currency) == (true.period, true.known, true.currency)
        assert read.estimated == true.estimated
    assert facts.account_names == truth.account_names


def test_one_page_and_many_pages_give_equal_totals_by_service_account_and_category(
    sample: Ledger,
) -> None:
    with explorer_of(sample, page_size=100_000) as (explorer, _):
        one = explorer.facts(TODAY)
    with explorer_of(sample, page_size=11) as (explorer, _):
        many = explorer.facts(TODAY)
    assert one.accounts is not None
    assert many.accounts is not None
    assert one.services.by("service") == many.services.by("service")
    assert one.services.by("category") == many.services.by("category")
    assert one.accounts.by("account") == many.accounts.by("account")
    ledger_total = sum(
        (each.net_unblended for each in sample.entries if each.day in one.services.period),
        Decimal(0),
    )
    assert one.services.total().billed == many.services.total().billed == ledger_total


def test_an_organisation_takes_three_requests_and_none_is_asked_twice(sample: Ledger) -> None:
    with explorer_of(sample, page_size=100_000) as (explorer, emulator):
        facts = explorer.facts(TODAY)
    assert (len(emulator.billed), emulator.distinct, explorer.requests) == (3, 3, 3)
    assert facts.price.amount == Decimal("0.03")
    assert facts.price.basis == "3 Cost Explorer requests at $0.01"


def test_a_single_account_takes_two_requests(sample: Ledger) -> None:
    (name, *_) = sample.account_names
    alone = Ledger((each for each in sample.entries if each.account == name), {name: "alone"})
    with explorer_of(alone, page_size=100_000) as (explorer, emulator):
        facts = explorer.facts(TODAY)
    assert len(emulator.requests) == 2
    assert facts.accounts is None


def test_one_request_carries_all_measures(sample: Ledger) -> None:
    with explorer_of(sample) as (explorer, emulator):
        explorer.ask(WEEK)
    (request,) = emulator.requests
    assert request.parameters["Metrics"] == [
        "NetUnblendedCost",
        "NetAmortizedCost",
        "UnblendedCost",
    ]


def test_every_page_is_counted(sample: Ledger) -> None:
    with explorer_of(sample, page_size=50) as (explorer, emulator):
        explorer.ask(WEEK)
    assert explorer.requests == len(emulator.billed) > 2


def test_the_limit_on_requests_ends_the_run_rather_than_give_part_of_a_total(
    sample: Ledger,
) -> None:
    with (
        explorer_of(sample, page_size=60, max_requests=2) as (explorer, emulator),
        pytest.raises(RequestLimitError, match="the limit is 2") as caught,
    ):
        explorer.ask(WEEK)
    assert "CCT_MAX_REQUESTS" in caught.value.next_step
    assert len(emulator.requests) <= 2


def test_a_hopeless_question_costs_one_request(sample: Ledger) -> None:
    year = Query(Period(date(2025, 11, 1), TODAY), Granularity.DAILY, ("service", "account"))
    with (
        explorer_of(sample, page_size=100, max_requests=25) as (explorer, emulator),
        pytest.raises(RequestLimitError, match="at least"),
    ):
        explorer.ask(year)
    assert len(emulator.requests) == 1


def test_scope_narrows_a_question_to_accounts_and_services(sample: Ledger) -> None:
    (account, *_) = sample.account_names
    query = Query(
        WEEK.period,
        Granularity.DAILY,
        ("service", "category"),
        True,
        (account,),
        ("Amazon Athena",),
    )
    with explorer_of(sample) as (explorer, _):
        costs = explorer.ask(query)
    expected = sum(
        (
            each.net_unblended
            for each in sample.entries
            if each.day in WEEK.period
            and (each.account, each.service) == (account, "Amazon Athena")
            and each.record_type not in ("Credit", "Refund")
        ),
        Decimal(0),
    )
    assert costs.total().billed == expected


def test_without_grouping_the_total_comes_from_the_total(sample: Ledger) -> None:
    with explorer_of(sample) as (explorer, _):
        whole = explorer.ask(Query(WEEK.period, Granularity.DAILY, ()))
        parts = explorer.ask(WEEK)
    assert whole.total() == parts.total()


def test_an_account_without_any_charge_gives_empty_facts() -> None:
    with explorer_of(Ledger((), {})) as (explorer, _):
        facts = explorer.facts(TODAY)
    assert (len(facts.services), len(facts.months), facts.accounts, facts.currency) == (
        0,
        0,
        None,
        "",
    )


@pytest.mark.parametrize("today", [date(2026, 11, 1), date(2026, 11, 2), date(2026, 3, 1)], ids=str)
def test_the_first_days_of_a_month_ask_for_valid_periods(sample: Ledger, today: date) -> None:
    with CostExplorerEmulator(sample, today=today) as emulator:
        client = boto3.client("ce", endpoint_url=emulator.url)
        facts = CostExplorer(client, max_requests=50).facts(today)
        client.close()
    assert facts.services.period.end == today
    assert len(facts.services.period) >= 90


@pytest.mark.parametrize(
    "fault",
    [Fault(FaultKind.THROTTLED, times=2), Fault(FaultKind.THROTTLED, every=3)],
    ids=["two at the start", "every third"],
)
def test_throttling_is_survived_and_costs_nothing(sample: Ledger, fault: Fault) -> None:
    with explorer_of(sample, page_size=700) as (explorer, emulator):
        emulator.faults = [fault]
        facts = explorer.facts(TODAY)
    assert dict(facts.services.cells) == dict(sample.facts(TODAY).services.cells)
    assert explorer.requests == len(emulator.billed) == emulator.distinct


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (FaultKind.THROTTLED, ThrottledError),
        (FaultKind.SERVER_ERROR, UnreachableError),
        (FaultKind.CUT_SHORT, CostSourceError),
        (FaultKind.RESET, UnreachableError),
        (FaultKind.HANGS_MIDWAY, UnreachableError),
        (FaultKind.TRUNCATED, UnreadableAnswerError),
        (FaultKind.WRONG_TYPES, UnreadableAnswerError),
        (FaultKind.NO_NUMBER, UnreadableAnswerError),
    ],
)
def test_a_broken_answer_is_an_error_and_never_zero(
    sample: Ledger, kind: FaultKind, expected: type[CostSourceError]
) -> None:
    patience = 1 if kind is FaultKind.HANGS_MIDWAY else 60
    with explorer_of(sample, attempts=2, patience=patience) as (explorer, emulator):
        emulator.faults = [Fault(kind)]
        with pytest.raises(expected):
            explorer.ask(WEEK)


def test_reading_stops_when_time_runs_out(sample: Ledger) -> None:
    with CostExplorerEmulator(sample, today=TODAY, page_size=30) as emulator:
        client = boto3.client("ce", endpoint_url=emulator.url)
        left = iter([5.0, 2.0, -1.0])
        explorer = CostExplorer(client, max_requests=50, seconds_left=lambda: next(left))
        with pytest.raises(OutOfTimeError):
            explorer.ask(WEEK)
        client.close()
    assert len(emulator.requests) == 2


def test_more_than_two_groupings_are_refused_before_asking() -> None:
    with pytest.raises(ValueError, match="two dimensions"):
        Query(WEEK.period, Granularity.DAILY, ("service", "account", "category"))


def narrowed(ledger: Ledger, account: str, services: tuple[str, ...] = ()) -> Ledger:
    return Ledger(
        (
            each
            for each in ledger.entries
            if each.account == account and (not services or each.service in services)
        ),
        ledger.account_names,
    )


class TestANarrowedQuestion:
    SERVICES = ("Amazon Relational Database Service", "AmazonCloudWatch")

    def test_gives_the_facts_of_that_part_alone_from_two_requests(self, sample: Ledger) -> None:
        account = next(iter(sample.account_names))
        scope = Scope(account, self.SERVICES)
        with explorer_of(sample, page_size=100_000) as (explorer, emulator):
            facts = explorer.facts(TODAY, scope)
        truth = narrowed(sample, account, self.SERVICES).facts(TODAY)
        assert facts.services.cells == truth.services.cells
        assert facts.months.cells == truth.months.cells
        assert len(facts.services) > 50
        assert (facts.scope, facts.accounts, len(emulator.requests)) == (scope, None, 2)

    def test_takes_a_third_request_where_several_accounts_have_the_service(
        self, sample: Ledger
    ) -> None:
        with explorer_of(sample, page_size=100_000) as (explorer, emulator):
            facts = explorer.facts(TODAY, Scope(services=self.SERVICES))
        assert facts.accounts is not None
        assert set(facts.accounts.by("service")) == set(self.SERVICES)
        assert set(facts.services.by("service")) == set(self.SERVICES)
        assert facts.months.total() != sample.facts(TODAY).months.total()
        assert len(emulator.requests) == 3

    def test_finds_a_service_whose_name_differs_by_spaces_in_the_first_answer(
        self, sample: Ledger
    ) -> None:
        with explorer_of(sample, page_size=100_000) as (explorer, emulator):
            facts = explorer.facts(TODAY, Scope(unmatched="amazoncloudwatch"))
        assert facts.scope == Scope(services=("AmazonCloudWatch",))
        assert set(facts.services.by("service")) == {"AmazonCloudWatch"}
        assert facts.months.total() != sample.facts(TODAY).months.total()
        assert len(emulator.requests) == 3

    def test_stays_wide_where_no_service_is_called_that(self, sample: Ledger) -> None:
        with explorer_of(sample, page_size=100_000) as (explorer, _):
            facts = explorer.facts(TODAY, Scope(unmatched="AmazonQuantumBatch"))
        assert facts.scope == Scope(unmatched="AmazonQuantumBatch")
        assert facts.services.total() == sample.facts(TODAY).services.total()

    def test_leaves_out_the_detail_where_there_is_no_time_for_it(self, sample: Ledger) -> None:
        with explorer_of(sample, page_size=100_000) as (_, emulator):
            client = boto3.client("ce", endpoint_url=emulator.url)
            facts = CostExplorer(client, max_requests=9, seconds_left=lambda: 4.0).facts(TODAY)
            client.close()
        assert facts.accounts is None
        assert facts.services.total() == sample.facts(TODAY).services.total()
        assert "Costs by account and service are left out. Time ran out" in " ".join(facts.notes)


def test_a_day_that_the_answer_lacks_is_unknown_not_free() -> None:
    account = {"111111111111": "alone"}
    with explorer_of(Ledger([], account)) as (explorer, _):
        answer = explorer.ask(WEEK)
        assert answer.covers(WEEK.period)
    client = boto3.client("ce")
    three_days = [
        {"TimePeriod": {"Start": f"2026-11-{day:02}", "End": f"2026-11-{day + 1:02}"}, "Groups": []}
        for day in (9, 10, 12)
    ]
    with Stubber(client) as stub:
        stub.add_response("get_cost_and_usage", {"ResultsByTime": three_days})
        answer = CostExplorer(client, max_requests=1).ask(WEEK)
    assert [*answer.covered] == [date(2026, 11, day) for day in (9, 10, 12)]
    assert [str(each) for each in answer.unknown(WEEK.period)] == [
        "2026-11-11 to 2026-11-11",
        "2026-11-13 to 2026-11-15",
    ]


def test_answers_are_read_as_plain_json_and_errors_by_the_sdk(sample: Ledger) -> None:
    left_to_the_sdk: list[bytes] = []

    def look(response_dict: dict[str, Any], **_: Any) -> None:
        left_to_the_sdk.append(response_dict["body"])

    with explorer_of(sample) as (_, emulator):
        client = boto3.client("ce", endpoint_url=emulator.url)
        explorer = CostExplorer(client, max_requests=5)
        client.meta.events.register_last("before-parse.cost-explorer.GetCostAndUsage", look)
        costs = explorer.ask(WEEK)
        emulator.faults = [Fault(FaultKind.THROTTLED, times=1)]
        again = CostExplorer(client, max_requests=5).ask(WEEK)
        client.close()
    assert costs.cells == again.cells
    assert left_to_the_sdk[0] == left_to_the_sdk[2] == b"{}"
    assert b"Exception" in left_to_the_sdk[1]
