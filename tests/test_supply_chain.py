"""Every package that is installed anywhere is pinned, and its content with it."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PINNED = re.compile(
    r"^[\w.\[\]-]+==\S+( ; .*)? \\\n( +--hash=sha256:[0-9a-f]{64}( \\)?\n)+", re.MULTILINE
)
NAMED = re.compile(r"^[a-zA-Z]", re.MULTILINE)
INSTALLING = ("Makefile", "frontend/build.sh", ".ci/run", ".github/workflows")
OURSELVES = "--no-deps --no-build-isolation --editable ."


@pytest.mark.parametrize("file", sorted(ROOT.glob("requirements*.txt")), ids=lambda file: file.name)
def test_every_python_package_is_pinned_with_its_hashes(file: Path):
    text = file.read_text()
    assert len(NAMED.findall(text)) == len(PINNED.findall(text)) > 0


def test_every_list_of_packages_is_compiled_from_one_and_renewed_with_the_others():
    made = {file.stem for file in ROOT.glob("requirements*.txt")}
    assert made == {file.stem for file in ROOT.glob("requirements*.in")}
    recipe = (ROOT / "Makefile").read_text().partition("requirements: ")[2].partition("\n\n")[0]
    for each in made:
        assert f"--generate-hashes --no-header -o {each}.txt {each}.in" in recipe


def test_nothing_is_installed_without_its_hashes():
    paths = [
        one
        for place in INSTALLING
        for one in ([ROOT / place] if (ROOT / place).is_file() else (ROOT / place).glob("*"))
    ]
    lines = [
        line
        for path in paths
        for line in path.read_text().splitlines()
        if "pip install" in line or "npm " in line
    ]
    for line in lines:
        if "pip install" in line:
            assert "--require-hashes -r " in line or OURSELVES in line, line
    assert any("npm ci " in line for line in lines)
    assert not [line for line in lines if "npm install" in line]


def test_every_npm_package_is_locked_with_its_hash():
    packages = json.loads((ROOT / "frontend/package-lock.json").read_text())["packages"]
    for name, one in packages.items():
        inside_another = not name or one.get(
            "inBundle"
        )  # our own, or part of a package with a hash
        assert inside_another or one["integrity"].startswith("sha512-"), name
