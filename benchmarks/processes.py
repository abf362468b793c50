"""Programs measured as fresh processes, taking turns, so that the machine's mood strikes all alike."""

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
KIBIBYTES_PER_MEBIBYTE = 1024
# The peak since the program began; the operating system's own figure counts what it was forked from.
MEMORY = (
    "\nimport re, sys; sys.stderr.write("
    "re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])"
)


class Run(NamedTuple):
    """One process: seconds of wall time and of CPU, and the most memory in MB."""

    wall: float
    cpu: float
    memory: float


@dataclass
class Medians:
    """The runs of one program."""

    runs: list[Run] = field(default_factory=list)

    def __getattr__(self, name: str) -> float:
        return float(statistics.median(getattr(run, name) for run in self.runs))


def measure(command: list[str], environment: dict[str, str], stdin: Path | None = None) -> Run:
    """Run a command to its end; raises RuntimeError when it fails."""
    source = stdin.open("rb") if stdin else subprocess.DEVNULL
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdin=source, stderr=subprocess.PIPE
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    said = process.stderr.read().decode() if process.stderr else ""
    if status:
        raise RuntimeError(f"{command[:3]} failed:\n{said}")
    memory = float(said) / KIBIBYTES_PER_MEBIBYTE if said.isdecimal() else 0.0
    return Run(wall, usage.ru_utime + usage.ru_stime, memory)


def take_turns(
    programs: dict[str, list[str]],
    runs: int,
    environment: dict[str, str],
    stdin: Path | None = None,
) -> dict[str, Medians]:
    """Each program in turn, so that a change of the machine's mood strikes all alike."""
    medians = {name: Medians() for name in programs}
    for number in range(runs + 1):  # the first round warms up and is not counted
        for name, command in programs.items():
            run = measure(command, environment, stdin)
            if number:
                medians[name].runs.append(run)
    return medians


def python(code: str, *arguments: str) -> list[str]:
    """A fresh Python that runs some code."""
    return [sys.executable, "-c", code, *arguments]
