"""The mail that says why a job did not do its work, and what mends it."""

from datetime import datetime

from chalicelib.errors import CostTrackerError
from chalicelib.messages.text import Message, message
from chalicelib.wording.lines import one_line


def failure(error: CostTrackerError, what: str, when: datetime) -> Message:
    """Say that `what` ("The weekly cost report") did not happen, why, and the next step."""
    return message(
        f"{what} could not be made",
        [
            f"{what} of {when.day} {when:%B %Y} could not be made.",
            one_line(str(error)),
            one_line(f"What to do: {error.next_step}") if error.next_step else "",
            "No figures are shown, because part of them would look like all of them.",
        ],
    )
