"""The weekly digest: five lines that answer, then the tables."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.costs import CostFacts, Period
from chalicelib.errors import CostExplorerNotEnabledError
from chalicelib.insights.anomalies import Anomaly, AnomalyKind
from chalicelib.insights.comparison import Change, ChangeKind, change
from chalicelib.insights.projection import Projection, Projections
from chalicelib.insights.reconciliation import Agreement
from chalicelib.messages.digest import digest
from chalicelib.messages.failure import failure
from chalicelib.messages.text import SUBJECT_LENGTH
from chalicelib.report import Report, build_report
from chalicelib.settings import Settings
from chalicelib.wording.changes import compared
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


def test_five_lines_say_it_all_and_the_link_stands_alone(report: Report) -> None:
    text = lines(report)
    assert text[5:8] == ["", LINK, ""]
    week, month, verdict, cause, end = text[:5]
    assert week.startswith("Last seven days: $")
    assert month.startswith("1 to 20 November: $")
    assert verdict.startswith("Is that bad? ")
    assert cause.startswith("What changed most: ")
    assert end.startswith("November ")


def test_the_total_of_the_table_is_the_total_of_the_first_line(report: Report) -> None:
    text = lines(report)
    assert report.last_week is not None
    total = f"${report.last_week.net.after:,.0f}"
    assert any(line.strip().startswith(total) and line.endswith("in all") for line in text)


def ending_at(report: Report, expected: int, budget: int = 10500) -> Report:
    projection = Projection(
        NOVEMBER, Decimal(7000), Decimal(expected), Decimal(expected - 100), Decimal(expected + 100)
    )
    return replace(
        report,
        projections=Projections(projection, projection),
        monthly_budget=Decimal(budget),
        anomalies=(),
    )


@pytest.mark.parametrize(
    ("expected", "budget", "verdict"),
    [
        (11000, 10500, "Is that bad? It is heading over the budget of $10,500."),
        (10000, 10500, "Is that bad? Within the budget, no cost is higher than expected."),
        (10000, 0, "Is that bad? No cost is higher than expected."),
    ],
)
def test_the_budget_decides_whether_it_is_bad(
    report: Report, expected: int, budget: int, verdict: str
) -> None:
    assert verdict in lines(ending_at(report, expected, budget))


def test_the_month_end_is_held_against_the_budget(report: Report) -> None:
    text = digest(ending_at(report, 11000), LINK).text
    assert "$11,000 (80 % sure: $10,900 to $11,100), $500 over the budget of $10,500." in text


def test_an_unusual_cost_is_bad_and_told_in_its_own_sentence(report: Report) -> None:
    day = date(2026, 11, 18)
    found = Anomaly(
        AnomalyKind.SPIKE, "AWS Glue", "", day, day, Decimal(10), Decimal(90), "AWS Glue cost $90."
    )
    unusual = replace(ending_at(report, 10000), anomalies=(found,))
    text = lines(unusual)
    assert "Is that bad? One cost is higher than expected (by $80.00)." in text
    assert "Glue cost $90." in text


def test_a_cost_that_fell_away_is_no_bad_news_and_yet_told(report: Report) -> None:
    day = date(2026, 11, 18)
    found = Anomaly(
        AnomalyKind.STOPPED, "AWS Glue", "", day, day, Decimal(90), Decimal(0), "AWS Glue stopped."
    )
    text = lines(replace(ending_at(report, 10000, 0), anomalies=(found,)))
    assert "Is that bad? No cost is higher than expected and one is lower." in text
    assert "Glue stopped." in text


def test_a_week_is_told_before_credits_where_these_alter_its_change(report: Report) -> None:
    week = report.last_week
    assert week is not None
    same, smaller = change(Decimal(50), Decimal(60)), change(Decimal(40), Decimal(60))
    alike, altered = replace(week, gross=same, net=same), replace(week, gross=same, net=smaller)
    first = "Last seven days: $60.00, $20.00 (50 %) more than the seven days before."
    more = "Before credits and refunds: $60.00, 20 % more."
    assert "Before credits" not in lines(replace(report, last_week=alike))[0]
    assert lines(replace(report, last_week=altered))[0] == f"{first} {more}"


def test_two_queries_that_disagree_are_told_to_the_cent(report: Report) -> None:
    miss = Agreement(Period(date(2026, 10, 1), date(2026, 11, 1)), Decimal("9.01"), Decimal(9))
    text = digest(replace(report, agreements=(miss,)), LINK).text
    assert "the sum of days is $9.01, the month $9.00; they differ by $0.01" in text


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
    assert "No day of this month is over yet." in first.text.splitlines()


def test_a_refund_after_almost_nothing_is_down_not_up() -> None:
    change = Change(Decimal("0.01"), Decimal(-50), ChangeKind.FROM_ALMOST_NOTHING)
    assert compared(change, "USD", "October").startswith("down from almost nothing ($0.01)")


def test_a_failure_says_what_happened_and_what_to_do(golden: Callable[[str, str], None]) -> None:
    error = CostExplorerNotEnabledError("Cost Explorer is not enabled for this account.")
    mail = failure(error, "The weekly cost report", SAMPLE_NOW)
    golden("mails/failure.txt", f"Subject: {mail.subject}\n\n{mail.text}")
