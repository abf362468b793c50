"""What the alarm path loads: an alarm does not wait for the page's modules."""

import subprocess
import sys

import pytest


def loaded_by(code: str, names: list[str]) -> list[str]:
    """Which of the modules a fresh Python has loaded after running the code."""
    program = f"{code}; import sys; print(*[name for name in {names} if name in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    return run.stdout.split()


def test_the_whole_alarm_path_needs_nothing_of_the_page() -> None:
    path = (
        "import app, chalicelib.wiring, chalicelib.jobs.explain_alarm,"
        " chalicelib.sources.cost_explorer, chalicelib.delivery.links, chalicelib.delivery.channel"
    )
    heavy = ["jinja2", "chalicelib.dashboard", "chalicelib.messages.digest"]
    assert loaded_by(path, heavy) == []


@pytest.mark.parametrize("module", ["app", "chalicelib.wiring", "chalicelib.jobs.explain_alarm"])
def test_boto3_is_loaded_only_when_something_is_asked_or_sent(module: str) -> None:
    assert loaded_by(f"import {module}", ["boto3", "botocore", "cryptography"]) == []
