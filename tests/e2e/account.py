"""An account to deploy to: moto's server in a process of its own, and the Cost Explorer emulator."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import boto3

from simulation.emulator import CostExplorerEmulator
from simulation.sample import SAMPLE_NOW, sample_ledger
from tests.deployment.calls import RECORDER
from tests.infra.stack import ROOT, load_template

PARTS = (
    "app.py",
    "cli.py",
    "chalicelib",
    "desk",
    "deployment",
    "simulation",
    "infra",
    ".chalice",
    "requirements.txt",
)
# Moto's CloudFormation makes these; the others it passes over, and what refers to them fails.
KNOWN_TO_MOTO = ("AWS::S3::Bucket", "AWS::SNS::Topic", "AWS::Logs::LogGroup", "AWS::SSM::Parameter")
SITE_HOST = "localhost:9"  # nothing answers there, and no request leaves the machine


@dataclass
class Account:
    """Where the tool is deployed to, and the copy of the project that it is deployed from."""

    project: Path
    environment: dict[str, str]
    emulator: CostExplorerEmulator
    calls: Path
    """Where every call that a command makes is written down."""

    def client(self, service: str, region: str = "us-east-1") -> Any:
        return boto3.client(
            service,
            endpoint_url=self.environment["AWS_ENDPOINT_URL"],
            region_name=region,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    def cli(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `cli.py` of the project's copy, as a person would."""
        return self._run(sys.executable, "cli.py", *arguments)

    def chalice(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run Chalice in the project's copy, as a pipeline would."""
        region = {"AWS_DEFAULT_REGION": "us-east-1"}
        return self._run(
            str(Path(sys.executable).with_name("chalice")), *arguments, **(region | more)
        )

    def _run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.project,
            env=self.environment | more,
            capture_output=True,
            text=True,
            check=False,
        )


@contextmanager
def empty_account(folder: Path) -> Iterator[Account]:
    """An account in which nothing is deployed yet."""
    project = _copy_of_the_project(folder / "project")
    # The commands at a desk go by the clock, the runs by their event: neither may ask for a future.
    today = max(SAMPLE_NOW.date(), datetime.now(UTC).date())
    emulator = CostExplorerEmulator(sample_ledger(), today=today)
    with emulator, _moto(folder / "moto.log") as endpoint:
        recorder = folder / "recorder"
        recorder.mkdir()
        (recorder / "sitecustomize.py").write_text(RECORDER)
        recording = {"PYTHONPATH": str(recorder), "RECORD_CALLS": str(folder / "calls")}
        environment = _environment(endpoint, emulator.url)
        yield Account(project, environment | recording, emulator, folder / "calls")


def break_template(project: Path, resource: str) -> None:
    """Take a resource out of the copy's template."""
    path = project / "infra/template.yaml"
    template = json.loads(path.read_text())
    del template["Resources"][resource]
    path.write_text(json.dumps(template))


def mend_template(project: Path) -> None:
    """Put the template back, as far as moto knows its parts."""
    template = load_template(ROOT / "infra/template.yaml")
    resources = {
        name: resource
        for name, resource in template["Resources"].items()
        if resource["Type"] in KNOWN_TO_MOTO
    }
    # There is no distribution and no public key in moto's stack that this could name.
    resources["Links"]["Properties"]["Value"] = {
        "Fn::Sub": json.dumps(
            {
                "domain": SITE_HOST,
                "key_id": "K2JCJMDEHXQW5F",
                "private_key": "/cloud-cost-tracker/${Stage}/link-key-${LinkKeyInUse}",
            }
        )
    }
    resources["Bucket"]["DeletionPolicy"] = "Retain"  # the only such policy that moto knows
    # Bucket policies and headers cannot be tried here; tests/infra holds them.
    known = template | {"Resources": resources, "Outputs": {}}
    (project / "infra/template.yaml").write_text(json.dumps(known))


def _copy_of_the_project(project: Path) -> Path:
    # A copy, so that a record of a real deployment in .chalice/ is neither used nor overwritten.
    project.mkdir(parents=True)
    ignored = shutil.ignore_patterns("deployments", "deployed", "__pycache__")
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, project / part, ignore=ignored)
        else:
            shutil.copy(ROOT / part, project / part)
    mend_template(project)
    return project


def _environment(moto: str, cost_explorer: str) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CCT_"))
    }
    return kept | {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": moto,
        "AWS_ENDPOINT_URL_COST_EXPLORER": cost_explorer,
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@contextmanager
def _moto(log: Path) -> Iterator[str]:
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("moto_server")), "-H", "127.0.0.1", "-p", "0"],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _address(log, process)
    finally:
        process.terminate()
        process.wait()


def _address(log: Path, process: subprocess.Popen[bytes]) -> str:
    for _ in range(300):
        words = log.read_text().split()
        found = [word for word in words if word.startswith("http://127.0.0.1:")]
        if found:
            with urlopen(f"{found[0]}/moto-api/data.json"):  # noqa: S310  our own loopback address
                return found[0]
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"moto's server did not start:\n{log.read_text()}")
