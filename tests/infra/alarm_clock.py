"""An alarm as CloudWatch evaluates it, hour by hour, as far as its documents say how.

Periods that are not over are not looked at. Where the newest points are missing, older ones of the range
that CloudWatch reads are taken instead, and only where there are none missing data is treated as the
alarm says. Until the warm-up is over nothing is evaluated.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

HOUR = timedelta(hours=1)
READ_BESIDE = 3
"""Periods that CloudWatch reads before those it evaluates; how many is not documented."""
EPOCH = datetime(1970, 1, 5, tzinfo=UTC)
"""A Monday: weeks on a wall clock begin there."""
COMPARED = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
}
MISSING = {"breaching": "ALARM", "notBreaching": "OK", "missing": "INSUFFICIENT_DATA"}
Runs = Mapping[str, Sequence[datetime | tuple[datetime, int]]]
"""When something was counted, by the name of the metric's dimension; once, or as often as is said."""


def raised(
    alarm: Mapping[str, Any],
    runs: Runs,
    *,
    made: datetime,
    until: datetime,
    fills_nothing: bool = False,
) -> list[datetime]:
    """When the alarm sends something, from when it is made; `fills_nothing`: FILL cannot fill an empty metric."""
    clock = _Clock(alarm, runs, fills_nothing)
    warm = made + timedelta(
        minutes=alarm.get("WarmUpConfiguration", {}).get("WarmUpPeriodDurationInMinutes", 0)
    )
    hours = list(_hours(made, until))
    states = ["INSUFFICIENT_DATA" if hour < warm else clock.state(hour) for hour in hours]
    seen = pairwise(["INSUFFICIENT_DATA", *states])
    return [
        hour
        for hour, (before, now) in zip(hours, seen, strict=True)
        if now == "ALARM" and before != "ALARM"
    ]


def _hours(start: datetime, end: datetime) -> Iterator[datetime]:
    while start <= end:
        yield start
        start += HOUR


class _Clock:
    def __init__(self, alarm: Mapping[str, Any], runs: Runs, fills_nothing: bool) -> None:
        self.alarm, self.runs, self.fills_nothing = alarm, runs, fills_nothing
        queries = alarm.get("Metrics") or [{"Id": "m", "MetricStat": _plain(alarm)}]
        self.metrics = {one["Id"]: one["MetricStat"] for one in queries if "MetricStat" in one}
        [watched] = [one for one in queries if one.get("ReturnData", True)]
        expression = watched.get("Expression", watched["Id"]).replace(" AND ", " and ")
        self.expression = compile(expression, "alarm", "eval")
        self.period = timedelta(seconds=next(iter(self.metrics.values()))["Period"])

    def state(self, now: datetime) -> str:
        """What the alarm says at a time."""
        asked = self.alarm["EvaluationPeriods"]
        starts = [self._last_complete(now) - n * self.period for n in range(asked + READ_BESIDE)]
        series = {name: [self._sum(one, at) for at in starts] for name, one in self.metrics.items()}
        points = [self._value(series, n, at) for n, at in enumerate(starts)]
        there = [point for point in points if point is not None][:asked]
        if not there:
            return MISSING[self.alarm["TreatMissingData"]]
        breaches = COMPARED[self.alarm["ComparisonOperator"]]
        return "ALARM" if all(breaches(one, self.alarm["Threshold"]) for one in there) else "OK"

    def _last_complete(self, now: datetime) -> datetime:
        window = self.alarm.get("EvaluationWindow", {}).get("WallClockWindow")
        if window is None:
            return now - self.period
        sign, hours, minutes = window["Timezone"][0], *map(int, window["Timezone"][1:].split(":"))
        offset = timedelta(hours=hours, minutes=minutes) * (-1 if sign == "-" else 1)
        return now - (now + offset - EPOCH) % self.period - self.period

    def _sum(self, metric: Mapping[str, Any], start: datetime) -> float | None:
        given = self.runs.get(metric["Metric"]["Dimensions"][0]["Value"], ())
        counted = [one if isinstance(one, tuple) else (one, 1) for one in given]
        assert metric["Stat"] == "Sum"
        inside = [times for one, times in counted if start <= one < start + self.period]
        return sum(inside) if inside else None

    def _value(self, series: dict[str, list[float | None]], n: int, at: datetime) -> float | None:
        empty = not any(point is not None for points in series.values() for point in points)
        functions = {
            "FILL": lambda point, value: (
                value if point is None and not (empty and self.fills_nothing) else point
            ),
            "DAY": lambda point: _there(point) and at.isoweekday(),
            "IF": lambda condition, yes, no: yes if condition else no,
            "SUM": lambda points: (
                sum(one for one in points if one is not None)
                if any(one is not None for one in points)
                else None
            ),
        }
        values = {name: points[n] for name, points in series.items()}
        try:
            return eval(self.expression, {}, functions | values)  # type: ignore[no-any-return]  # noqa: S307  our own template
        except TypeError:  # a comparison with a point that is not there is not there either
            return None


def _there(point: float | None) -> bool:
    if point is None:
        raise TypeError
    return True


def _plain(alarm: Mapping[str, Any]) -> dict[str, Any]:
    metric = {"MetricName": alarm["MetricName"], "Dimensions": alarm["Dimensions"]}
    return {"Metric": metric, "Period": alarm["Period"], "Stat": alarm["Statistic"]}
