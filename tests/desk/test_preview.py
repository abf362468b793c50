"""The people's door: what `preview` writes, says before it spends, and answers to mistakes."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import cli
from simulation.aws import LocalAws, local_aws
from simulation.emulator import Fault, FaultKind
from simulation.sample import sample_ledger


def preview(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(cli, ["preview", *arguments], input=answer)


@pytest.fixture
def account() -> Iterator[LocalAws]:
    # The command asks up to the real yesterday, so the emulator lives in the same day.
    with local_aws(sample_ledger(), datetime.now(UTC), page_size=5000) as aws:
        yield aws


def test_the_built_in_sample_is_the_default(tmp_path: Path) -> None:
    result = preview("--out", str(tmp_path))
    assert result.exit_code == 0, result.output
    assert result.output.startswith("CloudWatch in staging costs $39 more a day")
    assert result.output.splitlines()[-1] == str(tmp_path / "index.html")
    assert "data platform" in (tmp_path / "index.html").read_text()


def test_json_and_csv_hold_what_the_page_shows(tmp_path: Path) -> None:
    result = preview("--out", str(tmp_path), "--json", "--csv")
    assert result.exit_code == 0, result.output
    assert json.loads((tmp_path / "report.json").read_text())
    made = {path.name for path in tmp_path.glob("*.csv")}
    assert made == {"services.csv", "accounts.csv", "fees.csv", "months.csv", "daily.csv"}
    assert (tmp_path / "services.csv").read_text().count("\n") > 20


def test_an_account_is_read_only_after_saying_what_it_costs_and_being_told_to(
    account: LocalAws, tmp_path: Path
) -> None:
    result = preview("--aws", "--out", str(tmp_path), answer="n\n")
    assert result.exit_code == 1
    assert "ce:GetCostAndUsage" in result.output
    assert "$0.01" in result.output
    assert account.emulator.requests == []


@pytest.mark.usefixtures("account")
def test_an_account_can_be_previewed(tmp_path: Path) -> None:
    result = preview("--aws", "--yes", "--out", str(tmp_path))
    assert "never more than 25 ($0.25)" in result.output
    assert result.exit_code == 0, result.output
    assert (tmp_path / "index.html").exists()


def test_a_refusal_is_one_sentence_and_the_next_step(account: LocalAws, tmp_path: Path) -> None:
    account.emulator.faults = [Fault(FaultKind.NOT_ENABLED)]
    result = preview("--aws", "--yes", "--out", str(tmp_path))
    assert result.exit_code == 1
    assert "Error: Cost Explorer is not enabled for this account." in result.output
    assert "Open Cost Explorer once" in result.output
    assert "Traceback" not in result.output


def test_a_profile_that_does_not_exist_is_named(tmp_path: Path) -> None:
    result = preview("--profile", "nobody", "--yes", "--out", str(tmp_path))
    assert result.exit_code == 1
    assert "nobody" in result.output
    assert "aws configure" in result.output


def test_two_sources_at_once_are_refused(tmp_path: Path) -> None:
    result = preview("--aws", "--focus", "x.csv", "--out", str(tmp_path))
    assert result.exit_code == 2
    assert "Choose one" in result.output


def test_a_currency_without_an_export_is_refused() -> None:
    result = preview("--currency", "EUR")
    assert result.exit_code == 2
    assert "--currency goes with --focus" in result.output


def test_a_malformed_file_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "costs.json"
    broken.write_text('{"ResultsByTime": ')
    result = preview("--from-file", str(broken), "--out", str(tmp_path))
    assert result.exit_code == 1
    assert f"{broken}, line 1" in result.output


def test_a_missing_focus_export_is_named(tmp_path: Path) -> None:
    result = preview("--focus", str(tmp_path / "none.csv"), "--out", str(tmp_path))
    assert result.exit_code == 1
    assert "none.csv" in result.output


def test_a_wrong_setting_is_named_with_an_example(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(os.environ, "CCT_SETTLING_DAYS", "many")
    result = preview("--out", str(tmp_path))
    assert result.exit_code == 1
    assert "CCT_SETTLING_DAYS is 'many'" in result.output
    assert "CCT_SETTLING_DAYS=3" in result.output
