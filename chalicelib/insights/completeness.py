"""Which days are complete, and which are still filling in."""

from dataclasses import dataclass
from datetime import date

from chalicelib.costs import Period


@dataclass(frozen=True, slots=True)
class Completeness:
    """`complete_through` is the last day that is no longer settling; `settling` the days after it.

    `estimated_since` is the first day that the source itself marks as not final, None if none is.
    """

    complete_through: date
    settling: Period | None
    estimated_since: date | None
