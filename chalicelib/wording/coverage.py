"""What is not known, in words: late days, holes, a beginning, charges dated ahead."""

from collections.abc import Sequence

from chalicelib.costs import ZERO, Period
from chalicelib.insights.completeness import Completeness
from chalicelib.money import money
from chalicelib.wording.lines import listed
from chalicelib.wording.periods import day, days

MOST_HOLES = 3
"""Holes that are named; more are counted."""


def gaps_sentence(known: Completeness, currency: str) -> str:
    """Everything that is not known, in a few sentences; "" where nothing is missing."""
    said = (_late(known), _stopped(known), _holes(known.holes), _begins(known))
    return " ".join(filter(None, (*said, _ahead(known, currency))))


def _late(known: Completeness) -> str:
    if known.late is None or known.stopped_since:
        return ""
    until = known.settling.end if known.settling and known.late_empty else known.late.end
    late = Period(known.late.start, until)
    verb = "is" if len(late) == 1 else "are"
    if known.late_empty:
        through = day(known.complete_through)
        return (
            f"There is no data after {through} yet: {days(late)} {verb} late, not free of charge."
        )
    return f"Only part of {days(late)} has arrived: nothing of it is compared."


def _stopped(known: Completeness) -> str:
    if known.stopped_since is None:
        return ""
    return f"There has been no charge since {day(known.stopped_since)}: the costs have stopped."


def _holes(holes: Sequence[Period]) -> str:
    if not holes:
        return ""
    named = [_stretch(each) for each in holes[:MOST_HOLES]]
    if len(holes) > MOST_HOLES:
        named.append(f"{len(holes) - MOST_HOLES} more stretches")
    verb = "is" if len(holes) == 1 and (len(holes[0]) == 1 or _is_month(holes[0])) else "are"
    return f"{listed(named)} {verb} missing from the data: nothing is compared with it."


def _stretch(hole: Period) -> str:
    return f"{hole.start:%B}" if _is_month(hole) else days(hole)


def _is_month(period: Period) -> bool:
    return period == Period.month_of(period.start)


def _begins(known: Completeness) -> str:
    if known.begins is None:
        return ""
    return f"The data begins on {day(known.begins)}: earlier days are unknown."


def _ahead(known: Completeness, currency: str) -> str:
    if not known.ahead:
        return ""
    total = sum((each.amounts.billed for each in known.ahead), ZERO)
    dates = sorted({each.key.day for each in known.ahead})
    when = f"{day(dates[0])} {dates[0].year}"
    if len(dates) > 1:
        when += f" to {day(dates[-1])} {dates[-1].year}"
    return f"Charges of {money(total, currency)} are dated ahead ({when}) and left out."
