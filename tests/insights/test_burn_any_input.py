"""Whatever CloudWatch says, judging it ends with an answer that adds up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.costs.charges_so_far import ChargesSoFar, SoFar
from chalicelib.insights.burn_course import course_of
from chalicelib.insights.burn_rate import Burn, Rule, burning
from chalicelib.insights.burn_told import What, from_json, news, to_json
from chalicelib.insights.burn_watched import watched
from simulation.billing_metric import CALM, BillingMetric, Part

START = datetime(2026, 9, 1, tzinfo=UTC)
RULE = Rule(floor=Decimal(5), factor=Decimal("2.5"))

values = st.lists(
    st.tuples(
        st.integers(0, 24 * 63),
        st.one_of(st.just(0.0), st.floats(-1e4, 1e6, allow_nan=False).map(lambda a: round(a, 2))),
    ),
    max_size=60,
    unique_by=lambda each: each[0],
).map(
    lambda pairs: tuple(
        SoFar(START + timedelta(hours=hour), amount) for hour, amount in sorted(pairs)
    )
)
series = st.lists(
    st.builds(
        ChargesSoFar,
        st.sampled_from(["USD", "CNY"]),
        st.sampled_from(["", "111111111111"]),
        st.sampled_from(["", "AmazonEC2", "AWSSupportBusiness", "neverHeardOf"]),
        values,
    ),
    max_size=6,
    unique_by=lambda each: (each.currency, each.account, each.service),
)


@given(values)
def test_a_course_is_known_in_order_and_its_parts_add_up(given_values: tuple[SoFar, ...]) -> None:
    course = course_of(given_values)
    if course is None:
        return
    assert course.changes == sorted(set(course.changes))
    assert len(course.charged) == course.last - course.first + 1
    middle = (course.first + course.last) // 2
    whole = course.between(course.first, course.last)
    if whole is not None:
        parts = course.between(course.first, middle), course.between(middle, course.last)
        assert None not in parts
        assert abs(sum(filter(None, parts)) - whole) < 0.01


@given(series)
def test_whatever_is_read_is_judged_and_told_once(read: list[ChargesSoFar]) -> None:
    _judge(read)


@given(
    gone=st.sets(st.integers(0, 300)),
    refunds=st.dictionaries(st.integers(0, 300), st.floats(-2000.0, 0.0), max_size=5),
    end=st.integers(24 * 45, 24 * 60),
)
def test_a_runaway_with_holes_and_refunds_is_judged_too(
    gone: set[int], refunds: dict[int, float], end: int
) -> None:
    read = []
    for each in RUNAWAY:
        kept, less = [], 0.0
        for number, value in enumerate(each.values):
            less += refunds.get(number, 0.0)
            if number not in gone and value.time < START + timedelta(hours=end):
                kept.append(SoFar(value.time, value.amount + less))
        read.append(replace(each, values=tuple(kept)))
    _judge(read)


def test_the_runaway_of_these_tests_is_one() -> None:
    assert _judge(RUNAWAY)


def _runaway() -> list[ChargesSoFar]:
    rows = {
        Part("1", "AmazonEC2"): [5.0] * (24 * 58) + [50.0] * (24 * 3),
        Part("1", "AmazonS3"): [3.0] * (24 * 61),
    }
    metric = BillingMetric(START, rows, seed=5, habits=CALM)
    return [
        ChargesSoFar("USD", "", name, tuple(SoFar(*each) for each in metric.values(service=name)))
        for name in ("", "AmazonEC2", "AmazonS3")
    ]


RUNAWAY = _runaway()


def _judge(read: list[ChargesSoFar]) -> list[Burn]:
    watches = watched(read)
    burns = [burn for watch in watches for burn in burning(watch, RULE)]
    for burn in burns:
        assert burn.since < burn.until
        assert burn.day > burn.usual
    now = START + timedelta(days=63)
    _, told = news(watches, burns, [], now)
    assert from_json(to_json(told)) == told
    again, _ = news(watches, burns, told, now)
    assert [each for each in again if each.what == What.BEGAN] == []
    return burns
