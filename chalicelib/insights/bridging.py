"""Statistics need a row without holes: unknown days take the shape of their own weekday."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from chalicelib.costs import Amounts, Costs, Coverage, Key, Period
from chalicelib.insights.anomalies import Anomaly

WEEK = timedelta(days=7)


def bridged(costs: Costs) -> Costs:
    """The same costs with every unknown day between known ones filled from the same weekday before.

    Only what judges the course of costs may see this: no sum that a reader sees is made from it.
    A hole in the first week takes the same weekday after it.
    """
    known = costs.covered
    if known.first_day is None or known.last_day is None:
        return costs
    whole = Period(known.first_day, known.last_day + timedelta(days=1))
    holes = [day for stretch in known.unknown(whole) for day in stretch]
    if not holes:
        return costs
    days: dict[object, dict[Key, Amounts]] = {}
    for key, amounts in costs.cells.items():
        if key.day in known:
            days.setdefault(key.day, {})[key] = amounts
    lost = set(holes)
    for hole in holes:
        source = hole - WEEK
        while source < whole.start or (source in lost and source > hole):
            source += WEEK
        like = days.get(source, {})
        days[hole] = {key._replace(day=hole): amounts for key, amounts in like.items()}
    cells = {key: amounts for day in days.values() for key, amounts in day.items()}
    return replace(costs, cells=cells, covered=Coverage((whole,)))


def on_known_days(found: Iterable[Anomaly], costs: Costs) -> tuple[Anomaly, ...]:
    """The anomalies whose every day is known: what others cost is partly a guess."""
    return tuple(
        each for each in found if costs.covers(Period(each.since, each.until + timedelta(days=1)))
    )
