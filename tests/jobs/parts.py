"""Parts for the alarm job that are a few lines each; the costs are a ledger's own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from chalicelib.costs import EVERYTHING, CostFacts, Price, Scope
from chalicelib.errors import DeliveryError
from chalicelib.jobs.explain_alarm import explain_alarms
from chalicelib.jobs.never_lost import Exits
from chalicelib.service_names import same_name
from chalicelib.settings import Settings
from simulation.ledger import Ledger

SIGNED = "?Expires=1764572400&Signature=MEUC&Key-Pair-Id=K2"


class Outbox:
    """Keeps what is sent; refuses the first few messages if told to."""

    def __init__(self, refusals: int = 0) -> None:
        self.sent: list[tuple[str, str]] = []
        self.refusals = refusals

    def send(self, subject: str, text: str) -> None:
        if self.refusals:
            self.refusals -= 1
            raise DeliveryError("SNS refused the message.", next_step="Look at the topic.")
        self.sent.append((subject, text))


class FixedLinks:
    """Always the same signature."""

    def to(self, path: str, now: datetime) -> str:
        return f"https://d111111abcdef8.cloudfront.net/{path}{SIGNED}"


class LedgerSource:
    """Answers from a ledger, narrowed as Cost Explorer would be; keeps the scopes it was asked for."""

    def __init__(self, ledger: Ledger, label: str = "") -> None:
        self.asked: list[Scope] = []
        self._ledger = ledger
        self._label = label

    def facts(self, today: date, scope: Scope = EVERYTHING) -> CostFacts:
        self.asked.append(scope)
        entries = self._ledger.entries
        found = same_name(scope.unmatched, sorted({each.service for each in entries}))
        if found:
            scope = replace(scope, services=(found,), unmatched="")
        narrow = Ledger(
            [
                each
                for each in entries
                if (not scope.account or each.account == scope.account)
                and (not scope.services or each.service in scope.services)
                and (not scope.label or each.labels.get(self._label) == scope.label)
            ],
            self._ledger.account_names,
            self._ledger.currency,
        )
        facts = (narrow if scope != EVERYTHING else self._ledger).facts(today)
        price = Price(Decimal("0.02"), "2 Cost Explorer requests at $0.01", 2)
        return replace(facts, scope=scope, price=price, source="AWS Cost Explorer")


@dataclass
class Bench:
    """The alarm job with its parts at hand."""

    ledger: Ledger
    notify: Outbox = field(default_factory=Outbox)
    chat: Outbox | None = None
    seconds: float = 100.0
    mail_seconds: float = 20.0
    chat_seconds: float = 8.0
    settings: Settings = field(default_factory=Settings)
    own_topics: tuple[str, ...] = (
        "arn:aws:sns:us-east-1:123456789012:cloud-cost-tracker-dev-notify",
    )
    opened: int = 0

    def __post_init__(self) -> None:
        self.costs = LedgerSource(self.ledger, self.settings.label)

    def open(self, seconds_left: Callable[[], float]) -> LedgerSource:
        self.opened += 1
        return self.costs

    def answer(self, event: Mapping[str, Any], now: datetime) -> None:
        """Run the job."""
        explain_alarms(
            event,
            now,
            self.settings,
            source=self.open,
            links=FixedLinks,
            exits=Exits(
                notify=self.notify,
                chat=self.chat,
                own_topics=self.own_topics,
                right_topic=self.settings.alarms_topic,
                seconds_left=lambda: self.seconds,
                mail_seconds=self.mail_seconds,
                chat_seconds=self.chat_seconds,
            ),
        )
