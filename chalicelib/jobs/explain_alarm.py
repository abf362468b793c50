"""The alarm job: a cost signal is answered by the report of the week, narrowed to what it is about.

`never_lost` sees to it that a mail goes out whatever happens here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any, Protocol

from chalicelib.answer import Answer, answer_to, asked_scope
from chalicelib.costs import EVERYTHING, ZERO, CostFacts, Scope
from chalicelib.jobs.never_lost import Exits, Incoming, Outgoing, answer_all
from chalicelib.jobs.pages import newest_week, page_address
from chalicelib.jobs.ports import Links
from chalicelib.jobs.why import with_reasons
from chalicelib.messages.alarm import explained, forwarded, passed_on
from chalicelib.messages.chat import card, plain_card
from chalicelib.report import build_report
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
from chalicelib.wording.periods import day


class NarrowSource(Protocol):
    """Knows the costs, and can be asked for a part of them."""

    def facts(self, today: date, scope: Scope = EVERYTHING) -> CostFacts:
        """Everything a report needs; raises `CostSourceError` rather than give part of it."""


type OpenSource = Callable[[Callable[[], float]], NarrowSource]
"""Opens a source of costs that stops when the seconds it is told are left run out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Explainer:
    settings: Settings
    source: OpenSource
    links: Callable[[], Links]

    def answer(self, incoming: Incoming, seconds_left: Callable[[], float]) -> Outgoing:
        """The mail and card for a message; costs are asked for only where they answer something."""
        signal = read_message(incoming.message.subject, incoming.message.text)
        if not calls_for_an_answer(signal):
            return _passed_on(signal, incoming)
        if (
            isinstance(signal, BudgetNotice) and signal.sent_on is None
        ):  # in words nobody reads here
            signal = replace(signal, sent_on=incoming.time.date())
        answer = self.explain(signal, incoming.time, self.source(seconds_left))
        if not isinstance(signal, Unknown):  # the answer may know the service by its name
            signal = replace(signal, scope=answer.scope)
        link, page = self._page(incoming.time)
        mail = explained(signal, answer, page, incoming.message)
        return Outgoing(mail, partial(card, signal, answer, link))

    def explain(self, signal: Signal, now: datetime, source: NarrowSource) -> Answer:
        """The report's answer: the questions of the week's report, narrowed to the signal's scope."""
        scope, wider = asked_scope(signal, self.settings.label)
        facts = source.facts(now.date(), scope)
        narrowed = facts.scope != EVERYTHING
        settings = replace(self.settings, monthly_budget=ZERO) if narrowed else self.settings
        report = with_reasons(build_report(facts, settings, now), source)
        return answer_to(signal, report, settings, wider)

    def _page(self, now: datetime) -> tuple[str, str]:
        """The link to the newest week's page under its own address, and the line that leads there.

        The answer's own figures are in the mail; the week's page stays what it was when it was made,
        so the link still opens it when the next week has come.
        """
        monday = newest_week(now)
        link = self.links().to(page_address(monday), now)
        if not link.startswith("https://"):
            return link, link
        return link, f"The whole report, as of Monday, {day(monday.date())}:\n{link}"


def explain_alarms(
    event: Mapping[str, Any],
    now: datetime,
    settings: Settings,
    *,
    source: OpenSource,
    links: Callable[[], Links],
    exits: Exits,
) -> None:
    """Send one mail for every message of an event, with an answer where costs can be read in time.

    `source` and `links` are called only when there is something to answer. Raises
    `CostTrackerError` when a mail could not be sent at all, so that Lambda tries the event again.
    """
    explainer = _Explainer(settings=settings, source=source, links=links)
    answer_all(event, now, exits, explainer.answer, _forward)


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


def _passed_on(signal: Signal, incoming: Incoming) -> Outgoing:
    mail = passed_on(signal, incoming.message)
    return Outgoing(mail, partial(plain_card, signal, mail))


def _forward(incoming: Incoming, reason: str) -> Outgoing:
    """The message as it came, with the reason; where no answer was called for, nothing is missing."""
    signal = read_message(incoming.message.subject, incoming.message.text)
    if not calls_for_an_answer(signal):
        return _passed_on(signal, incoming)
    mail = forwarded(signal, incoming.message, reason)
    return Outgoing(mail, partial(plain_card, signal, mail))
