"""Costs from a FOCUS export in S3, added up by Athena in one query.

Athena bills the bytes a query reads, rounded up to a megabyte, and ten of them at least. Facts about
the API: https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryExecution.html
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.costs import CostFacts, Price
from chalicelib.errors import (
    AccessDeniedError,
    CostSourceError,
    DataNotReadyError,
    ExportMissingError,
    NotFocusError,
    OutOfTimeError,
    QueryFailedError,
    ScanLimitError,
    SettingError,
    ThrottledError,
    UnreachableError,
    UnreadableAnswerError,
)
from chalicelib.sources.focus import FocusQuery, Row, facts_of, label_column, refuse_gaps

if TYPE_CHECKING:
    from types_boto3_athena.client import AthenaClient

PRICE_PER_TERABYTE = Decimal(5)
MEGABYTE = 10**6
TERABYTE = 10**12
LEAST_MEGABYTES = 10

TABLE = "focus"
PAGE_ROWS = 1000  # the most that Athena gives at once
LONGEST_WAIT_SECONDS = 240.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.25, 4.0

DEPLOY = "Deploy infra/focus.yaml for this stage; docs/sources.md says how."


class FocusAthena:
    """Asks Athena about the table `focus` of one database, through one workgroup.

    `label` is `tag:KEY` or `category:NAME`; `currency` keeps only the charges in one. `seconds_left`
    tells how much time remains; without it four minutes are enough. `sleep` is there for tests.
    """

    def __init__(
        self,
        client: "AthenaClient",
        *,
        database: str,
        workgroup: str,
        label: str = "",
        currency: str = "",
        seconds_left: Callable[[], float] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._database = database
        self._workgroup = workgroup
        self._label = label
        self._currency = currency
        self._seconds_left = seconds_left
        self._sleep = sleep

    def facts(self, today: date) -> CostFacts:
        """The facts of one report, from one query.

        Only billing periods that can hold a charge of the last thirteen months are read. Raises
        `CostSourceError` rather than give part of the costs, also where a month or the latest days
        have not been delivered.
        """
        if self._label and label_column(self._label) != "Tags":
            raise SettingError(
                f"The label is {self._label!r}, but FOCUS 1.2 exports of AWS carry no cost categories.",
                next_step="Choose a tag (tag:KEY), or CCT_SOURCE=cost-explorer.",
            )
        query = FocusQuery(today, label=self._label, currency=self._currency)
        partition = f"billing_period >= '{query.months.start:%Y-%m}'"
        with _translated():
            execution = self._start(query.sql(TABLE, partition=partition))
            scanned = self._finished(execution)
            facts = facts_of(
                self._rows(execution),
                query,
                source="FOCUS export (Athena)",
                price=price_of(scanned),
            )
        refuse_gaps(facts)
        return facts

    def _start(self, sql: str) -> str:
        answer = self._client.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Database": self._database},
            WorkGroup=self._workgroup,
        )
        return answer["QueryExecutionId"]

    def _finished(self, execution: str) -> int:
        """Wait for the query and return the bytes it read; whatever ends the wait stops the query."""
        try:
            for pause in self._pauses():
                answer = self._client.get_query_execution(QueryExecutionId=execution)
                state = answer["QueryExecution"]["Status"]["State"]
                if state == "SUCCEEDED":
                    return answer["QueryExecution"]["Statistics"].get("DataScannedInBytes", 0)
                if state in ("FAILED", "CANCELLED"):
                    raise failure_of(answer["QueryExecution"])
                self._sleep(pause)
        except CostSourceError:
            raise
        except BaseException:
            self._stop(execution)
            raise
        self._stop(execution)
        raise OutOfTimeError("Athena did not finish the query in time; it was stopped.")

    def _pauses(self) -> Iterator[float]:
        """How long to wait before each next look, until time is up."""
        waited, pause = 0.0, FIRST_PAUSE_SECONDS
        while waited < LONGEST_WAIT_SECONDS and (
            self._seconds_left is None or self._seconds_left() > pause
        ):
            yield pause
            waited += pause
            pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)

    def _stop(self, execution: str) -> None:
        self._client.stop_query_execution(QueryExecutionId=execution)

    def _rows(self, execution: str) -> Iterator[Row]:
        """All rows of the result; the first page begins with the names of the columns."""
        parameters: dict[str, Any] = {"QueryExecutionId": execution, "MaxResults": PAGE_ROWS}
        first = 1
        while True:
            if self._seconds_left is not None and self._seconds_left() <= 0:
                raise OutOfTimeError("Time ran out while reading Athena's result.")
            page = self._client.get_query_results(**parameters)
            for row in page["ResultSet"]["Rows"][first:]:
                yield _row([cell.get("VarCharValue") for cell in row["Data"]])
            if "NextToken" not in page:
                return
            parameters["NextToken"], first = page["NextToken"], 0


def price_of(scanned: int) -> Price:
    """What a query costs that reads so many bytes."""
    billed = max(-(-scanned // MEGABYTE), LEAST_MEGABYTES)
    return Price(
        PRICE_PER_TERABYTE * billed * MEGABYTE / TERABYTE,
        f"1 Athena query, {billed:,} MB billed at ${PRICE_PER_TERABYTE} per TB",
        1,
    )


def failure_of(execution: Any) -> CostSourceError:
    """What an execution that did not succeed means, and what mends it."""
    status = execution["Status"]
    message = status.get("StateChangeReason") or status.get("AthenaError", {}).get(
        "ErrorMessage", ""
    )
    for pattern, meaning in _FAILURES:
        if re.search(pattern, message, re.IGNORECASE):
            return meaning(message)
    if status.get("AthenaError", {}).get("Retryable"):
        return UnreachableError(f"Athena failed on its side: {message}")
    return QueryFailedError(
        f"Athena could not answer: {message or status['State']}",
        next_step="Report this with the message above.",
    )


def _denied(message: str) -> AccessDeniedError:
    action = re.search(r"perform:?\s*([\w-]+:\w+)", message)
    name = action[1] if action else "access"
    return AccessDeniedError(
        f"AWS denied {name}: {message}",
        next_step="Give the function the policy for FOCUS; docs/sources.md says which file.",
    )


def _missing(message: str) -> ExportMissingError:
    return ExportMissingError(f"There is no FOCUS table to ask: {message}", next_step=DEPLOY)


def _over_limit(message: str) -> ScanLimitError:
    return ScanLimitError(
        f"The query was stopped at the workgroup's limit: {message}",
        next_step="Raise the parameter ScanLimitBytes of infra/focus.yaml.",
    )


def _not_focus(message: str) -> NotFocusError:
    return NotFocusError(f"The table lacks a FOCUS column: {message}", next_step=DEPLOY)


def _changing(message: str) -> DataNotReadyError:
    return DataNotReadyError(
        f"AWS was replacing the export while it was read: {message}",
        next_step="Nothing to do: the next attempt usually succeeds.",
    )


_FAILURES: tuple[tuple[str, Callable[[str], CostSourceError]], ...] = (
    (r"bytes scanned limit", _over_limit),
    (
        r"access ?denied|not authorized|insufficient (permissions|privileges)|PERMISSION_DENIED",
        _denied,
    ),
    (
        r"(TABLE|SCHEMA|CATALOG|DATABASE)_NOT_FOUND|(table|schema|database) .*does not exist",
        _missing,
    ),
    (r"COLUMN_NOT_FOUND|column .*cannot be resolved", _not_focus),
    (r"NoSuchKey|HIVE_FILE_NOT_FOUND|HIVE_FILESYSTEM_ERROR.*(no such|not found)", _changing),
)


@contextmanager
def _translated() -> Iterator[None]:
    """Raise a `CostSourceError` for whatever boto3 raises inside."""
    try:
        yield
    except ClientError as error:
        raise _meaning(error) from error
    except BotoCoreError as error:
        raise UnreachableError(f"Athena did not answer: {error}") from error


def _meaning(error: ClientError) -> CostSourceError:
    code = error.response.get("Error", {}).get("Code", "")
    message = error.response.get("Error", {}).get("Message", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in ("AccessDeniedException", "AccessDenied"):
        return _denied(message)
    if code == "TooManyRequestsException" or status == 429 or "throttl" in code.lower():
        return ThrottledError("Athena refused too many requests, also after retries.")
    if code == "InvalidRequestException" and "workgroup" in message.lower():
        return _missing(message)
    if status >= 500:
        return UnreachableError(f"Athena failed on its side ({code or status}).")
    return QueryFailedError(
        f"Athena refused the request ({code}): {message}",
        next_step="Report this with the message above.",
    )


def _row(cells: list[str | None]) -> Row:
    try:
        return Row.of(cells)
    except (IndexError, ValueError, InvalidOperation) as error:
        raise UnreadableAnswerError(
            f"Athena's answer does not have the form that was asked for: {error!r}."
        ) from error
