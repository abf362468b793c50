"""Run a packaged function as Lambda does: the real runtime client against a small Runtime API.

The process sees the unzipped package and what the Lambda runtime brings (boto3 and the runtime client),
nothing else, so that a dependency missing from the package is noticed.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path
from typing import Any

# What the managed runtime has installed beside a function.
RUNTIME = (
    *("boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "six", "urllib3"),
    *("awslambdaric", "simplejson", "snapshot-restore-py"),
)
API = "/2018-06-01/runtime"
SECONDS = 60
HEADERS = {  # the native client crashes where one of these is missing
    "Content-Type": "application/json",
    "Lambda-Runtime-Aws-Request-Id": "11111111-2222-3333-4444-555555555555",
    "Lambda-Runtime-Deadline-Ms": str(2**42),
    "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:f",
    "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000",
}


@dataclass
class Outcome:
    """How an invocation ended: the answer, or the error that Lambda would retry."""

    answer: Any = None
    error: dict[str, Any] = field(default_factory=dict)
    log: str = ""


def runtime_folder(folder: Path) -> Path:
    """A folder with links to what the managed runtime brings, and nothing more."""
    folder.mkdir()
    for distribution in map(metadata.distribution, RUNTIME):
        for top in {each.parts[0] for each in distribution.files or []} - {"..", "__pycache__"}:
            if not (folder / top).exists():
                (folder / top).symlink_to(str(distribution.locate_file(top)))
    return folder


def invoke(
    handler: str,
    event: Mapping[str, Any],
    *,
    package: Path,
    runtime: Path,
    environment: Mapping[str, str],
) -> Outcome:
    """Run one event through `handler` of the unzipped package; never longer than a minute."""
    outcome = Outcome()
    with _runtime_api(event, outcome) as (address, done):
        process = subprocess.Popen(
            [getattr(sys, "_base_executable", sys.executable), "-S", "-m", "awslambdaric", handler],
            cwd=package,
            env={
                **environment,
                "PYTHONPATH": f"{package}:{runtime}",
                "PYTHONDONTWRITEBYTECODE": "1",
                "AWS_LAMBDA_RUNTIME_API": address,
                "AWS_LAMBDA_FUNCTION_NAME": handler,
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
                "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
                "LAMBDA_TASK_ROOT": str(package),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        deadline = time.monotonic() + SECONDS
        while not done.wait(0.1) and process.poll() is None and time.monotonic() < deadline:
            pass
        finished = done.is_set()
        process.kill()
        outcome.log = process.communicate()[0]
    if not finished:
        outcome.error = {"errorType": "NoAnswer", "errorMessage": outcome.log}
    return outcome


@contextmanager
def _runtime_api(
    event: Mapping[str, Any], outcome: Outcome
) -> Iterator[tuple[str, threading.Event]]:
    done, given = threading.Event(), threading.Event()

    class Api(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if given.is_set():  # it asks for another event, which never comes
                done.wait(SECONDS)
                return
            given.set()
            self.send_response(200)
            body = json.dumps(event).encode()
            for name, value in HEADERS.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"null")
            if self.path.endswith("/error"):
                outcome.error = body
            else:
                outcome.answer = body
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()
            done.set()

        def log_message(self, *_: object) -> None:
            """Requests are no news."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}", done
    finally:
        done.set()
        server.shutdown()
        server.server_close()
        thread.join()
