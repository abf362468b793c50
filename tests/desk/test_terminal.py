"""The summary in a terminal: the same story, whatever the width, the colours and the code page."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from chalicelib.report import Report
from chalicelib.wording.story import story_of
from desk.terminal import Progress, Terminal, summary, terminal_of
from tests.dashboard.reports import DIFFICULT, hostile_report, sample_report

ROOT = Path(__file__).parent.parent.parent
COLOUR = re.compile(r"\x1b\[[\d;]*m")

TERMINALS = {
    "wide": Terminal(),
    "narrow": Terminal(48),
    "old-windows": Terminal(80, encoding="cp437"),
    "ascii": Terminal(80, encoding="ascii"),
}


@pytest.mark.parametrize("name", TERMINALS)
def test_the_summary_is_the_golden_one(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"terminal/{name}.txt", summary(sample_report(), TERMINALS[name]))


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("terminal", [Terminal(), Terminal(40)], ids=["wide", "narrow"])
def test_verdict_week_month_and_end_are_those_of_the_story(terminal: Terminal) -> None:
    story = story_of(sample_report())
    said = flat(summary(sample_report(), terminal))
    for sentence in (story.verdict, story.week.sentence, story.month.sentence, story.end):
        assert sentence in said


@pytest.mark.parametrize("name", DIFFICULT)
@pytest.mark.parametrize("width", [30, 100])
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    text = summary(DIFFICULT[name](), Terminal(width))
    assert text.strip()
    assert max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "cp932", "utf-8"])
def test_every_code_page_can_carry_it(encoding: str) -> None:
    for report in (sample_report(), hostile_report()):
        assert summary(report, Terminal(encoding=encoding)).encode(encoding)


def test_a_percentage_is_not_broken_over_lines() -> None:
    for width in range(40, 100):
        assert not re.search(r"\d\n\s*%", summary(sample_report(), Terminal(width)))


def test_colours_add_nothing_but_colour() -> None:
    coloured = summary(sample_report(), Terminal(80, colours=True))
    assert "\x1b[31m" in coloured
    assert flat(COLOUR.sub("", coloured)) == flat(summary(sample_report(), Terminal(80)))


def test_no_name_can_move_the_cursor_or_colour_the_screen() -> None:
    text = summary(hostile_report(), Terminal())
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


class Screen(io.StringIO):
    """A stream that people look at."""

    encoding = "utf-8"  # type: ignore[assignment]

    def isatty(self) -> bool:
        return True


def test_colours_are_for_people_who_did_not_refuse_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    assert terminal_of(Screen()).colours
    assert not terminal_of(io.StringIO()).colours
    monkeypatch.setenv("NO_COLOR", "1")
    assert not terminal_of(Screen()).colours


def test_the_width_is_the_terminals_up_to_what_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "47")
    assert terminal_of(Screen()).width == 47
    monkeypatch.setenv("COLUMNS", "300")
    assert terminal_of(Screen()).width == 110


def test_progress_is_one_line_for_people_and_many_for_a_log() -> None:
    screen, log = Screen(), io.StringIO()
    for stream in (screen, log):
        progress = Progress(stream)
        progress.say("Reading: 1 answered")
        progress.done("Read.")
    assert screen.getvalue() == f"\rReading: 1 answered\r{'Read.':19}\n"
    assert log.getvalue() == "Reading: 1 answered\nRead.\n"


def preview(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own: what opens a browser is found out when it starts."""
    kept = {name: os.environ[name] for name in ("PYTHONPATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "cli.py", "preview", "--out", folder, *options],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )


def test_a_machine_without_a_browser_is_told_where_the_page_is(tmp_path: Path) -> None:
    run = preview(tmp_path, "--open", PATH=str(tmp_path), PYTHONUTF8="1")
    assert f"Open this in yours: {(tmp_path / 'index.html').as_uri()}" in run.stderr
    assert run.stdout.splitlines()[-1] == str(tmp_path / "index.html")


def test_a_browser_that_is_there_gets_the_page_and_nobody_is_told_anything(tmp_path: Path) -> None:
    run = preview(tmp_path, "--open", PATH=os.environ["PATH"], BROWSER="true %s", PYTHONUTF8="1")
    assert run.stderr == ""


def test_an_old_code_page_gets_bars_of_its_own(tmp_path: Path) -> None:
    run = preview(tmp_path, PATH=os.environ["PATH"], PYTHONIOENCODING="ascii")
    assert "+$273  ####" in run.stdout


def test_a_report_without_costs_has_a_summary_too() -> None:
    empty: Report = DIFFICULT["empty account"]()
    assert flat(summary(empty, Terminal())) == story_of(empty).verdict
