"""What `chalice package` makes: the runtime, the roles and the zip that would be deployed."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from deployment.bytecode import compile_modules

ROOT = Path(__file__).parent.parent
CHECKED_HASH = 0b11  # PEP 552: by the source's hash, and looked at when imported
OF_NO_RESOURCE = {"ce:GetCostAndUsage", "cloudwatch:GetMetricData", "cloudwatch:ListMetrics"}
FUNCTIONS = ("WeeklyReport", "WatchCharges", "ExplainAlarm")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project packaged from a copy, so that nothing is left in the tree."""
    project = tmp_path_factory.mktemp("project")
    for name in ("app.py", "requirements.txt"):
        shutil.copy(ROOT / name, project)
    for name in ("chalicelib", ".chalice"):
        shutil.copytree(
            ROOT / name,
            project / name,
            ignore=shutil.ignore_patterns("__pycache__", "deployments", "deployed"),
        )
    compile_modules(project)
    subprocess.run(
        [Path(sys.executable).parent / "chalice", "package", "--stage", "dev", "out"],
        cwd=project,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "AWS_DEFAULT_REGION": "us-east-1"},
        check=True,
        capture_output=True,
    )
    return project / "out"


@pytest.fixture(scope="module")
def template(package: Path) -> dict[str, Any]:
    return dict(json.loads((package / "sam.json").read_text())["Resources"])


@pytest.fixture(scope="module")
def names(package: Path) -> list[str]:
    with zipfile.ZipFile(package / "deployment.zip") as archive:
        return archive.namelist()


def test_all_functions_run_on_python_3_12(template: dict[str, Any]) -> None:
    assert {template[each]["Properties"]["Runtime"] for each in FUNCTIONS} == {"python3.12"}


def test_each_function_has_its_own_role(template: dict[str, Any]) -> None:
    roles = [name for name, each in template.items() if each["Type"] == "AWS::IAM::Role"]
    assert sorted(roles) == ["ExplainAlarmRole", "WatchChargesRole", "WeeklyReportRole"]


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (
            "WeeklyReportRole",
            {
                "ce:GetCostAndUsage",
                "s3:PutObject",
                "s3:GetObjectTagging",
                "s3:PutObjectTagging",
                "sns:Publish",
                "ssm:GetParameter",
                "logs:CreateLogStream",
                "logs:PutLogEvents",
            },
        ),
        (
            "WatchChargesRole",
            {
                "cloudwatch:GetMetricData",
                "cloudwatch:ListMetrics",
                "sns:Publish",
                "ssm:GetParameter",
                "ssm:PutParameter",
                "logs:CreateLogStream",
                "logs:PutLogEvents",
            },
        ),
        (
            "ExplainAlarmRole",
            {
                "ce:GetCostAndUsage",
                "sns:Publish",
                "ssm:GetParameter",
                "logs:CreateLogStream",
                "logs:PutLogEvents",
            },
        ),
    ],
)
def test_a_role_may_do_this_and_nothing_else(
    template: dict[str, Any], role: str, allowed: set[str]
) -> None:
    (policy,) = template[role]["Properties"]["Policies"]
    actions: set[str] = set()
    for statement in policy["PolicyDocument"]["Statement"]:
        action = statement["Action"]
        actions.update([action] if isinstance(action, str) else action)
        if statement["Effect"] == "Allow" and statement["Resource"] == "*":
            assert set([action] if isinstance(action, str) else action) <= OF_NO_RESOURCE
    assert actions == allowed


def test_the_zip_holds_the_application_and_what_the_runtime_lacks(names: list[str]) -> None:
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name.split("/")[0]}
    assert {name for name in tops if not name.startswith("_cffi_backend")} == {
        "app.py",
        "cffi",
        "cffi.libs",
        "chalice",
        "chalicelib",
        "cryptography",
        "jinja2",
        "markupsafe",
        "pycparser",
    } - ({"cffi.libs"} - tops)


@pytest.mark.parametrize(
    "needed",
    [
        "chalicelib/dashboard/page.html",
        "chalicelib/dashboard/built/page.js",
        "chalicelib/dashboard/built/page.css",
    ],
)
def test_the_zip_holds_the_page(names: list[str], needed: str) -> None:
    assert needed in names


def test_each_module_is_packed_with_its_bytecode(package: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(package / "deployment.zip") as archive:
        archive.extractall(tmp_path)
    modules = sorted((tmp_path / "chalicelib").rglob("*.py"))
    compiled = [Path(importlib.util.cache_from_source(str(each))) for each in modules]
    assert sorted(tmp_path.rglob("*.pyc")) == sorted(compiled)
    for source, bytecode in zip(modules, compiled, strict=True):
        packed = bytecode.read_bytes()
        assert packed[:4] == importlib.util.MAGIC_NUMBER
        assert packed[4] == CHECKED_HASH
        assert packed[8:16] == importlib.util.source_hash(source.read_bytes())
        assert str(ROOT).encode() not in packed


def test_the_bytecode_is_the_same_each_time(package: Path) -> None:
    found = [path.read_bytes() for path in _compiled(package.parent)]
    compile_modules(package.parent)
    assert [path.read_bytes() for path in _compiled(package.parent)] == found


def test_a_module_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "chalicelib").mkdir()
    (tmp_path / "chalicelib/broken.py").write_text("def f(:\n")
    with pytest.raises(SyntaxError, match=r"chalicelib/broken\.py"):
        compile_modules(tmp_path)


def _compiled(project: Path) -> list[Path]:
    return sorted((project / "chalicelib").rglob("*.pyc"))


def test_the_zip_stays_small(package: Path) -> None:
    assert (package / "deployment.zip").stat().st_size < 6_500_000
