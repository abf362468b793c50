"""The stand-in for CloudWatch answers the real boto3 as AWS does, and counts what AWS would charge for."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from chalicelib import wiring
from chalicelib.errors import AccessDeniedError, ThrottledError
from chalicelib.sources.billing_metric import BillingMetric
from simulation.aws import LocalAws, local_aws
from simulation.cloudwatch import RefusedError
from simulation.demo import scheduled_event
from simulation.functions import functions
from simulation.ledger import Ledger
from simulation.sample_metric import sample_metric

NOON = datetime(2026, 11, 25, 12, 15, tzinfo=UTC)


@pytest.fixture
def aws() -> Iterator[LocalAws]:
    with local_aws(Ledger([], {}), NOON, metric=sample_metric()) as aws:
        yield aws


def look() -> None:
    with functions() as client:
        client.lambda_.invoke("watch_charges", scheduled_event(NOON, "watch_charges"))


def test_values_are_those_that_were_published(aws: LocalAws) -> None:
    source = BillingMetric(wiring.client("cloudwatch"))
    total, *_ = source.watched()
    [series] = source.read([total], NOON).series
    published = [
        round(each.amount, 2)
        for each in sample_metric().values()
        if NOON - timedelta(days=63) <= each.time < NOON
    ]
    assert [round(each.amount, 2) for each in series.values] == published


def test_more_than_500_metrics_a_call_are_refused(aws: LocalAws) -> None:
    stat = {"Metric": {"Namespace": "AWS/Billing", "MetricName": "EstimatedCharges"}}
    query = {"Id": "m", "MetricStat": stat | {"Period": 3600, "Stat": "Maximum"}}
    with pytest.raises(ClientError, match="more than 500"):
        aws.client("cloudwatch").get_metric_data(
            MetricDataQueries=[query] * 501, StartTime=NOON - timedelta(days=1), EndTime=NOON
        )


def test_what_was_told_is_kept_in_the_one_parameter_and_not_told_again(aws: LocalAws) -> None:
    look()
    look()
    assert len(aws.mails()) == 1
    kept = aws.client("ssm").get_parameter(Name="/cloud-cost-tracker/dev/burning")["Parameter"]
    assert "AmazonEC2" in kept["Value"]


def test_a_forgotten_or_damaged_parameter_means_telling_again(aws: LocalAws) -> None:
    look()
    name = "/cloud-cost-tracker/dev/burning"
    aws.client("ssm").put_parameter(Name=name, Value="{", Type="String", Overwrite=True)
    look()
    aws.client("ssm").delete_parameter(Name=name)
    look()
    assert len(aws.mails()) == 3


def test_throttled_once_it_looks_all_the_same(aws: LocalAws) -> None:
    assert aws.cloudwatch is not None
    aws.cloudwatch.refusals = [RefusedError("Throttling", "Rate exceeded")]
    look()
    assert len(aws.mails()) == 1


@pytest.mark.parametrize(
    ("code", "error"),
    [("ThrottlingException", ThrottledError), ("AccessDenied", AccessDeniedError)],
)
def test_refused_throughout_the_run_fails_so_that_lambda_tries_it_again(
    aws: LocalAws, code: str, error: type[Exception]
) -> None:
    assert aws.cloudwatch is not None
    aws.cloudwatch.refusals = [RefusedError(code, "No") for _ in range(20)]
    with pytest.raises(error):
        look()
    assert aws.mails() == []


def test_wrong_settings_do_not_stop_the_watch(
    aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCT_MOVER_FLOOR", "ten")
    look()
    assert len(aws.mails()) == 1


def test_a_quiet_look_asks_totals_services_and_accounts_once(aws: LocalAws) -> None:
    assert aws.cloudwatch is not None
    quiet = NOON - timedelta(days=1)
    with functions() as client:
        client.lambda_.invoke("watch_charges", scheduled_event(quiet, "watch_charges"))
    known = BillingMetric(wiring.client("cloudwatch")).watched()
    assert aws.cloudwatch.asked == sum(not (each.account and each.service) for each in known)
    assert aws.mails() == []
