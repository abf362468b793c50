"""Builds the real parts and hands them to a job; the only place that does.

Clients are made at first use and kept, because an invocation usually finds a warm process; each
job imports only what it needs, because an alarm should not wait for the dashboard's modules.
"""

import os
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.settings import Settings

if TYPE_CHECKING:
    from botocore.config import Config

    from chalicelib.jobs.ports import FactSource

# Everything is deployed where billing alarms exist.
REGION = "us-east-1"

# Retry mode and timeouts are ours, because the SDK in the Lambda runtime is not: older ones do not
# retry Cost Explorer's throttling at all, and wait a whole minute for an answer.
ATTEMPTS = 5
CONNECT_SECONDS = 5
READ_SECONDS = 30


def publish_weekly_report(event: dict[str, Any]) -> None:
    """Run the weekly job for a scheduled event; the event carries the time and the account."""
    from chalicelib.delivery.channel import SnsTopic
    from chalicelib.delivery.links import SignedLinks
    from chalicelib.delivery.site import S3Site
    from chalicelib.jobs.weekly import publish_weekly_report as publish

    settings = Settings.from_env(os.environ)
    account_id = event["account"]
    publish(
        datetime.fromisoformat(event["time"]),
        settings,
        source=fact_source(settings),
        site=S3Site(client("s3"), settings.bucket(account_id), account_id),
        links=SignedLinks(client("ssm"), settings),
        notify=SnsTopic(client("sns"), topic_arn(account_id, settings.notify_topic)),
    )


def fact_source(settings: Settings) -> "FactSource":
    """The source of costs that the settings name."""
    from chalicelib.sources.cost_explorer import CostExplorer

    return CostExplorer(client("ce"), max_requests=settings.max_requests, label=settings.label)


def topic_arn(account_id: str, topic: str) -> str:
    """The ARN of a topic of this deployment."""
    return f"arn:aws:sns:{REGION}:{account_id}:{topic}"


@cache
def client(service: str) -> Any:
    """The one boto3 client of a service, with explicit retries and timeouts."""
    import boto3

    return boto3.client(service, region_name=REGION, config=_config())  # type: ignore[call-overload]


def _config() -> "Config":
    from botocore.config import Config

    return Config(
        retries={"mode": "standard", "max_attempts": ATTEMPTS},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
    )
