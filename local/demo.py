"""Runs the real functions on sample data, against stand-ins for AWS on this machine."""

from pathlib import Path
from typing import Any

from chalicelib.jobs.weekly import page_address
from local.aws import ACCOUNT_ID, local_aws
from local.sample import SAMPLE_NOW, sample_ledger


def demo(out: Path) -> list[Path]:
    """Publish the sample report and answer sample alarms; returns what was written to `out`."""
    with local_aws(sample_ledger(), SAMPLE_NOW) as aws:
        # Imported here, because the functions read their environment when they are imported.
        from chalice.test import Client

        from app import app

        with Client(app) as client:
            client.lambda_.invoke("weekly_report", scheduled_event())
        page = aws.page(page_address(SAMPLE_NOW))
        return [_write(out / "index.html", page), *_write_mails(out, aws)]


def scheduled_event() -> dict[str, Any]:
    """What EventBridge sends on the sample's Monday morning."""
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT_ID,
        "time": SAMPLE_NOW.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": "us-east-1",
        "resources": [
            f"arn:aws:events:us-east-1:{ACCOUNT_ID}:rule/cloud-cost-tracker-dev-weekly_report-event"
        ],
        "detail": {},
    }
