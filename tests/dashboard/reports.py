"""Reports for the tests: small ones made of a few entries, difficult ones, and a large one."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

from chalicelib.dashboard.view import View, view_of
from chalicelib.report import Report, build_report
from chalicelib.settings import Settings
from simulation.ledger import Entry, Ledger
from simulation.sample import SAMPLE_NOW, large_ledger, sample_ledger

TODAY = SAMPLE_NOW.date()

HOSTILE = (
    "</script><script>document.title='owned'</script>",
    "<!--<script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "'; alert(1); //",
    '"><b onmouseover="document.title=1">',
    "{{ 7 * 7 }}${7*7}",
    "line\u2028separator\u2029and\u0085more",
    "\u202eright to left\u2066 isolate",
    '=HYPERLINK("https://example.com","click")',
    "+1-1",
    "@SUM(A1)",
    "tab\tand\r\nbreak",
    "long " + "x" * 1019,
)


@cache
def sample_report() -> Report:
    """The sample organisation, with a budget and a label."""
    settings = Settings(monthly_budget=Decimal(12000), label="tag:team")
    return build_report(sample_ledger().facts(TODAY, label=settings.label), settings, SAMPLE_NOW)


@cache
def large_report() -> Report:
    """A thousand accounts, a hundred services, for long enough to compare two weeks."""
    ledger = large_ledger(1000, 100, 16, today=TODAY)
    return build_report(ledger.facts(TODAY), Settings(), SAMPLE_NOW)


@cache
def hostile_report() -> Report:
    """Every hostile name as a service, as an account's name and as a category of its own."""
    entries = [
        entry(
            day,
            service=name,
            account=f"{n:012}",
            amount=n + 1,
            record_type=name if n < 3 else "Usage",
        )
        for n, name in enumerate(HOSTILE)
        for day in days_up_to(TODAY, 70)
    ]
    names = {f"{n:012}": name for n, name in enumerate(HOSTILE)}
    return report_of(entries, account_names=names)


def report_of(
    entries: Iterable[Entry],
    *,
    today: date = TODAY,
    account_names: dict[str, str] | None = None,
    currency: str = "USD",
    settings: Settings | None = None,
) -> Report:
    """The report of a few entries, made at seven in the morning of `today`."""
    ledger = Ledger(entries, account_names or {}, currency)
    made = datetime(today.year, today.month, today.day, 7, tzinfo=UTC)
    return build_report(ledger.facts(today), settings or Settings(), made)


def entry(
    day: date,
    amount: Decimal | int | str = 10,
    *,
    service: str = "Amazon EC2",
    account: str = "111111111111",
    record_type: str = "Usage",
) -> Entry:
    """One charge that costs the same by every measure."""
    cost = Decimal(amount)
    return Entry(day, service, account, record_type, cost, cost, cost, cost)


def days_up_to(today: date, count: int) -> list[date]:
    """The `count` days before `today`."""
    return [today - timedelta(days=n) for n in range(count, 0, -1)]


def _every_day(count: int, *amounts: int | str, today: date = TODAY, **details: str) -> list[Entry]:
    days = days_up_to(today, count)
    return [entry(day, amount, **details) for amount in amounts for day in days]


DIFFICULT: dict[str, Callable[[], Report]] = {
    "empty account": lambda: report_of([]),
    "two days old": lambda: report_of(_every_day(2, 10)),
    "five days old": lambda: report_of(_every_day(5, 10)),
    "first day of a month": lambda: report_of(
        _every_day(60, 10, today=date(2026, 11, 1)), today=date(2026, 11, 1)
    ),
    "second day of a month": lambda: report_of(
        _every_day(60, 10, today=date(2026, 11, 2)), today=date(2026, 11, 2)
    ),
    "first of January": lambda: report_of(
        _every_day(60, 10, today=date(2027, 1, 1)), today=date(2027, 1, 1)
    ),
    "after a leap day": lambda: report_of(
        _every_day(100, 10, today=date(2028, 3, 1)), today=date(2028, 3, 1)
    ),
    "negative totals": lambda: report_of(
        _every_day(80, 10)
        + _every_day(80, -25, record_type="Credit")
        + _every_day(80, -3, service="Returned")
    ),
    "only credits": lambda: report_of(_every_day(80, -5, record_type="Credit")),
    "zero-cost services": lambda: report_of(
        _every_day(80, 10) + _every_day(80, 0, service="AWS CloudTrail")
    ),
    "only zero": lambda: report_of(_every_day(80, 0)),
    "another currency": lambda: report_of(_every_day(80, "1234.567"), currency="CNY"),
    "hostile names": hostile_report,
    "large organisation": large_report,
}
"""Reports that are hard to show, by what is special about them."""


@cache
def difficult_view(name: str) -> View:
    """The view of one of them, made once."""
    return view_of(DIFFICULT[name]())
