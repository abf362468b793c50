"""What the doctor's checks look at, and what they find."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from chalicelib.settings import Settings
from deployment.account import Account

State = Literal["ok", "look", "broken"]
Result = Iterator[tuple[State, str, str]]
"""What a check yields: state, what was found, and the step that mends it."""


class Finding(NamedTuple):
    """What was found at one part, and the step that mends it, if one is needed."""

    part: str
    state: State
    what: str
    step: str = ""


@dataclass(frozen=True)
class Examination:
    """What the checks look at; `fetch` gives the HTTP status of an address."""

    account: Account
    settings: Settings
    now: datetime
    fetch: Callable[[str], int]
    paid: bool = True

    @property
    def redeploy(self) -> str:
        """The command that puts everything back in place."""
        return f"python cli.py deploy --stage {self.settings.stage}"
