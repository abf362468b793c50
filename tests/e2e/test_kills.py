"""Killed at any of 24 calls, a deployment or removal comes to the same end when it is simply repeated.

Takes some minutes, so it has a command of its own: `make kills`.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.request import Request, urlopen

import pytest

from tests.e2e.account import Account, empty_account
from tests.e2e.inventory import COMPLETE, what_is_there, without_logs
from tests.e2e.killer import Road, road_to

pytestmark = pytest.mark.e2e

DEPLOY = ("deploy", "--email", "costs@example.com")
DESTROY = ("destroy", "--yes", "--delete-reports")
DEPLOY_POINTS, DESTROY_POINTS = 16, 8


@dataclass
class Trial:
    """An account, and the road to it."""

    account: Account
    road: Road

    def run(self, *command: str, deadly: int = 0) -> int:
        """Run a command of `cli.py`, killed at a call if one is named; its exit code."""
        self.road.arm(deadly)
        environment = self.account.environment | {"AWS_ENDPOINT_URL": self.road.url}
        process = subprocess.Popen(
            [sys.executable, "cli.py", *command],
            cwd=self.account.project,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self.road.victim = process
        return process.wait()

    def forget(self) -> None:
        """An empty account again."""
        moto = self.account.environment["AWS_ENDPOINT_URL"]
        with urlopen(Request(f"{moto}/moto-api/reset", method="POST")):  # noqa: S310  loopback
            (self.account.project / ".chalice/deployed/dev.json").unlink(missing_ok=True)


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    with empty_account(tmp_path_factory.mktemp("account")) as account:
        # What is packaged does not matter here, and pip takes longer than everything else.
        (account.project / "requirements.txt").write_text("")
        with road_to(account.environment["AWS_ENDPOINT_URL"]) as road:
            yield Trial(account, road)


@pytest.fixture(scope="module")
def calls(trial: Trial) -> dict[str, int]:
    """How many calls an undisturbed deployment and removal make."""
    found = {}
    for name, command in (("deploy", DEPLOY), ("destroy", DESTROY)):
        assert trial.run(*command) == 0
        found[name] = trial.road.calls
    return found


@pytest.mark.parametrize("point", range(DEPLOY_POINTS))
def test_a_killed_deployment_is_completed_by_the_next(
    trial: Trial, calls: dict[str, int], point: int
):
    trial.forget()
    assert trial.run(*DEPLOY, deadly=_nth(calls["deploy"], point, DEPLOY_POINTS)) == -9
    assert trial.run(*DEPLOY) == 0
    assert what_is_there(trial.account) == COMPLETE


@pytest.mark.parametrize("point", range(DESTROY_POINTS))
def test_a_killed_removal_is_completed_by_the_next(trial: Trial, calls: dict[str, int], point: int):
    trial.forget()
    assert trial.run(*DEPLOY) == 0
    assert trial.run(*DESTROY, deadly=_nth(calls["destroy"], point, DESTROY_POINTS)) == -9
    assert trial.run(*DESTROY) == 0
    assert without_logs(trial.account) == []


def _nth(calls: int, point: int, points: int) -> int:
    # Spread over the whole run; every second one an even call, so that both kinds of loss are tried.
    even_spread = 1 + point * (calls - 2) // (points - 1)
    return even_spread + (even_spread + point) % 2
