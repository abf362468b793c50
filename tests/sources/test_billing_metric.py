"""The billing metric is read whole, each set of dimensions once, and what was not read is named."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from chalicelib.costs.charges_so_far import Name, SoFar
from chalicelib.errors import (
    AccessDeniedError,
    CostSourceError,
    PermanentSourceError,
    ThrottledError,
    UnreachableError,
    UnreadableAnswerError,
)
from chalicelib.sources.billing_metric import BillingMetric
from simulation.billing_metric import BillingMetric as Simulated
from simulation.billing_metric import Part

START = datetime(2026, 11, 1, tzinfo=UTC)
NOW = START + timedelta(days=5)
PARTS = {Part("1", "AmazonEC2"): [1.0] * 24 * 30, Part("2", "AmazonS3"): [0.5] * 24 * 30}


@pytest.fixture
def cloudwatch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield boto3.client("cloudwatch", region_name="us-east-1")


class Scripted:
    """A client that gives the answers it was given, and keeps what it was asked."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    def _next(self, **question: Any) -> Any:
        self.asked.append(question)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer(question) if callable(answer) else answer

    list_metrics = get_metric_data = _next


def test_what_the_simulated_metric_published_is_what_is_read(cloudwatch: Any) -> None:
    simulated = Simulated(START, PARTS, seed=1)
    simulated.put(cloudwatch, since=START, until=NOW, organisation=True)
    source = BillingMetric(cloudwatch)
    watches = source.watched()
    assert watches == sorted(
        [
            Name("USD"),
            *(Name("USD", service=part.service) for part in PARTS),
            *(Name("USD", part.account) for part in PARTS),
            *(Name("USD", part.account, part.service) for part in PARTS),
        ]
    )
    reading = source.read(watches, NOW)
    assert (reading.unread, reading.asked) == ((), 7)
    for series in reading.series:
        published = simulated.values(account=series.account, service=series.service)
        assert [each.amount for each in series.values] == [
            each.amount for each in published if each.time < NOW
        ]


def test_at_most_500_metrics_are_asked_in_a_call() -> None:
    client = Scripted(*[_no_values] * 3)
    reading = BillingMetric(client).read([Name("USD", str(n)) for n in range(1200)], NOW)
    assert [len(each["MetricDataQueries"]) for each in client.asked] == [500, 500, 200]
    assert (reading.asked, len(reading.series)) == (1200, 1200)


def test_every_page_of_values_is_read_and_a_series_may_go_on_over_pages() -> None:
    def page(hour: int, **more: str) -> dict[str, Any]:
        values = {"Timestamps": [START + timedelta(hours=hour)], "Values": [float(hour)]}
        return {"MetricDataResults": [{"Id": "m0", **values}], **more}

    client = Scripted(page(5, NextToken="more"), page(3))
    [series] = BillingMetric(client).read([Name("USD")], NOW).series
    assert series.values == tuple(SoFar(START + timedelta(hours=hour), hour) for hour in (3, 5))
    assert client.asked[1]["NextToken"] == "more"


def test_every_page_of_the_list_is_read_and_strange_dimensions_are_left_out() -> None:
    def metric(**names: str) -> dict[str, Any]:
        return {"Dimensions": [{"Name": name, "Value": value} for name, value in names.items()]}

    client = Scripted(
        {"Metrics": [metric(Currency="USD"), metric(Currency="USD")], "NextToken": "more"},
        {"Metrics": [metric(Currency="CNY"), metric(Currency="USD", Other="x"), metric()]},
    )
    assert BillingMetric(client).watched() == [Name("CNY"), Name("USD")]


def test_what_there_was_no_time_for_is_named() -> None:
    left = iter([100.0, 1.0])
    watches = [Name("USD", str(n)) for n in range(700)]
    source = BillingMetric(Scripted(_no_values), seconds_left=lambda: next(left))
    reading = source.read(watches, NOW)
    assert reading.unread == tuple(watches[500:])
    assert (reading.asked, len(reading.series)) == (500, 500)


@pytest.mark.parametrize(
    ("failure", "meaning"),
    [
        (("AccessDenied", 403), AccessDeniedError),
        (("Throttling", 400), ThrottledError),
        (("InternalServiceFault", 500), UnreachableError),
        (("InvalidParameterValue", 400), PermanentSourceError),
        (EndpointConnectionError(endpoint_url="https://x"), UnreachableError),
        ({"Metrics": [{}]}, UnreadableAnswerError),
        ({}, UnreadableAnswerError),
    ],
)
def test_each_failure_says_what_to_do(failure: Any, meaning: type[CostSourceError]) -> None:
    answer = _refusal(*failure) if isinstance(failure, tuple) else failure
    with pytest.raises(meaning) as caught:
        BillingMetric(Scripted(answer)).watched()
    assert caught.value.next_step


def _no_values(question: dict[str, Any]) -> dict[str, Any]:
    return {
        "MetricDataResults": [
            {"Id": each["Id"], "Timestamps": [], "Values": []}
            for each in question["MetricDataQueries"]
        ]
    }


def _refusal(code: str, status: int) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": "no"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "ListMetrics")
