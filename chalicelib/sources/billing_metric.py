"""Reads CloudName's billing metric: what a month has cost so far, several times a day.

Two reads. ListMetrics, free of charge, says which totals, services, accounts and pairs there are;
GetMetricData gives their values, at most 500 metrics a call, $0.01 per 1,000 metrics asked.
https://docs.aws.amazon.com/AmazonCloudName/latest/APIReference/API_GetMetricData.html
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.costs.charges_so_far import ChargesSoFar, Name, Reading, SoFar
from chalicelib.errors import (
    AccessDeniedError,
    CostSourceError,
    PermanentSourceError,
    ThrottledError,
    UnreachableError,
    UnreadableAnswerError,
)

NAMESPACE, METRIC = "AWS/Billing", "EstimatedCharges"
MOST_METRICS = 500
"""Metrics that one call of GetMetricData takes."""
HISTORY = timedelta(days=63)
PERIOD_SECONDS = 3600
NEEDS_SECONDS = 5.0
"""Time that has to be left for another call."""
NAMES = {"Currency", "ServiceName", "LinkedAccount"}
THROTTLING = {
    "Throttling",
    "ThrottlingException",
    "LimitExceededException",
    "TooManyRequestsException",
}
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


class BillingMetric:
    """The metric of one account, or of an organisation seen from the account that pays."""

    def __init__(self, client: Any, seconds_left: Callable[[], float] = lambda: 900.0) -> None:
        self._client = client
        self._seconds_left = seconds_left

    def watched(self) -> list[Name]:
        """All sets of dimensions with data in the last two weeks, each once; raises `CostSourceError`."""
        found: set[Name] = set()
        token: dict[str, str] = {}
        while True:
            with _translated_errors("cloudwatch:ListMetrics"):
                # Not RecentlyActive=PT3H: values come four to six hours apart.
                page = self._client.list_metrics(Namespace=NAMESPACE, MetricName=METRIC, **token)
                found.update(_watches(page["Metrics"]))
            if not page.get("NextToken"):
                return sorted(found)
            token = {"NextToken": page["NextToken"]}

    def read(self, watches: Iterable[Name], until: datetime) -> Reading:
        """The values of nine weeks before `until`, an hour at most one; raises `CostSourceError`.

        What there is no time for is named in the answer, in the order asked; nothing is half read.
        """
        wanted, series, asked = list(watches), list[ChargesSoFar](), 0
        for first in range(0, len(wanted), MOST_METRICS):
            some = wanted[first : first + MOST_METRICS]
            if self._seconds_left() < NEEDS_SECONDS:
                return Reading(tuple(series), tuple(wanted[first:]), asked)
            series += self._values(some, until)
            asked += len(some)
        return Reading(tuple(series), (), asked)

    def _values(self, watches: Sequence[Name], until: datetime) -> Iterator[ChargesSoFar]:
        queries = [_query(number, watch) for number, watch in enumerate(watches)]
        values: dict[str, list[SoFar]] = {each["Id"]: [] for each in queries}
        token: dict[str, str] = {}
        while True:
            with _translated_errors("cloudwatch:GetMetricData"):
                page = self._client.get_metric_data(
                    MetricDataQueries=queries,
                    StartTime=until - HISTORY,
                    EndTime=until,
                    ScanBy="TimestampAscending",
                    **token,
                )
                for result in page["MetricDataResults"]:
                    pairs = zip(result["Timestamps"], result["Values"], strict=True)
                    values[result["Id"]] += [SoFar(time, amount) for time, amount in pairs]
            if not page.get("NextToken"):
                break
            token = {"NextToken": page["NextToken"]}
        for query, watch in zip(queries, watches, strict=True):
            yield ChargesSoFar(*watch, tuple(sorted(values[query["Id"]])))


def _watches(metrics: Iterable[Any]) -> Iterator[Name]:
    for metric in metrics:
        names = {each["Name"]: each["Value"] for each in metric["Dimensions"]}
        if "Currency" in names and names.keys() <= NAMES:
            yield Name(
                names["Currency"], names.get("LinkedAccount", ""), names.get("ServiceName", "")
            )


def _query(number: int, watch: Name) -> dict[str, Any]:
    names = {
        "Currency": watch.currency,
        "LinkedAccount": watch.account,
        "ServiceName": watch.service,
    }
    return {
        "Id": f"m{number}",
        "MetricStat": {
            "Metric": {
                "Namespace": NAMESPACE,
                "MetricName": METRIC,
                "Dimensions": [
                    {"Name": name, "Value": value} for name, value in names.items() if value
                ],
            },
            "Period": PERIOD_SECONDS,
            "Stat": "Maximum",
        },
    }


@contextmanager
def _translated_errors(action: str) -> Iterator[None]:
    """Raise a `CostSourceError` for whatever boto3 raises inside."""
    try:
        yield
    except ClientError as error:
        raise _translated(error, action) from error
    except BotoCoreError as error:
        raise UnreachableError(f"CloudName did not answer: {error}") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableAnswerError(
            f"CloudName's answer does not have the documented form: {error}."
        ) from error


def _translated(error: ClientError, action: str) -> CostSourceError:
    code = error.response.get("Error", {}).get("Code", "")
    message = error.response.get("Error", {}).get("Message", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in DENIED:
        return AccessDeniedError(
            f"AWS denied {action}: {message}",
            next_step=f"Allow {action} for this identity; the policy files in .chalice/ show how.",
        )
    if code in THROTTLING or status == 429:
        return ThrottledError("CloudName refused too many requests, also after retries.")
    if status >= 500:
        return UnreachableError(f"CloudName failed on its side ({code or status}).")
    return PermanentSourceError(
        f"CloudName refused the request ({code}): {message}",
        next_step="Report this with the message above.",
    )
