"""Names are typed in several places because the tools leave no other way; here they are compared."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.delivery.links import LINKS_PARAMETER
from chalicelib.settings import APP, SITE_PREFIX, Settings
from deployment.policies import policy_files, write_policy_files
from tests.infra.stack import ACCOUNT, GIVEN, ROOT, Project, load_project

STAGES = ("dev", "prod")


@pytest.fixture(scope="module")
def project() -> Project:
    return load_project()


@pytest.mark.parametrize("stage", STAGES)
def test_the_stack_makes_what_the_code_looks_for(project: Project, stage: str):
    settings, parameters = Settings(stage=stage), GIVEN | {"Stage": stage}
    assert _names(project, "AWS::S3::Bucket", "BucketName", parameters) == [
        settings.bucket(ACCOUNT)
    ]
    assert _names(project, "AWS::SNS::Topic", "TopicName", parameters) == [
        settings.alarms_topic,
        settings.notify_topic,
        settings.chat_topic,
    ]
    assert _names(project, "AWS::SSM::Parameter", "Name", parameters) == [
        settings.parameters + LINKS_PARAMETER
    ]
    [distribution] = project.properties("AWS::CloudFront::Distribution")
    [origin] = distribution["DistributionConfig"]["Origins"]
    assert origin["OriginPath"] == "/" + SITE_PREFIX.rstrip("/")


@pytest.mark.parametrize("stage", STAGES)
def test_the_stack_tells_the_signer_what_it_reads(project: Project, stage: str):
    [parameter] = project.properties("AWS::SSM::Parameter", GIVEN | {"Stage": stage})
    place = json.loads(parameter["Value"])
    assert set(place) == {"domain", "key_id", "private_key"}
    assert place["private_key"] == f"{Settings(stage=stage).parameters}link-key-a"


@pytest.mark.parametrize("stage", STAGES)
def test_log_groups_are_those_of_the_functions(project: Project, stage: str):
    names = _names(project, "AWS::Logs::LogGroup", "LogGroupName", GIVEN | {"Stage": stage})
    functions = project.config["lambda_functions"]
    wanted = [f"/aws/lambda/{APP}-{stage}-{function}" for function in functions]
    assert names[1:] == wanted


def test_alarm_names_begin_with_the_root_that_the_topic_policy_admits(project: Project):
    root = Settings(stage="dev").root + "-"
    for alarm in project.properties("AWS::CloudWatch::Alarm"):
        assert alarm["AlarmName"].startswith(root)


def test_chalice_deploys_the_app_and_the_stages_under_the_same_name(project: Project):
    assert project.config["app_name"] == APP
    assert tuple(project.config["stages"]) == STAGES
    for stage, settings in project.config["stages"].items():
        assert settings["environment_variables"]["CCT_STAGE"] == stage
        assert list(settings["lambda_functions"]) == list(project.config["lambda_functions"])


def test_every_stage_has_the_same_permissions_under_its_own_name(project: Project):
    assert len(project.policies) == len(STAGES) * len(project.config["lambda_functions"])
    for function in project.config["lambda_functions"]:
        dev, prod = (json.dumps(project.policies[f"{stage}-{function}"]) for stage in STAGES)
        renamed = dev.replace(f"{APP}-dev-", f"{APP}-prod-").replace(
            f"/{APP}/dev/", f"/{APP}/prod/"
        )
        assert renamed == prod


def test_every_policy_file_is_what_its_one_source_says(request: pytest.FixtureRequest):
    if request.config.getoption("--update-golden"):
        write_policy_files()
    wanted = policy_files(list(STAGES))
    chalice = ROOT / ".chalice"
    found = {str(each.relative_to(chalice)) for each in (chalice / "policies").rglob("*.json")}
    assert found == set(wanted)
    for path, text in wanted.items():
        assert (chalice / path).read_text() == text, "run: python -m deployment.policies"


@pytest.mark.parametrize("stage", STAGES)
def test_the_app_declares_the_configured_functions_and_listens_to_the_alarms_topic(
    project: Project, stage: str
):
    app = _declared(stage)
    assert app["names"] == list(project.config["lambda_functions"])
    assert app["topic"] == Settings(stage=stage).alarms_topic


def test_the_merge_file_names_the_functions_as_chalice_does(project: Project):
    for logical, function in (
        ("WeeklyReport", "weekly_report"),
        ("WatchCharges", "watch_charges"),
        ("ExplainAlarm", "explain_alarm"),
    ):
        properties = project.sam["Resources"][logical]["Properties"]
        assert properties["FunctionName"] == {"Fn::Sub": f"{APP}-${{Stage}}-{function}"}
        destination = properties["EventInvokeConfig"]["DestinationConfig"]["OnFailure"][
            "Destination"
        ]
        assert destination["Fn::Sub"].endswith(f":{APP}-${{Stage}}-notify")


def _declared(stage: str) -> dict[str, Any]:
    # In a process of its own, because the app reads the stage when it is imported.
    code = (
        "import json, app; sources = app.app.event_sources;"
        "print(json.dumps({'names': sorted((s.name for s in sources), reverse=True),"
        "'topic': next(s.topic for s in sources if hasattr(s, 'topic'))}))"
    )
    environment = {**os.environ, "CCT_STAGE": stage}
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    declared: dict[str, Any] = json.loads(run.stdout)
    return declared


def _names(project: Project, kind: str, key: str, parameters: Mapping[str, Any]) -> list[str]:
    return [one[key] for one in project.properties(kind, parameters)]
