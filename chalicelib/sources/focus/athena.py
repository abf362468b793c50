"""Costs from a FOCUS export in S3, added up by Athena.

Athena bills the bytes a query reads, rounded up to a megabyte, and ten of them at least. Facts about
the API: https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryExecution.html
"""

import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from chalicelib.costs import CostFacts, Coverage, Price, Usage, UsageQuestion
from chalicelib.errors import (
    CostSourceError,
    OutOfTimeError,
    UnreadableAnswerError,
)
from chalicelib.sources.focus.athena_errors import failure_of, translated_errors
from chalicelib.sources.focus.facts import facts_of, refuse_gaps
from chalicelib.sources.focus.rows import Row
from chalicelib.sources.focus.sql import FocusQuery
from chalicelib.sources.focus.usage import UsageQuery, usage_of

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
        self._billed: list[int] = []
        self._held = Coverage()

    def facts(self, today: date) -> CostFacts:
        """The facts of one report, from one query.

        Only billing periods that can hold a charge of the last thirteen months are read. A cost
        category is looked for among the tags; FOCUS 1.2 exports of AWS have no column for it. Raises
        `CostSourceError` rather than give part of the costs, also where a month or the latest days
        have not been delivered.
        """
        query = FocusQuery(today, label=self._label, currency=self._currency, category_column=False)
        partition = f"billing_period >= '{query.months.start:%Y-%m}'"
        with translated_errors():
            execution = self._asked(query.sql(TABLE, partition=partition))
            facts = facts_of(
                map(_row, self._cells(execution)),
                query,
                source="FOCUS export (Athena)",
                price=self.price(),
            )
        refuse_gaps(facts)
        self._held = facts.services.covered
        return facts

    def price(self) -> Price:
        """What all questions so far cost."""
        return price_of(*self._billed)

    def usage(self, question: UsageQuestion) -> Usage:
        """The answer to a question about usage, from one more query; `facts` comes first.

        Only the billing periods of its days are read. Raises `CostSourceError` rather than give part
        of it.
        """
        query = UsageQuery(question, currency=self._currency)
        partition = f"billing_period >= '{question.period.start:%Y-%m}'"
        with translated_errors():
            execution = self._asked(query.sql(TABLE, partition=partition))
            cells = list(self._cells(execution))
        try:
            return usage_of(cells, question, self._held)
        except (TypeError, ValueError, KeyError, InvalidOperation) as error:
            raise _unreadable(error) from error

    def _asked(self, sql: str) -> str:
        """The execution that has answered a question."""
        execution = self._start(sql)
        self._billed.append(self._finished(execution))
        return execution

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

    def _cells(self, execution: str) -> Iterator[list[str | None]]:
        """All rows of the result; the first page begins with the names of the columns."""
        parameters: dict[str, Any] = {"QueryExecutionId": execution, "MaxResults": PAGE_ROWS}
        first = 1
        while True:
            if self._seconds_left is not None and self._seconds_left() <= 0:
                raise OutOfTimeError("Time ran out while reading Athena's result.")
            page = self._client.get_query_results(**parameters)
            for row in page["ResultSet"]["Rows"][first:]:
                yield [cell.get("VarCharValue") for cell in row["Data"]]
            if "NextToken" not in page:
                return
            parameters["NextToken"], first = page["NextToken"], 0


def price_of(*scanned: int) -> Price:
    """What queries cost that read so many bytes each."""
    billed = sum(max(-(-each // MEGABYTE), LEAST_MEGABYTES) for each in scanned)
    queries = "query" if len(scanned) == 1 else "queries"
    return Price(
        PRICE_PER_TERABYTE * billed * MEGABYTE / TERABYTE,
        f"{len(scanned)} Athena {queries}, {billed:,} MB billed at ${PRICE_PER_TERABYTE} per TB",
        len(scanned),
    )


def _row(cells: list[str | None]) -> Row:
    try:
        return Row.of(cells)
    except (IndexError, ValueError, InvalidOperation) as error:
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> UnreadableAnswerError:
    return UnreadableAnswerError(
        f"Athena's answer does not have the form that was asked for: {error!r}."
    )
