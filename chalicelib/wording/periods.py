"""Days and periods: as people say them, and with their year where a page must stand alone."""

from datetime import date

from chalicelib.costs import Period


def day(moment: date) -> str:
    """A day as people say it: `21 November`."""
    return f"{moment.day} {moment:%B}"


def days(period: Period) -> str:
    """A period inside one month: `1 to 21 November`."""
    if len(period) == 1:
        return day(period.start)
    first, last = period.start, period.last_day
    start = str(first.day) if first.month == last.month else day(first)
    return f"{start} {'and' if len(period) == 2 else 'to'} {day(last)}"


def day_text(moment: date) -> str:
    """A day that reads the same everywhere and in every year: `3 Nov 2026`."""
    return f"{moment.day} {moment:%b} {moment.year}"


def days_text(period: Period) -> str:
    """A period by its first and last day, no part said twice: `3 Nov 2026`, or first and last."""
    first, last = period.start, period.last_day
    if first == last:
        return day_text(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}\u2013{day_text(last)}"
    if first.year == last.year:
        return f"{first.day} {first:%b} \u2013 {day_text(last)}"
    return f"{day_text(first)} \u2013 {day_text(last)}"
