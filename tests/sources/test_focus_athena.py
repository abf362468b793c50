"""Athena: waiting, paging, price, and what its failures mean."""

from datetime import date
from decimal import Decimal

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.stub import Stubber

from chalicelib.errors import (
    AccessDeniedError,
    DataNotReadyError,
    ExportMissingError,
    NotFocusError,
    OutOfTimeError,
    QueryFailedError,
    ScanLimitError,
    ThrottledError,
    UnreachableError,
    UnreadableAnswerError,
)
from chalicelib.sources.focus.athena import FocusAthena, price_of
from chalicelib.sources.focus.sql import FocusQuery

TODAY = date(2026, 11, 23)
NAMES = (
    "part",
    "day",
    "service",
    "account",
    "account_name",
    "category",
    "label",
    "currency",
    "provider",
)
HEADER = (*NAMES, "billed", "effective", "listed", "unpriced")
SERVICE = (
    "services",
    "2026-11-22",
    "S3",
    None,
    None,
    "Usage",
    None,
    None,
    None,
    "1.50",
    "1.5",
    "2",
    "0",
)
MONTH = (
    "months",
    "2026-11-01",
    None,
    "1",
    "one",
    "Usage",
    None,
    None,
    None,
    "1.50",
    "1.5",
    "2",
    "0",
)
TOTAL = ("totals", None, None, None, None, None, None, "USD", "AWS", "1.50", "1.5", "2", "0")


class FakeAthena:
    """Answers from a list of states and a list of pages, and writes down what it is asked."""

    def __init__(self, states=("SUCCEEDED",), pages=((HEADER, SERVICE, MONTH, TOTAL),), **status):
        self.states, self.pages, self.status = list(states), pages, status
        self.started, self.stopped, self.asked = [], [], []

    def start_query_execution(self, **parameters):
        self.started.append(parameters)
        return {"QueryExecutionId": "q1"}

    def get_query_execution(self, QueryExecutionId):  # noqa: N803  boto3's name
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if isinstance(state, BaseException):
            raise state
        statistics = {"DataScannedInBytes": 123_456_789}
        return {
            "QueryExecution": {"Status": {"State": state, **self.status}, "Statistics": statistics}
        }

    def get_query_results(self, **parameters):
        self.asked.append(parameters)
        number = int(parameters.get("NextToken", 0))
        rows = [
            {"Data": [{} if cell is None else {"VarCharValue": cell} for cell in row]}
            for row in self.pages[number]
        ]
        more = {"NextToken": str(number + 1)} if number + 1 < len(self.pages) else {}
        return {"ResultSet": {"Rows": rows}, **more}

    def stop_query_execution(self, **parameters):
        self.stopped.append(parameters)


def source(client, **options):
    options = {"sleep": lambda seconds: None} | options
    return FocusAthena(client, database="db", workgroup="group", **options)


def test_one_query_is_asked_through_the_workgroup_about_the_needed_billing_periods():
    athena = FakeAthena()
    source(athena).facts(TODAY)
    [started] = athena.started
    assert started["WorkGroup"] == "group"
    assert started["QueryExecutionContext"] == {"Database": "db"}
    assert started["QueryString"] == FocusQuery(TODAY).sql(
        "focus", partition="billing_period >= '2025-10'"
    )


def test_the_answer_becomes_facts_with_their_price():
    facts = source(FakeAthena()).facts(TODAY)
    assert facts.services.total().billed == Decimal("1.5")
    assert facts.account_names == {"1": "one"}
    assert facts.source == "FOCUS export (Athena)"
    assert facts.price.amount == Decimal("0.00062")
    assert facts.price.basis == "1 Athena query, 124 MB billed at $5 per TB"


@pytest.mark.parametrize(("scanned", "amount"), [(0, "0.00005"), (10**7, "0.00005"), (10**12, "5")])
def test_ten_megabytes_are_billed_at_least(scanned, amount):
    assert price_of(scanned).amount == Decimal(amount)


def test_all_pages_are_read_and_only_the_first_has_a_header():
    athena = FakeAthena(pages=((HEADER, SERVICE), (SERVICE, MONTH), (TOTAL,)))
    assert source(athena).facts(TODAY).services.total().billed == 3
    assert [each.get("NextToken") for each in athena.asked] == [None, "1", "2"]


def test_it_waits_longer_and_longer_until_the_query_has_finished():
    pauses = []
    athena = FakeAthena(states=["QUEUED"] + ["RUNNING"] * 9 + ["SUCCEEDED"])
    source(athena, sleep=pauses.append).facts(TODAY)
    assert len(pauses) == 10
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (0.25, 4.0)
    assert athena.stopped == []


def test_a_query_that_outlasts_the_deadline_is_stopped():
    left = iter(range(5, -100, -1))
    athena = FakeAthena(states=["RUNNING"])
    with pytest.raises(OutOfTimeError, match="stopped"):
        source(athena, seconds_left=lambda: next(left)).facts(TODAY)
    assert athena.stopped == [{"QueryExecutionId": "q1"}]


def test_without_a_deadline_it_does_not_wait_for_ever():
    pauses = []
    with pytest.raises(OutOfTimeError):
        source(FakeAthena(states=["RUNNING"]), sleep=pauses.append).facts(TODAY)
    assert 240 <= sum(pauses) < 250


def test_time_that_runs_out_while_reading_ends_in_an_error():
    left = iter([9, 0])
    with pytest.raises(OutOfTimeError, match="reading"):
        source(FakeAthena(), seconds_left=lambda: next(left)).facts(TODAY)


def test_whoever_interrupts_the_wait_stops_the_query():
    athena = FakeAthena(states=[KeyboardInterrupt()])
    with pytest.raises(KeyboardInterrupt):
        source(athena).facts(TODAY)
    assert len(athena.stopped) == 1


@pytest.mark.parametrize(
    ("state", "reason", "error", "next_step"),
    [
        ("FAILED", "TABLE_NOT_FOUND: line 19:10: Table 'awsdatacatalog.db.focus' does not exist",
         ExportMissingError, "infra/focus.yaml"),
        ("FAILED", "SCHEMA_NOT_FOUND: line 1:15: Schema 'db' does not exist", ExportMissingError, "infra/focus.yaml"),
        ("FAILED", "COLUMN_NOT_FOUND: line 5:9: Column 'servicename' cannot be resolved", NotFocusError, "deploy"),
        ("FAILED", "PERMISSION_DENIED: User: arn:x is not authorized to perform: glue:GetTable on resource",
         AccessDeniedError, "policy"),
        ("FAILED", "HIVE_CANNOT_OPEN_SPLIT: Access Denied (Service: Amazon S3; Status Code: 403)",
         AccessDeniedError, "policy"),
        ("FAILED", "HIVE_CANNOT_OPEN_SPLIT: NoSuchKey: The specified key does not exist", DataNotReadyError, "next"),
        ("CANCELLED", "Bytes scanned limit was exceeded", ScanLimitError, "ScanLimitBytes"),
        ("FAILED", "GENERIC_USER_ERROR: Encountered an exception", QueryFailedError, "Report"),
        ("CANCELLED", "", QueryFailedError, "Report"),
    ],
)  # fmt: skip
def test_a_query_that_fails_says_why_and_what_to_do(state, reason, error, next_step):
    athena = FakeAthena(states=[state], StateChangeReason=reason)
    with pytest.raises(error) as caught:
        source(athena).facts(TODAY)
    assert (reason or state) in str(caught.value)
    assert next_step.lower() in caught.value.next_step.lower()
    assert athena.asked == []


def test_a_failure_that_athena_calls_retryable_is_transient():
    athena = FakeAthena(
        states=["FAILED"], AthenaError={"Retryable": True, "ErrorMessage": "exhausted resources"}
    )
    with pytest.raises(UnreachableError, match="exhausted resources"):
        source(athena).facts(TODAY)


@pytest.mark.parametrize(
    ("code", "message", "status", "error"),
    [
        ("AccessDeniedException", "not authorized to perform: athena:StartQueryExecution", 400, AccessDeniedError),
        ("TooManyRequestsException", "slow down", 400, ThrottledError),
        ("InvalidRequestException", "WorkGroup group is not found.", 400, ExportMissingError),
        ("InvalidRequestException", "Queries of this type are not supported", 400, QueryFailedError),
        ("InternalServerException", "oops", 500, UnreachableError),
    ],
)  # fmt: skip
def test_a_refusal_by_the_api_is_named(code, message, status, error):
    client = boto3.client(
        "athena", region_name="us-east-1", aws_access_key_id="fake", aws_secret_access_key="fake"
    )
    with Stubber(client) as stub:
        stub.add_client_error("start_query_execution", code, message, status)
        with pytest.raises(error):
            source(client).facts(TODAY)


def test_no_answer_at_all_is_transient():
    athena = FakeAthena(states=[EndpointConnectionError(endpoint_url="https://athena")])
    with pytest.raises(UnreachableError):
        source(athena).facts(TODAY)


def test_a_lost_permission_while_waiting_is_named_and_the_query_stopped():
    denied = ClientError(
        {"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetQueryExecution"
    )
    athena = FakeAthena(states=[denied])
    with pytest.raises(AccessDeniedError):
        source(athena).facts(TODAY)
    assert len(athena.stopped) == 1


def test_an_answer_of_another_form_is_refused():
    with pytest.raises(UnreadableAnswerError, match="form"):
        source(FakeAthena(pages=((HEADER, SERVICE[:5]),))).facts(TODAY)


def test_a_missing_month_or_late_days_are_refused_rather_than_shown_as_free():
    late = ("services", "2026-11-18", *SERVICE[2:])
    with pytest.raises(DataNotReadyError, match="2026-11-18"):
        source(FakeAthena(pages=((HEADER, late, MONTH, TOTAL),))).facts(TODAY)
    early = ("months", "2026-08-01", *MONTH[2:])
    with pytest.raises(DataNotReadyError, match="2026-09, 2026-10"):
        source(FakeAthena(pages=((HEADER, SERVICE, early, MONTH, TOTAL),))).facts(TODAY)


def test_a_cost_category_is_looked_for_among_the_tags_and_refused_where_there_is_none():
    athena = FakeAthena()
    with pytest.raises(NotFocusError, match="costCategory/Team"):
        source(athena, label="category:Team").facts(TODAY)
    assert "x_CostCategories" not in athena.started[0]["QueryString"]
