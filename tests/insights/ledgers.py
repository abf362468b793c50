"""Small ledgers for the tests of the insights."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

from chalicelib.costs import Period, month_start
from chalicelib.report import Report, build_report
from chalicelib.settings import Settings
from simulation.ledger import Entry, Ledger

TODAY = date(2026, 11, 24)
THROUGH = date(2026, 11, 21)
HISTORY = Period(month_start(TODAY, -3), TODAY)


def entry(
    day: date, service: str, amount: object, account: str = "1", record_type: str = "Usage"
) -> Entry:
    """One charge that costs the same by every measure."""
    return Entry(day, service, account, record_type, *((Decimal(str(amount)),) * 4))


def daily(
    service: str,
    amount: Callable[[date], object] | object,
    period: Period = HISTORY,
    account: str = "1",
    record_type: str = "Usage",
) -> Iterator[Entry]:
    """A charge on every day of the period: the same one, or what a function says."""
    for day in period:
        cost = amount(day) if callable(amount) else amount
        yield entry(day, service, cost, account, record_type)


def report_of(
    *parts: Iterable[Entry], today: date = TODAY, settings: Settings | None = None
) -> Report:
    """The report on everything in the parts."""
    ledger = Ledger([each for part in parts for each in part], {"1": "production", "2": "staging"})
    moment = datetime(today.year, today.month, today.day, 7, tzinfo=UTC)
    return build_report(ledger.facts(today), settings or Settings(), moment)
