"""Which days a source answered for. Any other day is unknown, which is not the same as free."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.costs.period import Period


@dataclass(frozen=True, slots=True)
class Coverage:
    """Days that are known, as the fewest periods that hold them, in order; perhaps none at all.

    Make one with `Coverage.of`, which joins periods that overlap or touch.
    """

    periods: tuple[Period, ...] = ()

    @classmethod
    def of(cls, periods: Iterable[Period]) -> "Coverage":
        """The days of all these periods, in whatever order they come."""
        joined: list[Period] = []
        for each in sorted(periods):
            if joined and each.start <= joined[-1].end:
                last = joined.pop()
                joined.append(Period(last.start, max(last.end, each.end)))
            else:
                joined.append(each)
        return cls(tuple(joined))

    @classmethod
    def of_days(cls, days: Iterable[date]) -> "Coverage":
        """Exactly these days."""
        return cls.of(Period(day, day + timedelta(days=1)) for day in days)

    def __bool__(self) -> bool:
        return bool(self.periods)

    def __len__(self) -> int:
        return sum(map(len, self.periods))

    def __iter__(self) -> Iterator[date]:
        return (day for period in self.periods for day in period)

    def __contains__(self, day: date) -> bool:
        return any(day in period for period in self.periods)

    @property
    def first_day(self) -> date | None:
        """The first known day."""
        return self.periods[0].start if self.periods else None

    @property
    def last_day(self) -> date | None:
        """The last known day."""
        return self.periods[-1].last_day if self.periods else None

    def covers(self, period: Period) -> bool:
        """Whether every day of `period` is known."""
        return any(each.start <= period.start and period.end <= each.end for each in self.periods)

    def within(self, period: Period) -> "Coverage":
        """The known days of `period`."""
        if len(self.periods) == 1 and self.covers(period):
            return Coverage((period,))
        shared = (each.intersection(period) for each in self.periods)
        return Coverage(tuple(each for each in shared if each))

    def unknown(self, period: Period) -> tuple[Period, ...]:
        """The stretches of `period` that nobody answered for, in order."""
        stretches, start = [], period.start
        for known in self.within(period).periods:
            if start < known.start:
                stretches.append(Period(start, known.start))
            start = known.end
        return (*stretches, Period(start, period.end)) if start < period.end else tuple(stretches)

    def without(self, days: Iterable[Period]) -> "Coverage":
        """The known days that are in none of these periods."""
        left = self
        for taken in days:
            left = Coverage(
                tuple(part for known in left.periods for part in Coverage((taken,)).unknown(known))
            )
        return left
