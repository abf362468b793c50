"""The simulated metric keeps the habits that it says it has."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from simulation.billing_metric import CALM, BillingMetric, Habits, Part, by_day

START = datetime(2026, 8, 1, tzinfo=UTC)
PARTS = {Part("1", "AmazonEC2"): [1.0] * 24 * 61, Part("2", "AmazonS3"): [0.5] * 24 * 61}


def test_the_same_seed_gives_the_same_values() -> None:
    assert (
        BillingMetric(START, PARTS, seed=3).values() == BillingMetric(START, PARTS, seed=3).values()
    )
    assert (
        BillingMetric(START, PARTS, seed=3).values() != BillingMetric(START, PARTS, seed=4).values()
    )


def test_a_total_is_the_sum_of_its_services() -> None:
    metric = BillingMetric(START, PARTS, seed=3)
    total = {each.time: each.amount for each in metric.values()}
    parts = [
        {each.time: each.amount for each in metric.values(service=one.service)} for one in PARTS
    ]
    for time, amount in total.items():
        assert amount == pytest.approx(sum(part.get(time, 0.0) for part in parts), abs=0.011)


def test_values_come_every_four_to_six_hours() -> None:
    times = [each.time for each in BillingMetric(START, PARTS, seed=3).values()]
    for before, after in pairwise(times):
        assert timedelta(hours=4) <= after - before <= timedelta(hours=6)


def test_a_month_begins_anew_some_hours_after_midnight() -> None:
    values = BillingMetric(START, PARTS, seed=3, habits=CALM).values()
    [fall] = [after for before, after in pairwise(values) if after.amount < before.amount]
    assert datetime(2026, 9, 1, 1, tzinfo=UTC) <= fall.time <= datetime(2026, 9, 2, 2, tzinfo=UTC)


def test_it_stands_still_where_it_is_told_to() -> None:
    still = Habits(chance_still=1.0, still=(24.0, 25.0))
    values = BillingMetric(START, PARTS, seed=3, habits=still).values()
    assert any(after.amount == before.amount for before, after in pairwise(values))


def test_a_month_has_to_begin_at_its_first_midnight() -> None:
    with pytest.raises(ValueError, match="starts with a month"):
        BillingMetric(START + timedelta(days=1), PARTS)


def test_a_day_is_spread_over_its_hours() -> None:
    hours = by_day([24.0], lambda hour: 2.0 if hour < 12 else 0.0)
    assert (hours[0], hours[12], sum(hours)) == (2.0, 0.0, pytest.approx(24.0))


def test_an_organisation_has_a_set_of_dimensions_for_each_account_and_pair() -> None:
    metric = BillingMetric(START, PARTS)
    assert len(list(metric.dimension_sets(organisation=False))) == 3
    assert len(list(metric.dimension_sets(organisation=True))) == 7
