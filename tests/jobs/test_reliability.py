"""Every fault, and what people get when it strikes; the table in docs/reliability.md is made here."""

import json
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.errors import DeliveryError
from chalicelib.jobs import explain_alarm as job
from chalicelib.jobs.never_lost import Exits
from simulation.aws import LocalAws, local_aws
from simulation.emulator import CostExplorerEmulator, Fault, FaultKind
from simulation.functions import functions
from simulation.ledger import Ledger
from simulation.sample import SAMPLE_NOW
from tests.signals.events import event, event_with

DOCUMENT = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- made by tests/jobs/test_reliability.py -->\n", "<!-- end -->\n"
MAIL_SECONDS = Exits.__dataclass_fields__["mail_seconds"].default
CHAT_SECONDS = Exits.__dataclass_fields__["chat_seconds"].default
PREFIX = "What is behind it could not be added: "

type Strike = Callable[[LocalAws, pytest.MonkeyPatch], AbstractContextManager[object]]


@dataclass(frozen=True)
class Trial:
    """A fault and how to make it strike."""

    fault: str
    strike: Strike
    nothing_sent: bool = False
    seconds: float | None = None
    """For the answer; all there are when None."""
    made: Callable[[], dict[str, Any]] = lambda: event("alarm_formula")


def cost_explorer(kind: FaultKind, times: int | None = None) -> Strike:
    """Cost Explorer fails, a few times or always."""

    def strike(aws: LocalAws, patch: pytest.MonkeyPatch) -> AbstractContextManager[object]:
        patch.setattr(aws.emulator, "faults", [Fault(kind, times)])
        return nullcontext()

    return strike


def nothing(aws: LocalAws, patch: pytest.MonkeyPatch) -> AbstractContextManager[object]:
    return nullcontext()


@contextmanager
def refused_connection(aws: LocalAws, patch: pytest.MonkeyPatch) -> Iterator[None]:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound, but nobody listens
        _lead_cost_explorer_to(nobody, patch)
        yield


@contextmanager
def hanging_connection(aws: LocalAws, patch: pytest.MonkeyPatch) -> Iterator[None]:
    with ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(2):  # a full queue answers no further connection
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        _lead_cost_explorer_to(full, patch)
        yield


def _lead_cost_explorer_to(place: socket.socket, patch: pytest.MonkeyPatch) -> None:
    host, port = place.getsockname()
    patch.setenv("AWS_ENDPOINT_URL_COST_EXPLORER", f"http://{host}:{port}")


def notify_refuses(times: int) -> Strike:
    """SNS answers the first so many attempts to send with an error."""

    def strike(aws: LocalAws, patch: pytest.MonkeyPatch) -> AbstractContextManager[object]:
        from botocore.awsrequest import AWSResponse

        left = [times]

        class Body:
            def stream(self, **_: object) -> Iterator[bytes]:
                yield b"<ErrorResponse><Error><Code>InternalError</Code></Error></ErrorResponse>"

        def refuse(request: object, **_: object) -> AWSResponse | None:
            if not left[0]:
                return None
            left[0] -= 1
            return AWSResponse("http://127.0.0.1/", 500, {}, Body())

        wiring.client("sns").meta.events.register("before-send.sns.Publish", refuse)
        return nullcontext()

    return strike


def broken_code(aws: LocalAws, patch: pytest.MonkeyPatch) -> AbstractContextManager[object]:
    def bug(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    patch.setattr(job, "build_report", bug)
    return nullcontext()


def no_links(aws: LocalAws, patch: pytest.MonkeyPatch) -> AbstractContextManager[object]:
    patch.setattr("chalicelib.settings.Settings.parameters", "/nowhere/")
    return nullcontext()


def wrong_setting(aws: LocalAws, patch: pytest.MonkeyPatch) -> AbstractContextManager[object]:
    patch.setenv("CCT_SETTLING_DAYS", "two")
    return nullcontext()


@contextmanager
def no_costs(aws: LocalAws, patch: pytest.MonkeyPatch) -> Iterator[CostExplorerEmulator]:
    with CostExplorerEmulator(Ledger([], {}), today=SAMPLE_NOW.date()) as empty:
        patch.setenv("AWS_ENDPOINT_URL_COST_EXPLORER", empty.url)
        yield empty


def chat_refuses(aws: LocalAws, patch: pytest.MonkeyPatch) -> AbstractContextManager[object]:
    patch.setenv("CCT_CHAT", "on")
    patch.setattr("chalicelib.settings.Settings.chat_topic", "nobody-made-this-topic")
    return nullcontext()


def small_limit(aws: LocalAws, patch: pytest.MonkeyPatch) -> AbstractContextManager[object]:
    patch.setenv("CCT_MAX_REQUESTS", "2")
    return nullcontext()


def without_records() -> dict[str, Any]:
    message: dict[str, Any] = json.loads(event("alarm_formula")["Records"][0]["Sns"]["Message"])
    return message | {"time": "2026-11-23T07:00:00Z"}


def beyond_belief() -> dict[str, Any]:
    message = json.loads(event("alarm_bill")["Records"][0]["Sns"]["Message"])
    message["NewStateReason"] = message["NewStateReason"].replace("8020.14", "183965812157.0")
    return event_with(None, json.dumps(message))


TRIALS = [
    Trial("None", nothing),
    Trial("Throttled once", cost_explorer(FaultKind.THROTTLED, 1)),
    Trial("Throttled throughout", cost_explorer(FaultKind.THROTTLED)),
    Trial("Denied by IAM", cost_explorer(FaultKind.DENIED)),
    Trial("Cost Explorer not enabled", cost_explorer(FaultKind.NOT_ENABLED)),
    Trial("No data taken in yet", cost_explorer(FaultKind.NO_DATA)),
    Trial("Credentials expired", cost_explorer(FaultKind.EXPIRED_CREDENTIALS)),
    Trial("Error 500 once", cost_explorer(FaultKind.SERVER_ERROR, 1)),
    Trial("Error 500 throughout", cost_explorer(FaultKind.SERVER_ERROR)),
    Trial("Connection refused", refused_connection),
    Trial("Connection reset", cost_explorer(FaultKind.RESET)),
    Trial("Hangs at connect", hanging_connection, seconds=0.5),
    Trial("Hangs before the answer", cost_explorer(FaultKind.HANGS), seconds=0.8),
    Trial("Hangs in the answer", cost_explorer(FaultKind.HANGS_MIDWAY), seconds=0.8),
    Trial("Connection closed in the answer", cost_explorer(FaultKind.CUT_SHORT)),
    Trial("Truncated JSON", cost_explorer(FaultKind.TRUNCATED)),
    Trial("Wrong types", cost_explorer(FaultKind.WRONG_TYPES)),
    Trial("An amount that is no number", cost_explorer(FaultKind.NO_NUMBER)),
    Trial("Empty result", no_costs),
    Trial("Out of time from the start", nothing, seconds=0),
    Trial("No time for accounts", nothing, seconds=4.5),
    Trial("Accounts beyond the limit on requests", small_limit),
    Trial("An event without records", nothing, made=without_records),
    Trial("A figure that cannot be right", nothing, made=beyond_belief),
    Trial("A message nobody knows", nothing, made=lambda: event("not_a_cost_signal")),
    Trial("A bug of ours", broken_code),
    Trial("A setting is wrong", wrong_setting),
    Trial("No links set up", no_links),
    Trial("Chat topic refuses", chat_refuses),
    Trial("Notify topic refuses once", notify_refuses(1)),
    Trial("Notify topic refuses every attempt", notify_refuses(99), nothing_sent=True),
]

ROWS: dict[str, str] = {}


@pytest.fixture(scope="module")
def aws(sample: Ledger) -> Iterator[LocalAws]:
    with local_aws(sample, SAMPLE_NOW, page_size=5000) as local:
        yield local


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.fault)
def test_something_is_always_sent(
    trial: Trial, aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "ATTEMPTS", 2)  # five take longer, and come to the same
    wiring.client.cache_clear()
    before, billed = len(aws.mails()), len(aws.emulator.billed)
    left = None if trial.seconds is None else MAIL_SECONDS + trial.seconds
    with trial.strike(aws, monkeypatch) as other, functions(left) as client:
        if trial.nothing_sent:
            with pytest.raises(DeliveryError):
                client.lambda_.invoke("explain_alarm", trial.made())
        else:
            client.lambda_.invoke("explain_alarm", trial.made())
    paid = len(aws.emulator.billed) - billed
    if isinstance(other, CostExplorerEmulator):
        paid = len(other.billed)
    wiring.client.cache_clear()
    mails = aws.mails()[before:]
    assert len(mails) == (0 if trial.nothing_sent else 1)
    text = mails[0].text if mails else ""
    ROWS[trial.fault] = f"| {trial.fault} | {said(text)} | {paid} |"


def said(text: str) -> str:
    """What a mail came to, in the words of the mail itself where it says why it is short."""
    lines = text.splitlines()
    reason = next((line for line in lines if line.startswith(PREFIX)), "")
    if not text:
        return "nothing; the function fails, so Lambda runs it again"
    if reason:
        plain = re.sub(r"http://127\.0\.0\.1:\d+/", "https://ce.us-east-1.amazonaws.com/", reason)
        return f"the original message, with: “{plain.removeprefix(PREFIX)}”"
    odd = [
        line
        for line in lines
        if line.startswith(
            ("There is no link", "Chat did", "Cost Explorer shows", "Costs by", "This cannot")
        )
    ]
    if lines[0].startswith("A message came"):
        return f"the original message, under: “{lines[0]}”"
    return "the answer" + (f", with: “{odd[0]}”" if odd else "")


def test_the_table_in_the_documentation_is_what_happened(request: pytest.FixtureRequest) -> None:
    if len(ROWS) < len(TRIALS):
        pytest.skip("makes sense after all trials only")
    rows = [ROWS[trial.fault] for trial in TRIALS]
    table = "\n".join(["| Fault | What people get | Paid requests |", "|---|---|---|", *rows, ""])
    head, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    _, _, tail = rest.partition(END)
    document = f"{head}{BEGIN}{table}{END}{tail}"
    if request.config.getoption("--update-golden"):
        DOCUMENT.write_text(document, encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == document


def test_the_seconds_in_the_documentation_are_the_real_ones() -> None:
    text = " ".join(DOCUMENT.read_text(encoding="utf-8").split())
    config = json.loads((DOCUMENT.parents[1] / ".chalice" / "config.json").read_text("utf-8"))
    timeout = config["lambda_functions"]["explain_alarm"]["lambda_timeout"]
    assert f"The function may run for {timeout} seconds" in text
    assert f"what is left of them but {MAIL_SECONDS:.0f} for each message" in text
    assert CHAT_SECONDS == 8
    assert "A card gets eight seconds" in text
