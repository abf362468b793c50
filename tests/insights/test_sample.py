"""The report's headline figures, worked out by hand from the sample ledger's own entries."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from chalicelib.costs import CostFacts, Costs, Period
from chalicelib.insights.anomalies import AnomalyKind
from chalicelib.insights.credits import CreditState
from chalicelib.money import money
from chalicelib.report import Report, build_report
from chalicelib.settings import Settings
from simulation.ledger import Entry, Ledger
from simulation.sample import BEDROCK, CLOUDWATCH, OPENSEARCH, SAMPLE_NOW, STAGING, STORIES

WEEK = Period(date(2026, 11, 14), date(2026, 11, 21))
WEEK_BEFORE = Period(date(2026, 11, 7), date(2026, 11, 14))
NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)
REDUCTIONS = ("Credit", "Refund")


@pytest.fixture(scope="module")
def report(sample_facts: CostFacts) -> Report:
    return build_report(sample_facts, Settings(), SAMPLE_NOW)


def paid(
    ledger: Ledger, period: Period, wanted: Callable[[Entry], bool] = lambda entry: True
) -> Decimal:
    """What the ledger's entries of a period cost, as the invoice says."""
    return sum(
        (each.net_unblended for each in ledger.entries if each.day in period and wanted(each)),
        Decimal(0),
    )


def gross(entry: Entry) -> bool:
    return entry.record_type not in REDUCTIONS


def test_everything_up_to_friday_is_complete(report: Report) -> None:
    assert report.completeness.complete_through == date(2026, 11, 20)


def test_last_week(report: Report, sample: Ledger) -> None:
    assert report.last_week is not None
    assert report.last_week.period == WEEK
    assert report.last_week.gross.after == paid(sample, WEEK, gross)
    assert report.last_week.gross.before == paid(sample, WEEK_BEFORE, gross)
    assert report.last_week.net.after == paid(sample, WEEK)
    assert report.last_week.net.before == paid(sample, WEEK_BEFORE)


def test_month_to_date(report: Report, sample: Ledger) -> None:
    assert report.month_to_date is not None
    assert report.month_to_date.net.after == paid(sample, Period(NOVEMBER, date(2026, 11, 21)))
    assert report.month_to_date.net.before == paid(sample, Period(OCTOBER, date(2026, 10, 21)))


def test_the_last_full_month_from_usage_to_net(report: Report, sample: Ledger) -> None:
    october = Period(OCTOBER, NOVEMBER)
    bill = next(each for each in report.months if each.month == october)
    assert bill.closed
    assert bill.net == paid(sample, october)
    assert bill.gross == paid(sample, october, gross)
    assert bill.tax == paid(sample, october, lambda each: each.record_type == "Tax")
    assert bill.support == paid(sample, october, lambda each: each.record_type == "Support fee")
    assert bill.credits == paid(sample, october, lambda each: each.record_type == "Credit")
    assert bill.commitments == paid(
        sample,
        october,
        lambda each: (
            each.record_type in ("RIFee", "SavingsPlanRecurringFee", "Other out-of-cycle charges")
        ),
    )
    assert bill.discounts < 0


def test_the_two_queries_agree_on_every_closed_month(report: Report) -> None:
    assert [each.month.start.month for each in report.agreements] == [8, 9, 10]
    assert all(each.difference == 0 for each in report.agreements)


def test_the_movers_of_the_week(report: Report, sample: Ledger) -> None:
    assert report.week_movers is not None
    assert [each.service for each in report.week_movers.by_service] == [
        CLOUDWATCH,
        BEDROCK,
        OPENSEARCH,
    ]
    for mover in report.week_movers.by_service:

        def of_service(entry: Entry, name: str = mover.service) -> bool:
            return entry.service == name and gross(entry)

        assert mover.change.after == paid(sample, WEEK, of_service)
        assert mover.change.before == paid(sample, WEEK_BEFORE, of_service)
    assert report.week_movers.by_account[0].account == STAGING


def test_three_anomalies_tell_the_three_stories(report: Report, sample: Ledger) -> None:
    kinds = {each.service: each for each in report.anomalies}
    assert set(kinds) == {CLOUDWATCH, BEDROCK, OPENSEARCH}
    runaway, new, stopped = kinds[CLOUDWATCH], kinds[BEDROCK], kinds[OPENSEARCH]
    assert (runaway.kind, runaway.account) == (AnomalyKind.DRIFT, STAGING)
    assert runaway.since == STORIES.runaway_begins
    assert runaway.actual == paid(sample, WEEK, lambda each: each.service == CLOUDWATCH)
    injected = sum(18 + 7 * day for day in range(7))
    assert float(runaway.excess) == pytest.approx(injected, rel=0.05)
    assert f"staging has been rising since 14 November: {money(runaway.actual, 'USD')}" in (
        runaway.sentence
    )
    assert (new.kind, new.since, new.expected) == (AnomalyKind.NEW, STORIES.bedrock_begins, 0)
    assert (stopped.kind, stopped.since) == (AnomalyKind.STOPPED, date(2026, 11, 11))
    assert stopped.actual == 0


def test_the_credit_that_ended(report: Report, sample: Ledger) -> None:
    days = [each.day for each in sample.entries if each.record_type == "Credit"]
    assert report.credits.state is CreditState.STOPPED
    assert f"Credits stopped after {max(days).day} November." in report.credits.warning
    in_all = sum((amount for _, amount in report.credits.by_month), Decimal(0))
    assert in_all == -STORIES.credit


def test_the_month_end(report: Report, sample: Ledger) -> None:
    net, all_before_credits = report.projections.net, report.projections.gross
    assert net is not None
    assert all_before_credits is not None
    complete = Period(NOVEMBER, date(2026, 11, 21))
    assert net.so_far == paid(sample, complete)
    assert all_before_credits.so_far == paid(sample, complete, gross)
    # Nothing is due before December; credits are over: what is ahead is ten days like the last ones.
    ahead = all_before_credits.expected - all_before_credits.so_far
    assert ahead == pytest.approx(paid(sample, WEEK, gross) * 10 / 7, rel=Decimal("0.1"))
    assert net.expected - net.so_far == pytest.approx(ahead)
    assert net.low < net.expected < net.high


def test_on_every_day_of_the_month_the_sample_has_a_sound_report(sample_facts: CostFacts) -> None:
    for day in (1, 2, 3, 4, 5, 9, 14, 19, 23):
        found = build_report(_as_of(sample_facts, date(2026, 11, day)), Settings(), SAMPLE_NOW)
        assert found.projections.net is not None
        assert 7000 < found.projections.net.expected < 12500
        assert (found.month_to_date is None) == (day <= 3)
        assert len(found.anomalies) <= 4


def _as_of(facts: CostFacts, today: date) -> CostFacts:
    """The same facts without what came after."""

    def before(costs: Costs) -> Costs:
        return costs.during(Period(costs.period.start, today))

    accounts = facts.accounts and before(facts.accounts)
    tables = {"services": before(facts.services), "months": before(facts.months)}
    return replace(facts, today=today, accounts=accounts, labels=None, **tables)
