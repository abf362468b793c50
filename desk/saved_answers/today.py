"""Which day saved answers are of: the day after the last one that was over when they were saved."""

from datetime import date, timedelta

from chalicelib.costs import Period
from chalicelib.wording.periods import day, days
from desk.saved_answers.tables import Table

ALONE = 3
"""Charged days after a long gap that are so few that they tell no present day."""
FAR = timedelta(days=14)
"""A gap that long sets what comes after it apart."""
LATE_DAYS = 9
"""More days than this without any charge are not late; they have stopped, or are still to come."""


def today_of(table: Table, now: date | None = None) -> tuple[date, str]:
    """The day after the last one saved, and why it is another day; "" where it is not.

    A few charged days far behind all others, after days that nobody answered for, are dated ahead.
    An answer that was asked for days to come holds nothing for them. So days at its end without any
    charge are taken as not over where `now` says so; and, where it does not say that they are over,
    where they are more than can be late and all of them estimated.
    """
    covered = table.covered
    charged = sorted({each.key.day for each in table.charges if each.amounts.billed})
    end = covered.periods[-1].end
    if len(covered.periods) > 1:
        before, last = covered.periods[-2:]
        behind = [each for each in charged if each >= last.start]
        if len(behind) <= ALONE < len(charged) - len(behind) and last.start - before.end > FAR:
            end = before.end
            charged = [each for each in charged if each < end]
    if not charged:
        return end, ""
    empty = [each for each in _days(charged[-1] + timedelta(days=1), end) if each in covered]
    if not empty:
        return end, ""
    to_come = _first_to_come(table, empty, now, charged[0])
    if to_come is None:
        return end, ""
    return to_come, (
        f"The saved answers hold no charge after {day(charged[-1])}; "
        f"{days(Period(to_come, end))} {'is' if to_come == empty[-1] else 'are'} taken as not over yet."
    )


def _first_to_come(table: Table, empty: list[date], now: date | None, first: date) -> date | None:
    if now is not None and first < now:  # otherwise the clock knows nothing of these days
        return next((each for each in empty if each >= now), None)
    if len(empty) > LATE_DAYS and all(each in table.estimated for each in empty):
        return empty[0]
    return None


def _days(start: date, end: date) -> list[date]:
    return [start + timedelta(days=n) for n in range((end - start).days)]
