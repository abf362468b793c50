"""Pages reach one bucket, messages one topic, and refusals say what to check."""

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from chalicelib.delivery.channel import SnsTopic
from chalicelib.delivery.site import S3Site
from chalicelib.errors import DeliveryError

BUCKET = "cloud-cost-tracker-dev-site-123456789012"
TOPIC = "arn:aws:sns:us-east-1:123456789012:cloud-cost-tracker-dev-notify"


def test_a_page_is_stored_below_the_site_prefix_of_the_owners_bucket() -> None:
    client = boto3.client("s3", region_name="us-east-1")
    with Stubber(client) as stub:
        stub.add_response(
            "put_object",
            {},
            {
                "Bucket": BUCKET,
                "Key": "site/reports/2026-W48.html",
                "Body": "Kosten: 1 €".encode(),
                "ContentType": "text/html; charset=utf-8",
                "CacheControl": "max-age=300",
                "ExpectedBucketOwner": "123456789012",
            },
        )
        S3Site(client, BUCKET, "123456789012").publish("reports/2026-W48.html", "Kosten: 1 €")
        stub.assert_no_pending_responses()


class Tagged:
    """An S3 client whose page has a tag, or refuses to say so."""

    def __init__(self, week: str = "", refused: bool = False) -> None:
        self.week, self.refused, self.stored = week, refused, list[str]()

    def get_object_tagging(self, **_: str) -> dict[str, object]:
        if self.refused:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetObjectTagging")
        return {"TagSet": [{"Key": "week", "Value": self.week}] if self.week else []}

    def put_object(self, **stored: str) -> None:
        self.stored.append(stored["Tagging"])


@pytest.mark.parametrize(
    ("there", "refused", "stored"),
    [
        ("", False, True),
        ("2026-W47", False, True),
        ("2026-W48", False, True),
        ("2026-W49", False, False),
        ("2027-W01", False, False),
        ("2026-W49", True, True),
    ],
)
def test_a_page_of_a_later_week_stays_the_latest(there: str, refused: bool, stored: bool) -> None:
    client = Tagged(there, refused)
    S3Site(client, BUCKET, "123456789012").publish("index.html", "page", week="2026-W48")  # type: ignore[arg-type]
    assert client.stored == (["week=2026-W48"] if stored else [])


def test_a_page_that_cannot_be_stored_names_the_bucket_and_the_next_step() -> None:
    client = boto3.client("s3", region_name="us-east-1")
    with Stubber(client) as stub:
        stub.add_client_error("put_object", "NoSuchBucket", "The bucket does not exist", 404)
        with pytest.raises(DeliveryError, match=BUCKET) as caught:
            S3Site(client, BUCKET, "123456789012").publish("index.html", "")
    assert "doctor" in caught.value.next_step


def test_a_message_goes_to_the_topic_with_its_subject() -> None:
    client = boto3.client("sns", region_name="us-east-1")
    with Stubber(client) as stub:
        stub.add_response(
            "publish",
            {"MessageId": "1"},
            {"TopicArn": TOPIC, "Subject": "Costs rose", "Message": "By 3 dollars."},
        )
        SnsTopic(client, TOPIC).send("Costs rose", "By 3 dollars.")
        stub.assert_no_pending_responses()


def test_an_empty_subject_is_left_out_because_sns_refuses_it() -> None:
    client = boto3.client("sns", region_name="us-east-1")
    with Stubber(client) as stub:
        stub.add_response("publish", {"MessageId": "1"}, {"TopicArn": TOPIC, "Message": "Text"})
        SnsTopic(client, TOPIC).send("", "Text")
        stub.assert_no_pending_responses()


def test_a_message_that_cannot_be_sent_names_the_topic() -> None:
    client = boto3.client("sns", region_name="us-east-1")
    with Stubber(client) as stub:
        stub.add_client_error("publish", "NotFound", "Topic does not exist", 404)
        with pytest.raises(DeliveryError, match="cloud-cost-tracker-dev-notify"):
            SnsTopic(client, TOPIC).send("Subject", "Text")
