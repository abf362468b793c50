"""A runaway is told once, again when it doubles, and when it is over; what was told is never trusted."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.costs.charges_so_far import ChargesSoFar, SoFar
from chalicelib.insights.burn_rate import Burn
from chalicelib.insights.burn_told import MOST_TOLD, Told, What, from_json, news, to_json
from chalicelib.insights.burn_watched import Name, Watched, watched

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
BEGAN = NOW - timedelta(hours=20)
EC2 = Name("USD", "", "AmazonEC2")


def _burn(day: int, name: Name = EC2) -> Burn:
    return Burn(name, BEGAN, NOW, Decimal(day), Decimal(100), Decimal(day - 100))


def _told(day: int, since: datetime = BEGAN, name: Name = EC2) -> Told:
    return Told(name, since, Decimal(day), Decimal(100))


def _rate(day: float) -> list[Watched]:
    """EC2 at a steady rate."""
    values = tuple(
        SoFar(NOW - timedelta(hours=hour), 2000 - day / 24 * hour) for hour in range(100, 0, -5)
    )
    return watched(
        [ChargesSoFar("USD", "", "", values), ChargesSoFar("USD", "", "AmazonEC2", values)]
    )


def test_what_burns_is_told_the_first_time_and_not_again() -> None:
    [found], told = news(_rate(500), [_burn(500)], [], NOW)
    assert (found.what, found.since, found.day) == (What.BEGAN, BEGAN, 500)
    assert news(_rate(520), [_burn(520)], told, NOW) == ([], told)


def test_what_is_over_already_does_not_begin_again() -> None:
    assert news(_rate(110), [_burn(500)], [], NOW) == ([], [])


def test_it_is_told_again_when_its_excess_has_doubled_still_since_it_began() -> None:
    since = BEGAN - timedelta(days=2)
    [found], told = news(_rate(900), [_burn(900)], [_told(500, since)], NOW)
    assert (found.what, found.since) == (What.DOUBLED, since)
    assert told == [Told(EC2, since, Decimal(900), Decimal(100))]


def test_on_its_first_day_it_is_told_again_only_when_it_is_four_times_as_much() -> None:
    assert news(_rate(900), [_burn(900)], [_told(500)], NOW) == ([], [_told(500)])
    [found], _ = news(_rate(1700), [_burn(1700)], [_told(500)], NOW)
    assert found.what is What.DOUBLED


def test_it_is_over_when_less_than_half_of_the_excess_is_left_and_told_once() -> None:
    assert news(_rate(350), [], [_told(500)], NOW) == ([], [_told(500)])
    [found], told = news(_rate(250), [], [_told(500)], NOW)
    assert (found.what, found.day, told) == (What.OVER, 250, [])


def test_after_four_weeks_it_is_the_usual() -> None:
    [found], told = news(_rate(500), [], [_told(500, NOW - timedelta(days=28))], NOW)
    assert (found.what, told) == (What.USUAL_NOW, [])


def test_what_was_not_read_stays_as_it_was_told() -> None:
    assert news([], [], [_told(500)], NOW) == ([], [_told(500)])


def test_the_most_money_is_told_first() -> None:
    s3 = Name("USD", "", "AmazonS3")
    found, _ = news([], [_burn(300), _burn(900, s3)], [], NOW)
    assert [each.name for each in found] == [s3, EC2]


def test_what_was_told_comes_back_from_its_json() -> None:
    told = [Told(EC2, BEGAN, Decimal("1234.50"), Decimal("0.10"))]
    assert from_json(to_json(told)) == told


def test_the_json_fits_a_parameter() -> None:
    many = [_burn(200 + n, Name("USD", f"{n:012}", "A" * 60)) for n in range(100)]
    _, told = news([], many, [], NOW)
    assert len(told) == MOST_TOLD
    assert len(to_json(told).encode()) < 4096


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "null", "[]", "7", '{"version": 2, "told": []}', '{"version": 1}'),
        *('{"version": 1, "told": [["USD"]]}', '{"version": 1, "told": 5}'),
        '{"version": 1, "told": [["USD", "", "", "2026-11-01", "1", "1"]]}',
        '{"version": 1, "told": [["USD", "", "", "2026-11-01T00+00:00", "NaN", "1"]]}',
        '{"version": 1, "told": [["USD", "", "", "2026-11-01T00+00:00", "x", "1"]]}',
    ],
)
def test_what_is_damaged_or_of_another_version_counts_as_not_told(text: str) -> None:
    assert from_json(text) == []
