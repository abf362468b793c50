"""A CloudWatch on loopback that knows the billing metric: the real protocol for the real boto3.

    with CloudWatchEmulator(sample_metric()) as emulator:
        client = boto3.client("cloudwatch", endpoint_url=emulator.url, region_name="us-east-1")

moto serves the same calls, but searches all its values for each hour of each metric: a minute for an
organisation's nine weeks. This one refuses more than 500 metrics a call as AWS does, which moto does not.
"""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self

from simulation.billing_metric import METRIC, NAMESPACE, BillingMetric

PAGE = 500
MOST_METRICS = 500
Json = dict[str, Any]


class RefusedError(Exception):
    """An answer with an error code."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.status = code, status


class CloudWatchEmulator:
    """A server on a free loopback port; a context manager.

    `refusals` are answered first, one each; `asked` counts the metrics that AWS would charge for.
    """

    def __init__(self, metric: BillingMetric, *, organisation: bool = True) -> None:
        self.refusals: list[RefusedError] = []
        self.asked = 0
        self.calls: list[str] = []
        self._metric = metric
        self._organisation = organisation
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """The address for `endpoint_url`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, operation: str, given: Json) -> Json:
        """The answer to a call; raises `RefusedError`."""
        self.calls.append(operation)
        if self.refusals:
            raise self.refusals.pop(0)
        if operation == "ListMetrics":
            return self._list(given)
        if operation == "GetMetricData":
            return self._data(given)
        raise RefusedError("InvalidAction", f"{operation} is not simulated")

    def _list(self, given: Json) -> Json:
        first = int(given.get("NextToken", 0))
        found = [
            {
                "Namespace": NAMESPACE,
                "MetricName": METRIC,
                "Dimensions": [{"Name": name, "Value": value} for name, value in names.items()],
            }
            for names in self._metric.dimension_sets(organisation=self._organisation)
        ]
        page: Json = {"Metrics": found[first : first + PAGE]}
        return page | ({"NextToken": str(first + PAGE)} if len(found) > first + PAGE else {})

    def _data(self, given: Json) -> Json:
        queries = given["MetricDataQueries"]
        if len(queries) > MOST_METRICS:
            raise RefusedError("ValidationError", f"{len(queries)} metrics are more than 500")
        self.asked += len(queries)
        start, end = float(given["StartTime"]), float(given["EndTime"])
        return {"MetricDataResults": [self._result(each, start, end) for each in queries]}

    def _result(self, query: Json, start: float, end: float) -> Json:
        names = {
            each["Name"]: each["Value"] for each in query["MetricStat"]["Metric"]["Dimensions"]
        }
        hours: dict[int, float] = {}
        for value in self._metric.values(
            currency=names["Currency"],
            account=names.get("LinkedAccount", ""),
            service=names.get("ServiceName", ""),
        ):
            moment = value.time.timestamp()
            if start <= moment < end:
                hour = int(moment) // 3600 * 3600  # a period is told by its beginning
                hours[hour] = max(value.amount, hours.get(hour, value.amount))
        return {
            "Id": query["Id"],
            "Timestamps": list(hours),
            "Values": list(hours.values()),
            "StatusCode": "Complete",
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        emulator = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                given = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
                operation = self.headers["X-Amz-Target"].rpartition(".")[2]
                try:
                    self._send(200, emulator.answer(operation, given))
                except RefusedError as error:
                    self._send(error.status, {"__type": error.code, "message": str(error)})

            def _send(self, status: int, answer: Json) -> None:
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.0")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """A line a request is no news."""

        return Handler
