"""The functions as Lambda runs them: Chalice's test client, with the time that Lambda gives them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from chalice.local import LambdaContext
from chalice.test import Client

FUNCTIONS = "arn:aws:lambda:us-east-1:123456789012:function:cloud-cost-tracker-dev-"
PROJECT = Path(__file__).parent.parent


class FullTimeContext(LambdaContext):
    """Counts down from the configured timeout; Chalice's own gives every function three seconds."""

    seconds: float | None = None
    """What is left of the timeout, where a trial begins late in it."""

    def __init__(self, function_name: str, memory_size: int) -> None:
        config = json.loads((PROJECT / ".chalice" / "config.json").read_text(encoding="utf-8"))
        seconds = config["lambda_functions"][function_name]["lambda_timeout"]
        left = seconds if self.seconds is None else self.seconds
        super().__init__(function_name, memory_size, max_runtime_ms=int(left * 1000))
        self.invoked_function_arn = f"{FUNCTIONS}{function_name}"


@contextmanager
def functions(seconds: float | None = None) -> Iterator[Client]:
    """A client for the app's functions, which read their environment when they are imported.

    With `seconds`, an invocation has only so many left.
    """
    from app import app

    context = type("Context", (FullTimeContext,), {"seconds": seconds})
    with (
        patch("chalice.test.LambdaContext", context),
        Client(app, project_dir=str(PROJECT)) as client,
    ):
        yield client
