"""Refunds and corrections are told as what they are, beside what was paid, and change no usage."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib.costs import Period
from chalicelib.findings import FindingKind
from chalicelib.messages.digest import digest
from chalicelib.report import Report
from simulation.ledger import Entry
from tests.insights.ledgers import THROUGH, daily, entry, report_of

PLANS = "Savings Plans for AWS Compute usage"
BOUGHT, BACK = date(2026, 11, 12), date(2026, 11, 18)


def bought(amount: object = 3000, record_type: str = "SavingsPlanUpfrontFee") -> Entry:
    return entry(BOUGHT, PLANS, amount, record_type=record_type)


def back(
    amount: object = -3000,
    record_type: str = "Refund",
    *,
    service: str = PLANS,
    day: date = BACK,
) -> Entry:
    return entry(day, service, amount, record_type=record_type)


def told(report: Report) -> list[tuple[FindingKind, str, Decimal, Decimal]]:
    return [(each.kind, each.service, each.before, each.now) for each in report.findings]


@pytest.mark.parametrize("record_type", ["Refund", "SavingsPlanUpfrontFee", "Fee"])
@pytest.mark.parametrize("days", [1, 6, 30])
def test_a_purchase_that_came_back_is_one_finding_and_no_news_of_a_fee(
    record_type: str, days: int
) -> None:
    purchase = entry(BACK - timedelta(days=days), PLANS, 3000, record_type="SavingsPlanUpfrontFee")
    report = report_of(daily("EC2", 80), [purchase, back(record_type=record_type)])
    assert told(report) == [(FindingKind.REFUND, PLANS, 3000, -3000)]
    (finding,) = report.findings
    assert finding.against == Period.ending(purchase.day, 1)
    assert report.anomalies == ()


@pytest.mark.parametrize("level", ["80", "510", "900"])
def test_neither_the_week_nor_the_month_is_less_because_money_came_back(level: str) -> None:
    report = report_of(daily("EC2", level), [bought(), back()])
    mail = digest(report, "link")
    assert "%" not in mail.subject + mail.text
    assert "expected" not in mail.text
    assert "-$" not in mail.subject
    assert "of 12 November was refunded on 18 November: $3,000.00" in mail.text
    assert report.last_week is not None
    assert report.last_week.usage.amount == 0
    assert (report.last_week.refunds.before, report.last_week.refunds.after) == (0, -3000)


def test_a_purchase_returned_in_part_names_both_amounts() -> None:
    report = report_of(daily("EC2", 80), [bought(), back(-1000)])
    assert (FindingKind.REFUND, PLANS, 3000, -1000) in told(report)
    assert FindingKind.FEE in {each.kind for each in report.findings}
    assert "$1,000.00 of the purchase of Savings Plans of 12 November" in digest(report, "l").text


def test_a_refund_of_usage_is_no_fall_of_usage() -> None:
    report = report_of(daily("EC2", 80), [back(-300, service="EC2")])
    assert told(report) == [(FindingKind.REFUND, "EC2", 0, -300)]
    assert "$300.00 of EC2 came back on 18 November as a refund." in digest(report, "l").text


def test_a_refund_under_another_name_is_of_the_purchase_that_is_alike() -> None:
    report = report_of(daily("EC2", 80), [bought(), back(service="EC2")])
    assert told(report) == [(FindingKind.REFUND, "EC2", 3000, -3000)]


def test_two_refunds_never_take_back_the_same_purchase() -> None:
    twice = [back(), back(day=BACK + timedelta(days=1))]
    found = told(report_of(daily("EC2", 80), [bought(), *twice]))
    assert sorted(before for _, _, before, _ in found) == [0, 3000]


def test_small_and_old_refunds_and_those_of_settling_days_are_not_told() -> None:
    small, old = back(-3), back(day=THROUGH - timedelta(days=14), service="EC2", amount=-40)
    settling = back(day=THROUGH + timedelta(days=1), service="EC2", amount=-40)
    assert report_of(daily("EC2", 80), [small, old, settling]).findings == ()


def test_parts_of_a_week_add_up_to_what_is_to_be_paid() -> None:
    week = report_of(
        daily("EC2", 80), daily("EC2", -20, record_type="Credit"), [bought(), back(-1000)]
    ).last_week
    assert week is not None
    for side in ("before", "after"):
        usage, fees, credits, refunds, net = (
            getattr(each, side)
            for each in (week.usage, week.fees, week.credits, week.refunds, week.net)
        )
        assert usage + fees + credits + refunds == net
