"""Which findings are asked about, and that the answers add up to them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st

from chalicelib.costs import Coverage, Period, Place, Scope, Usage
from chalicelib.findings import Finding
from chalicelib.insights.drivers import DriverKind
from chalicelib.report import Report
from chalicelib.settings import Settings
from chalicelib.why import MOST_QUESTIONS, MOST_SERVICES, explained, questions
from simulation.ledger import Entry, Ledger
from tests.insights.ledgers import HISTORY, THROUGH, daily, entry, report_of

WEEK = Period.ending(THROUGH, 7)


def grown(name: str, amount: int = 100, account: str = "1") -> list[Entry]:
    """A restless cost that is higher in the last week: a mover, and nothing unusual."""
    return [
        *daily(name, lambda day: 20 if day.day % 3 else amount, account=account),
        *daily(name, lambda day: 3, WEEK, account=account),
    ]


def answered(report: Report, ledger: Ledger) -> Report:
    return explained(report, [(each, ledger.usage(each)) for each in questions(report)])


def about(report: Report) -> list[Finding]:
    return [each for each in report.findings if each.service]


def test_the_largest_findings_of_five_services_are_asked_about() -> None:
    report = report_of(*(grown(f"S{n}", 100 + n) for n in range(9)))
    assert len({each.service for each in about(report)}) > MOST_SERVICES
    (question,) = questions(report)
    possible = [each.service for each in about(report)][:MOST_SERVICES]
    assert question.services == tuple(dict.fromkeys(possible))


def test_one_question_covers_both_sides_of_every_change() -> None:
    report = report_of(grown("S1"), daily("S2", 50, Period(date(2026, 11, 12), HISTORY.end)))
    (question,) = questions(report)
    for each in about(report):
        assert each.period
        assert question.period.start <= each.period.start - timedelta(days=7)
        assert question.period.end >= each.period.end


def test_a_service_told_in_two_accounts_makes_a_second_question_and_never_a_third() -> None:
    report = report_of(grown("S1"))
    (told, *_) = about(report)
    places = [replace(told, account=account) for account in ("1", "2", "3")]
    asked = questions(replace(report, findings=tuple(places)))
    assert [each.places for each in asked] == [(Place("S1", "1"),), (Place("S1", "2"),)]
    assert len(asked) == MOST_QUESTIONS


def test_where_the_report_is_about_one_account_so_is_the_question() -> None:
    report = report_of(grown("S1"))
    narrowed = replace(report, facts=replace(report.facts, scope=Scope(account="7")))
    assert questions(narrowed)[0].places == (Place("S1", "7"),)


def test_nothing_is_asked_where_nothing_changed() -> None:
    assert questions(report_of(daily("S1", 10))) == ()


def test_a_fee_is_not_asked_about() -> None:
    fee = daily(
        "Registrar", 500, Period(WEEK.start, WEEK.start + timedelta(days=1)), record_type="Fee"
    )
    findings = [each for each in about(report_of(fee, daily("S1", 10))) if each.category]
    report = replace(report_of(daily("S1", 10)), findings=tuple(findings))
    assert findings
    assert questions(report) == () or all(each.category == "Usage" for each in findings)


def test_what_was_not_answered_for_is_not_explained() -> None:
    report = report_of(grown("S1"))
    (question,) = questions(report)
    ledger = Ledger(grown("S1"), {})
    half = replace(ledger.usage(question), covered=Coverage((WEEK,)))
    assert all(each.drivers == () for each in explained(report, [(question, half)]).findings)


def test_findings_without_an_answer_stay_as_they_are() -> None:
    report = report_of(grown("S1"))
    assert explained(report, []) == report


TYPES = ("EU-DataProcessing-Bytes", "BoxUsage:m5.large", "NoUsageType", "x", "y")


@st.composite
def usage(draw: Callable[..., object]) -> list[Entry]:
    """A usage type that is used on the days from some day on."""
    first = draw(st.sampled_from([*HISTORY]))
    kind, unit = draw(st.sampled_from(TYPES)), draw(st.sampled_from(("GB", "Hrs", "")))
    service, account = draw(st.sampled_from("AB")), draw(st.sampled_from("12"))
    cents = draw(st.integers(-(10**6), 10**8))
    return [
        replace(
            entry(day, service, Decimal(cents) / 10**4, account),
            usage_type=kind,
            unit=unit,
            quantity=Decimal(cents % 977),
        )
        for day in Period(first, HISTORY.end)
    ]


@given(st.lists(usage(), min_size=1, max_size=6))
@trying(deadline=None, max_examples=40)
def test_the_drivers_of_a_mover_add_up_to_it_to_the_cent_on_any_ledger(
    parts: list[list[Entry]],
) -> None:
    entries = [each for part in parts for each in part]
    report = report_of(
        entries, settings=Settings(mover_floor=Decimal(0), anomaly_floor=Decimal(10**9))
    )
    found = answered(report, Ledger(entries, {}))
    for each in about(found):
        if each.drivers:
            assert abs(sum((d.change for d in each.drivers), Decimal(0)) - each.amount) < Decimal(
                "0.01"
            )
            assert each.against is None or all(d.kind is not DriverKind.REST for d in each.drivers)


def test_an_answer_without_rows_says_that_nothing_explains_the_change() -> None:
    report = report_of(grown("S1"))
    (question,) = questions(report)
    nothing = Usage((), Coverage((question.period,)))
    (told, *_) = about(explained(report, [(question, nothing)]))
    assert [each.kind for each in told.drivers] == [DriverKind.REST]
    assert told.drivers[0].change == told.amount
