"""What is left out unless asked for."""

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--kills", action="store_true", help="also the trials of tests/e2e/test_kills.py"
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    left_out = collection_path.name == "test_kills.py" and not config.getoption("--kills", False)
    return True if left_out else None
