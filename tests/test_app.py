"""The functions as Lambda calls them: real boto3 against the emulator and moto, page and mails out."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

import app
from simulation.aws import LocalAws, local_aws
from simulation.demo import scheduled_event, stored_event
from simulation.emulator import Fault, FaultKind
from simulation.functions import functions
from simulation.sample import SAMPLE_NOW, sample_ledger


@pytest.fixture
def aws() -> Iterator[LocalAws]:
    with local_aws(sample_ledger(), SAMPLE_NOW, page_size=5000) as local:
        yield local


def invoke(name: str, event: dict[str, Any]) -> None:
    with functions() as client:
        client.lambda_.invoke(name, event)


def test_the_weekly_report_stores_the_page_mails_the_digest_and_asks_four_questions(
    aws: LocalAws,
) -> None:
    invoke("weekly_report", scheduled_event())
    assert sorted(aws.pages()) == ["index.html", "reports/2026-W48.html"]
    assert aws.page("index.html").startswith("<!doctype html>")
    (digest,) = aws.mails()
    assert "https://" in digest.text
    assert (len(aws.emulator.requests), aws.emulator.distinct) == (4, 4)


def test_a_second_run_stores_the_same_page(aws: LocalAws) -> None:
    invoke("weekly_report", scheduled_event())
    first = _without_links(aws.page("index.html"))
    invoke("weekly_report", scheduled_event())
    assert _without_links(aws.page("index.html")) == first
    assert sorted(aws.pages()) == ["index.html", "reports/2026-W48.html"]


def _without_links(page: str) -> list[str]:
    # ECDSA signatures differ each time they are made.
    return [line for line in page.splitlines() if "Signature=" not in line]


def test_a_page_is_served_as_html_that_caches_keep_for_minutes_only(aws: LocalAws) -> None:
    invoke("weekly_report", scheduled_event())
    head = aws.client("s3").head_object(Bucket=aws.bucket, Key="site/index.html")
    assert head["ContentType"] == "text/html; charset=utf-8"
    assert head["CacheControl"] == "max-age=300"


def test_when_cost_explorer_is_not_enabled_a_mail_says_what_to_do(aws: LocalAws) -> None:
    aws.emulator.faults = [Fault(FaultKind.NOT_ENABLED)]
    invoke("weekly_report", scheduled_event())
    assert aws.pages() == []
    (mail,) = aws.mails()
    assert "Open Cost Explorer once" in " ".join(mail.text.split())


def test_a_wrong_setting_is_mailed_with_an_example_and_costs_nothing(
    aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCT_MOVER_FLOOR", "ten dollars")
    invoke("weekly_report", scheduled_event())
    (mail,) = aws.mails()
    assert "For example: CCT_MOVER_FLOOR=25" in mail.text
    assert (aws.pages(), aws.emulator.requests) == ([], [])


def test_an_alarm_is_answered_with_the_reports_four_questions(aws: LocalAws) -> None:
    invoke("explain_alarm", stored_event("alarm_formula"))
    (mail,) = aws.mails()
    assert "CloudWatch in staging" in mail.text
    assert len(aws.emulator.requests) == 4


def test_an_event_without_records_is_answered_too(aws: LocalAws) -> None:
    message = json.loads(stored_event("alarm_bill")["Records"][0]["Sns"]["Message"])
    invoke("explain_alarm", message)
    (mail,) = aws.mails()
    assert mail.subject.startswith("Cost alarm: $8,020.14")


def test_the_report_comes_on_monday_morning_and_the_watch_every_six_hours_utc() -> None:
    schedules = {
        each.name: each.schedule_expression.to_string()
        for each in app.app.event_sources
        if hasattr(each, "schedule_expression")
    }
    assert schedules == {
        "weekly_report": "cron(0 7 ? * MON *)",
        "watch_charges": "cron(15 0/6 * * ? *)",
    }


def test_the_weekly_report_may_go_to_chat_too() -> None:
    with local_aws(
        sample_ledger(), SAMPLE_NOW, page_size=5000, environment={"CCT_CHAT": "on"}
    ) as aws:
        invoke("weekly_report", scheduled_event())
        ((_, card),) = aws.chats()
        (mail,) = aws.mails()
    assert json.loads(card)["metadata"]["summary"] == mail.subject


def test_a_run_for_an_older_week_leaves_the_newest_page_as_the_latest(aws: LocalAws) -> None:
    invoke("weekly_report", scheduled_event())
    newest = aws.page("index.html")
    invoke("weekly_report", scheduled_event() | {"time": "2026-11-16T07:00:00Z"})
    assert aws.page("index.html") == newest
    assert sorted(aws.pages()) == [
        "index.html",
        "reports/2026-W47.html",
        "reports/2026-W48.html",
    ]
