"""Fees of the 1st, which came in each of four months, in the week of a level account."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib.costs import Period
from chalicelib.messages.digest import digest
from chalicelib.report import Report
from tests.insights.ledgers import daily, entry, report_of

TODAY = date(2027, 3, 8)
FEES = {
    "AWS Support (Business)": ("Support fee", 180),
    "Log Search by Example Vendor": ("Fee", 95),
    "Savings Plans for AWS Compute usage": ("SavingsPlanRecurringFee", 220),
    "Tax": ("Tax", 260),
}


@pytest.fixture(scope="module")
def report() -> Report:
    """The account of the case: 80 dollars a day, straying by 8 cents from one day to the next."""
    known = Period(date(2026, 12, 1), TODAY)
    used = daily("Lambda", lambda day: Decimal(80) - Decimal(day.toordinal() % 2) * 8 / 100, known)
    fees = [
        entry(date(year, month, 1), service, amount, record_type=kind)
        for year, month in ((2026, 12), (2027, 1), (2027, 2), (2027, 3))
        for service, (kind, amount) in FEES.items()
    ]
    return report_of(used, fees, today=TODAY)


def test_the_week_is_level_and_its_fees_are_those_of_february(report: Report) -> None:
    first = digest(report, "link").text.splitlines()[2]
    assert "$755.00 fees of the 1st, as in February" in first
    assert report.last_week is not None
    assert report.last_week.fees.after == 755
    assert abs(report.last_week.usage.amount) < 1


def test_neither_subject_nor_lines_make_news_of_fees(report: Report) -> None:
    mail = digest(report, "link")
    top = [mail.subject, *mail.text.splitlines()[:5]]
    assert not any(name in line for line in top for name in FEES)
    assert not any("134" in line or "135" in line for line in top)
    assert report.findings == ()
    assert report.anomalies == ()


def test_it_is_as_calm_a_week_later(report: Report) -> None:
    assert report.fees.news == ()
    assert TODAY - timedelta(days=7) in {fee.day for fee in report.fees.all}
