"""The functions as Lambda runs them: Chalice's test client, with the time that Lambda gives them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from chalice.local import LambdaContext
from chalice.test import Client

PROJECT = Path(__file__).parent.parent


class FullTimeContext(LambdaContext):
    """Counts down from the configured timeout; Chalice's own gives every function three seconds."""

    def __init__(self, function_name: str, memory_size: int) -> None:
        config = json.loads((PROJECT / ".chalice" / "config.json").read_text(encoding="utf-8"))
        seconds = config["lambda_functions"][function_name]["lambda_timeout"]
        super().__init__(function_name, memory_size, max_runtime_ms=seconds * 1000)


@contextmanager
def functions() -> Iterator[Client]:
    """A client for the app's functions, which read their environment when they are imported."""
    from app import app

    with (
        patch("chalice.test.LambdaContext", FullTimeContext),
        Client(app, project_dir=str(PROJECT)) as client,
    ):
        yield client
