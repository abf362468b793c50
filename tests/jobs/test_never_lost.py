"""One mail for every message, whatever happens on the way; no costs are needed to see it."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.errors import AccessDeniedError, DeliveryError, OutOfTimeError, SettingError
from chalicelib.jobs.never_lost import Exits, Incoming, Outgoing, answer_all, within
from chalicelib.messages.text import Message
from tests.jobs.parts import Outbox
from tests.signals.events import event, event_with

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
OWN = "arn:aws:sns:us-east-1:123456789012:cloud-cost-tracker-dev-notify"


def answered(incoming: Incoming, seconds_left: Callable[[], float]) -> Outgoing:
    message = incoming.message
    mail = Message(f"Answer: {message.subject}", f"The answer to {message.text}")
    return Outgoing(mail, lambda: Message("", json.dumps({"card": message.text})))


def forwarded(incoming: Incoming, reason: str) -> Outgoing:
    return Outgoing(Message(incoming.message.subject, f"{reason}\n{incoming.message.text}"))


@dataclass
class Trial:
    """What the job is made of, every part of it open to failure."""

    answer: Callable[..., Outgoing] = answered
    forward: Callable[..., Outgoing] = forwarded
    notify: Outbox = field(default_factory=Outbox)
    chat: Outbox | None = None
    own_topics: tuple[str, ...] = (OWN,)
    seconds: float = 100.0
    mail_seconds: float = 20.0
    chat_seconds: float = 8.0

    def run(self, made: Any = None) -> str:
        """The text of the first mail that an event leads to."""
        exits = Exits(
            notify=self.notify,
            chat=self.chat,
            own_topics=self.own_topics,
            right_topic="cloud-cost-tracker-dev-alarms",
            seconds_left=lambda: self.seconds,
            mail_seconds=self.mail_seconds,
            chat_seconds=self.chat_seconds,
        )
        answer_all(made or event_with("Hello", "world"), NOW, exits, self.answer, self.forward)
        return self.notify.sent[0][1]


def raises(error: Exception) -> Callable[..., Any]:
    def fail(*_: object) -> None:
        raise error

    return fail


def hangs(*_: object) -> Outgoing:
    time.sleep(1)
    raise AssertionError("nobody waits for this")


def test_a_message_is_answered() -> None:
    trial = Trial()
    assert trial.run() == "The answer to world"
    assert trial.notify.sent[0][0] == "Answer: Hello"


def test_what_cannot_be_answered_is_forwarded_with_the_reason_and_the_next_step() -> None:
    trial = Trial(answer=raises(AccessDeniedError("AWS denied ce:X.", next_step="Allow ce:X.")))
    assert trial.run() == "AWS denied ce:X. Allow ce:X.\nworld"


def test_a_bug_of_ours_does_not_lose_a_message(caplog: pytest.LogCaptureFixture) -> None:
    text = Trial(answer=raises(ZeroDivisionError("over $8,020.14"))).run()
    assert "An error of our own (ZeroDivisionError)" in text
    assert "ZeroDivisionError" in caplog.text
    assert "8,020.14" not in caplog.text + text


def test_a_bug_in_the_forwarding_too_leaves_the_message_itself(
    caplog: pytest.LogCaptureFixture,
) -> None:
    text = Trial(answer=raises(ZeroDivisionError()), forward=raises(KeyError("headline"))).run()
    assert text.startswith("world")
    assert "An error of our own (KeyError)" in text
    assert "KeyError" in caplog.text


def test_an_answer_that_takes_too_long_leaves_time_to_forward() -> None:
    started = time.monotonic()
    text = Trial(answer=hangs, mail_seconds=99.9).run()
    assert time.monotonic() - started < 0.9
    assert text.startswith("There was not enough time. For the figures now, open Cost Explorer")


def test_without_time_for_an_answer_none_is_begun() -> None:
    begun: list[object] = []
    trial = Trial(answer=lambda *of: begun.append(of) or answered(*of), seconds=20.0)  # type: ignore[func-returns-value]
    assert "There was not enough time" in trial.run()
    assert begun == []


def test_the_answer_knows_how_much_time_it_has() -> None:
    left: list[float] = []

    def look(incoming: Incoming, seconds_left: Callable[[], float]) -> Outgoing:
        left.append(seconds_left())
        return answered(incoming, seconds_left)

    Trial(answer=look).run(event("two_at_once"))
    assert left == [60.0, 80.0]  # 20 seconds are kept free for each mail that is still to be sent


def test_every_record_is_answered_and_one_that_fails_does_not_stop_the_next() -> None:
    trial = Trial(notify=Outbox(refusals=2))
    with pytest.raises(DeliveryError):
        trial.run(event("two_at_once"))
    assert [subject for subject, _ in trial.notify.sent] == ["Answer: Hello"]


def test_a_mail_that_is_refused_goes_out_in_plain_ascii() -> None:
    trial = Trial(notify=Outbox(refusals=1))
    trial.run(event_with("Grüße", "für dich"))
    assert trial.notify.sent == [("Answer: Gr??e", "The answer to f?r dich")]


def test_a_mail_that_is_refused_twice_is_an_error_so_that_lambda_tries_again() -> None:
    with pytest.raises(DeliveryError):
        Trial(notify=Outbox(refusals=2)).run()


class BreaksOnce(Outbox):
    def send(self, subject: str, text: str) -> None:
        if self.refusals:
            self.refusals -= 1
            raise RuntimeError("not even an error of ours")
        super().send(subject, text)


def test_a_channel_that_breaks_is_tried_again_too() -> None:
    assert Trial(notify=BreaksOnce(refusals=1)).run() == "The answer to world"


def test_a_message_from_the_topic_that_answers_leave_by_is_refused() -> None:
    trial = Trial(own_topics=(event("alarm_bill")["Records"][0]["Sns"]["TopicArn"],))
    with pytest.raises(SettingError, match="the topic that answers leave by") as refused:
        trial.run(event("alarm_bill"))
    assert "cloud-cost-tracker-dev-alarms" in refused.value.next_step
    assert trial.notify.sent == []


def test_work_hands_on_what_it_returns_or_raises() -> None:
    assert within(5, lambda: 3) == 3
    assert within(5, lambda: None) is None
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 // 0)
    with pytest.raises(OutOfTimeError):
        within(0, lambda: 3)


def arrived(made: dict[str, Any]) -> Incoming:
    """What the job takes an event for."""
    found: list[Incoming] = []

    def look(incoming: Incoming, seconds_left: Callable[[], float]) -> Outgoing:
        found.append(incoming)
        return answered(incoming, seconds_left)

    Trial(answer=look).run(made)
    return found[0]


def test_time_comes_with_the_record() -> None:
    assert arrived(event("alarm_bill")).time == datetime(
        2026, 11, 23, 6, 58, 41, 202000, tzinfo=UTC
    )


@pytest.mark.parametrize("timestamp", [None, "", "yesterday", 12, "2026-99-99T00:00:00Z"])
def test_without_a_time_in_the_record_it_is_now(timestamp: object) -> None:
    made = event("alarm_bill")
    made["Records"][0]["Sns"]["Timestamp"] = timestamp
    assert arrived(made).time == NOW


def test_an_event_without_records_is_one_message_of_its_own_time() -> None:
    made = {"source": "aws.cloudwatch", "time": "2027-04-01T00:20:31Z", "detail": {"a": 1}}
    found = arrived(made)
    assert json.loads(found.message.text) == made
    assert found.time == datetime(2027, 4, 1, 0, 20, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    "made",
    [{"x": 1}, {"Records": None}, {"Records": [{}]}, {"Records": ["x"]}, {"Records": [{"Sns": 1}]}],
)
def test_an_event_of_another_shape_is_passed_on_whole(made: dict[str, object]) -> None:
    assert Trial().run(made)


# Chat


def test_chat_gets_its_card_and_the_mail_stays_the_same() -> None:
    trial = Trial(chat=Outbox())
    assert trial.run() == Trial().run()
    assert trial.chat is not None
    assert trial.chat.sent == [("", '{"card": "world"}')]


def test_a_chat_that_refuses_is_told_in_the_mail() -> None:
    assert (
        Trial(chat=Outbox(refusals=1))
        .run()
        .endswith("Chat did not get this: SNS refused the message. Look at the topic.\n")
    )


def test_a_bug_in_the_card_does_not_lose_the_mail() -> None:
    def broken(incoming: Incoming, seconds_left: Callable[[], float]) -> Outgoing:
        return Outgoing(answered(incoming, seconds_left).mail, raises(ZeroDivisionError()))

    text = Trial(chat=Outbox(), answer=broken).run()
    assert text.startswith("The answer to world")
    assert "Chat did not get this: An error of our own" in text


class HangingChat(Outbox):
    def send(self, subject: str, text: str) -> None:
        time.sleep(1)


def test_a_chat_that_hangs_does_not_hold_up_the_mail() -> None:
    assert "Chat did not get this" in Trial(chat=HangingChat(), chat_seconds=0.05).run()
