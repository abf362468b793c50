"""What all tests share: no way out of the machine, fake credentials, golden files, the sample."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chalicelib.costs import CostFacts
from simulation.ledger import Ledger
from simulation.sample import SAMPLE_NOW, sample_ledger

GOLDEN = Path(__file__).parent / "golden"

FAKE_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "NO_PROXY": "127.0.0.1,localhost",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden files instead of comparing"
    )


@pytest.fixture(scope="session", autouse=True)
def no_real_account() -> Iterator[None]:
    """Nobody's own credentials, profiles, endpoints or settings reach a test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in tuple(os.environ):
            if name.startswith(("AWS_", "CCT_")):
                patch.delenv(name)
        for name, value in FAKE_ENVIRONMENT.items():
            patch.setenv(name, value)
        yield


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """`golden(name, text)`: the text must equal tests/golden/<name>; `--update-golden` writes it."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        if not path.exists():
            pytest.fail(f"There is no {path} yet; look at the text, then run with --update-golden.")
        assert text == path.read_bytes().decode("utf-8")

    return compare


@pytest.fixture(scope="session")
def sample() -> Ledger:
    """The sample organisation's ledger."""
    return sample_ledger()


@pytest.fixture(scope="session")
def sample_facts(sample: Ledger) -> CostFacts:
    """What a perfect source knows about the sample organisation on the day of the report."""
    return sample.facts(SAMPLE_NOW.date(), label="tag:team")
