"""The alarm job: whatever arrives on the alarms topic leaves as a mail, with an answer where possible.

An alarm is never lost. What explains it works in a thread of its own against a deadline; if it
fails, hangs or runs late, the original message goes out with the reason. Delivered twice, it is
mailed twice at worst.
"""

import json
import logging
import traceback
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Protocol

from chalicelib.costs import (
    EVERYTHING,
    CostFacts,
    Costs,
    Dimension,
    Granularity,
    Period,
    Price,
    Scope,
)
from chalicelib.errors import (
    CostSourceError,
    CostTrackerError,
    DeliveryError,
    OutOfTimeError,
    RequestLimitError,
    SettingError,
    ThrottledError,
    UnreachableError,
    UnreadableAnswerError,
)
from chalicelib.explanation import (
    Explanation,
    costs_by_service,
    credits_lower_the_bill,
    explain,
    period_of_interest,
)
from chalicelib.jobs.ports import Channel, Links
from chalicelib.messages.alarm import explained, forwarded, passed_on, unchanged
from chalicelib.messages.chat import card, plain_card
from chalicelib.messages.text import Message, ascii_message, with_remark
from chalicelib.service_names import same_name
from chalicelib.settings import Settings
from chalicelib.signals import (
    Alarm,
    AlarmState,
    AnomalyNotice,
    BudgetNotice,
    Signal,
    Unknown,
    read_message,
)
from chalicelib.wording.lines import one_line

FORWARD_SECONDS = 20.0
"""Kept free for every message that still has to be sent."""
CHAT_SECONDS = 8.0
"""How long chat may take before the mail goes out without it."""
type Ask = Callable[..., Costs]
type Composed = tuple[Message, Callable[[], Message]]

BY_ACCOUNT: tuple[Dimension, ...] = ("account", "service")
BY_SERVICE: tuple[Dimension, ...] = ("service",)
DASHBOARD = "index.html"
ADVISE_ANOTHER_ATTEMPT = (OutOfTimeError, ThrottledError, UnreachableError, UnreadableAnswerError)
FIGURES_NOW = "For the figures now, open Cost Explorer in the AWS console."

log = logging.getLogger(__name__)


class DailyCosts(Protocol):
    """Answers one question at a time about the costs of single days."""

    @property
    def account_names(self) -> Mapping[str, str]:
        """Names of the accounts seen so far."""

    def price(self) -> Price:
        """What the questions so far cost."""

    def daily(
        self,
        period: Period,
        group_by: tuple[Dimension, ...],
        *,
        accounts: tuple[str, ...] = (),
        services: tuple[str, ...] = (),
        gross_only: bool = False,
    ) -> Costs:
        """Costs by day and group; raises `CostSourceError` rather than give a part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What it takes to answer an alarm.

    `costs` opens a source of costs that stops when the seconds it is told are left run out; it and
    `links` are called only when there is something to answer. `destinations` are the ARNs of the
    topics behind `notify` and `chat`: a message that arrives from one of them is refused, or it
    would go round for ever. `seconds_left` says how long this invocation may still take.
    """

    settings: Settings
    costs: Callable[[Callable[[], float]], DailyCosts]
    links: Callable[[], Links]
    notify: Channel
    chat: Channel | None
    destinations: Collection[str]
    seconds_left: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message as it came: its topic, its time, and what it says."""

    topic: str
    time: datetime
    message: Message


def explain_alarms(event: Mapping[str, Any], now: datetime, desk: Desk) -> None:
    """Send one mail for every record of an SNS event; one that fails does not stop the others.

    `now` stands in where a record does not say when it was sent. Raises `CostTrackerError` when a
    mail could not be sent at all, so that Lambda tries the event again.
    """
    records = event.get("Records")
    arrived = [_arrived(each, now) for each in (records if isinstance(records, list) else [event])]
    failures: list[CostTrackerError] = []
    for position, each in enumerate(arrived):
        to_come = len(arrived) - position
        try:
            _answer(each, desk, desk.seconds_left() - FORWARD_SECONDS * to_come)
        except CostTrackerError as error:
            failures.append(error)
    if failures:
        raise failures[0]


def _answer(arrived: Arrived, desk: Desk, seconds: float) -> None:
    if arrived.topic in desk.destinations:
        raise SettingError(
            f"A message came in on {arrived.topic}, the topic that answers leave by.",
            next_step=f"Send alarms to the topic {desk.settings.alarms_topic}.",
        )
    mail, make_card = _compose(arrived, desk, seconds)
    if desk.chat is not None:
        mail = _chat_first(mail, make_card, desk.chat)
    _send(desk.notify, mail)


def _compose(arrived: Arrived, desk: Desk, seconds: float) -> Composed:
    """The mail, and how to make the card; with an answer if one is called for and can be had in that time."""
    signal: Signal = Unknown()
    try:
        signal = read_message(arrived.message.subject, arrived.message.text)
        if isinstance(signal, Unknown):
            mail = unchanged(arrived.message)
        elif calls_for_an_answer(signal):
            return within(seconds, partial(_explained, signal, arrived, desk, seconds))
        else:
            mail = passed_on(signal, arrived.message)
    except Exception as error:  # noqa: BLE001 - also a bug of ours must not lose an alarm
        mail = _forwarded(signal, arrived.message, error)
    return mail, partial(plain_card, signal, mail)


def calls_for_an_answer(signal: Signal) -> bool:
    """Whether costs are worth a paid question: an alarm that went off, or a notice about money."""
    match signal:
        case Alarm():
            return signal.state is AlarmState.ALARM and signal.about_costs
        case BudgetNotice():
            return signal.counts_money
        case AnomalyNotice():
            return True
        case Unknown():
            return False


def _explained(signal: Signal, arrived: Arrived, desk: Desk, seconds: float) -> Composed:
    end = desk.seconds_left() - seconds
    costs = desk.costs(lambda: desk.seconds_left() - end)
    explanation = ask_and_explain(signal, costs, arrived.time, desk.settings)
    if isinstance(signal, Alarm | AnomalyNotice):  # the answer may know the service by its name
        signal = replace(signal, scope=explanation.scope)
    link = desk.links().to(DASHBOARD, arrived.time)
    mail = explained(signal, explanation, link, arrived.message)
    return mail, partial(card, signal, explanation, link)


def ask_and_explain(
    signal: Signal, costs: DailyCosts, now: datetime, settings: Settings
) -> Explanation:
    """One paid question: gross costs by account and service, from the first of last month on.

    A second one, for net costs, only where credits or refunds lower the bill that the signal speaks
    of. Gross comes first, because a credit that ends must not look like a service that grows. The
    signal's scope narrows both. Where accounts would exceed the request limit, or the second
    question fails, that is left out with a note.
    """
    scope = _scope(signal)
    ask: Ask = partial(
        costs.daily,
        period_of_interest(now.date()),
        accounts=(scope.account,) if scope.account else (),
        services=scope.services,
    )
    notes: list[str] = []
    gross = _gross(ask, notes)
    net = _net(ask, gross, notes) if credits_lower_the_bill(gross, signal) else None
    if found := same_name(scope.unmatched, gross.by("service")):
        scope = replace(scope, services=(found,), unmatched="")
        gross = gross.where("service", scope.services)
    facts = CostFacts(
        today=now.date(),
        services=costs_by_service(gross, net),
        months=Costs(gross.period, Granularity.MONTHLY, frozenset()),
        accounts=_by_account(gross),
        account_names=dict(costs.account_names),
        price=costs.price(),
        source="AWS Cost Explorer",
        notes=tuple(notes),
    )
    return explain(facts, scope, settings, knows_credits=net is not None)


def _gross(ask: Ask, notes: list[str]) -> Costs:
    try:
        return ask(BY_ACCOUNT, gross_only=True)
    except RequestLimitError as error:
        notes.append(f"Accounts are left out. {error.explanation()}")
        return ask(BY_SERVICE, gross_only=True)


def _net(ask: Ask, gross: Costs, notes: list[str]) -> Costs | None:
    """Net costs by the same groups; without them the answer is short of something, not wrong."""
    try:
        return ask(BY_ACCOUNT if "account" in gross.known else BY_SERVICE)
    except CostSourceError as error:
        notes.append(
            f"Credits and refunds lower this bill, but could not be read. {_reason(error)}"
        )
        return None


def _by_account(gross: Costs) -> Costs | None:
    known = "account" in gross.known and len(gross.by("account")) > 1
    return gross if known else None


def _scope(signal: Signal) -> Scope:
    return signal.scope if isinstance(signal, Alarm | AnomalyNotice) else EVERYTHING


# Never lost


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


def _forwarded(signal: Signal, original: Message, error: Exception) -> Message:
    reason = _reason(error)
    try:
        return forwarded(signal, original, reason)
    except Exception as another:  # noqa: BLE001 - the last resort asks nothing of the message
        return with_remark(unchanged(original), f"{reason} {_reason(another)}")


def _reason(error: Exception) -> str:
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


def _chat_first(mail: Message, make_card: Callable[[], Message], chat: Channel) -> Message:
    """Send the card; if that fails the mail says so, because it is the one that must arrive."""
    try:
        within(CHAT_SECONDS, lambda: chat.send("", make_card().text))
    except Exception as error:  # noqa: BLE001 - whatever happens to chat, the mail goes out
        return with_remark(mail, f"Chat did not get this: {_reason(error)}")
    return mail


def _send(channel: Channel, mail: Message) -> None:
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


def _arrived(record: object, now: datetime) -> Arrived:
    """A record of an SNS event, whatever shape it has."""
    sns = record.get("Sns") if isinstance(record, dict) else None
    if not isinstance(sns, dict):
        return Arrived("", now, Message("", _as_text(record)))
    return Arrived(
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
