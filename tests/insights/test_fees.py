"""Fees fall due on a date: apart from usage, held against their own last time, news only when they change."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib.costs import Costs, Period, month_start
from chalicelib.findings import FindingKind
from chalicelib.insights.fees import FeeNews, fees_of
from chalicelib.messages.digest import digest
from chalicelib.report import Report
from simulation.ledger import Entry
from tests.insights.ledgers import daily, entry, report_of

YEAR = Period(date(2027, 3, 1), date(2028, 3, 1))  # the year holds a 29 February
BEGIN = date(2026, 11, 1)


def first(day: date) -> date:
    return day


def next_monday(day: date) -> date:
    return day + timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0)


def monthly(
    service: str,
    amount: Callable[[int], object] | object,
    today: date,
    *,
    on: int = 1,
    record_type: str = "Fee",
    shifted: Callable[[date], date] = first,
    account: str = "1",
) -> Iterator[Entry]:
    """A charge each month on the same day, or on the month's last where it is shorter."""
    for n in range(20):
        start = month_start(BEGIN, n)
        day = min(start + timedelta(days=on - 1), Period.month_of(start).last_day)
        cost = amount(n) if callable(amount) else amount
        if shifted(day) < today:
            yield entry(shifted(day), service, cost, account, record_type)


def usage(today: date, account: str = "1") -> Iterator[Entry]:
    return daily("EC2", 80, Period(BEGIN, today), account)


def told(report: Report) -> tuple[object, ...]:
    """What is told of an account: findings, movers, anomalies, the comparisons of usage."""
    compared = (report.last_week, report.month_to_date, report.last_month)
    return (
        report.findings,
        report.week_movers,
        report.month_movers,
        report.anomalies,
        [each and each.usage for each in compared],
    )


@pytest.mark.parametrize(
    ("record_type", "on"),
    [("Tax", 1), ("SavingsPlanRecurringFee", 1), ("Usage", 1), ("Usage", 17), ("Fee", 31)],
)
def test_on_every_day_of_a_year_a_regular_fee_changes_nothing_that_is_told(
    record_type: str, on: int
) -> None:
    for today in YEAR:
        without = report_of(usage(today), today=today)
        fee = monthly("Vendor", 755, today, on=on, record_type=record_type)
        assert told(report_of(usage(today), fee, today=today)) == told(without), today


@pytest.mark.parametrize("on", [3, 15, 29, 30, 31])
def test_a_due_date_may_move_over_a_weekend(on: int) -> None:
    for today in list(YEAR)[::3]:
        fee = monthly("Vendor", 300, today, on=on, shifted=next_monday)
        assert report_of(usage(today), fee, today=today).findings == (), today


def test_a_fee_beside_usage_of_the_same_service_is_no_news_in_any_account() -> None:
    for today in list(YEAR)[::5]:
        report = report_of(
            usage(today),
            usage(today, account="2"),
            monthly("EC2", 400, today, record_type="RIFee", account="2"),
            today=today,
        )
        assert report.findings == (), today
        assert report.week_movers is not None
        assert report.week_movers.by_both == ()


def test_usage_and_fees_add_up_to_the_total_to_the_cent() -> None:
    today = date(2027, 3, 8)
    week = report_of(usage(today), monthly("Tax", "260.07", today), today=today).last_week
    assert week is not None
    assert week.usage.after + week.fees.after == week.gross.after
    assert week.usage.before + week.fees.before == week.gross.before
    assert week.fees.after == Decimal("260.07")


def test_a_fee_by_the_hours_of_the_month_has_not_changed() -> None:
    today = date(2027, 3, 8)

    def hourly(n: int) -> int:
        return 10 * len(Period.month_of(month_start(BEGIN, n)))

    report = report_of(
        usage(today), monthly("EC2", hourly, today, record_type="RIFee"), today=today
    )
    assert report.findings == ()


def test_tax_that_grows_with_usage_has_not_changed() -> None:
    today = date(2027, 3, 8)
    grown = daily("EC2", lambda day: 80 if day < date(2027, 2, 1) else 104, Period(BEGIN, today))
    tax = monthly("Tax", lambda n: 240 if n < 4 else 312, today, record_type="Tax")
    report = report_of(grown, tax, today=today)
    assert FindingKind.FEE not in {each.kind for each in report.findings}


def _news(report: Report) -> list[tuple[FeeNews, date]]:
    return [(fee.news, fee.day) for fee in report.fees.news]


def test_a_fee_is_news_the_first_time_when_it_changes_and_when_it_does_not_come() -> None:
    today, due = date(2027, 3, 8), date(2027, 3, 1)
    once = report_of(usage(today), [entry(due, "Vendor", 300, record_type="Fee")], today=today)
    assert _news(once) == [(FeeNews.NEW, due)]
    dearer = monthly("Vendor", lambda n: 300 if n < 4 else 450, today)
    assert _news(report_of(usage(today), dearer, today=today)) == [(FeeNews.CHANGED, due)]
    over = [each for each in monthly("Vendor", 300, today) if each.day < due]
    gone = report_of(usage(today), over, today=today)
    assert _news(gone) == [(FeeNews.GONE, due)]
    (finding,) = gone.findings
    assert (finding.kind, finding.before, finding.now) == (FindingKind.FEE, 300, 0)


def test_in_an_account_too_young_to_know_a_fee_is_not_called_new() -> None:
    today = date(2027, 3, 8)
    young = daily("EC2", 80, Period(date(2027, 2, 20), today))
    report = report_of(young, [entry(date(2027, 3, 1), "Tax", 30, record_type="Tax")], today=today)
    assert report.findings == ()


def test_what_is_charged_day_by_day_is_usage_whatever_its_category() -> None:
    today = date(2027, 3, 8)
    plan = daily("Savings Plans", 240, Period(BEGIN, today), record_type="SavingsPlanRecurringFee")
    report = report_of(usage(today), plan, today=today)
    assert report.fees.all == ()


def test_where_only_services_are_known_a_fee_is_known_by_its_calendar() -> None:
    today = date(2027, 3, 8)
    entries = [*usage(today), *monthly("Vendor", 300, today, on=4)]
    full = report_of(entries, today=today).facts.services
    bare = Costs.of(
        (each._replace(key=each.key._replace(category="")) for each in full),
        period=full.period,
        known=full.known,
    )
    fees = fees_of(bare, None, today, floor=Decimal(10), percent=Decimal(10))
    assert {fee.service for fee in fees.all} == {"Vendor"}
    assert fees.news == ()


@pytest.mark.parametrize(("day", "line"), [(8, "fees of the 1st, as in February"), (20, "")])
def test_the_mail_compares_usage_and_names_regular_fees_as_regular(day: int, line: str) -> None:
    today = date(2027, 3, day)
    mail = digest(report_of(usage(today), monthly("Tax", 755, today), today=today), "link")
    week = mail.text.splitlines()[2]
    assert (line in week) if line else ("fees" not in week)
    assert "%" not in mail.subject + week
    assert "What changed most" not in mail.text
