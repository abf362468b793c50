"""A Cost Explorer on loopback: the real protocol for the real boto3, over a ledger.

    with CostExplorerEmulator(sample_ledger(), today=SAMPLE_NOW.date()) as emulator:
        client = boto3.client("ce", endpoint_url=emulator.url, region_name="us-east-1")

It can be told to fail (`emulator.faults`), to be slow (`latency`) and to page at any size, and it
keeps every request.
"""

import json
import socket
import struct
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from simulation.cost_and_usage import CostAndUsage, Json, RefusedError
from simulation.ledger import Ledger

TARGET = "AWSInsightsIndexService."
WHO = "arn:aws:sts::123456789012:assumed-role/cost-reader/session"


class FaultKind(StrEnum):
    """How a request can go wrong."""

    THROTTLED = "throttled"
    DENIED = "denied"  # by IAM
    NOT_ENABLED = "not enabled"  # the same error code as DENIED, another text
    NO_DATA = "no data"
    EXPIRED_CREDENTIALS = "expired credentials"
    SERVER_ERROR = "server error"  # 500, with the error in JSON
    HANGS = "hangs"  # before a byte is answered
    HANGS_MIDWAY = "hangs midway"  # after half of the body
    CUT_SHORT = "cut short"  # the connection closes after half of the body
    TRUNCATED = "truncated"  # a whole answer that holds half of the JSON
    WRONG_TYPES = "wrong types"  # text where a list should be
    NO_NUMBER = "no number"  # an amount that is none
    RESET = "reset"  # the connection is reset


_REFUSALS = {
    FaultKind.THROTTLED: RefusedError("LimitExceededException", "Rate limit exceeded"),
    FaultKind.NOT_ENABLED: RefusedError(
        "AccessDeniedException", "User not enabled for cost explorer access"
    ),
    FaultKind.NO_DATA: RefusedError(
        "DataUnavailableException",
        "Data is not available. Please try to adjust the time period. "
        "If just enabled Cost Explorer, data might not be ingested yet",
    ),
    FaultKind.EXPIRED_CREDENTIALS: RefusedError(
        "ExpiredTokenException", "The security token included in the request is expired"
    ),
    FaultKind.SERVER_ERROR: RefusedError("InternalServerException", "Internal failure", status=500),
}


@dataclass
class Fault:
    """A fault that strikes requests: all, the first few (`times`), or every n-th (`every`).

    In a sequence of faults each is used up before the next strikes; one without `times` never is.
    """

    kind: FaultKind
    times: int | None = None
    every: int = 1
    _seen: int = field(default=0, init=False, repr=False)
    _struck: int = field(default=0, init=False, repr=False)

    @property
    def used_up(self) -> bool:
        """Whether it will never strike again."""
        return self.times is not None and self._struck >= self.times

    def strikes(self) -> bool:
        """Whether it strikes the request that is just coming in."""
        self._seen += 1
        hit = self._seen % self.every == 0
        self._struck += hit
        return hit


@dataclass(frozen=True, slots=True)
class Request:
    """One request that came in: the operation, its parameters and what came of it.

    `outcome` is "ok", an error code, or the kind of a fault.
    """

    operation: str
    parameters: Json
    outcome: str


class CostExplorerEmulator:
    """A server on a free loopback port; a context manager. `today` decides what is estimated."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        today: date,
        page_size: int = 1000,
        latency: float = 0.0,
        faults: list[Fault] | None = None,
    ) -> None:
        self.latency = latency
        self.faults = faults or []
        self.requests: list[Request] = []
        self._api = CostAndUsage(ledger, today, page_size)
        self._answers: dict[tuple[str, bytes, int], bytes] = {}
        self._lock = Lock()
        self._closing = Event()
        self._server = _Server(self)
        self._thread = Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def url(self) -> str:
        """What to give boto3 as `endpoint_url`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def page_size(self) -> int:
        """How many groups a page holds; may be changed between questions."""
        return self._api.page_size

    @page_size.setter
    def page_size(self, size: int) -> None:
        self._api.page_size = size

    @property
    def billed(self) -> list[Request]:
        """The requests that AWS would bill: those that were answered."""
        return [request for request in self.requests if request.outcome == "ok"]

    @property
    def distinct(self) -> int:
        """How many different requests were answered."""
        return len(
            {(each.operation, json.dumps(each.parameters, sort_keys=True)) for each in self.billed}
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def handle(self, connection: "_Connection", operation: str, body: bytes) -> None:
        """Answer one request, or fail it as told."""
        if self.latency:
            time.sleep(self.latency)
        fault = self._fault()
        status, answer, outcome = self._answer(operation, body, fault)
        self.requests.append(Request(operation, json.loads(body), outcome))
        match fault:
            case FaultKind.HANGS:
                self._closing.wait()
                connection.hang_up()
            case FaultKind.HANGS_MIDWAY:
                connection.send(status, answer, half=True)
                self._closing.wait()
                connection.hang_up()
            case FaultKind.CUT_SHORT:
                connection.send(status, answer, half=True)
                connection.hang_up()
            case FaultKind.RESET:
                connection.reset()
            case _:
                damage = _DAMAGE.get(fault) if fault else None
                connection.send(status, damage(answer) if damage else answer)

    def _fault(self) -> FaultKind | None:
        with self._lock:
            fault = next((each for each in self.faults if not each.used_up), None)
            return fault.kind if fault is not None and fault.strikes() else None

    def _answer(
        self, operation: str, body: bytes, fault: FaultKind | None
    ) -> tuple[int, bytes, str]:
        """Status, body, and what the request came to."""
        asked = (operation, body, self.page_size)
        try:
            if fault in _REFUSALS:
                raise _REFUSALS[fault]
            if fault is FaultKind.DENIED:
                raise RefusedError("AccessDeniedException", _DENIED.format(operation=operation))
            if asked not in self._answers:
                self._answers[asked] = json.dumps(self._ask(operation, json.loads(body))).encode()
            return 200, self._answers[asked], fault or "ok"
        except RefusedError as refusal:
            error = {"__type": refusal.code, "message": refusal.message}
            return refusal.status, json.dumps(error).encode(), fault or refusal.code

    def _ask(self, operation: str, parameters: Json) -> Json:
        match operation:
            case "GetCostAndUsage":
                return self._api.get_cost_and_usage(parameters)
            case "GetDimensionValues":
                return self._api.get_dimension_values(parameters)
        raise RefusedError("UnknownOperationException", f"The emulator does not know {operation}.")


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # closing waits for all connections, so that nothing is left behind

    def __init__(self, emulator: CostExplorerEmulator) -> None:
        self.emulator = emulator
        self._connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Connection)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        for connection in tuple(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away in the middle are what some tests are about."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one piece
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256"):
            error = {"__type": "MissingAuthenticationTokenException", "message": "Not signed"}
            self.send(400, json.dumps(error).encode())
            return
        operation = self.headers.get("X-Amz-Target", "").removeprefix(TARGET)
        self.server.emulator.handle(self, operation, body)

    def send(self, status: int, body: bytes, *, half: bool = False) -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("x-amzn-RequestId", str(uuid4()))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if half else body)
        self.wfile.flush()

    def hang_up(self) -> None:
        self.close_connection = True

    def reset(self) -> None:
        """Close without goodbye: the client sees `Connection reset by peer`."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True


_DENIED = (
    f"User: {WHO} is not authorized to perform: ce:{{operation}} on resource: "
    "arn:aws:ce:us-east-1:123456789012:/{operation} because no identity-based policy allows the "
    "ce:{operation} action"
)

_DAMAGE: dict[FaultKind, Callable[[bytes], bytes]] = {
    FaultKind.TRUNCATED: lambda body: body[: len(body) // 2],
    FaultKind.WRONG_TYPES: lambda body: json.dumps(
        json.loads(body) | {"ResultsByTime": "none", "DimensionValues": "none"}
    ).encode(),
    FaultKind.NO_NUMBER: lambda body: body.replace(b'"Amount": "', b'"Amount": "about '),
}
