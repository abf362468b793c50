"""What is wrong with a saved answer, and how to save a good one."""

from chalicelib.errors import CostTrackerError

EXAMPLE = (
    "aws ce get-cost-and-usage --time-period Start=2026-08-01,End=2026-11-23 --granularity DAILY "
    "--metrics NetUnblendedCost NetAmortizedCost UnblendedCost "
    "--group-by Type=DIMENSION,Key=SERVICE Type=DIMENSION,Key=RECORD_TYPE > costs.json"
)


class SavedAnswerError(CostTrackerError):
    """A file is not a saved answer; the message names the file, the place, and what was expected."""

    next_step = f"Save one like this: {EXAMPLE}"
