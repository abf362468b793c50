"""The billing metric as one rising course: month restarts, standstills and credits taken out.

The metric says what a month has cost so far, every few hours, late, and sometimes not for days. What
can be said of it is how much was charged between two values that differ. So:

* a value that repeats is no news: what comes after it was charged since the value first stood there.
  The metric has been seen to stand still for three days; a service that had no value, or whose value
  stood longer and then rose by more than its usual, begins with the news of the total;
* a fall around the 1st is the new month. The new value was charged since midnight UTC, and nothing
  else was: what the old month's values still rose by after midnight came before it, and is unknown;
* any other fall is a refund or a credit: what was charged beside it is unknown.

Hours count from 1970, UTC. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from chalicelib.costs import month_start
from chalicelib.costs.charges_so_far import SoFar

STANDS_STILL = 72
"""Hours that the metric has been seen to repeat a value while charges went on."""
RESTARTS_WITHIN = 96
"""Hours after midnight of the 1st in which a fall is taken for the new month."""
RESTARTS_BEFORE = 12
"""Hours before it, because nobody documents the hour."""
WEEK = 168
"""Hours whose rate says what a longer standstill would have cost."""
CAUGHT_UP = 1.5
"""How many times that a catch-up may be."""
HALF_A_CENT = 0.005
PAUSE = 6
"""Hours between two values, where nothing says it better."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def hour_of(moment: datetime) -> int:
    """The hour since 1970 that a moment lies in."""
    return int((moment - EPOCH).total_seconds()) // 3600


def hour_of_day(day: date) -> int:
    """The hour with which a day begins, UTC."""
    return hour_of(datetime(day.year, day.month, day.day, tzinfo=UTC))


def moment_of(hour: int) -> datetime:
    """When an hour begins."""
    return datetime.fromtimestamp(hour * 3600, UTC)


@dataclass(slots=True)
class Course:
    """What had been charged by each hour since `first`, without regard to months.

    `changes` are the hours at which a value differed from the one before, `restarts` those at which a
    month began. Between two changes charges are taken to come evenly.
    """

    first: int
    charged: list[float] = field(default_factory=lambda: [0.0])
    changes: list[int] = field(default_factory=list)
    restarts: list[int] = field(default_factory=list)
    _unknown: list[int] = field(default_factory=lambda: [0])

    @property
    def last(self) -> int:
        """The hour of the last value that was news."""
        return self.first + len(self.charged) - 1

    def between(self, start: int, end: int) -> float | None:
        """What was charged from one hour to another; None where part of that is unknown."""
        a, b = start - self.first, end - self.first
        if not 0 <= a <= b < len(self.charged) or self._unknown[b] > self._unknown[a]:
            return None
        return self.charged[b] - self.charged[a]

    def change_before(self, hour: int) -> int | None:
        """The last hour not after `hour` at which there was news; None before the first."""
        position = bisect_right(self.changes, hour)
        return self.changes[position - 1] if position else None

    def changes_after(self, hour: int) -> Sequence[int]:
        """The hours of news after `hour`."""
        return self.changes[bisect_right(self.changes, hour) :]

    def restarted_in(self, start: int, end: int) -> int | None:
        """The hour after `start` and up to `end` at which a month began, or `start` if it did then."""
        position = bisect_left(self.restarts, start)
        found = self.restarts[position : position + 1]
        return found[0] if found and found[0] <= end else None

    def still_until(self, hour: int) -> None:
        """Nothing more was charged up to `hour`: the service stopped, the metric did not."""
        self.extend(hour, 0.0)

    def extend(self, hour: int, amount: float, *, unknown: bool = False) -> None:
        """News at `hour`: so much came evenly since the last; or how much is unknown."""
        hours = hour - self.last
        if hours > 0:
            before, holes = self.charged[-1], self._unknown[-1]
            step = amount / hours
            self.charged += [before + step * number for number in range(1, hours + 1)]
            self._unknown += [holes + (number if unknown else 0) for number in range(1, hours + 1)]
            self.changes.append(hour)
        else:
            self.charged[-1] += amount

    def begin_month(self, begin: int, hour: int, amount: float) -> None:
        """The first news of a month, at `hour`: all of it came since `begin`, and nothing else did."""
        del self.charged[begin - self.first + 1 :], self._unknown[begin - self.first + 1 :]
        self.changes = [each for each in self.changes if each < begin]
        if begin > self.last:
            self.extend(begin, 0.0, unknown=True)
        else:
            self.changes.append(begin)
        self.restarts.append(begin)
        self.extend(hour, amount)


def course_of(
    values: Iterable[SoFar], since: int | None = None, moves: Sequence[int] = ()
) -> Course | None:
    """The course of one series; None when it has no value.

    `since` is the hour from which the account is known: a service that appears later had cost nothing
    until then. Without it the course begins at the first value. `moves` are the total's changes.
    """
    points = _by_hour(values)
    if not points:
        return None
    hour, amount = points[0]
    if since is None or hour - since <= STANDS_STILL:
        course = Course(hour, changes=[hour])
    else:
        course = Course(since, changes=[since])
        _rise(course, hour, amount, max(_move_before(moves, hour), _month_of(hour)))
    for (stood, before), (hour, amount) in _news(points):
        begin = _month_of(hour)
        if amount > before:
            still = hour - stood <= STANDS_STILL or _caught_up(course, stood, hour, amount - before)
            _rise(course, hour, amount - before, stood if still else _move_before(moves, hour))
        elif stood < begin + RESTARTS_WITHIN and begin not in course.restarts:
            _restart(course, hour, amount, begin)
        else:
            course.extend(hour, 0.0, unknown=True)
    return course


def _by_hour(values: Iterable[SoFar]) -> list[tuple[int, float]]:
    hours: dict[int, float] = {}
    for value in sorted(values):
        hours[hour_of(value.time)] = value.amount
    return list(_without_first_zeros(hours))


def _without_first_zeros(hours: dict[int, float]) -> Iterable[tuple[int, float]]:
    """The values less the zeros of a month that has restarted before it was charged anything."""
    zero_since = None
    for hour, amount in hours.items():
        if amount >= HALF_A_CENT:
            zero_since = None
        elif zero_since is None:
            zero_since = hour
        if zero_since is None or hour - zero_since > STANDS_STILL:
            yield hour, amount


def _news(
    points: Sequence[tuple[int, float]],
) -> Iterable[tuple[tuple[int, float], tuple[int, float]]]:
    """Each value that differs from the one before, with that one and the hour since which it stood."""
    stood = points[0]
    for point in points[1:]:
        if abs(point[1] - stood[1]) < HALF_A_CENT:
            continue
        yield stood, point
        stood = point


def _move_before(moves: Sequence[int], hour: int) -> int:
    position = bisect_left(moves, hour)
    return moves[position - 1] if position else hour - PAUSE


def _rise(course: Course, hour: int, amount: float, start: int) -> None:
    """Charges that came from `start` to `hour`; before that nothing came."""
    if start > course.last:
        course.extend(start, 0.0)
    course.extend(hour, amount)


def _restart(course: Course, hour: int, amount: float, begin: int) -> None:
    """A new month; what the old one still told after midnight was charged before it."""
    if hour <= begin:  # it restarted a little early
        course.extend(hour, 0.0, unknown=True)
        course.restarts.append(begin)
    else:
        course.begin_month(max(begin, course.first), hour, amount)


def _caught_up(course: Course, stood: int, hour: int, amount: float) -> bool:
    """Whether a value that stood for long then told no more than its usual in all that time."""
    before = course.between(stood - WEEK, stood)
    return before is not None and amount <= CAUGHT_UP * before / WEEK * (hour - stood)


def _month_of(hour: int) -> int:
    """The hour at which the month of a value began, or is about to begin."""
    return hour_of_day(month_start(moment_of(hour + RESTARTS_BEFORE).date()))
