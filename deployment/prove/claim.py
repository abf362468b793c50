"""One claim about a deployment, what it is tried on, and what came out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from chalicelib.settings import Settings
from chalicelib.wiring import topic_arn
from deployment.account import Account

Found = tuple[bool, str, str]
"""Whether it holds, what was seen, and the step if it does not."""


@dataclass(frozen=True)
class Trial:
    """What the claims are tried on; `status_of` gives the HTTP status of an address, 0 for a refusal."""

    account: Account
    settings: Settings
    status_of: Callable[[str], int]
    sleep: Callable[[float], None]

    def client(self, service: str, **more: Any) -> Any:
        """A boto3 client in the account."""
        return self.account.session.client(service, **more)  # type: ignore[call-overload]

    def topic(self, name: str) -> str:
        """The ARN of one of our topics."""
        return topic_arn(self.account.id, name)

    @property
    def now(self) -> datetime:
        """The time in UTC."""
        return datetime.now(UTC)

    @property
    def redeploy(self) -> str:
        """The command that puts everything back in place."""
        return f"python cli.py deploy --stage {self.settings.stage}"


class Claim(NamedTuple):
    """What is promised, how it is tried, and the look itself; `spends` where that costs or mails."""

    says: str
    how: str
    look: Callable[[Trial], Found]
    spends: bool = False


class Proven(NamedTuple):
    """What came out for a claim; `holds` is None where it was not tried."""

    claim: Claim
    holds: bool | None
    result: str
    step: str

    @property
    def mark(self) -> str:
        """One word for the result."""
        return {True: "holds", False: "FAILS", None: "-"}[self.holds]


def holds_unless(wrong: list[str], fine: str, step: str) -> Found:
    """It holds where nothing is wrong."""
    return (False, "; ".join(wrong), step) if wrong else (True, fine, "")
