"""The wheel alone, in an environment of its own, is a working `cct`."""

import os
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# What the wheel asks for, and what those ask for, stand in this environment already: nothing is downloaded.
NEEDED = (
    *("boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "six", "urllib3"),
    *("click", "cryptography", "cffi", "pycparser", "duckdb", "jinja2", "markupsafe"),
    *("rich", "markdown-it-py", "mdurl", "pygments"),
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment with the wheel and what it asks for, and nothing else of ours."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    [packages] = (folder / "lib").glob("python*/site-packages")
    for distribution in map(metadata.distribution, NEEDED):
        for top in {each.parts[0] for each in distribution.files or []} - {"..", "__pycache__"}:
            if not (packages / top).exists():
                (packages / top).symlink_to(str(distribution.locate_file(top)))
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin/python"), "install"]
    subprocess.run([*pip, "--quiet", "--no-deps", "--no-index", wheel], check=True)
    return folder


def cct(environment: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [environment / "bin/cct", *arguments],
        cwd=folder,
        env=kept | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_holds_the_built_page_and_no_test(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "chalicelib/dashboard/built/page.js" in names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", "frontend/"))]


def test_the_wheel_asks_for_what_it_is_tried_with(wheel: Path) -> None:
    [name] = [one for one in zipfile.ZipFile(wheel).namelist() if one.endswith("/METADATA")]
    text = zipfile.ZipFile(wheel).read(name).decode()
    asked = {line.split()[1].split(">")[0] for line in text.splitlines() if "Requires-Dist" in line}
    assert asked == {"boto3", "click", "cryptography", "duckdb", "jinja2", "rich"}


def test_cct_alone_makes_the_page_of_the_sample(environment: Path, tmp_path: Path) -> None:
    run = cct(environment, tmp_path, "preview", "--out", "page")
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "page/index.html").read_text().startswith("<!doctype html>")


def test_cct_says_its_version(environment: Path, tmp_path: Path) -> None:
    version = cct(environment, tmp_path, "--version").stdout
    assert version.startswith("cct, version 0.")


def test_deploying_needs_the_project_and_says_so(environment: Path, tmp_path: Path) -> None:
    run = cct(environment, tmp_path, "deploy")
    assert run.returncode == 1
    assert "needs the project's folder" in run.stderr
    assert "Traceback" not in run.stderr
