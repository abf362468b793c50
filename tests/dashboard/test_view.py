"""The view model says what the report says: exact sums, rounded once, bounded, valid JSON."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.costs import REDUCTIONS, ZERO, Amounts, Period
from chalicelib.dashboard.json_form import as_json
from chalicelib.dashboard.sections.daily import Stack
from chalicelib.dashboard.view import view_of
from chalicelib.money import percent
from chalicelib.report import Report
from desk.report_schema import PATH, schema
from tests.dashboard.reports import (
    DIFFICULT,
    TODAY,
    days_up_to,
    difficult_view,
    entry,
    report_of,
    sample_report,
)

CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    return round(amount, 2) + 0


@pytest.fixture(scope="module")
def report() -> Report:
    return sample_report()


def test_month_and_week_are_the_reports_comparisons(report: Report) -> None:
    view = view_of(report)
    pairs = ((view.week.compared, report.last_week), (view.month.compared, report.month_to_date))
    for shown, comparison in pairs:
        assert shown
        assert comparison
        assert shown.gross.now == cents(comparison.gross.after)
        assert shown.net.before == cents(comparison.net.before)
        assert shown.charge_period_start == comparison.period.start
        assert shown.charge_period_end == comparison.period.end


def test_the_burn_up_ends_with_what_the_month_has_cost(report: Report) -> None:
    month = view_of(report).month
    costs = report.facts.services
    so_far = costs.during(Period(month.billing_period_start, TODAY)).total().billed
    assert month.course[-1] == cents(so_far)
    assert month.filling_in == 2
    october = Period(date(2026, 10, 1), date(2026, 11, 1))
    assert month.last_course[-1] == cents(costs.during(october).total().billed)
    assert month.year_before == next(
        row.net for row in view_of(report).months if row.billing_period_start == date(2025, 11, 1)
    )


def test_an_unknown_day_is_no_bar_of_nothing_and_ends_the_running_total() -> None:
    report = report_of([entry(day) for day in days_up_to(TODAY, 60)])
    hole = Period(date(2026, 11, 18), date(2026, 11, 20))
    services = report.facts.services
    covered = services.covered.without([hole])
    facts = _replaced(report.facts, services=_replaced(services, covered=covered))
    view = view_of(_replaced(report, facts=facts))
    unknown = [day.charge_period_start for day in view.week.days if day.now is None]
    assert unknown == list(hole)
    assert view.month.course[16] == Decimal(170)
    assert view.month.course[17:] == (None,) * 5


def test_a_fee_stands_beside_its_own_last_time_and_outside_the_bars_of_the_week() -> None:
    support = [
        entry(date(2026, month, 20), amount, service="AWS Support", record_type="Support")
        for month, amount in ((9, 100), (10, 100), (11, 130))
    ]
    view = view_of(report_of([*(entry(day) for day in days_up_to(TODAY, 100)), *support]))
    (row,) = view.fees
    assert (row.due, row.last_due) == (date(2026, 11, 20), date(2026, 10, 20))
    assert (row.billed_cost, row.last_cost) == (130, 100)
    assert row.said.replace("\u00a0", " ").replace("\u202f", " ") == "+$30.00 (30 %)"
    assert {day.now for day in view.week.days} == {Decimal(10)}


def test_the_month_end_is_the_reports_projection(report: Report) -> None:
    month_end = view_of(report).month
    gross, net = report.projections.gross, report.projections.net
    assert gross
    assert net
    assert month_end.gross
    assert month_end.net
    assert month_end.gross.expected == cents(gross.expected)
    assert month_end.net.expected == cents(net.expected)
    assert month_end.net.low == cents(net.low) <= month_end.net.high == cents(net.high)
    assert month_end.budget == report.monthly_budget


def test_without_a_projection_the_month_end_is_still_that_of_the_current_month() -> None:
    first = date(2026, 11, 1)
    view = view_of(report_of([entry(date(2026, 10, 25), amount=5)], today=first))
    assert view.month.net is None
    assert view.month.billing_period_start == first


def test_a_percentage_is_the_exact_ratios_own_and_not_rounded_twice() -> None:
    week = [entry(day, amount=Decimal("10.13496")) for day in days_up_to(TODAY, 9)]
    before = [entry(day, amount=10) for day in days_up_to(TODAY - timedelta(9), 60)]
    row = view_of(report_of([*week, *before])).services.rows[0]
    assert percent(row.week_change_ratio) == percent(Decimal("0.013496")) == "1.3 %"


def test_every_stack_of_the_daily_chart_adds_up_to_the_facts_of_each_day(report: Report) -> None:
    daily = view_of(report).daily
    for stack in daily.stacks:
        days = list(Period(stack.charge_period_start, daily.charge_period_end))
        exact = _exact(report, stack)
        for n, day in enumerate(days):
            assert stack.totals[n] == cents(exact.get(day, ZERO))
            parts = sum(series.amounts[n] for series in stack.series)
            assert abs(parts - stack.totals[n]) <= CENT * len(stack.series) / 2


def _exact(report: Report, stack: Stack) -> dict[date, Decimal]:
    facts = report.facts
    costs = facts.services
    if stack.by == "account" or stack.sub_account_id:
        assert facts.accounts
        costs = facts.accounts
    elif stack.credits == "before":
        costs = costs.gross()
    if stack.sub_account_id:
        costs = costs.where("account", {stack.sub_account_id})
    measure: Callable[[Amounts], Decimal] = lambda each: (  # noqa: E731
        each.effective if stack.cost == "effective" else each.billed
    )
    return {day: measure(amounts) for day, amounts in costs.by_day().items()}


def test_series_keep_their_place_and_so_their_colour_in_every_setting(report: Report) -> None:
    stacks = [stack for stack in view_of(report).daily.stacks if stack.by == "service"]
    names = [[each.name for each in stack.series if not each.rest] for stack in stacks]
    assert len(stacks) > 4
    assert all(each == names[0] for each in names)


def test_accounts_are_offered_only_as_their_data_can_answer(report: Report) -> None:
    daily = view_of(report).daily
    about_accounts = [s for s in daily.stacks if s.by == "account" or s.sub_account_id]
    assert {stack.credits for stack in about_accounts} == {"before"}
    assert {stack.charge_period_start for stack in about_accounts} == {date(2026, 10, 1)}


def test_tables_list_everything_and_add_up(report: Report) -> None:
    view, facts = view_of(report), report.facts
    days = Period(view.services.charge_period_start, view.services.charge_period_end)
    assert len(days) == 30
    gross = facts.services.gross().during(days)
    assert view.services.total == cents(gross.total().billed)
    assert {row.service_name: row.billed_cost for row in view.services.rows if row.billed_cost} == {
        name: cents(each.billed) for name, each in gross.by("service").items() if each.billed
    }
    assert view.accounts
    assert facts.accounts
    assert view.accounts.total == cents(facts.accounts.during(days).total().billed)
    for row in view.accounts.rows:
        assert abs(sum(each.billed_cost for each in row.services) - row.billed_cost) <= CENT * 4


def test_a_week_in_the_tables_is_the_week_of_the_headline(report: Report) -> None:
    view = view_of(report)
    assert view.week.compared
    week = view.week.compared.gross
    assert abs(sum(row.week_cost for row in view.services.rows) - week.now) < Decimal("0.2")
    assert abs(sum(row.week_change for row in view.services.rows) - week.change) < Decimal("0.2")


def test_an_unchanged_service_shows_its_week() -> None:
    rows = view_of(report_of([entry(day) for day in days_up_to(TODAY, 60)])).services.rows
    assert [(row.week_cost, row.week_change_kind) for row in rows] == [(Decimal(70), "unchanged")]


def test_credits_stand_beside_the_service_they_pay_for(report: Report) -> None:
    view = view_of(report)
    days = Period(view.services.charge_period_start, view.services.charge_period_end)
    taken_off = report.facts.services.where("category", REDUCTIONS).during(days)
    assert view.services.reductions == cents(taken_off.total().billed) < 0


def test_the_monthly_bill_adds_up_on_screen(report: Report) -> None:
    for row in view_of(report).months:
        lines = row.usage + row.commitments + row.support + row.tax + row.other + row.discounts
        assert abs(lines - row.gross) <= 3 * CENT
        assert abs(row.gross + row.refunds + row.credits - row.net) <= 2 * CENT


def test_budget_and_certainty_decide_how_a_budget_is_spoken_of(report: Report) -> None:
    view = view_of(report)
    assert not [each for each in view.findings if each.kind == "budget"]
    assert "under the budget" in view.month.end_sentence


def test_findings_are_the_reports_ranked_as_they_are_and_carry_their_course(report: Report) -> None:
    view = view_of(report)
    assert [(each.kind, each.amount) for each in view.findings] == [
        (each.kind, cents(each.amount)) for each in report.findings
    ]
    rising = view.findings[0]
    assert rising.course
    assert rising.charge_period_start
    assert rising.charge_period_end
    first = (rising.charge_period_start - rising.course.charge_period_start).days
    days = (rising.charge_period_end - rising.charge_period_start).days
    known = [each or ZERO for each in rising.course.amounts[first : first + days]]
    assert rising.amount < sum(known) <= rising.now


def _replaced(value: Any, **changes: Any) -> Any:
    from dataclasses import replace

    return replace(value, **changes)


def test_a_new_account_gets_no_made_up_comparison() -> None:
    view = difficult_view("five days old")
    assert view.week.compared
    assert view.week.compared.net.change_ratio is None
    assert "%" not in view.verdict + view.week.said.sentence
    assert len(view.months) == 1


def test_an_empty_account_is_said_to_be_empty() -> None:
    view = difficult_view("empty account")
    assert view.verdict.startswith("There are no costs yet")
    assert view.services.rows == ()


@pytest.mark.parametrize("name", DIFFICULT)
def test_json_is_what_the_schema_describes(name: str) -> None:
    _validate(difficult_view(name))


def test_json_of_the_sample_is_the_golden_one(
    report: Report, golden: Callable[[str, str], None]
) -> None:
    view = view_of(report)
    _validate(view)
    golden("report.json", json.dumps(as_json(view), indent=1, ensure_ascii=False) + "\n")


def test_the_schema_in_the_documents_is_current() -> None:
    assert Path(PATH).read_text("utf-8") == schema(), "run: python -m desk.report_schema"


def test_what_is_embedded_is_bounded_and_the_grouping_is_said() -> None:
    view = difficult_view("large organisation")
    assert view.accounts
    assert len(view.accounts.rows) == 1000
    assert sum(bool(row.services) for row in view.accounts.rows) == 50
    assert max(len(stack.series) for stack in view.daily.stacks) == 8
    assert len(json.dumps(as_json(view))) < 600_000
    assert any("adds up the others" in each for each in view.grouped)


amounts = st.decimals(min_value=-1000, max_value=1000, places=4, allow_nan=False)
charges = st.builds(
    entry,
    st.sampled_from(days_up_to(TODAY, 95)),
    amounts,
    service=st.text(max_size=30),
    account=st.sampled_from(["111111111111", "222222222222"]),
    record_type=st.sampled_from(
        ["Usage", "Tax", "Credit", "Refund", "SavingsPlanRecurringFee", "?"]
    ),
)


@settings(deadline=None, max_examples=25)
@given(st.lists(charges, max_size=40))
def test_any_ledger_has_a_view_whose_totals_are_the_facts(entries: list[Any]) -> None:
    report = report_of(entries)
    view = view_of(report)
    _validate(view)
    assert view_of(report) == view
    first = view.daily.stacks[0]
    services = report.facts.services.gross()
    charged = services.by_day()
    days = Period(first.charge_period_start, view.daily.charge_period_end)
    expected = tuple(
        cents(charged.get(day, Amounts()).billed) if day in services.covered else None
        for day in days
    )
    assert first.totals == expected


VALIDATOR = jsonschema.Draft202012Validator(
    json.loads(PATH.read_text("utf-8")), format_checker=jsonschema.FormatChecker()
)


def _validate(view: Any) -> None:
    VALIDATOR.validate(json.loads(json.dumps(as_json(view))))
