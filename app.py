"""The Lambdas' door: one function per trigger, nothing loaded that is not needed."""

import os
import sys
from typing import Any

from chalice.app import Chalice, CloudWatchEvent, Cron, SNSEvent

REGION = "us-east-1"  # billing metrics, and so their alarms, exist only there


def _region() -> str:
    """The Region that this runs in or, in Chalice's own program, deploys to."""
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        return os.environ.get("AWS_REGION") or REGION
    if "AWS_CHALICE_CLI_MODE" not in os.environ:
        return REGION  # at a desk: the sample, the tests
    import click

    session = click.get_current_context().obj["factory"].create_botocore_session()
    return str(session.get_config_variable("region") or "none")


if (found := _region()) != REGION:
    sys.exit(
        f"CloudCostTracker runs in {REGION} only, and the Region here is {found}. "
        f"Nothing was changed. Run: AWS_DEFAULT_REGION={REGION} chalice ..., or python cli.py deploy"
    )

app = Chalice(app_name="cloud-cost-tracker", configure_logs=False)

STAGE = os.environ.get("CCT_STAGE") or "dev"
MONDAY_MORNING_UTC = Cron(0, 7, "?", "*", "MON", "*")
EVERY_SIX_HOURS = Cron(15, "0/6", "*", "*", "?", "*")


@app.schedule(MONDAY_MORNING_UTC, name="weekly_report", description="Publishes the cost dashboard")
def weekly_report(event: CloudWatchEvent) -> None:
    """Read the costs, publish the dashboard, mail the digest."""
    from chalicelib import wiring

    wiring.publish_weekly_report(event.to_dict())


@app.schedule(EVERY_SIX_HOURS, name="watch_charges", description="Tells what burns, within hours")
def watch_charges(event: CloudWatchEvent) -> None:
    """Look at the billing metric; speak up only where something burns, or is over."""
    from chalicelib import wiring

    wiring.watch_charges(event.to_dict(), event.context)


class AnyEvent(SNSEvent):
    """What Lambda hands over, of any shape; Chalice's own class fails where a field is missing."""

    def _extract_attributes(self, event_dict: dict[str, Any]) -> None:
        """Nothing is read here: the job reads the event itself, and never fails at it."""


@app.on_sns_message(topic=f"cloud-cost-tracker-{STAGE}-alarms", name="explain_alarm")
def explain_alarm(event: AnyEvent) -> None:
    """Answer a cost alarm with what is behind it."""
    from chalicelib import wiring

    wiring.explain_alarm(event.to_dict(), event.context)


explain_alarm.event_class = AnyEvent
