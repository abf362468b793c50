"""Shows, in the user's own account, that what the documents promise holds there.

Each check is one claim: how it is tried, what came out, and the step where it does not hold. The
checks live by what they look at: the site, the functions, the messages, whole runs.
"""

import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from chalicelib.errors import CostTrackerError
from chalicelib.settings import Settings
from deployment.account import Account
from deployment.prove import functions, messages, runs, site
from deployment.prove.claim import Claim, Proven, Trial

CLAIMS: tuple[Claim, ...] = (*site.CLAIMS, *functions.CLAIMS, *messages.CLAIMS, *runs.CLAIMS)
LOOKING_FAILED = (ClientError, BotoCoreError, ResponseParserError, OSError, KeyError)
SPENDS = (
    "This makes one report and explains one alarm, which costs about $0.10 at most with Cost Explorer, "
    "and sends three to five mails. It writes one report page and sets one alarm for a moment; nothing else "
    "changes. Without all that: --cheap."
)
CHEAP = "This costs nothing, mails nobody and changes nothing."


def prove(
    account: Account,
    settings: Settings,
    *,
    cheap: bool = False,
    status_of: Callable[[str], int] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Proven]:
    """Try every claim in turn; one that could not be tried does not hold. `cheap` leaves out whole runs."""
    trial = Trial(account, settings, status_of or http_status, sleep)
    for claim in CLAIMS:
        if cheap and claim.spends:
            yield Proven(claim, None, "left out (--cheap)", "")
            continue
        try:
            found = claim.look(trial)
        except CostTrackerError as error:
            found = (False, str(error), error.next_step)
        except LOOKING_FAILED as error:
            found = (False, f"could not look: {error}", _step(error, trial))
        yield Proven(claim, *found)


def http_status(address: str) -> int:
    """The status of a GET request; 0 where the connection is refused or cannot be made safe."""
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(address, timeout=20) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        return error.code
    except (ConnectionError, ssl.SSLError):
        return 0
    except urllib.error.URLError as error:
        if isinstance(error.reason, ConnectionError | ssl.SSLError):
            return 0
        raise


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer here, not a way to another one."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Follow none."""


def as_markdown(account: Account, settings: Settings, proven: list[Proven]) -> str:
    """A record to keep or to attach to an issue; the account is named by its last four digits."""
    failed = sum(one.holds is False for one in proven)
    lines = [
        f"# What holds in account …{account.id[-4:]}, stage {settings.stage}",
        "",
        f"`python cli.py prove` on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC: "
        + (
            f"{failed} of {len(proven)} claims do not hold."
            if failed
            else "every claim that was tried holds."
        ),
        "",
        "| | Claim | How | Result | Next step |",
        "| --- | --- | --- | --- | --- |",
    ]
    for one in proven:
        cells = (one.mark, one.claim.says, one.claim.how, one.result, one.step)
        lines.append("| " + " | ".join(_cell(cell, account) for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def as_json(proven: list[Proven]) -> str:
    """The record for other programs."""
    return json.dumps(
        [
            {
                "claim": one.claim.says,
                "how": one.claim.how,
                "holds": one.holds,
                "result": one.result,
                "step": one.step,
            }
            for one in proven
        ],
        indent=2,
    )


def _cell(text: str, account: Account) -> str:
    return text.replace(account.id, f"…{account.id[-4:]}").replace("|", "\\|").replace("\n", " ")


def _step(error: Exception, trial: Trial) -> str:
    if "AccessDenied" in str(error) or "not authorized" in str(error):
        return "Your own identity lacks this permission."
    return f"Run: {trial.redeploy}"
