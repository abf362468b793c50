"""The weekly digest: five lines that answer, then the tables."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.costs import CostFacts, Period
from chalicelib.errors import CostExplorerNotEnabledError
from chalicelib.findings import Certainty, Finding, FindingKind, findings_of
from chalicelib.insights.comparison import Change, ChangeKind, change
from chalicelib.insights.projection import Projection, Projections
from chalicelib.insights.reconciliation import Agreement
from chalicelib.messages.digest import digest
from chalicelib.messages.failure import failure
from chalicelib.messages.text import SUBJECT_LENGTH
from chalicelib.report import Report, build_report
from chalicelib.settings import Settings
from chalicelib.wording.changes import compared
from chalicelib.wording.story import story_of, week_of
from simulation.ledger import Entry, Ledger
from simulation.sample import SAMPLE_NOW

LINK = "https://d111111abcdef8.cloudfront.net/reports/2026-W48.html?Expires=1796022000&Signature=S&Key-Pair-Id=K"
NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))


@pytest.fixture(scope="module")
def report(sample_facts: CostFacts) -> Report:
    return build_report(sample_facts, Settings(monthly_budget=Decimal(10500)), SAMPLE_NOW)


def lines(report: Report) -> list[str]:
    return digest(report, LINK).text.splitlines()


def test_the_digest_is_the_golden_one(report: Report, golden: Callable[[str, str], None]) -> None:
    mail = digest(report, LINK)
    golden("mails/digest.txt", f"Subject: {mail.subject}\n\n{mail.text}")


def test_verdict_findings_and_month_come_before_the_link(report: Report) -> None:
    story = story_of(report)
    blocks = digest(report, LINK).text.split("\n\n")
    assert blocks[0] == story.verdict
    assert blocks[1].splitlines() == [each.sentence for each in story.findings[:3]]
    assert blocks[2].splitlines() == [story.week.sentence, story.month.sentence, story.end]
    assert blocks[3] == LINK


def test_what_three_lines_do_not_hold_follows_below(report: Report) -> None:
    story = story_of(report)
    assert len(story.findings) == 4
    text = digest(report, LINK).text
    assert f"MORE FINDINGS\n{story.findings[3].sentence}" in text


def test_the_subject_says_the_verdict_and_the_days_of_the_week(report: Report) -> None:
    subject = digest(report, LINK).subject
    assert subject.startswith("CloudWatch in staging costs $39 more a day")
    assert subject.endswith("(14 to 20 November)")


def test_the_total_of_the_table_is_the_total_of_the_first_line(report: Report) -> None:
    text = lines(report)
    assert report.last_week is not None
    total = f"${report.last_week.net.after:,.0f}"
    assert any(line.strip().startswith(total) and line.endswith("in all") for line in text)


def ending_at(report: Report, expected: int, budget: int = 10500) -> Report:
    projection = Projection(
        NOVEMBER, Decimal(7000), Decimal(expected), Decimal(expected - 100), Decimal(expected + 100)
    )
    projections = Projections(projection, projection)
    told = findings_of(
        anomalies=(),
        week_movers=None,
        fee_news=(),
        projections=projections,
        monthly_budget=Decimal(budget),
        agreements=(),
    )
    return replace(
        report, projections=projections, monthly_budget=Decimal(budget), anomalies=(), findings=told
    )


@pytest.mark.parametrize(
    ("expected", "budget", "verdict"),
    [
        (11000, 10500, "November is heading $500 over the budget of $10,500."),
        (10000, 10500, "Last week cost $384 more (22 %) than the week before: $2,123 in all."),
        (10000, 0, "Last week cost $384 more (22 %) than the week before: $2,123 in all."),
    ],
)
def test_the_budget_decides_whether_it_is_bad(
    report: Report, expected: int, budget: int, verdict: str
) -> None:
    assert lines(ending_at(report, expected, budget))[0].startswith(verdict)


def test_the_month_end_is_held_against_the_budget(report: Report) -> None:
    text = digest(ending_at(report, 11000), LINK).text
    assert "$11,000 (80 % sure: $10,900 to $11,100), $500 over the budget of $10,500." in text


def test_what_costs_less_does_not_lead_while_something_costs_more(report: Report) -> None:
    fell, rose = (
        Finding(kind, Decimal(amount), Decimal(90), Decimal(0), Certainty.SURE, service=service)
        for kind, amount, service in (
            (FindingKind.ENDED, -900, "AWS Glue"),
            (FindingKind.NEW, 40, "Amazon Athena"),
        )
    )
    period = Period(date(2026, 11, 18), date(2026, 11, 21))
    told = tuple(replace(each, period=period) for each in (fell, rose))
    verdict = lines(replace(report, findings=told))[0]
    assert verdict.startswith("Athena is new")
    assert "Glue (-$900)" in verdict


def test_a_week_is_told_before_credits_where_these_alter_its_change(report: Report) -> None:
    week = report.last_week
    assert week is not None
    same, smaller = change(Decimal(50), Decimal(60)), change(Decimal(40), Decimal(60))
    alike, altered = replace(week, gross=same, net=same), replace(week, gross=same, net=smaller)
    first = (
        "Last seven days, 14 to 20 November: $60.00, $20.00 (50 %) more than the seven days before."
    )
    more = "Before credits and refunds: $60.00, 20 % more."
    assert "Before credits" not in week_of(replace(report, last_week=alike)).sentence
    assert week_of(replace(report, last_week=altered)).sentence == f"{first} {more}"


def test_two_queries_that_disagree_are_told_to_the_cent(report: Report) -> None:
    miss = Agreement(Period(date(2026, 10, 1), date(2026, 11, 1)), Decimal("9.01"), Decimal(9))
    told = findings_of(
        anomalies=(),
        week_movers=None,
        fee_news=(),
        projections=Projections(None, None),
        monthly_budget=Decimal(0),
        agreements=(miss,),
    )
    text = digest(replace(report, findings=told), LINK).text
    assert "October 2026 differ by $0.01: the sum of days is $9.01, the month $9.00." in text


def test_queries_that_agree_are_not_mentioned(report: Report) -> None:
    assert "differ by" not in digest(report, LINK).text


def test_without_a_link_the_mail_says_how_to_get_one(report: Report) -> None:
    sentence = "Links are switched off. `python cli.py link` makes one on demand."
    assert sentence in digest(report, sentence).text.splitlines()


def test_an_empty_account_has_a_digest_too() -> None:
    report = build_report(Ledger([], {}).facts(SAMPLE_NOW.date()), Settings(), SAMPLE_NOW)
    assert digest(report, LINK).text.startswith("There are no costs yet")


@pytest.mark.parametrize("days", [1, 2, 5, 12, 20, 45])
def test_a_young_account_has_a_digest_too(days: int) -> None:
    today = SAMPLE_NOW.date()
    ledger = Ledger(
        [
            Entry(today - timedelta(days=n), "AWS Lambda", "1", "Usage", *[Decimal("1.5")] * 4)
            for n in range(1, days + 1)
        ],
        {"1": "only"},
    )
    mail = digest(build_report(ledger.facts(today), Settings(), SAMPLE_NOW), LINK)
    assert mail.text.count("\n") > 5
    assert "None" not in mail.text


@pytest.mark.parametrize("day", [1, 2, 3, 4, 15, 28])
def test_every_day_of_a_month_has_a_digest(sample: Ledger, day: int) -> None:
    now = datetime(2026, 11, day, 7, tzinfo=UTC)
    mail = digest(build_report(sample.facts(now.date()), Settings(), now), LINK)
    assert 0 < len(mail.subject) <= SUBJECT_LENGTH


def test_a_month_of_which_no_day_is_over_has_not_cost_nothing(sample: Ledger) -> None:
    facts = sample.facts(date(2026, 11, 1))
    first = digest(build_report(facts, Settings(), datetime(2026, 11, 1, 7, tzinfo=UTC)), LINK)
    assert "November begins today: no day of it is over yet." in first.text.splitlines()


def test_a_refund_after_almost_nothing_is_down_not_up() -> None:
    change = Change(Decimal("0.01"), Decimal(-50), ChangeKind.FROM_ALMOST_NOTHING)
    assert compared(change, "USD", "October").startswith("down from almost nothing ($0.01)")


def test_a_failure_says_what_happened_and_what_to_do(golden: Callable[[str, str], None]) -> None:
    error = CostExplorerNotEnabledError("Cost Explorer is not enabled for this account.")
    mail = failure(error, "The weekly cost report", SAMPLE_NOW)
    golden("mails/failure.txt", f"Subject: {mail.subject}\n\n{mail.text}")
