"""Usage types in words: Regions by AWS's billing codes, phrases by service, never borrowed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.usage_types import SERVICES, read
from chalicelib.usage_types.known import Service
from chalicelib.usage_types.reading import TRANSFER
from chalicelib.usage_types.regions import REGIONS
from simulation.sample_usage import USAGE

EC2, RDS, S3 = "EC2 - Other", "Amazon Relational Database Service", "Amazon Simple Storage Service"
CLOUDWATCH, CLOUDFRONT = "AmazonCloudWatch", "Amazon CloudFront"

TABLE = [
    (CLOUDWATCH, "EU-DataProcessing-Bytes", "log ingestion", "in Ireland"),
    (CLOUDWATCH, "DataProcessing-Bytes", "log ingestion", "in Virginia"),
    (CLOUDWATCH, "USE1-CW:MetricMonitorUsage", "custom metrics", "in Virginia"),
    (EC2, "APS1-NatGateway-Bytes", "traffic through NAT gateways", "in Singapore"),
    (EC2, "APS3-NatGateway-Hours", "NAT gateway hours", "in Mumbai"),
    (EC2, "APS4-EBS:SnapshotUsage", "EBS snapshots", "in Jakarta"),
    (EC2, "USE2-APS3-AWS-Out-Bytes", "traffic to another Region", "from Ohio to Mumbai"),
    (EC2, "EU-USE1-AWS-In-Bytes", "traffic from another Region", "from Ireland to Virginia"),
    (EC2, "DataTransfer-Regional-Bytes", "traffic between Availability Zones", "in Virginia"),
    (EC2, "EUC1-EBS:VolumeUsage.gp3", "gp3 volumes", "in Frankfurt"),
    (EC2, "EUC1-EBS:VolumeUsage.piops", "io1 volumes", "in Frankfurt"),
    (S3, "EUW2-EarlyDelete-SIA", "early deletion from infrequent access", "in London"),
    (
        RDS,
        "APN2-ExtendedSupport:Yr1-Yr2:MySQL8.0",
        "Extended Support (Yr1-Yr2:MySQL8.0)",
        "in Seoul",
    ),
    (
        RDS,
        "EUC1-ASv2-ExtendedSupport:Yr1-Yr2:AuroraPostgreSQL11",
        "Extended Support of Aurora Serverless (Yr1-Yr2:AuroraPostgreSQL11)",
        "in Frankfurt",
    ),
    ("Amazon API Gateway", "USW2-ApiGatewayCacheUsage:0.5GB", "a cache of 0.5GB", "in Oregon"),
    (
        "AWS WAF",
        "Global-ShieldProtected-AMR-BotControl-Targeted-Request",
        "targeted bot control requests",
        "",
    ),
    (CLOUDFRONT, "EU-DataTransfer-Out-Bytes", "traffic to viewers", "in Europe"),
    (CLOUDFRONT, "US-Requests-Tier2-HTTPS", "requests over HTTPS", "in the United States"),
    ("Amazon Route 53", "DNS-Queries", "DNS queries", ""),
    ("AWS Key Management Service", "us-west-2-KMS-Requests", "requests", "in Oregon"),
    ("Amazon Bedrock", "USE1-NovaPro-input-tokens", "input tokens (NovaPro)", "in Virginia"),
    (
        "Amazon Bedrock",
        "EUC1-Nova2.0Lite-cache-read-input-token-count",
        "cached input tokens (Nova2.0Lite)",
        "in Frankfurt",
    ),
]


@pytest.mark.parametrize(("service", "usage_type", "phrase", "place"), TABLE)
def test_a_usage_type_is_told_in_words(
    service: str, usage_type: str, phrase: str, place: str
) -> None:
    found = read(service, usage_type)
    assert (found.phrase, found.place, found.raw) == (phrase, place, usage_type)


@pytest.mark.parametrize(
    ("service", "usage_type"),
    [
        (EC2, "ZZZ9-NatGateway-Bytes"),  # no Region that we know
        (EC2, "EU-SomethingNew:2027"),
        ("Amazon Quantum Ledger Database", "EU-WriteIOs"),
        ("Tax", "NoUsageType"),
        ("", ""),
        (EC2, "-"),
        (EC2, "EU-"),
    ],
)
def test_what_is_not_known_is_not_guessed(service: str, usage_type: str) -> None:
    assert read(service, usage_type).phrase == ""
    assert read(service, usage_type).raw == usage_type


def test_an_unknown_word_behind_a_known_code_keeps_its_region() -> None:
    assert read(EC2, "APS1-SomethingNew").place == "in Singapore"


def test_an_unknown_code_names_no_region() -> None:
    assert read(EC2, "ZZZ9-NatGateway-Bytes").region is None


def test_the_same_word_means_different_things_in_different_services() -> None:
    services = (CLOUDWATCH, "Amazon Elastic Load Balancing", S3)
    phrases = {read(service, "EU-DataProcessing-Bytes").phrase for service in services}
    assert phrases == {"log ingestion", "traffic through classic load balancers", ""}


FORMS = [(service, form) for service in SERVICES for form in service.phrases]


@given(st.sampled_from(FORMS), st.sampled_from(SERVICES), st.sampled_from([*REGIONS]))
def test_no_services_phrase_is_used_for_another_services_usage_type(
    known: tuple[Service, str], other: Service, code: str
) -> None:
    service, form = known
    if service is other:
        return
    found = read(other.names[0], f"{code}-{form.replace('*', 'x')}")
    own = {*other.phrases.values(), *TRANSFER.phrases.values(), ""}
    shapes = {phrase.replace("{}", "").strip(" ()") for phrase in own}
    assert found.phrase == "" or any(shape in found.phrase for shape in shapes if shape)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.names[0])
def test_every_phrase_is_reached_and_sourced(service: Service) -> None:
    assert service.source.startswith("https://")
    for form, phrase in service.phrases.items():
        for name in service.names:
            assert read(name, form.replace("*", "x")).phrase == phrase.format("x")


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.names[0])
def test_a_cause_belongs_to_a_phrase(service: Service) -> None:
    assert service.causes.keys() <= service.phrases.keys()


def test_enough_is_known_to_be_of_use() -> None:
    assert len(FORMS) >= 150


def test_the_samples_usage_types_are_all_known() -> None:
    unknown = [
        (service, kind.usage_type)
        for service, kinds in USAGE.items()
        for kind in kinds
        if not read(service, kind.usage_type).phrase
    ]
    assert unknown == []


@given(st.text(max_size=40), st.sampled_from(["", CLOUDWATCH, CLOUDFRONT, RDS]))
def test_any_text_is_read_without_failing(text: str, service: str) -> None:
    assert read(service, text).raw == text
