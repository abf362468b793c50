"""From nothing to a deployed tool that does its work, and back to nothing, without an AWS account.

The tests follow each other: each goes on where the one before it stopped.
"""

import base64
import hashlib
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from deployment.deployer import policy
from deployment.signing_key import public_key
from simulation.cloudwatch import CloudWatchEmulator
from simulation.sample import SAMPLE_NOW
from simulation.sample_metric import sample_metric
from tests.deployment import proving
from tests.deployment.calls import NAMED, actions_of, refused, wanted
from tests.deployment.test_deployer import handlers
from tests.e2e.account import SITE_HOST, Account, break_template, empty_account, mend_template
from tests.e2e.inventory import (
    BUCKET,
    COMPLETE,
    EXPLAIN,
    REPORT,
    WATCH,
    functions,
    what_is_there,
    without_logs,
)
from tests.e2e.lambda_runtime import Outcome, invoke, runtime_folder

pytestmark = pytest.mark.e2e

ALARMS, NOTIFY = (
    f"arn:aws:sns:us-east-1:123456789012:cloud-cost-tracker-dev-{topic}"
    for topic in ("alarms", "notify")
)
MOST_BYTES = 6_500_000
MONDAY = {
    "version": "0",
    "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "123456789012",
    "time": SAMPLE_NOW.strftime("%Y-%m-%dT%H:%M:%SZ"),
    "region": "us-east-1",
    "resources": [f"arn:aws:events:us-east-1:123456789012:rule/{REPORT}-event"],
    "detail": {},
}


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with empty_account(tmp_path_factory.mktemp("account")) as account:
        yield account


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return runtime_folder(tmp_path_factory.mktemp("lambda") / "runtime")


def test_a_deployment_that_breaks_off_says_why_and_what_to_do(account: Account):
    break_template(account.project, "AlarmsTopic")
    run = account.cli("deploy", "--email", "costs@example.com")
    assert run.returncode == 1
    assert "Topic does not exist" in run.stderr
    assert "run the same command again" in run.stderr
    assert "Traceback" not in run.stderr
    assert functions(account) == [EXPLAIN, WATCH, REPORT]  # it did break off half-way


def test_the_same_command_goes_on_from_there(account: Account):
    mend_template(account.project)
    run = account.cli("deploy", "--email", "costs@example.com")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Deployed: stage dev in account 123456789012" in run.stdout
    assert what_is_there(account) == COMPLETE


def test_deploying_again_changes_nothing(account: Account):
    key = account.client("ssm").get_parameter(Name="/cloud-cost-tracker/dev/link-key-a")
    assert account.cli("deploy").returncode == 0
    assert what_is_there(account) == COMPLETE
    again = account.client("ssm").get_parameter(Name="/cloud-cost-tracker/dev/link-key-a")
    assert again["Parameter"]["Version"] == key["Parameter"]["Version"] == 1


def test_chalice_deploy_alone_also_works_once_the_stack_stands(account: Account):
    run = account.chalice("deploy", "--stage", "dev")
    assert run.returncode == 0, run.stderr
    assert what_is_there(account) == COMPLETE


def test_chalice_deploy_under_another_region_is_refused_and_leaves_nothing_there(account: Account):
    run = account.chalice("deploy", "--stage", "dev", AWS_DEFAULT_REGION="eu-west-1")
    assert run.returncode == 1
    assert "runs in us-east-1 only" in run.stderr
    assert what_is_there(account) == COMPLETE
    elsewhere = account.client("lambda", "eu-west-1").list_functions()["Functions"]
    assert elsewhere == []


def test_the_package_is_small_and_is_what_runs(account: Account):
    package = _deployed_package(account)
    assert package.stat().st_size < MOST_BYTES
    digest = base64.b64encode(hashlib.sha256(package.read_bytes()).digest()).decode()
    for function in (REPORT, WATCH, EXPLAIN):
        assert _configuration(account, function)["CodeSha256"] == digest
    names = zipfile.ZipFile(package).namelist()
    assert not [
        name
        for name in names
        if ("__pycache__" in name) != name.endswith(".pyc")
        or name.startswith(("boto", "desk", "deployment", "simulation"))
    ]


def test_on_monday_the_page_is_in_the_bucket_and_its_link_in_the_mail(
    account: Account, runtime: Path, mailbox: str
):
    outcome = _run(account, runtime, REPORT, MONDAY)
    assert outcome.error == {}, outcome.log
    s3 = account.client("s3")
    page = s3.get_object(Bucket=BUCKET, Key="site/reports/2026-W48.html")
    assert page["ContentType"] == "text/html; charset=utf-8"
    assert page["Body"].read().startswith(b"<!doctype html>")
    [mail] = _mails(account, mailbox)
    assert f"https://{SITE_HOST}/reports/2026-W48.html?Expires=" in mail["Message"]
    assert "Signature=" not in outcome.log


def test_running_twice_mails_twice_but_stores_one_page(
    account: Account, runtime: Path, mailbox: str
):
    assert _run(account, runtime, REPORT, MONDAY).error == {}
    keys = [one["Key"] for one in account.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert sorted(keys) == ["site/index.html", "site/reports/2026-W48.html"]
    assert len(_mails(account, mailbox)) == 1


def test_the_report_goes_out_with_links_switched_off(account: Account, runtime: Path, mailbox: str):
    outcome = _run(account, runtime, REPORT, MONDAY, CCT_LINKS="off")
    assert outcome.error == {}, outcome.log
    [mail] = _mails(account, mailbox)
    assert "https://" + SITE_HOST not in mail["Message"]
    assert "CCT_LINKS=off" in mail["Message"]


def test_an_alarm_is_answered_on_the_mail_topic(account: Account, runtime: Path, mailbox: str):
    outcome = _run(account, runtime, EXPLAIN, _alarm_event())
    assert outcome.error == {}, outcome.log
    [mail] = _mails(account, mailbox)
    assert "cloud-cost-tracker-dev-charges-2" in mail["Subject"] + mail["Message"]


def test_a_runaway_is_told_once(account: Account, runtime: Path, mailbox: str):
    event = MONDAY | {"time": "2026-11-25T12:15:00Z"}
    with CloudWatchEmulator(sample_metric()) as cloudwatch:
        address = {"AWS_ENDPOINT_URL_CLOUDWATCH": cloudwatch.url}
        for _ in range(2):
            outcome = _run(account, runtime, WATCH, event, **address)
            assert outcome.error == {}, outcome.log
    [mail] = _mails(account, mailbox)
    assert mail["Subject"].startswith("EC2 burns $374 a day")


def test_a_failure_goes_to_the_mail_topic_with_its_event(account: Account):
    for function in (REPORT, WATCH, EXPLAIN):
        config = account.client("lambda").get_function_event_invoke_config(FunctionName=function)
        assert config["DestinationConfig"]["OnFailure"]["Destination"] == NOTIFY


def test_the_package_for_pipelines_holds_the_samefunctions(account: Account, tmp_path: Path):
    merge = ("--merge-template", "infra/sam.yaml")
    run = account.chalice("package", "--stage", "dev", *merge, str(tmp_path))
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "sam.yaml").exists()
    assert _contents(tmp_path / "deployment.zip") == _contents(_deployed_package(account))


def test_a_link_on_demand_is_one_line(account: Account):
    run = account.cli("link", "--hours", "1", "--page", "reports/2026-W48.html")
    assert run.stdout.startswith(f"https://{SITE_HOST}/reports/2026-W48.html?Expires=")
    assert run.stdout.count("\n") == 1


def test_doctor_findswhat_is_there_and_what_is_not(account: Account):
    run = account.cli("doctor", "--json")
    found = {one["part"]: one for one in json.loads(run.stdout)}
    assert "costs $0.01" in run.stderr
    assert run.returncode == 1  # moto's stack has no mail subscription and no alarms
    for part in ("credentials", "cost explorer", "alarm subscription", "functions"):
        assert found[part]["state"] == "ok", found[part]
    assert found["mail subscription"]["state"] == "broken"
    assert found["mail subscription"]["step"] == "python cli.py deploy --stage dev --email ADDRESS"
    assert all(one["step"] for one in found.values() if one["state"] == "broken")


def test_what_is_deployed_is_proven_with_the_packaged_functions(
    account: Account, runtime: Path, monkeypatch: pytest.MonkeyPatch
):
    class Packaged(proving.Lambda):
        def invoke(self, **given: Any) -> dict[str, Any]:
            event = json.loads(given["Payload"])
            outcome = _run(account, runtime, given["FunctionName"], event and MONDAY)
            if not event and outcome.error:  # Lambda would send it on after its retries
                topic = proving.SETTINGS.notify_topic
                proving.put_metric("AWS/SNS", "NumberOfMessagesPublished", "TopicName", topic)
            return {"FunctionError": "Unhandled"} if outcome.error else {}

    class Alarms(proving.CloudWatch):
        def set_alarm_state(self, **given: Any) -> None:
            self.real.set_alarm_state(**given)
            if given["StateValue"] == "ALARM":
                outcome = _run(account, runtime, EXPLAIN, _alarm_event())
                proving.put_log("ERROR" if outcome.error else "REPORT RequestId: 1")

    monkeypatch.setenv("AWS_ENDPOINT_URL", account.environment["AWS_ENDPOINT_URL"])
    # What moto's stack leaves out.
    proving.put_topics()
    proving.put_alarms()
    cloudfront, logs, sns = (account.client(each) for each in ("cloudfront", "logs", "sns"))
    cloudfront.create_distribution(DistributionConfig=proving.distribution())
    logs.create_log_stream(logGroupName=f"/aws/lambda/{EXPLAIN}", logStreamName="1")
    deployed = proving.Deployed(
        public_key=public_key(account.client("ssm"), proving.SETTINGS, "a") or "",
        more={"lambda": Packaged, "cloudwatch": Alarms},
    )
    assert [(one.claim.says, one.result) for one in deployed.prove() if not one.holds] == []
    for one in sns.list_subscriptions_by_topic(TopicArn=NOTIFY)["Subscriptions"]:
        sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])


def test_a_report_on_demand_and_a_cheap_proof_can_be_asked_for(account: Account):
    assert account.cli("run").returncode == 0
    assert "claim" not in account.cli("prove", "--cheap").stderr  # some hold, some cannot here


def test_a_new_key_signs_while_the_old_one_is_still_trusted_and_then_is_forgotten(account: Account):
    run = account.cli("rotate-key")
    assert run.returncode == 0, run.stdout + run.stderr
    assert _keys(account) == ["link-key-a", "link-key-b"]
    assert _keys_of_the_stack(account) == "both trusted, b signs"
    again = account.cli("rotate-key")
    assert again.returncode == 1
    assert "rotate-key --stage dev --finish" in again.stderr
    assert account.cli("rotate-key", "--finish").returncode == 0
    assert _keys(account) == ["link-key-b"]
    assert _keys_of_the_stack(account) == "b trusted, b signs"


def test_deploying_after_a_change_of_keys_keeps_the_new_key(account: Account):
    run = account.cli("deploy")
    assert run.returncode == 0, run.stdout + run.stderr
    assert _keys(account) == ["link-key-b"]
    assert _keys_of_the_stack(account) == "b trusted, b signs"


def test_destroy_removes_everything_but_the_reports(account: Account):
    # A deployment that broke off leaves no record; everything has to be found by name.
    (account.project / ".chalice/deployed/dev.json").unlink()
    run = account.cli("destroy", "--yes", "--keep-reports")
    assert run.returncode == 0, run.stdout + run.stderr
    assert without_logs(account) == [f"bucket {BUCKET}"]


def test_destroy_again_removes_the_reports_too(account: Account):
    run = account.cli("destroy", "--yes", "--delete-reports")
    assert run.returncode == 0, run.stdout + run.stderr
    assert without_logs(account) == []


def test_the_policy_of_whoever_deploys_refuses_none_of_these_calls(account: Account):
    asked = wanted(account.calls)
    assert refused(policy(), asked) == []
    assert len(asked) > 100  # it did record


def test_the_policy_of_whoever_deploys_grants_nothing_without_a_use(account: Account):
    used = {one.action for one in wanted(account.calls)} | set(NAMED)
    used |= {one for permissions in handlers().values() for one in permissions}
    unused = [
        one for one in actions_of(policy()) if not any(fnmatchcase(each, one) for each in used)
    ]
    assert unused == []


@pytest.fixture
def mailbox(account: Account) -> Iterator[str]:
    """A queue that gets what the mail address would get."""
    sqs, sns = account.client("sqs"), account.client("sns")
    address = sqs.create_queue(QueueName="mailbox")["QueueUrl"]
    arn = "arn:aws:sqs:us-east-1:123456789012:mailbox"
    subscription = sns.subscribe(TopicArn=NOTIFY, Protocol="sqs", Endpoint=arn)["SubscriptionArn"]
    yield address
    sns.unsubscribe(SubscriptionArn=subscription)
    sqs.delete_queue(QueueUrl=address)


def _mails(account: Account, mailbox: str) -> list[dict[str, str]]:
    answer = account.client("sqs").receive_message(QueueUrl=mailbox, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def _run(
    account: Account, runtime: Path, function: str, event: dict[str, Any], **settings: str
) -> Outcome:
    """One invocation of a deployed function: its package, handler and environment."""
    configuration = _configuration(account, function)
    package = _deployed_package(account)
    unzipped = runtime.with_name(package.stem)
    if not unzipped.exists():
        zipfile.ZipFile(package).extractall(unzipped)
    return invoke(
        configuration["Handler"],
        event,
        package=unzipped,
        runtime=runtime,
        environment=account.environment | configuration["Environment"]["Variables"] | settings,
    )


def _configuration(account: Account, function: str) -> dict[str, Any]:
    configuration: dict[str, Any] = account.client("lambda").get_function_configuration(
        FunctionName=function
    )
    return configuration


def _deployed_package(account: Account) -> Path:
    [package] = (account.project / ".chalice/deployments").glob("*.zip")
    return package


def _contents(package: Path) -> dict[str, int]:
    return {one.filename: one.CRC for one in zipfile.ZipFile(package).infolist()}


def _alarm_event() -> dict[str, Any]:
    amount = datetime.now(UTC)
    message = {
        "AlarmName": "cloud-cost-tracker-dev-charges-2",
        "AlarmDescription": "The estimated charges of this month have passed 100 USD.",
        "AWSAccountId": "123456789012",
        "NewStateValue": "ALARM",
        "NewStateReason": (
            "Threshold Crossed: 1 out of the last 1 datapoints [104.2 (23/11/26 00:00:00)] was "
            "greater than the threshold (100.0) (minimum 1 datapoint for OK -> ALARM transition)."
        ),
        "StateChangeTime": amount.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
        "Region": "US East (N. Virginia)",
        "AlarmArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:cloud-cost-tracker-dev-charges-2",
        "OldStateValue": "OK",
        "Trigger": {
            "MetricName": "EstimatedCharges",
            "Namespace": "AWS/Billing",
            "StatisticType": "Statistic",
            "Statistic": "MAXIMUM",
            "Unit": None,
            "Dimensions": [{"value": "USD", "name": "Currency"}],
            "Period": 21600,
            "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 100.0,
            "TreatMissingData": "missing",
        },
    }
    return {
        "Records": [
            {
                "EventSource": "aws:sns",
                "EventVersion": "1.0",
                "EventSubscriptionArn": f"{ALARMS}:1",
                "Sns": {
                    "Type": "Notification",
                    "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
                    "TopicArn": ALARMS,
                    "Subject": 'ALARM: "cloud-cost-tracker-dev-charges-2" in US East (N. Virginia)',
                    "Message": json.dumps(message),
                    "Timestamp": amount.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
                    "SignatureVersion": "1",
                    "Signature": "EXAMPLE",
                    "SigningCertUrl": "EXAMPLE",
                    "UnsubscribeUrl": "EXAMPLE",
                    "MessageAttributes": {},
                },
            }
        ]
    }


def _keys(account: Account) -> list[str]:
    parameters = account.client("ssm").describe_parameters()["Parameters"]
    names = [one["Name"].rpartition("/")[2] for one in parameters]
    return sorted(name for name in names if name.startswith("link-key"))


def _keys_of_the_stack(account: Account) -> str:
    # From its parameters: moto does not carry a changed parameter into the resources that use it.
    stack = account.client("cloudformation").describe_stacks()["Stacks"][0]
    values = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
    trusted = [slot for slot in "ab" if values.get(f"LinkPublicKey{slot.upper()}")]
    return f"{'both' if len(trusted) == 2 else trusted[0]} trusted, {values['LinkKeyInUse']} signs"
