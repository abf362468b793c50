"""Whatever arrives leaves as a mail, with an answer where one can be had in time.

Knows nothing of costs: it reads the records of an SNS event, lets `answer` work on each in a thread
of its own against a deadline, takes what `forward` makes of it where that fails, and sends, chat
first, in plain ASCII the second time. Delivered twice, a message is mailed twice at worst.
"""

import json
import logging
import traceback
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from chalicelib.errors import (
    CostTrackerError,
    DeliveryError,
    OutOfTimeError,
    SettingError,
    ThrottledError,
    UnreachableError,
    UnreadableAnswerError,
)
from chalicelib.jobs.ports import Channel
from chalicelib.messages.text import Message, ascii_message, safe_text, subject_line, with_remark
from chalicelib.wording.lines import one_line

ADVISE_ANOTHER_ATTEMPT = (OutOfTimeError, ThrottledError, UnreachableError, UnreadableAnswerError)
FIGURES_NOW = "For the figures now, open Cost Explorer in the AWS console."

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message as it came: the topic it came by, when it was sent, and what it says."""

    topic: str
    time: datetime
    message: Message


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail, and how to make its card for chat."""

    mail: Message
    card: Callable[[], Message] | None = None


type Answer = Callable[[Incoming, Callable[[], float]], Outgoing]
"""Makes the answer to a message; the second argument tells how many seconds it still has."""
type Forward = Callable[[Incoming, str], Outgoing]
"""Makes what goes out where there is no answer; the second argument is the reason, a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exits:
    """Where mails go, and how long that may take.

    `own_topics` are the ARNs of the topics behind `notify` and `chat`: a message that arrives from
    one of them is refused, or it would go round for ever. `seconds_left` says how long this
    invocation may still take. `mail_seconds` are kept free for every message that still has to be
    sent; `chat_seconds` is how long chat may take before the mail goes out without it.
    """

    notify: Channel
    chat: Channel | None
    own_topics: Collection[str]
    right_topic: str
    seconds_left: Callable[[], float]
    mail_seconds: float = 20.0
    chat_seconds: float = 8.0


def answer_all(
    event: Mapping[str, Any], now: datetime, exits: Exits, answer: Answer, forward: Forward
) -> None:
    """Send one mail for every record of an event; one that fails does not stop the others.

    An event without records (EventBridge, an alarm that calls the function itself) is one message.
    `now` stands in where nothing says when it was sent. Raises `CostTrackerError` when a mail could
    not be sent at all, so that Lambda tries the event again.
    """
    records = event.get("Records")
    arrived = [_incoming(each, now) for each in (records if isinstance(records, list) else [event])]
    failures: list[CostTrackerError] = []
    for position, each in enumerate(arrived):
        kept_free = exits.mail_seconds * (len(arrived) - position)
        try:
            _refuse_own(each, exits)
            seconds = exits.seconds_left() - kept_free
            _send(_made(each, exits, seconds, answer, forward), exits)
        except CostTrackerError as error:
            failures.append(error)
    if failures:
        raise failures[0]


def _refuse_own(incoming: Incoming, exits: Exits) -> None:
    if incoming.topic in exits.own_topics:
        raise SettingError(
            f"A message came in on {incoming.topic}, the topic that answers leave by.",
            next_step=f"Send alarms to the topic {exits.right_topic}.",
        )


def _made(
    incoming: Incoming, exits: Exits, seconds: float, answer: Answer, forward: Forward
) -> Outgoing:
    end = exits.seconds_left() - seconds
    try:
        return within(seconds, partial(answer, incoming, lambda: exits.seconds_left() - end))
    except Exception as error:  # noqa: BLE001 - also a bug of ours must not lose an alarm
        reason = reason_of(error)
    try:
        return forward(incoming, reason)
    except Exception as error:  # noqa: BLE001 - the last resort asks nothing of the message
        original = incoming.message
        plain = Message(subject_line(original.subject), safe_text(original.text))
        return Outgoing(with_remark(plain, f"{reason} {reason_of(error)}"))


def within[T](seconds: float, work: Callable[[], T]) -> T:
    """What `work` returns or raises; `OutOfTimeError` when it takes longer than that.

    The work runs in a daemon thread, which is left behind when it is late: nothing else stops a
    call that hangs.
    """
    late = OutOfTimeError("There was not enough time.")
    if seconds <= 0:
        raise late
    outcome: SimpleQueue[tuple[T | None, Exception | None]] = SimpleQueue()

    def run() -> None:
        try:
            outcome.put((work(), None))
        except Exception as error:  # noqa: BLE001 - handed over to the thread that waits
            outcome.put((None, error))

    Thread(target=run, daemon=True).start()
    try:
        result, error = outcome.get(timeout=seconds)
    except Empty:
        raise late from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]  # T may itself be None


def reason_of(error: Exception) -> str:
    """Why something failed and what mends it, for the reader of a mail; a bug's place goes to the log."""
    if isinstance(error, CostTrackerError):
        # The reader of a mail cannot make the attempt that these errors advise.
        step = FIGURES_NOW if isinstance(error, ADVISE_ANOTHER_ATTEMPT) else error.next_step
        return f"{str(error).rstrip('.')}. {step}".strip()
    # Without the error's own text, which may carry amounts.
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("Explaining an alarm failed with %s:\n%s", type(error).__name__, where)
    return (
        f"An error of our own ({type(error).__name__}). "
        "Please report it with the function's log of this minute."
    )


def _send(outgoing: Outgoing, exits: Exits) -> None:
    mail = outgoing.mail
    if exits.chat is not None and outgoing.card is not None:
        mail = _chat_first(mail, outgoing.card, exits.chat, exits.chat_seconds)
    _mail(exits.notify, mail)


def _chat_first(
    mail: Message, make_card: Callable[[], Message], chat: Channel, seconds: float
) -> Message:
    """Send the card; if that fails the mail says so, because it is the one that must arrive."""
    try:
        within(seconds, lambda: chat.send("", make_card().text))
    except Exception as error:  # noqa: BLE001 - whatever happens to chat, the mail goes out
        return with_remark(mail, f"Chat did not get this: {reason_of(error)}")
    return mail


def _mail(channel: Channel, mail: Message) -> None:
    """Send a mail; where that fails, once more in plain ASCII, in case a character is why."""
    try:
        channel.send(mail.subject, mail.text)
    except Exception as error:  # noqa: BLE001 - whatever it was, there is a second attempt
        log.warning("A mail was refused (%s); sending it as plain ASCII.", type(error).__name__)
        plain = ascii_message(mail)
        try:
            channel.send(plain.subject, plain.text)
        except Exception as another:
            raise DeliveryError(
                f"An alarm could not be passed on: {another}",
                next_step="Look at the notify topic; Lambda runs this event again.",
            ) from another


# What arrives


def _incoming(record: object, now: datetime) -> Incoming:
    """A record of an SNS event, or a whole event of another shape."""
    sns = record.get("Sns") if isinstance(record, dict) else None
    if not isinstance(sns, dict):
        sent = record.get("time") if isinstance(record, dict) else None
        return Incoming("", _time(sent, now), Message("", _as_text(record)))
    return Incoming(
        topic=_as_text(sns.get("TopicArn")),
        time=_time(sns.get("Timestamp"), now),
        message=Message(one_line(_as_text(sns.get("Subject"))), _as_text(sns.get("Message"))),
    )


def _as_text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _time(value: object, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return now
