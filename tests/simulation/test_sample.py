"""The sample is the same every time, and every story it is meant to tell is really in it."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from chalicelib.costs import CostFacts, Period, month_start
from chalicelib.sources.cost_explorer.record_types import charge_category
from simulation.ledger import Entry, Ledger
from simulation.sample import (
    ACCOUNT_NAMES,
    BEDROCK,
    CLOUDFRONT,
    CLOUDWATCH,
    EC2,
    OPENSEARCH,
    RDS,
    S3,
    SAMPLE_NOW,
    SAMPLE_PERIOD,
    SAVINGS_PLANS,
    STAGING,
    STORIES,
    SUPPORT,
    TAX,
    large_ledger,
    sample_ledger,
)
from simulation.sample_usage import USAGE

TODAY = SAMPLE_NOW.date()


def billed(ledger: Ledger, wanted: Callable[[Entry], bool]) -> dict[date, Decimal]:
    """The days' billed cost of the wanted entries."""
    days: dict[date, Decimal] = defaultdict(Decimal)
    for entry in ledger.entries:
        if wanted(entry):
            days[entry.day] += entry.net_unblended
    return days


def mean(days: dict[date, Decimal], wanted: Callable[[date], bool]) -> Decimal:
    amounts = [amount for day, amount in days.items() if wanted(day)]
    return sum(amounts, Decimal()) / len(amounts)


def usage(ledger: Ledger, service: str) -> dict[date, Decimal]:
    return billed(ledger, lambda e: e.service == service and e.record_type == "Usage")


def test_it_is_the_same_every_time(sample: Ledger) -> None:
    assert sample_ledger().entries == sample.entries


def test_three_named_accounts_and_many_services(sample: Ledger) -> None:
    assert {entry.account for entry in sample.entries} == ACCOUNT_NAMES.keys()
    assert len({entry.service for entry in sample.entries}) >= 15
    assert sample.account_names == ACCOUNT_NAMES


def test_more_than_fourteen_months_up_to_yesterday(sample: Ledger) -> None:
    days = {entry.day for entry in sample.entries}
    assert days == set(SAMPLE_PERIOD)
    assert SAMPLE_PERIOD.start <= month_start(TODAY, -14)
    assert SAMPLE_PERIOD.last_day == TODAY - timedelta(days=1)


def test_a_month_costs_between_five_and_fifteen_thousand(sample_facts: CostFacts) -> None:
    full = sample_facts.months.during(Period(month_start(TODAY, -12), month_start(TODAY)))
    assert all(5_000 < amounts.billed < 15_000 for amounts in full.by_day().values())


def test_amounts_have_up_to_ten_decimals(sample: Ledger) -> None:
    exponents = {int(entry.unblended.as_tuple().exponent) for entry in sample.entries}
    assert min(exponents) == -10


def test_weekends_are_cheaper(sample: Ledger) -> None:
    days = usage(sample, "AWS Glue")
    assert (
        mean(days, lambda day: day.weekday() >= 5) < mean(days, lambda day: day.weekday() < 5) / 2
    )


def test_storage_grows(sample: Ledger) -> None:
    days = usage(sample, S3)
    october, year_before = (Period.month_of(date(year, 10, 1)) for year in (2026, 2025))
    assert mean(days, october.__contains__) > mean(days, year_before.__contains__) * Decimal("1.2")


@pytest.mark.parametrize("service", [SUPPORT, TAX, SAVINGS_PLANS])
def test_fees_come_on_the_first_of_the_month(sample: Ledger, service: str) -> None:
    days = sorted(billed(sample, lambda entry: entry.service == service))
    assert all(day.day == 1 for day in days)
    assert all(month_start(one, 1) == two for one, two in pairwise(days))
    assert days[-1] == month_start(TODAY)


def test_commitments_are_billed_at_once_and_effective_day_by_day(sample_facts: CostFacts) -> None:
    production = sample_facts.services.during(Period(date(2026, 10, 1), date(2026, 11, 1)))
    first = production.by_day()[date(2026, 10, 1)]
    second = production.by_day()[date(2026, 10, 2)]
    assert first.billed - first.effective > 1000
    assert second.effective > second.billed
    assert production.total().billed == pytest.approx(
        production.total().effective, abs=Decimal("0.01")
    )


def test_the_savings_plan_cancels_what_it_covers(sample: Ledger) -> None:
    covered = billed(sample, lambda entry: entry.record_type == "SavingsPlanCoveredUsage")
    negated = billed(sample, lambda entry: entry.record_type == "SavingsPlanNegation")
    assert min(covered) == STORIES.savings_plan_begins
    assert covered == {day: -amount for day, amount in negated.items()}


def test_negotiated_discounts_are_what_listed_lies_above_billed(sample: Ledger) -> None:
    discounts = [e for e in sample.entries if e.record_type == "Private Rate Card Discount"]
    assert {entry.service for entry in discounts} == {CLOUDFRONT, S3}
    total = sample.facts(TODAY).months.total()
    given = sum(e.unblended for e in discounts if e.day >= month_start(TODAY, -13))
    assert total.billed - total.listed == given


def test_the_credit_runs_out_in_the_last_weeks(sample: Ledger) -> None:
    days = billed(sample, lambda entry: entry.record_type == "Credit")
    assert sum(days.values()) == -STORIES.credit
    assert min(days) == STORIES.credit_granted
    assert TODAY - timedelta(days=28) < max(days) < TODAY - timedelta(days=7)


def test_there_are_refunds(sample: Ledger) -> None:
    refunds = [entry for entry in sample.entries if entry.record_type == "Refund"]
    assert len(refunds) >= 2
    assert all(entry.net_unblended < 0 for entry in refunds)


def test_one_service_starts_and_one_ends(sample: Ledger) -> None:
    assert min(usage(sample, BEDROCK)) == STORIES.bedrock_begins
    assert max(usage(sample, OPENSEARCH)) == STORIES.opensearch_last_day
    assert STORIES.bedrock_begins > TODAY - timedelta(days=10)
    assert STORIES.opensearch_last_day > TODAY - timedelta(days=21)


def test_logging_in_staging_runs_away_in_the_last_ten_days(sample: Ledger) -> None:
    days = billed(sample, lambda e: e.service == CLOUDWATCH and e.account == STAGING)
    begins = STORIES.runaway_begins
    assert TODAY - timedelta(days=10) <= begins
    before = mean(days, lambda day: Period.ending(begins - timedelta(days=1), 30).__contains__(day))
    complete = Period(begins, TODAY - timedelta(days=2))
    assert all(days[day] > 10 * before for day in complete)
    assert all(days[one] < days[two] for one, two in pairwise(complete))


def test_the_last_two_days_are_still_filling_in(sample: Ledger) -> None:
    days = usage(sample, RDS)
    usual = mean(days, Period.ending(TODAY - timedelta(days=3), 14).__contains__)
    assert days[TODAY - timedelta(days=1)] < usual * Decimal("0.5")
    assert days[TODAY - timedelta(days=2)] < usual * Decimal("0.95")
    assert days[TODAY - timedelta(days=3)] > usual * Decimal("0.95")


def test_every_charge_category_occurs(sample: Ledger) -> None:
    categories = {charge_category(entry.record_type) for entry in sample.entries}
    assert categories == {"Usage", "Purchase", "Support", "Tax", "Credit", "Adjustment"}


def test_some_services_cost_nothing(sample: Ledger) -> None:
    assert set(usage(sample, "AWS CloudTrail").values()) == {0}


def test_teams_are_tagged_and_some_costs_are_not(sample_facts: CostFacts) -> None:
    assert sample_facts.labels is not None
    assert sample_facts.labels.by("label").keys() == {
        "storefront",
        "platform",
        "data",
        "(untagged)",
    }


def test_recent_usage_has_usage_types_whose_shares_add_up() -> None:
    for service, kinds in USAGE.items():
        assert sum(kind.share for kind in kinds) == 1, service


def test_everything_recent_has_a_usage_type_but_tax_credits_and_refunds(sample: Ledger) -> None:
    without = {e.record_type for e in sample.entries if not e.usage_type}
    assert without == {"Tax", "Credit", "Refund"}


def test_the_runaway_is_log_ingestion_in_ireland_at_its_usual_price(sample: Ledger) -> None:
    logs = [
        e
        for e in sample.entries
        if e.service == CLOUDWATCH and e.account == STAGING and e.day >= date(2026, 11, 1)
    ]
    grown = {e.usage_type for e in logs if e.day == date(2026, 11, 20) and e.unblended > 20}
    assert grown == {"EU-DataProcessing-Bytes"}
    prices = {
        round(e.unblended / e.quantity, 6)
        for e in logs
        if e.usage_type == "EU-DataProcessing-Bytes"
    }
    assert prices == {Decimal("0.57")}


def test_compute_is_the_largest_service(sample_facts: CostFacts) -> None:
    by_service = sample_facts.services.gross().by("service")
    assert max(by_service, key=lambda service: by_service[service].billed) == EC2


def test_a_large_ledger_has_the_size_it_is_asked_for() -> None:
    facts = large_ledger(40, 12, 30, today=TODAY).facts(TODAY)
    assert len(facts.months.by("account")) == 40
    assert facts.accounts is not None
    assert len(facts.accounts.during(Period.ending(date(2026, 11, 20), 1))) == 40 * (3 + 1)
    assert min(facts.services.by_day()) == TODAY - timedelta(days=30)


def test_a_large_ledger_sums_its_weights_exactly() -> None:
    ledger = large_ledger(20, 12, 30, today=TODAY)
    everything = ledger.grouped(lambda entry: "all")
    days = Period.ending(TODAY - timedelta(days=1), 30)
    whole = everything(days)["all"]
    by_day = [everything(Period(day, day + timedelta(days=1)))["all"] for day in days]
    assert whole == tuple(sum(column) for column in zip(*by_day, strict=True))
    assert everything(Period(TODAY, TODAY + timedelta(days=1))) == {}
