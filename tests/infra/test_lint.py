"""CloudFormation's own rules, over the template and over what `chalice package` makes with the merge file."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import cfnlint.api
import pytest
import yaml
from samtranslator.translator.transform import transform

from tests.infra.stack import ROOT

PROGRAM = Path(sys.executable).parent


class NoManagedPolicies:
    """What the translator asks IAM for; our functions use none."""

    def load(self) -> dict[str, str]:
        return {}


@pytest.fixture(scope="module", params=["dev", "prod"])
def merged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The merged template of a stage, packaged without dependencies, which it does not mention."""
    work = tmp_path_factory.mktemp(request.param)
    shutil.copy(ROOT / "app.py", work)
    for folder in ("chalicelib", ".chalice"):
        ignored = shutil.ignore_patterns("deployments", "deployed", "__pycache__")
        shutil.copytree(ROOT / folder, work / folder, ignore=ignored)
    merge = ["--merge-template", str(ROOT / "infra/sam.yaml")]
    command = [str(PROGRAM / "chalice"), "package", "--stage", request.param, *merge, "out"]
    environment = os.environ | {"AWS_DEFAULT_REGION": "us-east-1", "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(command, cwd=work, env=environment, check=True, capture_output=True)
    return work / "out/sam.yaml"


def test_the_template_has_no_mistake_that_cloudformation_would_find():
    assert _mistakes(ROOT / "infra/template.yaml") == []


def test_the_merged_template_has_no_mistake_that_cloudformation_would_find(merged: Path):
    assert _mistakes(merged) == []


def test_the_merged_template_translates_to_functions_named_and_watched_like_the_deployed_ones(
    merged: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    plain = _translated(merged)
    made = [one["Properties"] for one in _of(plain, "AWS::Lambda::Function")]
    stage = merged.parents[1].name.removesuffix("0")
    assert [one["FunctionName"]["Fn::Sub"] for one in made] == [
        "cloud-cost-tracker-${Stage}-explain_alarm",
        "cloud-cost-tracker-${Stage}-watch_charges",
        "cloud-cost-tracker-${Stage}-weekly_report",
    ]
    assert {one["Environment"]["Variables"]["CCT_STAGE"] for one in made} == {stage}
    assert {one["Runtime"] for one in made} == {"python3.12"}
    assert len(_of(plain, "AWS::Lambda::EventInvokeConfig")) == 3
    rules = [one["Properties"]["ScheduleExpression"] for one in _of(plain, "AWS::Events::Rule")]
    assert rules == ["cron(15 0/6 * * ? *)", "cron(0 7 ? * MON *)"]
    [subscription] = _of(plain, "AWS::SNS::Subscription")
    assert str(subscription["Properties"]["TopicArn"]).endswith(
        f"cloud-cost-tracker-{stage}-alarms'}}"
    )


def _mistakes(template: Path) -> list[str]:
    found = cfnlint.api.lint_file(template, config={"regions": ["us-east-1"]})
    return [f"{one.rule.id} {one.message} (line {one.linenumber})" for one in found]


def _translated(template: Path) -> dict[str, Any]:
    document = yaml.safe_load(template.read_text())
    for function in (
        "WeeklyReport",
        "WatchCharges",
        "ExplainAlarm",
    ):  # what `aws cloudformation package` does
        document["Resources"][function]["Properties"]["CodeUri"] = "s3://bucket/deployment.zip"
    plain: dict[str, Any] = transform(document, {}, NoManagedPolicies())
    return plain


def _of(template: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    found = {name: one for name, one in template["Resources"].items() if one["Type"] == kind}
    return [found[name] for name in sorted(found)]
