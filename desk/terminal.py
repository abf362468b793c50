"""The report in a terminal: the one story in short, with bars; plain text where there are no colours.

Everything shown is taken from the report and its story; nothing is worked out here but the length
of a bar.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from chalicelib.costs import Period
from chalicelib.money import rough_money
from chalicelib.report import Report
from chalicelib.wording.certainty import completeness_line
from chalicelib.wording.findings import Told
from chalicelib.wording.lines import LEFT_TO_RIGHT, one_line
from chalicelib.wording.story import Story, month_total, more_on_page, story_of

WIDEST = 110
"""Longer lines are hard to read."""
PIPED = 100
"""Columns where nobody says how many there are."""
NARROW = 70
"""Below this a bar beside a sentence leaves no room for the sentence."""
MOST_FINDINGS = 8
BAR, MONTH_BAR = 12, 28

FULL_BLOCKS = ("█▏▎▍▌▋▊▉", "█▌", "#")
"""A whole cell, then what may end a bar, by eighths or by halves; the first set that the encoding has."""
LIGHT_BLOCKS = ("░", "-")
KEPT = "\ue000"
"""Stands for a space that no line may break at; rich breaks lines at no-break spaces, too."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """What a terminal can show."""

    width: int = PIPED
    colours: bool = False
    encoding: str = "utf-8"

    def first_shown(self, choices: tuple[str, ...]) -> str:
        """The first text that this terminal's encoding has all characters of, or the last."""
        return next((each for each in choices if self._has(each)), choices[-1])

    def _has(self, text: str) -> bool:
        try:
            text.encode(self.encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True

    def fit(self, text: str) -> str:
        """The text, with a question mark for every character that the encoding lacks."""
        if self._has(text):
            return text
        text = text.replace(LEFT_TO_RIGHT, "")
        return text.encode(self.encoding, "replace").decode(self.encoding)


def terminal_of(stream: TextIO) -> Terminal:
    """What the stream leads to: a terminal with its width, or a pipe; `NO_COLOR` is respected."""
    people = stream.isatty()
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    width = shutil.get_terminal_size((PIPED, 24)).columns
    return Terminal(min(width, WIDEST), people and not plain, stream.encoding or "ascii")


def summary(report: Report, terminal: Terminal) -> str:
    """Verdict, month, week and findings as text for that terminal."""
    story = story_of(report)
    paper = StringIO()
    console = Console(
        file=paper,
        width=terminal.width,
        color_system="standard" if terminal.colours else None,
        force_terminal=terminal.colours,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    for part in _Picture(report, story, terminal).parts():
        console.print(part)
        console.print()
    lines = (line.replace(KEPT, " ").rstrip() for line in paper.getvalue().splitlines())
    return terminal.fit("\n".join(lines).rstrip("\n") + "\n")


class _Picture:
    """The parts of the summary, from top to bottom."""

    def __init__(self, report: Report, story: Story, terminal: Terminal) -> None:
        self.report = report
        self.story = story
        self.terminal = terminal
        self.currency = report.facts.currency
        self.blocks = terminal.first_shown(FULL_BLOCKS)
        self.light = terminal.first_shown(LIGHT_BLOCKS)
        self.narrow = terminal.width < NARROW

    def parts(self) -> Iterator[RenderableType]:
        story = self.story
        yield _sentence(story.verdict, "bold")
        lines = [
            each
            for each in (story.week.sentence, story.month.sentence, story.end, story.bill)
            if each
        ]
        month = self._month()
        if lines or month:
            yield Group(*map(_sentence, lines), *month)
        if story.findings:
            yield Group(*self._findings())
        if self.report.credits.warning:
            yield _sentence(self.report.credits.warning, "yellow")
        if story.week.sentence:
            days = completeness_line(self.report.completeness, self.report.facts.services)
            yield _sentence(days, "dim")

    # The month

    def _month(self) -> list[RenderableType]:
        rows = self._month_rows()
        most = max(max(counted, expected) for _, counted, expected, _ in rows)
        if most <= 0 or len(rows) < 2:
            return []
        width = BAR if self.narrow else MONTH_BAR
        table = Table.grid(padding=(0, 2, 0, 0))
        for name, counted, expected, said in rows:
            bar = self._bar(counted, most, width)
            bar += self.light * (round(float(expected / most) * width) - len(bar))
            table.add_row(name, Text(bar, style="blue"), said)
        return [Padding(table, (1, 0, 0, 0))]

    def _month_rows(self) -> list[tuple[str, Decimal, Decimal, str]]:
        """Name, what is counted, what is expected, and how that is said."""
        today, projected = self.report.facts.today, self.report.projections.net
        this = Period.month_of(today)
        found = self.report.month_to_date
        so_far = found.net.after if found else month_total(self.report)
        said = f"{self._rough(so_far)} so far" if today > this.start else "no day is over yet"
        if projected:
            said += f", about {self._rough(projected.expected)} expected"
        rows = [(f"{this.start:%B}", so_far, projected.expected if projected else so_far, said)]
        last = Period.month_of(this.start - timedelta(days=1))
        for bill in self.report.months:
            if bill.month == last and bill.net > 0:
                rows.append((f"{last.start:%B}", bill.net, bill.net, self._rough(bill.net)))
        budget = self.report.monthly_budget
        if budget:
            rows.append(("budget", budget, budget, self._rough(budget)))
        return rows

    def _rough(self, amount: Decimal) -> str:
        return rough_money(amount, self.currency)

    # The findings

    def _findings(self) -> Iterator[RenderableType]:
        told = self.story.findings
        most = max(abs(each.finding.amount) for each in told)
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(justify="right", no_wrap=True)
        if not self.narrow:
            table.add_column(width=BAR, no_wrap=True)
        table.add_column(overflow="fold")
        for each in told[:MOST_FINDINGS]:
            bar = () if self.narrow else (Text(self._bar(abs(each.finding.amount), most, BAR)),)
            way = _way(each)
            for cell in bar:
                cell.stylize(way)
            table.add_row(Text(self._worth(each), style=way), *bar, self._said(each))
        yield table
        left = more_on_page(len(told) - MOST_FINDINGS)
        if left:
            yield _sentence(left, "dim")

    def _worth(self, told: Told) -> str:
        amount = told.finding.amount
        return f"{'+' if amount > 0 else ''}{self._rough(amount)}"

    def _said(self, told: Told) -> Text:
        said = _sentence(told.sentence)
        if told.why:
            said.append("\n").append_text(_sentence(told.why, "dim"))
        return said

    def _bar(self, amount: Decimal, most: Decimal, width: int) -> str:
        """A bar whose last cell is as full as the encoding allows; at least something is drawn."""
        if amount <= 0 or most <= 0:
            return ""
        steps = len(self.blocks)
        drawn = max(1, round(float(amount / most) * width * steps))
        whole, part = divmod(drawn, steps)
        return self.blocks[0] * whole + (self.blocks[part] if part else "")


def _sentence(text: str, style: str = "") -> Text:
    """Text for one line or more, whose percentages no line breaks."""
    return Text(one_line(text).replace(" %", f"{KEPT}%"), style=style)


def _way(told: Told) -> str:
    if told.finding.certainty == "possible":
        return "bright_black"
    return "red" if told.finding.amount > 0 else "green"


class Progress:
    """How far reading has come, beside the output: in one line at a terminal, line by line in a log."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._in_place = stream.isatty()
        self._drawn = 0

    def say(self, text: str) -> None:
        """One more step."""
        self._put(f"\r{text.ljust(self._drawn)}" if self._in_place else f"{text}\n")
        self._drawn = len(text)

    def done(self, text: str) -> None:
        """The last step."""
        self.say(text)
        if self._in_place:
            self._put("\n")

    def _put(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
