"""What the jobs need from the world; the parts in `sources` and `delivery` fit without inheriting."""

from datetime import date, datetime
from typing import Protocol, runtime_checkable

from chalicelib.costs import CostFacts, Price, Usage, UsageQuestion


class FactSource(Protocol):
    """Knows the costs."""

    def facts(self, today: date) -> CostFacts:
        """Everything a report needs; raises `CostSourceError` rather than give part of it."""


@runtime_checkable
class DriverSource(Protocol):
    """Knows what was used, by usage type, and what everything it was asked so far cost."""

    def price(self) -> Price:
        """What all questions so far cost."""

    def usage(self, question: UsageQuestion) -> Usage:
        """The answer to a question about usage; raises `CostSourceError` rather than give part of it."""


class Site(Protocol):
    """Holds pages that only the right people can open."""

    def publish(self, path: str, page: str, *, week: str = "") -> None:
        """Store an HTML page under `path`, replacing what is there; raises `DeliveryError`.

        With `week` (`2026-W48`), a page of a later week that is there stays.
        """


class Channel(Protocol):
    """Carries a message to people."""

    def send(self, subject: str, text: str) -> None:
        """Send one message; raises `DeliveryError`."""


class Links(Protocol):
    """Opens a page of the site to whoever holds the link."""

    def to(self, path: str, now: datetime) -> str:
        """A link to the page, or a sentence that says how to get links. Never raises."""
