"""As much of AWS as this project needs, on loopback: the real code and boto3, no account.

    with local_aws(sample_ledger(), SAMPLE_NOW) as aws:
        ...                 # run the functions; the environment leads boto3 here
        aws.page("index.html"), aws.mails()

Cost Explorer and the billing metric are emulators; S3, SNS, SQS and SSM are moto's server. What a deployed stack would
have is there: the bucket, the topics, what signs links, and somebody who subscribed.
"""

import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from unittest.mock import patch
from urllib.request import Request, urlopen

import boto3
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from moto.server import ThreadedMotoServer

from chalicelib import wiring
from chalicelib.delivery.links import LINKS_PARAMETER
from chalicelib.settings import SITE_PREFIX, Settings
from simulation.billing_metric import BillingMetric
from simulation.cloudwatch import CloudWatchEmulator
from simulation.emulator import CostExplorerEmulator, Fault
from simulation.ledger import Ledger

ACCOUNT_ID = "123456789012"
REGION = "us-east-1"
SITE_HOST = "d111111abcdef8.cloudfront.net"


class Mail(NamedTuple):
    """What a subscriber receives."""

    subject: str
    text: str


@dataclass
class LocalAws:
    """Looks into the local AWS: what the functions asked, stored and sent."""

    emulator: CostExplorerEmulator
    endpoint: str
    settings: Settings
    private_key: ec.EllipticCurvePrivateKey
    cloudwatch: CloudWatchEmulator | None = None
    _received: dict[str, list[Mail]] = field(default_factory=dict, repr=False)

    def client(self, service: str) -> Any:
        """A boto3 client of this AWS."""
        return boto3.client(service)  # type: ignore[call-overload]

    @property
    def bucket(self) -> str:
        """The name of the site's bucket."""
        return self.settings.bucket(ACCOUNT_ID)

    def pages(self) -> list[str]:
        """The paths of all pages on the site."""
        found = self._s3.list_objects_v2(Bucket=self.bucket, Prefix=SITE_PREFIX)
        return [each["Key"].removeprefix(SITE_PREFIX) for each in found.get("Contents", [])]

    def page(self, path: str) -> str:
        """The page that is stored under a path of the site."""
        stored = self._s3.get_object(Bucket=self.bucket, Key=SITE_PREFIX + path)
        return str(stored["Body"].read().decode())

    def mails(self) -> list[Mail]:
        """Everything sent to the notify topic so far, oldest first."""
        return self._drain(self.settings.notify_topic)

    def chats(self) -> list[Mail]:
        """Everything sent to the chat topic so far, oldest first."""
        return self._drain(self.settings.chat_topic)

    def _drain(self, topic: str) -> list[Mail]:
        received = self._received.setdefault(topic, [])
        address = self._sqs.get_queue_url(QueueName=topic)["QueueUrl"]
        while messages := self._sqs.receive_message(QueueUrl=address).get("Messages"):
            for message in messages:
                envelope = json.loads(message["Body"])
                received.append(Mail(envelope.get("Subject", ""), envelope["Message"]))
                self._sqs.delete_message(QueueUrl=address, ReceiptHandle=message["ReceiptHandle"])
        return list(received)

    @property
    def _s3(self) -> Any:
        return _client("s3", self.endpoint)

    @property
    def _sqs(self) -> Any:
        return _client("sqs", self.endpoint)


@contextmanager
def local_aws(
    ledger: Ledger,
    now: datetime,
    *,
    page_size: int = 1000,
    faults: list[Fault] | None = None,
    environment: Mapping[str, str] | None = None,
    metric: BillingMetric | None = None,
) -> Iterator[LocalAws]:
    """Start the local AWS and point the environment at it; leaving stops it and restores all.

    `environment` adds variables, such as settings; with `metric`, CloudWatch is the one that knows the
    billing metric, else it is moto's, which has none. Moto keeps one state per process: do not nest.
    """
    emulator = CostExplorerEmulator(ledger, today=now.date(), page_size=page_size, faults=faults)
    with ExitStack() as stack:
        addresses = {"AWS_ENDPOINT_URL_COST_EXPLORER": stack.enter_context(emulator).url}
        cloudwatch = None if metric is None else stack.enter_context(CloudWatchEmulator(metric))
        if cloudwatch is not None:
            addresses["AWS_ENDPOINT_URL_CLOUDWATCH"] = cloudwatch.url
        endpoint = stack.enter_context(_moto())
        stack.enter_context(_environment(endpoint, addresses | dict(environment or {})))
        settings = Settings.from_env(os.environ)
        yield LocalAws(emulator, endpoint, settings, _deploy(endpoint, settings), cloudwatch)


@contextmanager
def _moto() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # one line a request is no news
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    with urlopen(Request(f"{endpoint}/moto-api/reset", method="POST")):  # noqa: S310 - loopback
        pass
    try:
        yield endpoint
    finally:
        _client.cache_clear()
        server.stop()


@contextmanager
def _environment(moto: str, more: Mapping[str, str]) -> Iterator[None]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "CCT_"))  # nobody's own account or settings
    }
    ours = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": moto,
        "NO_PROXY": "127.0.0.1",
    }
    with patch.dict(os.environ, kept | ours | dict(more), clear=True):
        wiring.client.cache_clear()  # the functions keep their clients, which lead to another AWS
        try:
            yield
        finally:
            wiring.client.cache_clear()


def _deploy(endpoint: str, settings: Settings) -> ec.EllipticCurvePrivateKey:
    """Make what the stack makes, as far as the functions can see it; returns the key of the links."""
    _client("s3", endpoint).create_bucket(Bucket=settings.bucket(ACCOUNT_ID))
    sns = _client("sns", endpoint)
    for topic in (settings.alarms_topic, settings.notify_topic, settings.chat_topic):
        arn = sns.create_topic(Name=topic)["TopicArn"]
        queue = _client("sqs", endpoint).create_queue(QueueName=topic)["QueueUrl"]
        queue_arn = f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{queue.rpartition('/')[2]}"
        sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue_arn)
    return _set_up_links(endpoint, settings)


def _set_up_links(endpoint: str, settings: Settings) -> ec.EllipticCurvePrivateKey:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    private = f"{settings.parameters}link-key-a"
    place = {"domain": SITE_HOST, "key_id": "K2JCJMDEHXQW5F", "private_key": private}
    ssm = _client("ssm", endpoint)
    ssm.put_parameter(Name=private, Value=pem, Type="SecureString")
    ssm.put_parameter(
        Name=settings.parameters + LINKS_PARAMETER, Value=json.dumps(place), Type="String"
    )
    return key


@cache
def _client(service: str, endpoint: str) -> Any:
    return boto3.client(service, endpoint_url=endpoint, region_name=REGION)  # type: ignore[call-overload]
