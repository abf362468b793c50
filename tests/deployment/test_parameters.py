"""What is set reaches the stack as it was meant, whichever way it was set, or is refused."""

import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from chalicelib.errors import SettingError
from chalicelib.settings import Settings
from cli import cli
from deployment import account as account_module
from deployment import deploy as steps
from deployment.parameters import SET_ELSEWHERE, for_the_stack, plain, refuse_unheard
from tests.infra.stack import ROOT, load_template

TYPES = {
    name: one["Type"]
    for name, one in load_template(ROOT / "infra/template.yaml")["Parameters"].items()
}
SETTINGS = Settings(stage="dev")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1e4", "10000"),
        ("1E+4", "10000"),
        ("0.50", "0.5"),
        ("100", "100"),
        ("0", "0"),
        ("1e-2", "0.01"),
    ],
)
def test_a_number_is_written_as_cloudformation_reads_it(number: str, text: str):
    assert plain(Decimal(number)) == text


def test_a_number_given_by_set_and_by_a_setting_comes_out_alike():
    given = for_the_stack({"KeepReportsDays": " 4e2", "AlarmAmounts": "1e4, 2e4,3e4"}, TYPES)
    assert given == {"KeepReportsDays": "400", "AlarmAmounts": "10000,20000,30000"}
    settings = Settings.from_env({"CCT_MONTHLY_BUDGET": "1e4"})
    assert plain(settings.monthly_budget) == "10000"


def test_what_is_no_number_stays_as_it_is():
    text = {"DomainName": "1e4.example.com ", "KeepReportsDays": "long", "AnomalyAmount": "NaN"}
    assert for_the_stack(text, TYPES) == text | {"DomainName": "1e4.example.com"}


@pytest.mark.parametrize("name", SET_ELSEWHERE)
def test_a_parameter_that_a_deployment_fills_in_itself_is_refused(name: str):
    assert name in TYPES
    result = CliRunner().invoke(cli, ["deploy", "--set", f"{name}=x"])
    assert result.exit_code == 2
    assert f"{name} would be overwritten." in " ".join(result.output.split())


def test_everything_that_a_deployment_fills_in_itself_is_refused():
    filled = {*steps._from_settings(SETTINGS), "LinkKeyInUse"}
    filled |= {steps._key_parameter(slot) for slot in ("a", "b")}
    assert filled == set(SET_ELSEWHERE)


@pytest.mark.parametrize(
    "options",
    [
        ["--set", "DomainName=a.example.com", "--set", "DomainName=b.example.com"],
        ["--alarms", "1,2,3", "--set", "AlarmAmounts=4,5,6"],
        ["--email", "you@example.com", "--set", "Email=me@example.com"],
    ],
)
def test_two_answers_to_one_question_are_refused(options: list[str], monkeypatch: Any):
    monkeypatch.setattr("deployment.commands.sign_in", lambda _: _Nobody())
    result = CliRunner().invoke(cli, ["deploy", *options])
    assert result.exit_code == 2
    assert "is given twice" in result.output


class _Nobody:
    id = "123456789012"


@pytest.mark.parametrize("amounts", ["1e4,2e4,3e4", "10000, 20000.0, 30000"])
def test_alarm_amounts_are_taken_in_every_form(amounts: str, monkeypatch: pytest.MonkeyPatch):
    heard: dict[str, Any] = {}
    monkeypatch.setattr("deployment.commands.sign_in", lambda _: _Nobody())
    monkeypatch.setattr(steps, "deploy", lambda *_, **given: heard.update(given))
    assert CliRunner().invoke(cli, ["deploy", "--alarms", amounts]).exit_code == 0
    assert heard["stack_parameters"] == {"AlarmAmounts": "10000,20000,30000"}


def test_a_setting_that_is_only_exported_is_refused_when_deploying():
    with pytest.raises(SettingError, match="the functions would not get it") as refusal:
        refuse_unheard(SETTINGS, {"CCT_MONTHLY_BUDGET": "500"})
    assert "environment_variables of the stage dev" in refusal.value.next_step


def test_a_setting_that_is_exported_otherwise_is_refused_naming_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shutil.copytree(account_module.CONFIG.parent / "policies", tmp_path / "policies")
    config = json.loads(account_module.CONFIG.read_text())
    config["stages"]["dev"]["environment_variables"]["CCT_LINK_DAYS"] = "3"
    (tmp_path / "config.json").write_text(json.dumps(config))
    monkeypatch.setattr(account_module, "CONFIG", tmp_path / "config.json")
    refuse_unheard(SETTINGS, {"CCT_LINK_DAYS": "3", "CCT_STAGE": "prod", "HOME": "/"})
    with pytest.raises(SettingError, match=r"CCT_LINK_DAYS=5 is exported .* CCT_LINK_DAYS=3"):
        refuse_unheard(SETTINGS, {"CCT_LINK_DAYS": "5"})


@pytest.mark.parametrize("place", ["/dev/null/x", "/proc/none/x"])
@pytest.mark.parametrize("command", [["preview", "--out"], ["prove", "--record"]])
def test_a_place_that_cannot_be_written_to_is_a_sentence_before_anything_is_spent(
    command: list[str], place: str
):
    result = CliRunner().invoke(cli, [*command, place])
    assert result.exit_code in (1, 2)
    assert "written to" in result.output
    assert "Traceback" not in result.output
    assert not isinstance(result.exception, OSError)
