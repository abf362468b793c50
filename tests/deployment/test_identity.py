"""Stage, account and Region are settled once; what would act on another one is refused."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner
from moto import mock_aws

from chalicelib.settings import Settings
from cli import cli
from deployment import account as account_module
from deployment.account import Account, DeployError, sign_in
from deployment.deploy import own_stack
from deployment.strays import Stray, strays
from tests.infra.stack import ROOT

SETTINGS = Settings(stage="dev")
ROLE = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
        ],
    }
)
TEMPLATE = json.dumps(
    {
        "Parameters": {"Stage": {"Type": "String"}},
        "Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "kept"}}},
    }
)


@pytest.fixture
def aws() -> Iterator[None]:
    with mock_aws():
        yield


@pytest.fixture
def stage_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Make the stage `staging` as the documents say, with `CCT_STAGE` and policies as given."""

    def copy(setting: str, policies: str) -> None:
        shutil.copytree(account_module.CONFIG.parent, tmp_path / "c", dirs_exist_ok=True)
        config = json.loads(account_module.CONFIG.read_text())
        dev = json.dumps(config["stages"]["dev"])
        staging = json.loads(dev.replace("dev-", f"{policies}-"))
        staging["environment_variables"]["CCT_STAGE"] = setting
        config["stages"]["staging"] = staging
        for function in config["lambda_functions"]:
            own = (tmp_path / f"c/policies/dev-{function}.json").read_text()
            renamed = own.replace("-dev-", "-staging-").replace("/dev/", "/staging/")
            (tmp_path / f"c/policies/staging-{function}.json").write_text(renamed)
        (tmp_path / "c/config.json").write_text(json.dumps(config))
        monkeypatch.setattr(account_module, "CONFIG", tmp_path / "c/config.json")

    return copy


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    "command", [("destroy", "--yes", "--delete-reports"), ("deploy",), ("run",), ("rotate-key",)]
)
def test_a_stage_that_was_copied_never_acts_on_the_one_it_was_copied_from(
    command: tuple[str, ...], stage_copied: Callable[[str, str], None]
):
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket=SETTINGS.bucket("123456789012"))
    stage_copied("dev", "staging")
    result = CliRunner().invoke(cli, [*command, "--stage", "staging"])
    assert result.exit_code == 1
    assert "The stage staging has CCT_STAGE=dev" in result.output
    assert "Write CCT_STAGE=staging there." in result.output
    assert [one["Name"] for one in s3.list_buckets()["Buckets"]] == [
        SETTINGS.bucket("123456789012")
    ]


def test_a_stage_with_the_policies_of_another_is_refused(
    stage_copied: Callable[[str, str], None],
):
    stage_copied("staging", "dev")
    result = CliRunner().invoke(cli, ["deploy", "--stage", "staging"])
    assert result.exit_code == 1
    assert (
        "names what belongs to another stage: arn:aws:s3:::cloud-cost-tracker-dev" in result.output
    )


def test_a_stage_that_was_added_has_settings_and_policies_of_its_own(
    stage_copied: Callable[[str, str], None],
):
    stage_copied("staging", "staging")
    assert CliRunner().invoke(cli, ["add-stage", "qa"]).exit_code == 0
    settings = account_module.stage_settings("qa")
    assert settings.stage == "qa"
    text = json.dumps(account_module.function_policies(settings))
    assert "cloud-cost-tracker-qa-notify" in text
    assert "dev" not in text
    assert CliRunner().invoke(cli, ["add-stage", "Q-A"]).exit_code == 1


def test_a_stage_that_was_copied_whole_is_accepted(stage_copied: Callable[[str, str], None]):
    stage_copied("staging", "staging")
    assert account_module.stage_settings("staging").stage == "staging"


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, aws: None) -> str:
    """A profile that leads to account 222222222222; the exported keys lead to 123456789012."""
    sts = boto3.client("sts", region_name="us-east-1")
    role = "arn:aws:iam::222222222222:role/deployer"
    keys = sts.assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
    config = tmp_path / "credentials"
    config.write_text(
        f"[work]\naws_access_key_id={keys['AccessKeyId']}\n"
        f"aws_secret_access_key={keys['SecretAccessKey']}\naws_session_token={keys['SessionToken']}\n"
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(config))
    return "work"


def test_a_profile_of_one_account_and_keys_of_another_are_refused(profile: str):
    for command in ("deploy", "destroy", "run"):
        result = CliRunner().invoke(cli, [command, "--profile", profile])
        assert result.exit_code == 1
        assert "leads to account 222222222222" in result.output
        assert "exported AWS_ACCESS_KEY_ID to account 123456789012" in result.output


def test_chalice_gets_exactly_the_identity_that_was_shown(
    profile: str, monkeypatch: pytest.MonkeyPatch
):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    account = sign_in(profile)
    assert account.id == "222222222222"
    given = {
        "AWS_ACCESS_KEY_ID": "other",
        "AWS_PROFILE": "other",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }
    environment = account.environment(os.environ | given)
    assert "AWS_PROFILE" not in environment
    assert environment["AWS_DEFAULT_REGION"] == environment["AWS_REGION"] == "us-east-1"
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    assert boto3.Session().client("sts").get_caller_identity()["Account"] == "222222222222"


@pytest.mark.usefixtures("profile")
def test_the_account_the_stage_and_the_region_are_shown_first():
    result = CliRunner().invoke(cli, ["run"])
    assert result.output.startswith("Account 123456789012, stage dev, us-east-1\n")


def test_chalice_alone_refuses_another_region(tmp_path: Path):
    run = subprocess.run(
        [str(Path(sys.executable).with_name("chalice")), "package", str(tmp_path / "out")],
        cwd=ROOT,
        env=os.environ | {"AWS_DEFAULT_REGION": "eu-west-1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "runs in us-east-1 only, and the Region here is eu-west-1" in run.stderr
    assert not (tmp_path / "out").exists()


def test_a_function_in_another_region_stops(tmp_path: Path):
    lambdas = {"AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_REGION": "eu-west-1"}
    run = subprocess.run(
        [sys.executable, "-c", "import app"],
        cwd=ROOT,
        env=os.environ | lambdas,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, "us-east-1 only" in run.stderr) == (1, True)


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("tags", "stage"),
    [({"application": "shop"}, "dev"), ({"application": "cloud-cost-tracker"}, "prod")],
)
def test_a_stack_that_is_somebody_elses_is_never_changed(tags: dict[str, str], stage: str):
    client = boto3.client("cloudformation", region_name="us-east-1")
    client.create_stack(
        StackName=SETTINGS.root,
        TemplateBody=TEMPLATE,
        Parameters=[{"ParameterKey": "Stage", "ParameterValue": stage}],
        Tags=[{"Key": name, "Value": value} for name, value in tags.items()],
    )
    with pytest.raises(DeployError, match=r"was made for application .*this is application"):
        own_stack(_account(), SETTINGS, print)


@pytest.mark.usefixtures("aws")
def test_what_was_left_in_another_region_is_found_and_removed_on_request(
    monkeypatch: pytest.MonkeyPatch,
):
    for region in ("us-east-1", "eu-west-1"):
        _put_function_and_rule(region)
    [stray] = strays(_account(), SETTINGS)
    assert stray == Stray(
        "eu-west-1",
        (
            "rule cloud-cost-tracker-dev-weekly_report-event",
            "function cloud-cost-tracker-dev-weekly_report",
        ),
    )
    result = CliRunner().invoke(cli, ["destroy", "--strays"])
    assert "Removing from eu-west-1" in result.output
    assert strays(_account(), SETTINGS) == []
    assert boto3.client("events", region_name="us-east-1").list_rules()["Rules"]
    assert boto3.client("lambda", region_name="us-east-1").list_functions()["Functions"]


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("typed", ["y", "prod", "DEV"])
def test_destroying_wants_the_name_of_the_stage(typed: str):
    result = CliRunner().invoke(cli, ["destroy"], input=f"{typed}\n")
    assert result.exit_code == 1
    assert "This removes stage dev from account 123456789012 (us-east-1)" in result.output
    assert "1/4" not in result.output


def _account() -> Account:
    return Account("123456789012", "me", boto3.Session(region_name="us-east-1"))


def _put_function_and_rule(region: str) -> None:
    def client(service: str) -> Any:
        return boto3.client(service, region_name=region)  # type: ignore[call-overload]

    iam = client("iam")
    role = f"r-{region}"
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=ROLE)["Role"]["Arn"]
    client("lambda").create_function(
        FunctionName="cloud-cost-tracker-dev-weekly_report",
        Runtime="python3.12",
        Role=arn,
        Handler="app.weekly_report",
        Code={"ZipFile": b"x"},
    )
    client("events").put_rule(
        Name="cloud-cost-tracker-dev-weekly_report-event", ScheduleExpression="rate(7 days)"
    )
