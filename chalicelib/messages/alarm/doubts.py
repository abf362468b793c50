"""A figure that cannot be right, said aloud, with what may explain it."""

from datetime import timedelta

from chalicelib.costs import Period
from chalicelib.insights.doubt import SHARE, USUAL_DAYS, Doubt, Excuse
from chalicelib.money import money, percent
from chalicelib.wording.periods import day, days

MEASURE = f"more than {percent(SHARE)} and more than {USUAL_DAYS} usual days cost"


def doubt_line(found: Doubt | None) -> str:
    """The doubt as one line; "" where there is none."""
    if found is None:
        return ""
    said, counted = (money(each, found.currency) for each in (found.claim.amount, found.counted))
    known = _period(found.claim.period)
    first = "This cannot be right" if found.wild else "This does not fit"
    counted = counted if found.counted else "nothing"
    line = f"{first}: Cost Explorer counts {counted} for {known}, not {said}; they are apart by {MEASURE}."
    return " ".join([line, *(_excuse(each, found) for each in found.excuses)])


def _period(period: Period) -> str:
    if period == Period.month_of(period.start):
        return f"{period.start:%B} so far"
    return days(period)


def _excuse(excuse: Excuse, found: Doubt) -> str:
    claim = found.claim
    match excuse:
        case Excuse.LAST_MONTH:
            before = claim.period.start - timedelta(days=1)
            return f"It is what {before:%B} came to: the metric may not have begun {claim.period.start:%B} yet."
        case Excuse.AGE:
            return f"The figure is of {day(claim.until)}, and older than Cost Explorer's."
        case Excuse.CREDITS:
            return "Credits or refunds may be taken off in one of the two only."
        case Excuse.TAX:
            return "Tax may be in one of the two only."
        case Excuse.SIZE:
            return "Somebody may have tested the alarm, or its metric is not what its name says."
        case Excuse.CURRENCY:
            return "Or the two count in different currencies."
