"""A small part of benchmarks/accuracy.py, so that a change for the worse is noticed at once."""

from datetime import timedelta

import pytest

from benchmarks.accounts import CHARACTERS, Account, accounts
from chalicelib.costs import Period, month_start
from chalicelib.insights.anomalies import FOLLOWING
from chalicelib.insights.course import median
from chalicelib.insights.episodes import episodes
from chalicelib.insights.projection import projections


@pytest.fixture(scope="module")
def generated() -> list[Account]:
    return list(accounts(2 * len(CHARACTERS), seed=11, months=5))


def test_the_generated_accounts_are_the_same_each_time(generated: list[Account]) -> None:
    assert [each.rows for each in accounts(len(generated), seed=11, months=5)] == [
        each.rows for each in generated
    ]
    assert {each.character for each in generated} == set(CHARACTERS)


def test_ten_days_into_a_month_the_projection_beats_run_rate_by_far(
    generated: list[Account],
) -> None:
    ours, run_rate = [], []
    for account in generated:
        month = account.month
        costs = account.costs(month.end, since=month_start(month.start, -3))
        known = Period(costs.period.start, month.start + timedelta(days=10))
        found = projections(costs.during(known), known.end, known.last_day).net
        assert found is not None
        truth = float(costs.during(month).total().billed)
        ours.append(abs(float(found.expected) - truth) / truth)
        run_rate.append(abs(float(found.so_far) / 10 * len(month) - truth) / truth)
    assert median(ours) < 0.02
    assert median(ours) < median(run_rate) / 4


def test_a_service_that_costs_half_as_much_again_for_ten_days_is_found(
    generated: list[Account],
) -> None:
    for account in generated:
        row = next(row for (_, category), row in account.rows.items() if category not in FOLLOWING)
        if min(row) <= 0 or account.character == "step change":
            continue
        more = [*row[-110:-10], *(1.5 * day for day in row[-10:])]
        found = episodes(more, account.period.end - timedelta(days=110))
        assert any(each.until >= 100 and each.excess > 0 for each in found), account.character
