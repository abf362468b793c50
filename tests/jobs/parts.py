"""A desk for the alarm job whose parts are a few lines each; the costs are a ledger's own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from chalicelib.costs import Amounts, Charge, Costs, Dimension, Key, Period, Price
from chalicelib.errors import DeliveryError, RequestLimitError, ThrottledError
from chalicelib.jobs.explain_alarm import Desk
from chalicelib.settings import Settings
from simulation.ledger import Ledger

LINK = "https://d111111abcdef8.cloudfront.net/index.html?Expires=1764572400&Signature=MEUC&Key-Pair-Id=K2"


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
    """Always the same link."""

    def to(self, path: str, now: datetime) -> str:
        return LINK


class LedgerCosts:
    """Answers from a ledger, and counts the questions."""

    def __init__(self, ledger: Ledger) -> None:
        self.account_names = ledger.account_names
        self.asked: list[dict[str, object]] = []
        self.too_many_accounts = self.net_refused = False
        self._ledger = ledger

    def price(self) -> Price:
        return Price(Decimal("0.01") * len(self.asked), "one cent each", len(self.asked))

    def daily(
        self,
        period: Period,
        group_by: tuple[Dimension, ...],
        *,
        accounts: tuple[str, ...] = (),
        services: tuple[str, ...] = (),
        gross_only: bool = False,
    ) -> Costs:
        question = {"group_by": group_by, "accounts": accounts, "services": services}
        self.asked.append({**question, "gross_only": gross_only})
        if "account" in group_by and self.too_many_accounts:
            raise RequestLimitError("Reading them would take 90 requests; the limit is 25.")
        if not gross_only and self.net_refused:
            raise ThrottledError("Too many requests.")
        charges = (
            Charge(
                Key(entry.day, entry.service, entry.account if "account" in group_by else ""),
                Amounts(entry.net_unblended, entry.net_amortized, entry.unblended),
                "USD",
            )
            for entry in self._ledger.entries
            if entry.day in period
            and (not accounts or entry.account in accounts)
            and (not services or entry.service in services)
            and not (gross_only and entry.record_type in ("Credit", "Refund"))
        )
        return Costs.of(charges, period=period, known=group_by)


@dataclass
class Bench:
    """A desk with its parts at hand."""

    ledger: Ledger
    notify: Outbox = field(default_factory=Outbox)
    chat: Outbox | None = None
    seconds: float = 100.0
    settings: Settings = field(default_factory=Settings)
    destinations: tuple[str, ...] = (
        "arn:aws:sns:us-east-1:123456789012:cloud-cost-tracker-dev-notify",
    )
    opened: int = 0

    def __post_init__(self) -> None:
        self.costs = LedgerCosts(self.ledger)

    def open(self, seconds_left: Callable[[], float]) -> LedgerCosts:
        self.opened += 1
        return self.costs

    @property
    def desk(self) -> Desk:
        return Desk(
            settings=self.settings,
            costs=self.open,
            links=FixedLinks,
            notify=self.notify,
            chat=self.chat,
            destinations=self.destinations,
            seconds_left=lambda: self.seconds,
        )
