"""Days: half-open ranges of UTC days, as they are in AWS Cost Explorer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.errors import PeriodError


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A half-open range of UTC days, `[start, end)`.

    Raises `PeriodError` when it would be empty or reversed, or when a bound carries a time of day.
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        for bound in (self.start, self.end):
            if isinstance(bound, datetime):
                raise PeriodError(f"A period is made of days, not of moments: {bound.isoformat()}.")
        if self.start >= self.end:
            raise PeriodError(f"The period from {self.start} to {self.end} holds no day.")

    def __str__(self) -> str:
        return f"{self.start} to {self.last_day}"

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def __iter__(self) -> Iterator[date]:
        return (self.start + timedelta(days=n) for n in range(len(self)))

    def __len__(self) -> int:
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        """The last day inside the period."""
        return self.end - timedelta(days=1)

    @classmethod
    def month_of(cls, day: date) -> "Period":
        """The calendar month that holds `day`."""
        return cls(month_start(day), month_start(day, 1))

    @classmethod
    def ending(cls, last_day: date, days: int) -> "Period":
        """The `days` days up to and including `last_day`."""
        end = last_day + timedelta(days=1)
        return cls(end - timedelta(days=days), end)

    def intersection(self, other: "Period") -> "Period | None":
        """The days in both periods, or None when they share none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None


def month_start(day: date, months_later: int = 0) -> date:
    """The first day of the month that lies `months_later` months after the month of `day`."""
    years, month = divmod(day.year * 12 + day.month - 1 + months_later, 12)
    return date(years, month + 1, 1)
