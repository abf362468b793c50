"""Look at each prerequisite and each part of a deployment, and say the one step that mends what is wrong."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from chalicelib.errors import CostTrackerError
from chalicelib.settings import Settings
from deployment.account import Account
from deployment.doctor import billing, functions, messages, site
from deployment.doctor.billing import switch_on
from deployment.doctor.examination import Examination, Finding
from deployment.doctor.messages import ALARMS

__all__ = ["ALARMS", "SPENDS", "Finding", "as_json", "doctor", "http_status", "switch_on"]

SPENDS = (
    "This makes one Cost Explorer request, which costs $0.01 (none with --no-costs). "
    "Everything else is free. Nothing is changed."
)

CHECKS = (*billing.CHECKS, *messages.CHECKS, *functions.CHECKS, *site.CHECKS)
# ResponseParserError: a proxy answered in place of AWS. OSError: the site could not be reached.
LOOKING_FAILED = (ClientError, BotoCoreError, ResponseParserError, OSError)


def doctor(
    account: Account,
    settings: Settings,
    *,
    now: datetime | None = None,
    fetch: Callable[[str], int] | None = None,
    paid: bool = True,
) -> Iterator[Finding]:
    """Check every part, one finding or more each; a part that cannot be looked at is a finding too."""
    examination = Examination(
        account, settings, now or datetime.now(UTC), fetch or http_status, paid
    )
    yield Finding("credentials", "ok", f"{account.caller}, us-east-1")
    for check in CHECKS:
        part = check.__name__.strip("_").replace("_", " ")
        try:
            yield from (Finding(part, *found) for found in check(examination))
        except CostTrackerError as error:
            yield Finding(part, "broken", str(error), error.next_step)
        except LOOKING_FAILED as error:
            yield Finding(part, "broken", f"could not look: {error}", _step_for(error, examination))


def as_json(findings: list[Finding]) -> str:
    """The findings for other programs."""
    return json.dumps([each._asdict() for each in findings], indent=2)


def http_status(address: str) -> int:
    """The status of a GET request; a refusal is a status too."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310  our own https address
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        return error.code


def _step_for(error: Exception, at: Examination) -> str:
    text = str(error)
    if "AccessDenied" in text or "not authorized" in text:
        return (
            "Your own identity lacks this permission; ask for it, or check with another identity."
        )
    return f"If the stage is not deployed yet, run: {at.redeploy}"
