"""Saved answers with something missing, twice, late or ahead: what is told, and what never is."""

import json
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from chalicelib.costs import Period
from chalicelib.dashboard.page import render_page
from chalicelib.messages.digest import digest
from chalicelib.report import Report
from cli import cli
from desk.saved_answers import SavedAnswerError, saved_facts
from tests.cases.saved import answer, level, report_on, save, span

WHOLE = span("2028-02-01", "2028-05-20")
TODAY = date(2028, 5, 20)
MAY, APRIL = span("2028-05-01", "2028-05-20"), span("2028-04-01", "2028-05-01")


def told(report: Report) -> str:
    """Subject and text of the week's mail."""
    mail = digest(report, "link")
    return f"{mail.subject}\n{mail.text}"


def refused(*paths: Path) -> str:
    with pytest.raises(SavedAnswerError) as caught:
        saved_facts(paths)
    return caught.value.explanation()


def names_a_drop(text: str) -> bool:
    return bool(re.search(r"\d % less|no longer|stopped|ended|as usual less|\bfell\b", text))


# Pages


def test_an_answer_whose_next_page_is_missing_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path, "first", answer(WHOLE, level, token="abc"))
    error = refused(path)
    assert "first.json" in error
    assert "pages are missing" in error
    assert "--next-page-token" in error


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_pages_in_files_of_their_own_make_one_answer_in_any_order(
    tmp_path: Path, order: Sequence[int]
) -> None:
    def some(*names: str) -> object:
        return lambda day: {key: amount for key, amount in level(day).items() if key[0] in names}

    shared = date(2028, 3, 1)
    pages = [
        answer(span("2028-02-01", "2028-03-01"), level, token="1"),
        answer([shared], lambda day: dict([*level(day).items()][:1]), token="2"),
        answer([shared], lambda day: dict([*level(day).items()][1:])),
    ]
    pages[2]["ResultsByTime"] += answer(span("2028-03-02", "2028-05-20"), level)["ResultsByTime"]
    paths = [save(tmp_path, f"page-{n}", page) for n, page in enumerate(pages)]
    facts = saved_facts([paths[n] for n in order])
    whole = saved_facts([save(tmp_path, "whole", answer(WHOLE, level))])
    assert facts.services.total() == whole.services.total()
    assert facts.services.covers(facts.services.period)


@pytest.mark.parametrize(
    "last",
    [
        answer(span("2028-03-01", "2028-05-20"), level, token="2"),
        answer(span("2028-04-01", "2028-05-20"), level),
        answer(
            span("2028-03-01", "2028-05-20"),
            lambda day: {("1234", *key[:1]): amount for key, amount in level(day).items()},
            keys=("LINKED_ACCOUNT", "SERVICE"),
        ),
    ],
    ids=["goes on as well", "is of later days", "is of another question"],
)
def test_a_page_that_does_not_end_the_answer_is_not_its_next(
    tmp_path: Path, last: dict[str, object]
) -> None:
    first = save(tmp_path, "one", answer(span("2028-02-01", "2028-03-01"), level, token="1"))
    assert "pages are missing" in refused(first, save(tmp_path, "two", last))


# Days twice


@pytest.mark.parametrize(
    ("second", "shared"),
    [("2028-05-01", "1 to 9 May"), ("2028-05-09", "9 May"), ("2028-02-01", "1 February to 9 May")],
)
def test_days_that_stand_in_two_files_are_refused_by_naming_both(
    tmp_path: Path, second: str, shared: str
) -> None:
    older = save(tmp_path, "older", answer(span("2028-02-01", "2028-05-10"), level))
    newer = save(tmp_path, "newer", answer(span(second, "2028-05-20"), level))
    error = refused(older, newer)
    assert "older.json" in error
    assert "newer.json" in error
    assert shared in error


def test_the_same_page_twice_in_one_file_is_refused(tmp_path: Path) -> None:
    page = answer(WHOLE, level)
    error = refused(save(tmp_path, "twice", page, page))
    assert "twice.json, page 1 and page 2 both hold" in error


def test_answers_that_follow_one_another_are_one(tmp_path: Path) -> None:
    paths = [
        save(tmp_path, "spring", answer(span("2028-04-01", "2028-05-20"), level)),
        save(tmp_path, "winter", answer(span("2028-02-01", "2028-04-01"), level)),
    ]
    assert report_on(*paths).completeness.holes == ()


# Holes


def test_days_between_two_files_are_named_and_compared_with_nothing(tmp_path: Path) -> None:
    before = save(tmp_path, "before", answer(span("2028-02-01", "2028-05-04"), level))
    after = save(tmp_path, "after", answer(span("2028-05-11", "2028-05-20"), level))
    report = report_on(before, after)
    hole = span("2028-05-04", "2028-05-11")
    assert report.completeness.holes == (hole,)
    assert "4 to 10 May are missing" in told(report)
    assert not names_a_drop(told(report))
    assert not re.search(r"\d % more", told(report))
    assert report.last_week is None
    assert report.month_to_date is None
    assert report.projections.net is None
    assert report.findings == ()


def test_a_hole_of_long_ago_touches_nothing_of_today(tmp_path: Path) -> None:
    before = save(tmp_path, "before", answer(span("2028-02-01", "2028-02-11"), level))
    after = save(tmp_path, "after", answer(span("2028-02-15", "2028-05-20"), level))
    report = report_on(before, after)
    assert "11 to 14 February are missing" in told(report)
    assert report.last_week is not None
    assert report.projections.net is not None
    february = next(each for each in report.months if each.month.start == date(2028, 2, 1))
    assert february.unknown == (span("2028-02-11", "2028-02-15"),)
    assert not february.closed


def test_files_that_begin_last_week_have_nothing_to_compare_with(tmp_path: Path) -> None:
    days = span("2028-05-09", "2028-05-20")
    report = report_on(save(tmp_path, "week", answer(days, level)))
    text = told(report)
    assert "$427.00" in text
    assert "%" not in text
    assert "new" not in text
    assert report.findings == ()


# Late days


@pytest.mark.parametrize("late", [1, 2, 3, 5, 7])
@pytest.mark.parametrize("kind", ["absent", "zeros"])
def test_days_whose_costs_have_not_come_are_late(tmp_path: Path, late: int, kind: str) -> None:
    end = date(2028, 5, 18 - late)

    def charges(day: date) -> dict[tuple[str, ...], object]:
        if day < end:
            return dict(level(day))
        return {} if kind == "absent" else dict.fromkeys(level(day), "0")

    report = report_on(save(tmp_path, "late", answer(WHOLE, charges, estimated_from=MAY.start)))
    text = told(report)
    assert report.completeness.complete_through == date(2028, 5, 17 - late)
    assert f"no data after {17 - late} May" in text
    assert not names_a_drop(text)
    net = report.projections.net
    assert net is not None
    assert abs(net.expected - 31 * 61) < 10
    assert report.findings == ()
    page = render_page(report)
    assert f"{17 - late} May" in page


# Days ahead


def test_an_answer_asked_to_the_months_end_is_of_the_day_after_its_last_charge(
    tmp_path: Path,
) -> None:
    days = span("2028-02-01", "2028-06-01")
    path = save(
        tmp_path,
        "month",
        answer(days, lambda day: level(day) if day < TODAY else {}, estimated_from=MAY.start),
    )
    report = report_on(path)
    assert report.facts.today == TODAY
    assert report.completeness.complete_through == date(2028, 5, 17)
    assert "20 to 31 May are taken as not over yet" in " ".join(report.facts.notes)
    assert not names_a_drop(told(report))


def test_days_that_the_clock_calls_over_have_stopped(tmp_path: Path) -> None:
    days = span("2028-02-01", "2028-06-01")
    path = save(
        tmp_path,
        "month",
        answer(days, lambda day: level(day) if day < TODAY else {}, estimated_from=MAY.start),
    )
    assert saved_facts([path], date(2028, 7, 1)).today == date(2028, 6, 1)
    assert saved_facts([path], date(2028, 5, 22)).today == date(2028, 5, 22)
    assert saved_facts([path], date(2027, 5, 22)).today == TODAY


def test_one_charge_of_next_autumn_is_named_and_moves_nothing(tmp_path: Path) -> None:
    now = save(tmp_path, "now", answer(WHOLE, level))
    ahead = save(
        tmp_path,
        "ahead",
        answer([date(2028, 11, 1)], lambda _: {("AWS Support", "Support fee"): "17.25"}),
    )
    report = report_on(now, ahead)
    assert report.facts.today == TODAY
    assert "Charges of $17.25 are dated ahead (1 November 2028)" in told(report)
    assert report.completeness.holes == ()


# What was not looked at


def test_one_question_agrees_with_nobody(tmp_path: Path) -> None:
    report = report_on(save(tmp_path, "days", answer(WHOLE, level)))
    assert not report.facts.months_asked_apart
    assert report.agreements == ()
    assert "agree" not in told(report)
    assert "agree" not in text_of(render_page(report))


def test_without_record_types_nothing_is_said_of_credits(tmp_path: Path) -> None:
    def by_service(day: date) -> dict[tuple[str, ...], object]:
        return {key[:1]: amount for key, amount in level(day).items()}

    report = report_on(save(tmp_path, "days", answer(WHOLE, by_service, keys=("SERVICE",))))
    assert not report.facts.credits_asked
    for text in (told(report), text_of(render_page(report))):
        assert not re.search(r"no credits|Credits and refunds paid", text, re.IGNORECASE)


def text_of(page: str) -> str:
    """What a reader sees of a page, without its styles, scripts and data."""
    return re.sub(r"<(style|script)\b.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)


# Metrics, groupings, empty files


def test_metrics_that_differ_are_refused_by_naming_both_files(tmp_path: Path) -> None:
    net = save(tmp_path, "net", answer(APRIL, level))
    gross = save(tmp_path, "gross", answer(MAY, level, metrics=("UnblendedCost",)))
    error = refused(net, gross)
    assert "net.json and" in error
    assert "gross.json hold different metrics" in error


def test_a_page_whose_groups_differ_in_metrics_is_refused(tmp_path: Path) -> None:
    page = answer(MAY, level)
    del page["ResultsByTime"][3]["Groups"][0]["Metrics"]["NetUnblendedCost"]
    assert "mixes metrics" in refused(save(tmp_path, "mixed", page))


def test_accounts_and_services_are_enough(tmp_path: Path) -> None:
    def by_account(day: date) -> dict[tuple[str, ...], object]:
        return {
            (account, key[0]): amount
            for account in ("111122223333", "444455556666")
            for key, amount in level(day).items()
        }

    path = save(tmp_path, "days", answer(WHOLE, by_account, keys=("LINKED_ACCOUNT", "SERVICE")))
    facts = saved_facts([path])
    assert facts.services.during(MAY).total().billed == 2 * 61 * 19
    assert facts.accounts is not None
    assert facts.accounts.during(MAY).total().billed == 2 * 61 * 19


def test_a_tag_is_read_with_its_key_even_where_that_holds_a_dollar(tmp_path: Path) -> None:
    page = answer(MAY, lambda _: {("cost$unit$blue", "Amazon SQS"): 3, ("cost$unit$", "S3"): 4})
    page["GroupDefinitions"] = [
        {"Type": "TAG", "Key": "cost$unit"},
        {"Type": "DIMENSION", "Key": "SERVICE"},
    ]
    facts = saved_facts([save(tmp_path, "days", answer(WHOLE, level)), save(tmp_path, "tag", page)])
    assert facts.label_name == "cost$unit"
    assert facts.labels is not None
    assert {name: each.billed for name, each in facts.labels.by("label").items()} == {
        "blue": 57,
        "(untagged)": 76,
    }


@pytest.mark.parametrize(
    "page",
    [[], {"GroupDefinitions": [{"Type": "DIMENSION", "Key": "SERVICE"}], "ResultsByTime": []}],
)
def test_an_empty_answer_is_an_error_that_names_the_file(tmp_path: Path, page: object) -> None:
    path = save(tmp_path, "usual-mistake", page)
    whole = save(tmp_path, "whole", answer(WHOLE, level))
    for files in ([path], [whole, path]):
        arguments = [word for each in files for word in ("--from-file", str(each))]
        result = CliRunner().invoke(cli, ["preview", *arguments, "--out", str(tmp_path / "page")])
        assert result.exit_code != 0
        assert "usual-mistake.json" in result.output
        assert "SERVICE" in result.output
        assert "Traceback" not in result.output
        assert not (tmp_path / "page").exists()


def test_hours_are_refused(tmp_path: Path) -> None:
    page = answer(MAY, level)
    for each in page["ResultsByTime"]:
        each["TimePeriod"] = {"Start": "2028-05-01T04:00:00Z", "End": "2028-05-01T05:00:00Z"}
    assert "is an hour" in refused(save(tmp_path, "hours", page))


def test_what_a_shell_on_windows_saves_is_read(tmp_path: Path) -> None:
    path = tmp_path / "costs.json"
    path.write_text(json.dumps(answer(WHOLE, level)), encoding="utf-16")
    assert saved_facts([path]).today == TODAY


# The first days of a month


@pytest.mark.parametrize("day", [1, 2, 3])
def test_the_first_days_of_a_month_tell_the_one_that_ended(tmp_path: Path, day: int) -> None:
    days = Period(date(2028, 2, 1), date(2028, 5, day))
    report = report_on(save(tmp_path, "spring", answer(days, level, estimated_from=MAY.start)))
    april, march = (
        sum((Decimal(f"{amount}") for each in month for amount in level(each).values()), Decimal(0))
        for month in (APRIL, span("2028-03-01", "2028-04-01"))
    )
    line = next(each for each in told(report).splitlines() if each.startswith("April came to"))
    assert f"${april:,.2f}" in line
    assert ("filling in" in line) is (day < 3)
    assert f"March was ${march:,.2f}" in line
