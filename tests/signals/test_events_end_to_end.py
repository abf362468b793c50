"""Every stored event through the real function: boto3, the emulator, moto's SNS and SQS, and the mail."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from simulation.aws import LocalAws, Mail, local_aws
from simulation.emulator import Fault, FaultKind
from simulation.functions import functions
from simulation.ledger import Ledger
from simulation.sample import SAMPLE_NOW
from tests.signals.events import NAMES, event

Golden = Callable[[str, str], None]


@pytest.fixture(scope="module")
def aws(sample: Ledger) -> Iterator[LocalAws]:
    with local_aws(sample, SAMPLE_NOW, page_size=5000, environment={"CCT_CHAT": "on"}) as local:
        yield local


@pytest.fixture
def sent(aws: LocalAws) -> Callable[[dict[str, Any]], tuple[list[Mail], list[Mail], int]]:
    """Run the function; what it sent to people and to chat, and how many requests it made."""

    def invoke(made: dict[str, Any]) -> tuple[list[Mail], list[Mail], int]:
        mails, chats, requests = len(aws.mails()), len(aws.chats()), len(aws.emulator.requests)
        with functions() as client:
            client.lambda_.invoke("explain_alarm", made)
        return aws.mails()[mails:], aws.chats()[chats:], len(aws.emulator.requests) - requests

    return invoke


@pytest.mark.parametrize("name", NAMES)
def test_the_mail_is_the_golden_one(
    name: str, sent: Callable[..., Any], golden: Golden, aws: LocalAws
) -> None:
    mails, chats, requests = sent(event(name))
    assert len(mails) == len(chats) == len(event(name)["Records"])
    assert requests <= 4
    for number, mail in enumerate(mails, start=1):
        numbered = name if len(mails) == 1 else f"{name}_{number}"
        golden(f"mails/{numbered}.txt", f"Subject: {mail.subject}\n\n{unsigned(mail.text)}")


@pytest.mark.parametrize("name", ["alarm_bill", "alarm_ok", "budget_forecast", "anomaly"])
def test_the_card_is_the_golden_one(name: str, sent: Callable[..., Any], golden: Golden) -> None:
    _, (card,), _ = sent(event(name))
    assert card.subject == ""
    golden(f"cards/{name}.json", unsigned(json.dumps(json.loads(card.text), indent=2)) + "\n")


def unsigned(text: str) -> str:
    """Text without signatures, which differ each time they are made."""
    return re.sub(r"Signature=[\w~-]+", "Signature=SIGNATURE", text)


def test_an_alarm_that_ended_costs_no_request(sent: Callable[..., Any]) -> None:
    assert sent(event("alarm_ok"))[2] == 0


@pytest.mark.parametrize(
    ("name", "requests"),
    [("alarm_formula", 4), ("alarm_account", 3), ("anomaly", 3), ("budget_forecast", 4)],
)
def test_an_answer_asks_the_reports_questions_and_why_accounts_only_where_there_are_several(
    sent: Callable[..., Any], name: str, requests: int
) -> None:
    assert sent(event(name))[2] == requests


def test_delivered_twice_it_is_mailed_twice_and_nothing_else(sent: Callable[..., Any]) -> None:
    first, again = sent(event("alarm_one_service")), sent(event("alarm_one_service"))
    assert [unsigned(mail.text) for mail in first[0]] == [unsigned(mail.text) for mail in again[0]]


def test_a_wrong_setting_does_not_lose_an_alarm(
    sent: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCT_MOVER_FLOOR", "ten dollars")
    (mail,), _, requests = sent(event("alarm_bill"))
    assert "CCT_MOVER_FLOOR is 'ten dollars'" in mail.text
    assert requests == 0


def test_a_forwarded_alarm_is_the_golden_one(
    sent: Callable[..., Any], golden: Golden, aws: LocalAws
) -> None:
    aws.emulator.faults = [Fault(FaultKind.NOT_ENABLED)]
    (mail,), _, _ = sent(event("alarm_bill"))
    aws.emulator.faults = []
    golden("mails/alarm_forwarded.txt", f"Subject: {mail.subject}\n\n{mail.text}")
