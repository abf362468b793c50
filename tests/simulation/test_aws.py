"""The local AWS has what a deployed stack has, and leaves nothing behind."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib import wiring
from chalicelib.delivery.channel import SnsTopic
from chalicelib.delivery.links import SignedLinks
from chalicelib.delivery.site import S3Site
from simulation.aws import ACCOUNT_ID, SITE_HOST, LocalAws, local_aws
from simulation.emulator import Fault, FaultKind
from simulation.ledger import Ledger
from simulation.sample import SAMPLE_NOW, sample_ledger


def notify(aws: LocalAws) -> SnsTopic:
    return SnsTopic(wiring.client("sns"), wiring.topic_arn(ACCOUNT_ID, aws.settings.notify_topic))


def test_afterwards_the_environment_is_as_before_and_a_new_aws_is_empty() -> None:
    before = dict(os.environ)
    of_another_aws = wiring.client("sns")
    empty = Ledger([], {})
    with local_aws(empty, datetime(2026, 11, 23, 7, tzinfo=UTC)) as first:
        assert wiring.client("sns") is not of_another_aws
        notify(first).send("First", "one")
        stale = wiring.client("sns")
    assert os.environ == before
    faults = [Fault(FaultKind.DENIED)]
    with local_aws(empty, datetime(2026, 11, 23, 7, tzinfo=UTC), faults=faults) as second:
        assert wiring.client("sns") is not stale
        assert second.mails() == []
        with pytest.raises(ClientError, match="not authorized"):
            boto3.client("ce").get_cost_and_usage(
                TimePeriod={"Start": "2026-11-01", "End": "2026-11-02"},
                Granularity="DAILY",
                Metrics=["UnblendedCost"],
            )


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    with local_aws(sample_ledger(), SAMPLE_NOW, environment={"CCT_STAGE": "test"}) as aws:
        yield aws


def test_the_functions_own_clients_reach_cost_explorer(aws: LocalAws) -> None:
    facts = wiring.fact_source(aws.settings).facts(SAMPLE_NOW.date())
    assert facts.account_name(ACCOUNT_ID) == "production"
    assert len(aws.emulator.billed) == facts.price.requests


def test_pages_can_be_published_and_read(aws: LocalAws) -> None:
    site = S3Site(wiring.client("s3"), aws.bucket, ACCOUNT_ID)
    site.publish("reports/2026-W48.html", "<p>5 €</p>")
    assert aws.pages() == ["reports/2026-W48.html"]
    assert aws.page("reports/2026-W48.html") == "<p>5 €</p>"


def test_mails_arrive_in_order_and_stay(aws: LocalAws) -> None:
    notify(aws).send("First", "one")
    notify(aws).send("", "two")
    assert aws.mails() == [("First", "one"), ("", "two")]
    notify(aws).send("Third", "three")
    assert [mail.subject for mail in aws.mails()] == ["First", "", "Third"]


def test_the_chat_topic_is_another_one(aws: LocalAws) -> None:
    arn = wiring.topic_arn(ACCOUNT_ID, aws.settings.chat_topic)
    SnsTopic(wiring.client("sns"), arn).send("", "hello")
    assert aws.chats() == [("", "hello")]


def test_links_can_be_signed(aws: LocalAws) -> None:
    link = SignedLinks(wiring.client("ssm"), aws.settings).to("index.html", SAMPLE_NOW)
    assert link.startswith(f"https://{SITE_HOST}/index.html?")


def test_names_follow_the_stage(aws: LocalAws) -> None:
    assert aws.bucket == f"cloud-cost-tracker-test-site-{ACCOUNT_ID}"
    buckets = aws.client("s3").list_buckets()["Buckets"]
    assert [bucket["Name"] for bucket in buckets] == [aws.bucket]
