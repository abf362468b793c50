"""The alarm job: what is asked for a signal, and what its mail says."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from chalicelib.costs import EVERYTHING, Period, Scope
from simulation.ledger import Entry, Ledger
from tests.insights.ledgers import daily
from tests.jobs.parts import SIGNED, Bench, Outbox
from tests.signals import forms
from tests.signals.events import event, event_with
from tests.signals.test_forms import account_of_many_services

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)


@pytest.fixture
def bench(sample: Ledger) -> Bench:
    return Bench(sample)


def mail(bench: Bench, name: str) -> str:
    """The one mail that an event leads to."""
    bench.answer(event(name), NOW)
    ((_, text),) = bench.notify.sent
    return text


def test_the_answer_is_in_the_first_two_lines(bench: Bench) -> None:
    first, second, *_ = mail(bench, "alarm_bill").splitlines()
    assert first == "Your AWS bill for November stands at $8,020.14, above the alarm's $8,000.00."
    assert second.startswith("1 to 20 November cost $7,543.59")
    assert "CloudWatch in staging (+$273.42)" in second


def test_the_link_stands_alone_on_its_line_and_opens_the_newest_weeks_own_page(
    bench: Bench,
) -> None:
    # Monday's page is made at seven; until then last Monday's is the newest.
    link = f"https://d111111abcdef8.cloudfront.net/reports/2026-W47.html{SIGNED}"
    assert link in mail(bench, "alarm_bill").splitlines()


def test_the_question_is_as_narrow_as_the_alarm(bench: Bench) -> None:
    mail(bench, "alarm_account")
    assert bench.costs.asked == [Scope(account="210987654321")]


def test_a_service_found_by_a_similar_name_gets_its_own_answer(bench: Bench) -> None:
    text = mail(bench, "alarm_service_by_similar_name")
    assert "BEDROCK, DAY BY DAY" in text
    assert "What follows is for" not in text


def test_a_service_that_is_not_found_gets_an_answer_for_all_and_says_so_at_once(
    bench: Bench,
) -> None:
    first = mail(bench, "alarm_service_not_known").splitlines()[0]
    assert first.endswith("What follows is for the whole bill, not only for AmazonQuantumBatch.")


@pytest.mark.parametrize("name", ["alarm_ok", "alarm_too_little_data", "alarm_other_metric"])
def test_what_needs_no_answer_is_a_line_and_the_description_and_asks_nothing(
    bench: Bench, name: str
) -> None:
    first, *rest = mail(bench, name).splitlines()
    assert first
    assert all(not line or line.startswith("Description: ") for line in rest)
    assert bench.opened == 0


def test_a_budget_of_usage_asks_nothing(bench: Bench) -> None:
    text = mail(bench, "budget_usage")
    assert "stands at 83.2 GB-Month for November, above its alert at 80 GB-Month" in text
    assert "ACTUAL Amount: 83.2 GB-Month" in text
    assert bench.opened == 0


def test_any_other_message_arrives_whole_under_a_line_on_what_is_known(bench: Bench) -> None:
    bench.answer(event("not_a_cost_signal"), NOW)
    ((subject, text),) = bench.notify.sent
    assert subject == "Hello"
    assert text.endswith("\n\nJust somebody testing the topic.\nSecond line.\n")
    assert text.startswith("A message came that is no cost signal known here")


def test_every_record_of_an_event_is_answered(bench: Bench) -> None:
    bench.answer(event("two_at_once"), NOW)
    assert [subject for subject, _ in bench.notify.sent] == [
        "Cost alarm: $8,020.14, above $8,000.00 (monthly-bill-over-8000)",
        "Hello",
    ]


def test_what_needs_no_answer_is_the_same_when_there_is_no_time(sample: Ledger) -> None:
    assert mail(Bench(sample, seconds=0), "alarm_ok") == mail(Bench(sample), "alarm_ok")


def test_an_alarm_that_cannot_be_explained_is_forwarded_whole(sample: Ledger) -> None:
    text = mail(Bench(sample, seconds=0), "alarm_bill")
    first, second = text.splitlines()[:2]
    assert first.startswith("Your AWS bill for November stands at $8,020.14")
    assert second.startswith("What is behind it could not be added: There was not enough time.")
    assert event("alarm_bill")["Records"][0]["Sns"]["Message"] in text


def test_a_card_says_what_the_mail_says(bench: Bench) -> None:
    bench.chat = Outbox()
    text = mail(bench, "alarm_bill")
    card = json.loads(bench.chat.sent[0][1])
    assert card["content"]["title"] == text.splitlines()[0]
    assert text.splitlines()[1] in card["content"]["description"]


# The figures are the ledger's own.


def test_the_figures_of_the_answer_are_the_ledgers(bench: Bench) -> None:
    def total(period: Period) -> Decimal:
        days = (entry for entry in bench.ledger.entries if entry.day in period)
        return sum((entry.net_unblended for entry in days), Decimal(0))

    now = total(Period(datetime(2026, 11, 1).date(), datetime(2026, 11, 21).date()))  # noqa: DTZ001
    then = total(Period(datetime(2026, 10, 1).date(), datetime(2026, 10, 21).date()))  # noqa: DTZ001
    text = mail(bench, "alarm_bill")
    assert f"1 to 20 November cost ${now:,.2f}, 1 to 20 October ${then:,.2f}" in text


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-01", "By Cost Explorer no day of November is over yet."),
        ("2026-11-02", "By Cost Explorer November so far: $"),
        ("2026-11-04", "1 November cost"),
        ("2026-12-01", "By Cost Explorer November cost"),
    ],
)
def test_the_first_days_of_a_month_have_an_answer_too(bench: Bench, day: str, said: str) -> None:
    made = event("alarm_bill")
    made["Records"][0]["Sns"]["Timestamp"] = f"{day}T06:00:00Z"
    bench.answer(made, NOW)
    assert said in bench.notify.sent[0][1]


def test_an_account_without_costs_has_an_answer_too() -> None:
    bench = Bench(Ledger([], {}))
    assert "Cost Explorer shows no costs for 1 to 22 November yet." in mail(bench, "alarm_bill")


def test_a_settling_setting_of_none_is_respected() -> None:
    history = Period(date(2026, 8, 1), date(2026, 11, 23))
    bench = Bench(Ledger([*daily("S3", 10, history), *daily("Lambda", 5, history)], {}))
    bench.settings = replace(bench.settings, settling_days=0)
    assert "Costs are complete through 22 November.\n" in mail(bench, "alarm_bill")


def test_days_without_a_settling_setting_are_late_where_the_data_is_unfinished(
    sample: Ledger,
) -> None:
    bench = Bench(sample)
    bench.settings = replace(bench.settings, settling_days=0)
    text = mail(bench, "alarm_bill")
    assert "Only part of 22 November has arrived: nothing of it is compared." in text


def test_the_monthly_budget_is_one_of_everything(sample: Ledger) -> None:
    bench = Bench(sample)
    bench.settings = replace(bench.settings, monthly_budget=Decimal(9500))
    assert "the budget of $9,500" in mail(bench, "alarm_bill")
    narrow = Bench(sample, settings=bench.settings)
    assert "the budget of $9,500" not in mail(narrow, "alarm_account")


def test_an_event_without_records_is_read_like_any_other(bench: Bench) -> None:
    message = json.loads(event("alarm_bill")["Records"][0]["Sns"]["Message"])
    bench.answer(message | {"time": "2026-11-23T07:00:00Z"}, NOW)
    assert bench.costs.asked == [EVERYTHING]
    assert "Your AWS bill for November stands at $8,020.14" in bench.notify.sent[0][1]


def test_a_hostile_subject_is_no_header(bench: Bench) -> None:
    bench.answer(event_with("x\nBcc: all@example.com", "text"), NOW)
    assert "\n" not in bench.notify.sent[0][0]


# Months and accounts that are not like others.


def told(ledger: Ledger, message: object, now: str) -> list[str]:
    """The first paragraph of the answer."""
    bench = Bench(ledger)
    bench.answer(forms.event(message, now=now), NOW)  # type: ignore[arg-type]
    return bench.notify.sent[0][1].split("\n\n")[0].splitlines()


def test_a_metric_that_still_shows_last_month_on_the_first_is_recognised() -> None:
    point = forms.reason("2080.5", "1000.0", "01/04/27 00:40:00")
    message = forms.alarm(NewStateReason=point, Trigger=forms.trigger(1000))
    lines = told(account_of_many_services(), message, "2027-04-01T01:00:10Z")
    assert "It is what March came to: the metric may not have begun April yet." in lines[1]
    assert not lines[0].startswith("Doubtful")


def test_an_account_of_days_is_compared_with_nothing() -> None:
    whole = account_of_many_services()
    young = [each for each in whole.entries if each.day >= date(2027, 2, 25)]
    lines = told(Ledger(young, whole.account_names), forms.alarm(), forms.NOW)
    assert lines[1] == (
        "1 and 2 March cost $234.96. The first cost is of 25 February, so there is no month to "
        "compare with yet."
    )
    assert not any("none" in line or "did not reach" in line or "new" in line for line in lines)


def test_what_credits_pay_is_told_before_them_and_is_nothing_to_pay() -> None:
    whole = account_of_many_services()
    credits = [replace(each, record_type="Credit", **opposite(each)) for each in whole.entries]
    lines = told(Ledger([*whole.entries, *credits], whole.account_names), forms.alarm(), forms.NOW)
    assert lines[1].startswith("1 and 2 March cost $234.96 (credits and refunds pay all of it)")
    assert lines[2] == "With 3 and 4 March, still filling in, there is nothing to pay for March."
    assert not any("-$0" in line or "$0.00" in line for line in lines)


def opposite(entry: Entry) -> dict[str, Decimal]:
    names = ("unblended", "net_unblended", "amortized", "net_amortized")
    return {name: -getattr(entry, name) for name in names}


def test_a_budget_far_below_the_bill_is_told_as_one_of_a_part() -> None:
    message = forms.budget("$300.00", "$250.00", on="March 25, 2027")
    first = told(account_of_many_services(), message, "2027-03-25T03:40:02Z")[0]
    assert first.endswith(
        "What follows is for the whole bill, not only for the part that this budget covers."
    )


def test_a_month_long_ago_is_not_guessed() -> None:
    message = forms.alarm(
        NewStateReason=forms.reason("455.2", "400.0", "04/01/26 22:40:00"),
        StateChangeTime="2026-01-05T02:00:00+0000",
    )
    lines = told(account_of_many_services(), message, forms.NOW)
    assert lines[1:] == ["January 2026 lies too far back to be asked for."]
