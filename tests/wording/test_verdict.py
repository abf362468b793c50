"""The verdict says what is unusual, and never calls a week usual that is not."""

from decimal import Decimal

import pytest

from chalicelib.costs import ChargeCategory, Period
from chalicelib.findings import Certainty, Finding, FindingKind
from chalicelib.insights.comparison import change
from chalicelib.wording.findings import Told, told
from chalicelib.wording.verdict import SUBJECT_LENGTH, Judged, Week, judge
from tests.dashboard.reports import TODAY

WEEK = Period.ending(TODAY, 7)
BEFORE = Period.ending(Period.ending(TODAY, 8).start, 7)


def week(before: int, now: int) -> Week:
    return Week(
        f"${now:,} last week",
        f"${now:,}",
        "14 to 20 November",
        change(Decimal(before), Decimal(now)),
    )


def rise(service: str, amount: int, certainty: Certainty = Certainty.POSSIBLE) -> Told:
    found = Finding(
        kind=FindingKind.RISE if amount > 0 else FindingKind.FALL,
        amount=Decimal(amount),
        before=Decimal(1000),
        now=Decimal(1000 + amount),
        certainty=certainty,
        service=service,
        category=ChargeCategory.USAGE,
        period=WEEK,
        against=BEFORE,
    )
    return told(found, "USD", {})


def said(findings: list[Told], seven: Week | None) -> Judged:
    return judge(findings, seven, "$7.33 on 19 and 20 November", "USD")


def test_a_week_like_the_one_before_is_nothing_unusual() -> None:
    assert said([], week(1000, 1050)).verdict == "Nothing unusual: $1,050 last week."


@pytest.mark.parametrize(("now", "words"), [(1210, "$210 more (21 %)"), (700, "$300 less (30 %)")])
def test_a_week_that_differs_by_a_tenth_is_never_nothing_unusual(now: int, words: str) -> None:
    judged = said([], week(1000, now))
    assert judged.verdict.startswith(
        f"Last week cost {words} than the week before: ${now:,} in all."
    )
    assert judged.subject == f"Last week cost {words}: ${now:,} (14 to 20 November)"


def test_it_says_what_a_change_is_made_of() -> None:
    most = [rise("AWS Glue", 150), rise("Amazon Athena", 40)]
    assert "Most of it is Glue (+$150)." in said(most, week(1000, 1210)).verdict
    spread = [rise("AWS Glue", 50), rise("Amazon Athena", 40)]
    assert (
        "spread over many services; the largest change is Glue (+$50)."
        in said(spread, week(1000, 1210)).verdict
    )
    other_way = [rise("AWS Glue", -50)]
    assert "No single service stands out." in said(other_way, week(1000, 1210)).verdict


def test_cents_are_no_news() -> None:
    assert said([], week(20, 25)).verdict.startswith("Nothing unusual")


def test_everything_else_is_as_usual_only_where_it_is() -> None:
    small = [rise("AWS Glue", 20, Certainty.LIKELY)]
    assert said(small, week(1000, 1030)).verdict.endswith("Everything else is as usual.")
    assert said(small, week(1000, 1300)).verdict.endswith(
        "Last week cost $300 more (30 %) than the week before."
    )
    large = [rise("AWS Glue", 280, Certainty.LIKELY)]
    assert said(large, week(1000, 1300)).verdict.endswith("Everything else is as usual.")


def test_an_account_with_nothing_to_compare_says_what_it_cost_so_far() -> None:
    judged = said([], None)
    assert judged.subject == "Nothing unusual so far: $7.33 on 19 and 20 November"
    assert judged.verdict == f"{judged.subject}."


def test_a_subject_always_fits() -> None:
    long = rise("A service with a name that goes on and on and on " * 3, 280, Certainty.LIKELY)
    assert len(said([long], week(1000, 1300)).subject) <= SUBJECT_LENGTH
    assert len(said([long], None).subject) <= SUBJECT_LENGTH
