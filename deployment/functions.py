"""The functions: made by Chalice, without its traps, and what Chalice leaves out is set on them."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from chalicelib.settings import Settings
from chalicelib.wiring import topic_arn
from deployment.account import ROOT, Account, DeployError, function_names
from deployment.bytecode import compile_modules
from deployment.once_known import once_known

PAGE_PARTS = ROOT / "chalicelib/dashboard/built/page.js"
Say = Callable[[str], None]


def deploy_functions(account: Account, settings: Settings, say: Say) -> None:
    """Run `chalice deploy` for a stage, without the traps of its caches; raises `DeployError`."""
    if not PAGE_PARTS.exists():
        raise DeployError(
            "The page's CSS and JavaScript are not built.",
            next_step="Run: make deploy (it builds them first)",
        )
    # Chalice takes an old package for a new one when a file was only renamed or added.
    shutil.rmtree(ROOT / ".chalice/deployments", ignore_errors=True)
    compile_modules()
    command = [str(Path(sys.executable).with_name("chalice")), "deploy", "--stage", settings.stage]
    run = subprocess.run(
        command,
        cwd=ROOT,
        env=account.environment(os.environ) | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    for line in run.stdout.splitlines():
        say(f"  {line}")
    if run.returncode:
        cause = " ".join(run.stdout.strip().rpartition("\n\n")[2].split())  # its last paragraph
        raise DeployError(
            f"chalice deploy failed: {cause}",
            next_step="Mend the cause and run the same command again; it goes on from here.",
        )
    # Chalice goes on without a dependency it cannot package, and the function fails at its first run.
    if "Could not install dependencies" in run.stdout:
        raise DeployError(
            "Chalice packaged the functions without some of their dependencies.",
            next_step="See the lines above; a package without a wheel for Lambda cannot be used.",
        )


def send_failures_to_notify_topic(
    account: Account, settings: Settings, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Have Lambda send what still fails after its retries to the notify topic, with the event.

    Lambda first looks whether the role may publish there, which is not known everywhere at once.
    """
    lambda_ = account.session.client("lambda")
    notify = topic_arn(account.id, settings.notify_topic)
    for function in function_names(settings):
        once_known(
            partial(
                lambda_.put_function_event_invoke_config,
                FunctionName=function,
                DestinationConfig={"OnFailure": {"Destination": notify}},
            ),
            sleep,
        )


def refuse_to_mix(account: Account, settings: Settings) -> None:
    """Raise `DeployError` if the functions belong to a CloudFormation stack.

    Chalice would take them for its own and add a second schedule.
    """
    lambda_ = account.session.client("lambda")
    for function in function_names(settings):
        try:
            tags = lambda_.get_function(FunctionName=function).get("Tags", {})
        except lambda_.exceptions.ResourceNotFoundException:
            continue
        if owner := tags.get("aws:cloudformation:stack-name"):
            raise DeployError(
                f"The function {function} belongs to the CloudFormation stack {owner}.",
                next_step="Go on deploying this stage through CloudFormation, or delete that stack first.",
            )
