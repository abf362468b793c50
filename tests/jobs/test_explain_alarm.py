"""The alarm job, step by step: one mail for every message, whatever happens on the way."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from chalicelib.costs import Costs, Period
from chalicelib.errors import (
    AccessDeniedError,
    DeliveryError,
    OutOfTimeError,
    SettingError,
)
from chalicelib.jobs import explain_alarm as job
from chalicelib.jobs.explain_alarm import explain_alarms, within
from simulation.ledger import Ledger
from simulation.sample import SAMPLE_NOW
from tests.jobs.parts import LINK, Bench, Outbox
from tests.signals.events import event, event_with

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)


@pytest.fixture
def bench(sample: Ledger) -> Bench:
    return Bench(sample)


def mail(bench: Bench, name: str) -> str:
    """The one mail that an event leads to."""
    explain_alarms(event(name), NOW, bench.desk)
    ((_, text),) = bench.notify.sent
    return text


def test_the_answer_is_in_the_first_two_lines(bench: Bench) -> None:
    first, second, *_ = mail(bench, "alarm_bill").splitlines()
    assert first == "Your AWS bill for November stands at $8,020.14, above the alarm's $8,000.00."
    assert second.startswith("1 to 20 November cost $7,797.40 before credits and refunds: $405.22")
    assert second.endswith("most of all CloudWatch in staging (+$273.42).")


def test_the_link_stands_alone_on_its_line(bench: Bench) -> None:
    assert LINK in mail(bench, "alarm_bill").splitlines()


@pytest.mark.parametrize(
    "name", ["alarm_account", "alarm_one_service", "anomaly", "alarm_formula", "alarm_composite"]
)
def test_an_answer_costs_one_question(bench: Bench, name: str) -> None:
    mail(bench, name)
    assert [each["gross_only"] for each in bench.costs.asked] == [True]


def test_a_second_question_is_asked_where_credits_lower_the_bill(bench: Bench) -> None:
    text = mail(bench, "alarm_bill")
    assert [each["gross_only"] for each in bench.costs.asked] == [True, False]
    assert "Credits and refunds paid $253.81" in text


def test_an_answer_without_credits_is_better_than_none_and_says_so(bench: Bench) -> None:
    bench.costs.net_refused = True
    text = mail(bench, "alarm_bill")
    assert "1 to 20 November cost $7,797.40" in text
    assert "Credits and refunds lower this bill, but could not be read. Too many requests." in text


def test_the_question_is_as_narrow_as_the_alarm(bench: Bench) -> None:
    mail(bench, "alarm_account")
    assert bench.costs.asked[0]["accounts"] == ("210987654321",)
    assert bench.costs.asked[0]["services"] == ()


def test_a_service_found_by_a_similar_name_gets_its_own_answer(bench: Bench) -> None:
    text = mail(bench, "alarm_service_by_similar_name")
    assert "BEDROCK, DAY BY DAY" in text
    assert "all services" not in text


def test_a_service_that_is_not_found_gets_an_answer_for_all_and_says_so(bench: Bench) -> None:
    text = mail(bench, "alarm_service_not_known")
    assert "AmazonQuantumBatch, which is no service's name in Cost Explorer" in text


def test_an_organisation_with_too_many_accounts_gets_an_answer_by_service(bench: Bench) -> None:
    bench.costs.too_many_accounts = True
    text = mail(bench, "alarm_formula")
    assert "1 to 20 November cost $7,797.40" in text
    assert "most of all CloudWatch (+$274.15)" in text
    assert "Accounts are left out. Reading them would take 90 requests; the limit is 25." in text


@pytest.mark.parametrize("name", ["alarm_ok", "alarm_too_little_data", "alarm_other_metric"])
def test_what_needs_no_answer_is_one_line_and_asks_nothing(bench: Bench, name: str) -> None:
    assert len(mail(bench, name).splitlines()) == 1
    assert bench.opened == 0


def test_a_budget_of_usage_asks_nothing(bench: Bench) -> None:
    assert "ACTUAL Amount: 83.2 GB-Month" in mail(bench, "budget_usage")
    assert bench.opened == 0


def test_any_other_message_arrives_unchanged(bench: Bench) -> None:
    explain_alarms(event("not_a_cost_signal"), NOW, bench.desk)
    assert bench.notify.sent == [("Hello", "Just somebody testing the topic.\nSecond line.")]


def test_every_record_of_an_event_is_answered(bench: Bench) -> None:
    explain_alarms(event("two_at_once"), NOW, bench.desk)
    assert [subject for subject, _ in bench.notify.sent] == [
        "Cost alarm: $8,020.14, above $8,000.00 (monthly-bill-over-8000)",
        "Hello",
    ]


def test_a_record_that_cannot_be_sent_does_not_stop_the_next(bench: Bench) -> None:
    bench.notify.refusals = 2
    with pytest.raises(DeliveryError):
        explain_alarms(event("two_at_once"), NOW, bench.desk)
    assert [subject for subject, _ in bench.notify.sent] == ["Hello"]


def test_a_mail_that_is_refused_goes_out_in_plain_ascii(bench: Bench) -> None:
    bench.notify.refusals = 1
    explain_alarms(event_with("Grüße", "für dich"), NOW, bench.desk)
    assert bench.notify.sent == [("Gr??e", "f?r dich")]


def test_a_mail_that_is_refused_twice_is_an_error_so_that_lambda_tries_again(bench: Bench) -> None:
    bench.notify.refusals = 2
    with pytest.raises(DeliveryError):
        explain_alarms(event("alarm_bill"), NOW, bench.desk)


def test_a_channel_that_breaks_is_tried_again_too(bench: Bench) -> None:
    sent = bench.notify.send

    def break_once(subject: str, text: str) -> None:
        bench.notify.send = sent  # type: ignore[method-assign]
        raise RuntimeError("not even an error of ours")

    bench.notify.send = break_once  # type: ignore[method-assign]
    assert "Your AWS bill" in mail(bench, "alarm_bill")


def test_a_message_from_the_topic_that_answers_leave_by_is_refused(bench: Bench) -> None:
    bench.destinations = (event("alarm_bill")["Records"][0]["Sns"]["TopicArn"],)
    with pytest.raises(SettingError, match="the topic that answers leave by") as refused:
        explain_alarms(event("alarm_bill"), NOW, bench.desk)
    assert "cloud-cost-tracker-dev-alarms" in refused.value.next_step
    assert bench.notify.sent == []


def failing(bench: Bench, error: Exception) -> str:
    def refuse(*_: object, **__: object) -> Costs:
        raise error

    bench.costs.daily = refuse  # type: ignore[method-assign]
    return mail(bench, "alarm_bill")


def test_an_alarm_that_cannot_be_explained_is_forwarded_with_the_reason(bench: Bench) -> None:
    text = failing(bench, AccessDeniedError("AWS denied ce:X.", next_step="Allow ce:X."))
    first, second = text.splitlines()[:2]
    assert first.startswith("Your AWS bill for November stands at $8,020.14")
    assert second == "What is behind it could not be added: AWS denied ce:X. Allow ce:X."
    assert event("alarm_bill")["Records"][0]["Sns"]["Message"] in text


def test_a_bug_of_ours_does_not_lose_an_alarm(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    text = failing(bench, ZeroDivisionError("over $8,020.14"))
    assert "An error of our own (ZeroDivisionError)" in text
    assert "ZeroDivisionError" in caplog.text
    assert "8,020.14" not in caplog.text


def test_a_bug_in_the_wording_does_not_lose_an_alarm(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> str:
        raise KeyError("headline")

    monkeypatch.setattr("chalicelib.messages.alarm.headline", broken)
    text = mail(bench, "alarm_bill")
    assert event("alarm_bill")["Records"][0]["Sns"]["Message"] in text
    assert "An error of our own (KeyError)" in text


def test_an_alarm_is_forwarded_at_once_when_time_is_short(bench: Bench) -> None:
    bench.seconds = job.FORWARD_SECONDS
    assert "There was not enough time" in mail(bench, "alarm_bill")
    assert bench.opened == 0


def test_a_source_that_hangs_leaves_time_to_forward(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "FORWARD_SECONDS", 99.9)
    bench.costs.daily = lambda *_, **__: time.sleep(1)  # type: ignore[assignment, method-assign, func-returns-value]
    started = time.monotonic()
    text = mail(bench, "alarm_bill")
    assert time.monotonic() - started < 0.9
    assert "There was not enough time" in text


def test_work_hands_on_what_it_returns_or_raises() -> None:
    assert within(5, lambda: 3) == 3
    assert within(5, lambda: None) is None
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 // 0)
    with pytest.raises(OutOfTimeError):
        within(0, lambda: 3)


def test_time_comes_with_the_record(bench: Bench) -> None:
    explain_alarms(event("alarm_bill"), datetime(2031, 1, 1, tzinfo=UTC), bench.desk)
    assert "Costs are complete through 20 November" in bench.notify.sent[0][1]


@pytest.mark.parametrize("timestamp", [None, "", "yesterday", 12, "2026-99-99T00:00:00Z"])
def test_without_a_time_in_the_record_it_is_now(bench: Bench, timestamp: object) -> None:
    made = event("alarm_bill")
    made["Records"][0]["Sns"]["Timestamp"] = timestamp
    explain_alarms(made, SAMPLE_NOW, bench.desk)
    assert "Costs are complete through 20 November" in bench.notify.sent[0][1]


@pytest.mark.parametrize(
    "made",
    [{}, {"Records": None}, {"Records": [{}]}, {"Records": ["x"]}, {"Records": [{"Sns": 1}]}],
)
def test_an_event_of_another_shape_is_passed_on_whole(
    bench: Bench, made: dict[str, object]
) -> None:
    explain_alarms(made, NOW, bench.desk)
    ((_, text),) = bench.notify.sent
    assert text


def test_chat_gets_a_card_and_the_mail_stays_the_same(bench: Bench) -> None:
    alone = mail(bench, "alarm_bill")
    bench.chat, bench.notify = Outbox(), Outbox()
    assert mail(bench, "alarm_bill").replace("$0.04 (one", "$0.02 (one") == alone
    ((subject, text),) = bench.chat.sent
    assert subject == ""
    assert json.loads(text)["source"] == "custom"


def test_a_chat_that_refuses_is_told_in_the_mail(bench: Bench) -> None:
    bench.chat = Outbox(refusals=1)
    assert mail(bench, "alarm_bill").endswith(
        "Chat did not get this: SNS refused the message. Look at the topic.\n"
    )


def test_a_bug_in_the_card_does_not_lose_the_mail(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    bench.chat = Outbox()
    monkeypatch.setattr(job, "card", broken)
    monkeypatch.setattr(job, "plain_card", broken)
    for name in ("alarm_bill", "alarm_ok"):
        bench.notify = Outbox()
        assert "Chat did not get this: An error of our own" in mail(bench, name)


def test_a_chat_that_hangs_does_not_hold_up_the_mail(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.chat = Outbox()
    bench.chat.send = lambda *_: time.sleep(1)  # type: ignore[method-assign]
    monkeypatch.setattr(job, "CHAT_SECONDS", 0.05)
    assert "Chat did not get this" in mail(bench, "alarm_bill")


# The figures are the ledger's own.


def test_the_figures_of_the_answer_are_the_ledgers(bench: Bench) -> None:
    def total(period: Period) -> Decimal:
        return sum(
            (
                entry.net_unblended
                for entry in bench.ledger.entries
                if entry.day in period and entry.record_type not in ("Credit", "Refund")
            ),
            Decimal(0),
        )

    now = total(Period(datetime(2026, 11, 1).date(), datetime(2026, 11, 21).date()))  # noqa: DTZ001
    then = total(Period(datetime(2026, 10, 1).date(), datetime(2026, 10, 21).date()))  # noqa: DTZ001
    text = mail(bench, "alarm_bill")
    assert f"${now:,.2f} before credits and refunds: ${now - then:,.2f}" in text


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-01", "No day of this month is complete yet; 1 to 31 October stands at"),
        ("2026-11-02", "No day of this month is complete yet; 1 November stands at"),
        ("2026-11-04", "1 November cost"),
        ("2026-12-01", "No day of this month is complete yet; 1 to 30 November stands at"),
    ],
)
def test_the_first_days_of_a_month_have_an_answer_too(bench: Bench, day: str, said: str) -> None:
    made = event("alarm_bill")
    made["Records"][0]["Sns"]["Timestamp"] = f"{day}T06:00:00Z"
    explain_alarms(made, NOW, bench.desk)
    assert said in bench.notify.sent[0][1]


def test_an_account_without_costs_has_an_answer_too() -> None:
    bench = Bench(Ledger([], {}))
    assert "Cost Explorer shows no costs for 1 to 22 November yet." in mail(bench, "alarm_bill")


def test_a_settling_setting_of_none_is_respected(bench: Bench) -> None:
    bench.settings = replace(bench.settings, settling_days=0)
    assert "Costs are complete through 22 November.\n" in mail(bench, "alarm_bill")
