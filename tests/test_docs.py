"""What the documents say is what the code does."""

import re
import subprocess
import tomllib
from dataclasses import Field, fields
from pathlib import Path
from typing import Any

import click
import pytest

from chalicelib.settings import PREFIX, Settings
from cli import cli

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], key=lambda path: path.as_posix()
)


def shown(default: object) -> str:
    match default:
        case True:
            return "`on`"
        case False:
            return "`off`"
        case "":
            return "none"
        case _:
            return f"`{default}`"


@pytest.mark.parametrize("setting", fields(Settings), ids=lambda setting: setting.name)
def test_the_readme_lists_every_setting_with_its_default_and_meaning(setting: Field[Any]) -> None:
    name = PREFIX + setting.name.upper()
    assert f"| `{name}` | {shown(setting.default)} | {setting.metadata['meaning']} |" in README


def test_the_readme_lists_nothing_that_is_no_setting() -> None:
    listed = set(re.findall(rf"^\| `({PREFIX}\w+)`", README, re.MULTILINE))
    assert listed == {PREFIX + setting.name.upper() for setting in fields(Settings)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_inside_the_repository_leads_somewhere(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[\w-]+)?\)", text):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_every_make_target_that_a_document_names_exists() -> None:
    targets = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in DOCUMENTS:
        for name in re.findall(
            r"(?:^|`)make ([a-z][\w-]*)", document.read_text(encoding="utf-8"), re.MULTILINE
        ):
            assert name in targets, f"{document.name} says make {name}"


def test_every_command_that_a_document_names_exists_and_has_help() -> None:
    commands = dict(cli.commands)
    assert all(command.help for command in commands.values())
    for document in DOCUMENTS:
        for name in re.findall(r"cli\.py ([a-z][a-z-]*)", document.read_text(encoding="utf-8")):
            assert name in commands, f"{document.name} says cli.py {name}"


def test_make_alone_prints_every_documented_target() -> None:
    listed = subprocess.run(
        ["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    makefile = (ROOT / "Makefile").read_text()
    for name in re.findall(r"^([a-z][\w-]*):.*## ", makefile, re.MULTILINE):
        assert f"make {name}" in listed


def test_the_python_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert (ROOT / ".python-version").read_text().strip() == "3.12"
    assert project["project"]["requires-python"] == ">=3.12,<3.13"


def test_every_option_of_every_command_has_help() -> None:
    for command in cli.commands.values():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{command.name} {parameter.opts}"
