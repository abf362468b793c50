from dataclasses import replace
from datetime import date
from decimal import Decimal

from chalicelib.costs import Amounts, Key, month_start
from chalicelib.insights.reconciliation import agreements, month_bills
from simulation.ledger import Entry, Ledger
from tests.insights.ledgers import THROUGH, TODAY, daily, entry, report_of

OCTOBER = date(2026, 10, 1)


def test_every_line_up_to_gross_adds_up_and_reductions_lead_to_net() -> None:
    price, paid = Decimal(100), Decimal(80)
    discounted = Entry(date(2026, 10, 5), "S3", "1", "Usage", price, paid, price, paid)
    report = report_of(
        [
            discounted,
            entry(OCTOBER, "EC2", 50, record_type="SavingsPlanRecurringFee"),
            entry(OCTOBER, "Support", 20, record_type="Support fee"),
            entry(OCTOBER, "Tax", 10, record_type="Tax"),
            entry(OCTOBER, "S3", -5, record_type="Refund"),
            entry(OCTOBER, "S3", -30, record_type="Credit"),
        ]
    )
    bill = report.months[0]
    assert bill.month.start == OCTOBER
    assert (bill.usage, bill.commitments, bill.support, bill.tax) == (100, 50, 20, 10)
    assert bill.discounts == -20
    assert bill.gross == 160
    assert (bill.refunds, bill.credits, bill.net) == (-5, -30, 125)


def test_a_category_that_only_the_source_has_a_name_for_keeps_it() -> None:
    months = Ledger(daily("S3", 1), {}).facts(TODAY).months
    strange = Key(OCTOBER, account="1", category="Something else")
    cells = {**months.cells, strange: Amounts(Decimal(7), Decimal(7), Decimal(7))}
    bills = month_bills(replace(months, cells=cells), THROUGH)
    october = next(bill for bill in bills if bill.month.start == OCTOBER)
    assert october.other == (("Something else", Decimal(7)),)
    assert october.gross == 31 + 7


def test_months_before_the_first_charge_are_left_out() -> None:
    bills = report_of(daily("S3", 1)).months
    assert [bill.month.start.month for bill in bills] == [8, 9, 10, 11]


def test_the_current_month_and_estimated_months_are_not_closed() -> None:
    facts = Ledger(daily("S3", 1), {}).facts(TODAY)
    assert [bill.closed for bill in month_bills(facts.months, THROUGH)] == [True, True, True, False]
    months = replace(facts.months, estimated=frozenset({OCTOBER, month_start(TODAY)}))
    assert [bill.closed for bill in month_bills(months, THROUGH)] == [True, True, False, False]


def test_two_queries_that_agree_differ_by_nothing() -> None:
    found = report_of(daily("S3", "1.23"), daily("S3", "-0.5", record_type="Credit")).agreements
    assert [each.month.start.month for each in found] == [8, 9, 10]
    assert [each.difference for each in found] == [0, 0, 0]


def test_a_charge_that_one_query_lost_shows_as_a_difference() -> None:
    facts = Ledger([*daily("S3", 1), entry(OCTOBER, "EC2", "0.02")], {}).facts(TODAY)
    services = facts.services.where("service", {"S3"})
    found = agreements(services, facts.months, THROUGH)
    assert [each.difference for each in found] == [0, 0, Decimal("-0.02")]
