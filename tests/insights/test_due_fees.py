"""Fees due by the month, the quarter or the year: expected until they come, and no news when they do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib.costs import Period, month_start
from chalicelib.insights.fees import DueFee, FeeNews, fees_of
from chalicelib.messages.digest import digest
from chalicelib.report import Report
from simulation.ledger import Entry
from tests.insights.ledgers import daily, entry, report_of

THIS = date(2026, 11, 9)
BEGIN = date(2025, 8, 1)
VENDOR = "Log Search by Example Vendor"


def every(
    months: int, on: date, amount: object, today: date, record_type: str = "Fee"
) -> Iterator[Entry]:
    """A charge every so many months, on the day of `on` or the last of a shorter month."""
    for n in range(-24, 24, months):
        month = Period.month_of(month_start(on, n))
        day = min(month.start + timedelta(days=on.day - 1), month.last_day)
        if BEGIN <= day < today:
            yield entry(day, VENDOR, amount, record_type=record_type)


def report(today: date, *fees: Iterator[Entry]) -> Report:
    return report_of(daily("EC2", 10, Period(BEGIN, today)), *fees, today=today)


def rest(today: date) -> Period:
    """The days of the month that are not complete."""
    return Period(max(today.replace(day=1), today - timedelta(days=2)), month_start(today, 1))


def expected(found: Report) -> int:
    assert found.projections.net is not None
    return round(found.projections.net.expected)


@pytest.mark.parametrize("record_type", ["Tax", "Support fee", "Fee", "SavingsPlanRecurringFee"])
@pytest.mark.parametrize("day", [2, 9, 17, 24, 30])
def test_the_month_end_holds_a_monthly_fee_once_before_and_after_it_comes(
    day: int, record_type: str
) -> None:
    for on in (1, 8, 15, 28):
        today = date(2026, 11, day)
        fee = every(1, date(2026, 1, on), 500, today, record_type)
        assert expected(report(today, fee)) == 800, on


@pytest.mark.parametrize("on", [3, 18, 27])
@pytest.mark.parametrize("months", [3, 6])
def test_a_fee_by_the_quarter_is_expected_in_its_month_only(months: int, on: int) -> None:
    due = date(2026, 11, on)
    for today in (date(2026, 11, 10), date(2026, 11, 24)):
        assert expected(report(today, every(months, due, 900, today))) == 1200
    for today in (date(2026, 10, 10), date(2026, 12, 10)):
        found = report(today, every(months, due, 900, today))
        assert expected(found) == 310
        assert not found.fees.due(rest(today))


def test_a_yearly_fee_is_expected_in_its_month_and_in_doubt_until_it_comes() -> None:
    due, before, after = date(2026, 11, 18), date(2026, 11, 10), date(2026, 11, 24)
    to_come = report(before, every(12, due, 1200, before))
    assert expected(to_come) == 1500
    assert to_come.projections.net is not None
    assert to_come.projections.net.low < 400
    assert to_come.fees.due(rest(before)) == (
        DueFee(date(2026, 11, 30), "", "Purchase", Decimal(1200), sure=False),
    )
    came = report(after, every(12, due, 1200, after))
    assert expected(came) == 1500
    assert came.projections.net is not None
    assert came.projections.net.low > 1400


@pytest.mark.parametrize("months", [1, 2, 3, 6, 12])
def test_on_no_day_of_a_year_is_a_regular_fee_news(months: int) -> None:
    for n in range(0, 365, 6):
        today = date(2026, 12, 1) + timedelta(days=n)
        fee = every(months, date(2026, 11, 29), 700, today)
        found = report(today, fee)
        assert found.findings == (), today
        assert found.fees.news == ()


def test_a_yearly_fee_is_told_as_that_of_the_year_before() -> None:
    today = date(2026, 11, 24)
    text = digest(report(today, every(12, date(2026, 11, 18), 1200, today)), "link").text
    assert "$1,200.00 fees of the 18th, as in November 2025" in text


def test_a_yearly_fee_that_was_raised_is_news_with_its_last_time() -> None:
    today, day = date(2026, 11, 24), date(2026, 11, 18)
    fees = [
        entry(day.replace(year=2025), VENDOR, 1200, record_type="Fee"),
        entry(day, VENDOR, 1500, record_type="Fee"),
    ]
    (fee,) = report(today, iter(fees)).fees.news
    assert (fee.news, fee.last_amount) == (FeeNews.CHANGED, 1200)
    text = digest(report(today, iter(fees)), "link").text
    assert "$1,500.00 on 18 November, after $1,200.00 in November 2025" in text


def test_a_purchase_of_last_year_that_was_refunded_is_not_expected_again() -> None:
    today, last = date(2026, 11, 10), date(2025, 11, 18)
    for back in (last, last + timedelta(days=20)):
        bought = entry(last, VENDOR, 1200, record_type="Fee")
        refund = entry(back, VENDOR, -1200, record_type="Refund")
        assert expected(report(today, iter([bought, refund]))) == 300


def test_a_fee_on_a_settling_day_is_counted_once() -> None:
    today = date(2026, 11, 2)
    fee = list(every(1, date(2026, 1, 1), 500, today))
    assert fee[-1].day == date(2026, 11, 1)
    assert expected(report(today, iter(fee))) == 800


def test_what_is_due_by_the_days_of_the_month_is_expected_by_them() -> None:
    today = date(2026, 12, 1)
    by_days = [
        entry(month, VENDOR, 10 * len(Period.month_of(month)), record_type="RIFee")
        for month in (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1))
    ]
    (due,) = report(today, iter(by_days)).fees.due(Period.month_of(today))
    assert due.amount == 310


def test_a_domain_that_is_paid_by_the_year_is_neither_new_nor_usage() -> None:
    today = date(2026, 11, 24)
    domain = entry(date(2026, 11, 18), "Amazon Registrar", 14)
    found = report(today, iter([domain]))
    assert found.findings == ()
    assert [fee.service for fee in found.fees.all] == ["Amazon Registrar"]
    assert found.last_week is not None
    assert found.last_week.usage.amount == 0


@pytest.mark.parametrize("came", [True, False])
def test_a_fee_is_neither_new_nor_gone_where_its_due_date_is_unknown(came: bool) -> None:
    today = date(2026, 11, 24)
    hole = Period(date(2026, 10, 8), date(2026, 10, 11)) if came else Period.ending(THIS, 3)
    fee = [each for each in every(1, THIS, 300, today) if each.day not in hole]
    if came:
        fee = [each for each in fee if each.day > hole.start]
    full = report(today, iter(fee)).facts
    services = replace(full.services, covered=full.services.covered.without([hole]))
    found = fees_of(services, None, today - timedelta(days=3), months=full.months)
    assert found.news == ()
    known = fees_of(full.services, None, today - timedelta(days=3), months=full.months)
    assert [each.news for each in known.news] == [FeeNews.NEW if came else FeeNews.GONE]
