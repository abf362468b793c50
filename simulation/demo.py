"""Runs the real functions on sample data, against stand-ins for AWS on this machine."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from chalice.test import Client

from chalicelib.jobs.pages import page_address
from simulation.aws import ACCOUNT_ID, REGION, LocalAws, local_aws
from simulation.functions import functions
from simulation.sample import SAMPLE_NOW, sample_ledger
from simulation.sample_metric import sample_metric

EVENTS = Path(__file__).parent / "events"
ALARMS = {
    "billing-alarm": "alarm_bill",
    "budget-notice": "budget_forecast",
    "anomaly-notice": "anomaly",
}
"""The mail's file name, and the stored event that it answers."""
BURNS = ("burns", "burns-more", "burns-no-more")
"""The file names of the mails about the runaway in the days after the report."""
FIRST_LOOK = datetime(2026, 11, 24, 0, 15, tzinfo=UTC)
LAST_LOOK = datetime(2026, 11, 29, 0, 15, tzinfo=UTC)


def demo(out: Path) -> Iterator[Path]:
    """Publish the sample report and answer sample alarms; yields the path of each file it wrote."""
    out.mkdir(parents=True, exist_ok=True)
    sample = local_aws(sample_ledger(), SAMPLE_NOW, page_size=5000, metric=sample_metric())
    with sample as aws, functions() as client:
        client.lambda_.invoke("weekly_report", scheduled_event())
        yield _write(out / "index.html", aws.page(page_address(SAMPLE_NOW)))
        yield _write(out / "digest.txt", _newest_mail(aws))
        for name, event in ALARMS.items():
            client.lambda_.invoke("explain_alarm", stored_event(event))
            yield _write(out / f"{name}.txt", _newest_mail(aws))
        yield from _watch(out, aws, client)


def _watch(out: Path, aws: LocalAws, client: Client) -> Iterator[Path]:
    """The days after the report: every six hours a look at the metric, and the mails that come of it."""
    names, moment = iter(BURNS), FIRST_LOOK
    while moment <= LAST_LOOK:
        before = len(aws.mails())
        client.lambda_.invoke("watch_charges", scheduled_event(moment, "watch_charges"))
        if len(aws.mails()) > before:
            yield _write(out / f"{next(names)}.txt", _newest_mail(aws))
        moment += timedelta(hours=6)


def scheduled_event(
    moment: datetime = SAMPLE_NOW, function: str = "weekly_report"
) -> dict[str, Any]:
    """What EventBridge sends; as it stands, on the sample's Monday morning."""
    rule = f"cloud-cost-tracker-dev-{function}-event"
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT_ID,
        "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT_ID}:rule/{rule}"],
        "detail": {},
    }


def stored_event(name: str) -> Any:
    """One of the stored SNS events, as a function receives it."""
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))


def _newest_mail(aws: LocalAws) -> str:
    mail = aws.mails()[-1]
    return f"Subject: {mail.subject}\n\n{mail.text}\n"


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        sys.exit(f"The demo cannot be written to {folder}: {error.strerror}.")
    for written in demo(folder):
        sys.stdout.write(f"{written}\n")
