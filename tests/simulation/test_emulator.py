"""The emulator keeps every request and fails the way it is told."""

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from simulation.emulator import CostExplorerEmulator, Fault, FaultKind
from simulation.ledger import Ledger
from tests.simulation.conftest import TODAY

REQUEST: dict[str, Any] = {
    "TimePeriod": {"Start": "2026-10-31", "End": "2026-11-03"},
    "Granularity": "DAILY",
    "Metrics": ["UnblendedCost"],
}

type Connect = Callable[..., tuple[CostExplorerEmulator, Any]]


def outcomes(emulator: CostExplorerEmulator) -> list[str]:
    return [request.outcome for request in emulator.requests]


def try_times(client: Any, times: int) -> list[str]:
    """The error code of each try, "ok" where there is none."""
    codes = []
    for _ in range(times):
        try:
            client.get_cost_and_usage(**REQUEST)
            codes.append("ok")
        except ClientError as error:
            codes.append(error.response["Error"]["Code"])
    return codes


def test_it_keeps_every_request_with_its_outcome(small: Ledger, connect: Connect) -> None:
    emulator, client = connect(small)
    client.get_cost_and_usage(**REQUEST)
    with pytest.raises(ClientError):
        client.get_cost_and_usage(**(REQUEST | {"Metrics": ["Cost"]}))
    assert [request.operation for request in emulator.requests] == ["GetCostAndUsage"] * 2
    assert emulator.requests[0].parameters == REQUEST
    assert outcomes(emulator) == ["ok", "ValidationException"]


def test_only_answered_requests_are_billed_and_repeated_ones_are_seen(
    small: Ledger, connect: Connect
) -> None:
    emulator, client = connect(small, faults=[Fault(FaultKind.THROTTLED, times=1)])
    assert try_times(client, 3) == ["LimitExceededException", "ok", "ok"]
    assert (len(emulator.requests), len(emulator.billed), emulator.distinct) == (3, 2, 1)


def test_boto3_retries_throttling_only_as_often_as_it_is_told(
    small: Ledger, connect: Connect
) -> None:
    retries = {"mode": "standard", "total_max_attempts": 2}
    emulator, client = connect(small, retries=retries, faults=[Fault(FaultKind.THROTTLED, times=1)])
    client.get_cost_and_usage(**REQUEST)
    assert outcomes(emulator) == ["throttled", "ok"]


def test_a_fault_can_strike_every_nth_request(small: Ledger, connect: Connect) -> None:
    _, client = connect(small, faults=[Fault(FaultKind.THROTTLED, every=3)])
    throttled = "LimitExceededException"
    assert try_times(client, 6) == ["ok", "ok", throttled, "ok", "ok", throttled]


def test_a_fault_that_strikes_now_and_then_counts_only_its_strikes(
    small: Ledger, connect: Connect
) -> None:
    _, client = connect(small, faults=[Fault(FaultKind.THROTTLED, times=2, every=2)])
    throttled = "LimitExceededException"
    assert try_times(client, 6) == ["ok", throttled, "ok", throttled, "ok", "ok"]


def test_faults_strike_one_after_the_other(small: Ledger, connect: Connect) -> None:
    faults = [Fault(FaultKind.THROTTLED, times=2), Fault(FaultKind.SERVER_ERROR, times=1)]
    _, client = connect(small, faults=faults)
    throttled = "LimitExceededException"
    assert try_times(client, 4) == [throttled, throttled, "InternalServerException", "ok"]


@pytest.mark.parametrize(
    ("kind", "code", "text"),
    [
        (FaultKind.DENIED, "AccessDeniedException", "not authorized to perform: ce:GetCostAndUs"),
        (FaultKind.NOT_ENABLED, "AccessDeniedException", "not enabled for cost explorer access"),
        (FaultKind.NO_DATA, "DataUnavailableException", "data might not be ingested yet"),
        (FaultKind.EXPIRED_CREDENTIALS, "ExpiredTokenException", "expired"),
        (FaultKind.SERVER_ERROR, "InternalServerException", "Internal failure"),
    ],
)
def test_it_refuses_in_the_words_of_aws(
    small: Ledger, connect: Connect, kind: FaultKind, code: str, text: str
) -> None:
    _, client = connect(small, faults=[Fault(kind)])
    with pytest.raises(ClientError, match=text) as refused:
        client.get_cost_and_usage(**REQUEST)
    assert refused.value.response["Error"]["Code"] == code
    status = refused.value.response["ResponseMetadata"]["HTTPStatusCode"]
    assert status == (500 if kind is FaultKind.SERVER_ERROR else 400)


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (FaultKind.HANGS, ReadTimeoutError),
        (FaultKind.HANGS_MIDWAY, ReadTimeoutError),
        (FaultKind.RESET, ConnectionClosedError),
    ],
)
def test_the_connection_can_fail(
    small: Ledger, connect: Connect, kind: FaultKind, error: type[Exception]
) -> None:
    emulator, client = connect(small, faults=[Fault(kind, times=1)], read_timeout=1)
    with pytest.raises(error):
        client.get_cost_and_usage(**REQUEST)
    client.get_cost_and_usage(**REQUEST)
    assert outcomes(emulator) == [kind, "ok"]


def test_a_hanging_request_ends_with_the_emulator(small: Ledger) -> None:
    with CostExplorerEmulator(small, today=TODAY, faults=[Fault(FaultKind.HANGS)]) as emulator:
        signed = {"Authorization": "AWS4-HMAC-SHA256"}
        request = Request(emulator.url, data=json.dumps(REQUEST).encode(), headers=signed)  # noqa: S310
        with pytest.raises(TimeoutError):
            urlopen(request, timeout=0.1)  # noqa: S310 - loopback
        began = time.monotonic()
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("kind", [FaultKind.TRUNCATED, FaultKind.CUT_SHORT])
def test_boto3_makes_nothing_of_half_an_answer(
    small: Ledger, connect: Connect, kind: FaultKind
) -> None:
    _, client = connect(small, faults=[Fault(kind)])
    assert "ResultsByTime" not in client.get_cost_and_usage(**REQUEST)


def test_an_amount_can_be_no_number(small: Ledger, connect: Connect) -> None:
    _, client = connect(small, faults=[Fault(FaultKind.NO_NUMBER)])
    total = client.get_cost_and_usage(**REQUEST)["ResultsByTime"][0]["Total"]
    assert total["UnblendedCost"]["Amount"] == "about 20.0000001"


def test_a_list_can_be_a_text(small: Ledger, connect: Connect) -> None:
    _, client = connect(small, faults=[Fault(FaultKind.WRONG_TYPES)])
    with pytest.raises(Exception, match="'str' object"):
        client.get_cost_and_usage(**REQUEST)


def test_it_can_be_slow(small: Ledger, connect: Connect) -> None:
    _, client = connect(small, latency=0.1)
    began = time.monotonic()
    client.get_cost_and_usage(**REQUEST)
    assert time.monotonic() - began >= 0.1


def test_it_knows_no_other_operation(small: Ledger, connect: Connect) -> None:
    _, client = connect(small)
    with pytest.raises(ClientError, match="UnknownOperationException"):
        client.get_anomalies(DateInterval={"StartDate": "2026-11-01"})


def test_an_unsigned_request_is_refused(small: Ledger, connect: Connect) -> None:
    emulator, _ = connect(small)
    with pytest.raises(HTTPError) as refused:
        urlopen(Request(emulator.url, data=b"{}"))  # noqa: S310 - loopback
    with refused.value as response:
        assert b"MissingAuthenticationTokenException" in response.read()
