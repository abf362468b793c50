"""Which days are complete, and which are still filling in."""

from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.costs import CostFacts, Period


@dataclass(frozen=True, slots=True)
class Completeness:
    """`complete_through` is the last day that is no longer settling; `settling` the days after it.

    `estimated_since` is the first day that the source itself marks as not final, None if none is.
    """

    complete_through: date
    settling: Period | None
    estimated_since: date | None


def completeness(facts: CostFacts, settling_days: int) -> Completeness:
    """Split the days before today into complete and settling ones.

    AWS fills in a day's cost for one to two days after it ("refreshed at least once every 24
    hours", Cost Management guide), so the last `settling_days` days are shown and never compared.
    The source's own mark (`Estimated` in Cost Explorer) covers the whole open month; it is shown,
    but it decides nothing, or no day of the current month could ever be compared.
    """
    complete_through = facts.today - timedelta(days=1 + settling_days)
    return Completeness(
        complete_through=complete_through,
        settling=Period(complete_through + timedelta(days=1), facts.today)
        if settling_days
        else None,
        estimated_since=min(facts.services.estimated, default=None),
    )
