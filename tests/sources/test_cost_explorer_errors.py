"""Each refusal of Cost Explorer becomes an error that says the next step."""

from datetime import date

import boto3
import pytest
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
)
from botocore.stub import Stubber

from chalicelib.costs import Granularity, Period
from chalicelib.errors import (
    AccessDeniedError,
    BeyondHistoryError,
    CostExplorerNotEnabledError,
    CostSourceError,
    DataNotReadyError,
    PermanentSourceError,
    ThrottledError,
    TransientSourceError,
    UnreachableError,
)
from chalicelib.sources.cost_explorer import CostExplorer, Query
from chalicelib.sources.cost_explorer.errors import translated_errors

DAYS = Query(Period(date(2026, 11, 1), date(2026, 11, 3)), Granularity.DAILY, ("service",))


@pytest.mark.parametrize(
    ("code", "message", "status", "expected", "words"),
    [
        (
            "AccessDeniedException",
            "User not enabled for cost explorer access",
            400,
            CostExplorerNotEnabledError,
            "Open Cost Explorer once",
        ),
        (
            "AccessDeniedException",
            "User: arn:aws:sts::1:assumed-role/x is not authorized to perform: "
            "ce:GetCostAndUsage on resource: *",
            400,
            AccessDeniedError,
            "Allow ce:GetCostAndUsage",
        ),
        (
            "ExpiredTokenException",
            "The security token is expired",
            400,
            AccessDeniedError,
            "Sign in",
        ),
        ("UnrecognizedClientException", "invalid token", 400, AccessDeniedError, "Sign in"),
        (
            "DataUnavailableException",
            "Data is not available.",
            400,
            DataNotReadyError,
            "less than a day ago",
        ),
        ("LimitExceededException", "Rate limit exceeded", 400, ThrottledError, "next attempt"),
        ("ThrottlingException", "Rate exceeded", 400, ThrottledError, "next attempt"),
        (
            "ValidationException",
            "You haven't enabled historical data beyond 14 months.",
            400,
            BeyondHistoryError,
            "later start",
        ),
        (
            "ValidationException",
            "Time period is invalid.",
            400,
            PermanentSourceError,
            "Report this",
        ),
        ("InternalFailure", "", 500, UnreachableError, "status page"),
        ("", "", 503, UnreachableError, "status page"),
    ],
    ids=[
        "not enabled",
        "denied",
        "expired credentials",
        "unknown credentials",
        "no data",
        "throttled",
        "throttled by another name",
        "too old",
        "invalid",
        "failure inside",
        "unavailable",
    ],
)
def test_a_refusal_says_what_to_do(
    code: str, message: str, status: int, expected: type[CostSourceError], words: str
) -> None:
    client = boto3.client("ce", region_name="us-east-1")
    with Stubber(client) as stub:
        stub.add_client_error("get_cost_and_usage", code, message, http_status_code=status)
        with pytest.raises(expected) as caught:
            CostExplorer(client, max_requests=5).ask(DAYS)
    assert words in caught.value.explanation()


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (NoCredentialsError(), AccessDeniedError),
        (ProfileNotFound(profile="nobody"), AccessDeniedError),
        (EndpointConnectionError(endpoint_url="https://ce"), UnreachableError),
        (ConnectTimeoutError(endpoint_url="https://ce"), UnreachableError),
        (ReadTimeoutError(endpoint_url="https://ce"), UnreachableError),
    ],
    ids=["no credentials", "no profile", "no connection", "connect time-out", "read time-out"],
)
def test_what_never_reached_cost_explorer_is_told_apart(
    raised: Exception, expected: type[CostSourceError]
) -> None:
    with pytest.raises(expected) as caught, translated_errors():
        raise raised
    assert caught.value.next_step


def test_errors_are_permanent_exactly_when_somebody_has_to_act() -> None:
    permanent = {CostExplorerNotEnabledError, AccessDeniedError, BeyondHistoryError}
    transient = {DataNotReadyError, ThrottledError, UnreachableError}
    assert all(issubclass(each, PermanentSourceError) for each in permanent)
    assert all(issubclass(each, TransientSourceError) for each in transient)
    assert not permanent & transient


def test_an_error_of_our_own_is_not_disguised() -> None:
    with pytest.raises(ZeroDivisionError), translated_errors():
        _ = 1 // 0
