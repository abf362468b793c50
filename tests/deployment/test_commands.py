"""The commands refuse what cannot work before they touch anything."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from moto import mock_aws

from chalicelib.settings import Settings
from cli import cli
from deployment import account as account_module
from deployment.account import Account, DeployError
from deployment.functions import refuse_to_mix
from deployment.signing_key import forget_key, make_key, public_key

SETTINGS = Settings(stage="dev")


@pytest.fixture
def account() -> Iterator[Account]:
    with mock_aws():
        yield Account("123456789012", "me", boto3.Session(region_name="us-east-1"))


@pytest.mark.parametrize("command", ["deploy", "destroy", "doctor", "link", "run", "rotate-key"])
def test_a_mistyped_stage_is_told_with_the_stages_there_are(command: str):
    result = CliRunner().invoke(cli, [command, "--stage", "prd"])
    assert result.exit_code == 1
    assert "There is no stage 'prd'" in result.output
    assert "The stages are: dev, prod." in result.output


def test_a_source_whose_policy_is_missing_is_told_before_anything_is_deployed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shutil.copytree(account_module.CONFIG.parent / "policies", tmp_path / "policies")
    config = account_module.CONFIG.read_text()
    dev = '"CCT_STAGE": "dev"'
    (tmp_path / "config.json").write_text(config.replace(dev, dev + ', "CCT_SOURCE": "focus"'))
    monkeypatch.setattr(account_module, "CONFIG", tmp_path / "config.json")
    result = CliRunner().invoke(cli, ["deploy", "--stage", "dev"])
    assert result.exit_code == 1
    assert "the policy of weekly_report lacks athena:StartQueryExecution" in result.output
    assert "iam_policy_file" in result.output


@pytest.mark.parametrize(
    ("option", "value"), [("--email", "you"), ("--alarms", "1,2"), ("--set", "DomainName")]
)
def test_a_mistyped_option_is_told_before_anybody_signs_in(
    option: str, value: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    result = CliRunner().invoke(cli, ["deploy", option, value])
    assert result.exit_code == 2
    assert f"Invalid value for '{option}': '{value}'; it should" in result.output


def test_without_credentials_the_way_to_sign_in_is_told(monkeypatch: pytest.MonkeyPatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    result = CliRunner().invoke(cli, ["deploy"])
    assert result.exit_code == 1
    assert "Unable to locate credentials. Sign in (`aws sso login`" in result.output


@pytest.mark.usefixtures("account")
def test_the_first_deployment_needs_an_address():
    result = CliRunner().invoke(cli, ["deploy"])
    assert result.exit_code == 1
    assert "--email you@example.com" in result.output


@pytest.mark.usefixtures("account")
def test_a_mistyped_parameter_is_told_with_the_parameters_there_are():
    given = ["--email", "you@example.com", "--set", "DomainNmae=costs.example.com"]
    result = CliRunner().invoke(cli, ["deploy", *given])
    assert result.exit_code == 1
    assert "The stack has no parameter 'DomainNmae'" in result.output
    assert "DomainName" in result.output


@pytest.mark.usefixtures("account")
def test_a_parameter_is_a_name_and_a_value():
    result = CliRunner().invoke(cli, ["deploy", "--set", "DomainName"])
    assert result.exit_code == 2
    assert "DomainName=costs.example.com" in result.output


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("amounts", ["50", "50,100", "50,100,many", "1,2,3,4", "-1,2,3"])
def test_alarm_amounts_are_three_numbers(amounts: str):
    result = CliRunner().invoke(cli, ["deploy", "--alarms", amounts])
    assert result.exit_code == 2
    assert "50,100,200" in result.output


@pytest.mark.usefixtures("account")
def test_a_report_cannot_be_made_where_nothing_is_deployed():
    result = CliRunner().invoke(cli, ["run"])
    assert result.exit_code == 1
    assert "Stage dev is not deployed in account 123456789012" in result.output
    assert "Run: python cli.py deploy --stage dev" in result.output


@pytest.mark.usefixtures("account")
def test_nothing_is_removed_without_a_yes():
    result = CliRunner().invoke(cli, ["destroy"], input="n\n")
    assert result.exit_code == 1
    assert "1/4" not in result.output


@pytest.mark.usefixtures("account")
def test_doctor_says_what_it_spends_before_it_begins():
    result = CliRunner().invoke(cli, ["doctor"], input="n\n")
    assert "$0.01" in result.output
    assert "credentials" not in result.output


def test_functions_of_a_cloudformation_stack_are_left_alone(account: Account):
    role = account.session.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    account.session.client("lambda").create_function(
        FunctionName="cloud-cost-tracker-dev-weekly_report",
        Runtime="python3.12",
        Role=role["Role"]["Arn"],
        Handler="app.weekly_report",
        Code={"ZipFile": b"x"},
        Tags={"aws:cloudformation:stack-name": "cloud-cost-tracker-dev-functions"},
    )
    with pytest.raises(DeployError, match="belongs to the CloudFormation stack"):
        refuse_to_mix(account, SETTINGS)


def test_a_key_is_made_once_and_its_private_half_stays_in_the_parameter_store(account: Account):
    ssm = account.session.client("ssm")
    assert public_key(ssm, SETTINGS, "a") is None
    public = make_key(ssm, SETTINGS, "a")
    assert public == public_key(ssm, SETTINGS, "a")
    assert isinstance(load_pem_public_key(public.encode()), ec.EllipticCurvePublicKey)
    stored = ssm.get_parameter(Name="/cloud-cost-tracker/dev/link-key-a", WithDecryption=True)
    assert stored["Parameter"]["Type"] == "SecureString"
    private = load_pem_private_key(stored["Parameter"]["Value"].encode(), password=None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    assert private.curve.name == "secp256r1"
    with pytest.raises(ssm.exceptions.ParameterAlreadyExists):
        make_key(ssm, SETTINGS, "a")


def test_forgetting_a_key_twice_is_no_error(account: Account):
    ssm = account.session.client("ssm")
    make_key(ssm, SETTINGS, "b")
    forget_key(ssm, SETTINGS, "b")
    forget_key(ssm, SETTINGS, "b")
    assert public_key(ssm, SETTINGS, "b") is None
