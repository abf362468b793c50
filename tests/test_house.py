"""The size of the rooms: no module past 300 lines, and half of them short."""

from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
ROOMS = ("chalicelib", "desk", "deployment", "simulation", "benchmarks")
MOST_LINES = 300
MEDIAN_BELOW = 120
# Each is to be cut by what it holds; the list may only become shorter.
TOO_LONG_YET = {
    "benchmarks/accuracy.py",
    "benchmarks/page.py",
    "simulation/cost_and_usage.py",
    "simulation/emulator.py",
}


def _lines() -> dict[str, int]:
    paths = [*ROOT.glob("*.py"), *(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))]
    return {str(path.relative_to(ROOT)): path.read_text().count("\n") for path in paths}


def test_no_module_is_longer_than_300_lines():
    too_long = {name for name, lines in _lines().items() if lines > MOST_LINES}
    assert sorted(too_long - TOO_LONG_YET) == [], "cut it by what it holds"


def test_half_of_the_modules_are_shorter_than_120_lines():
    assert median(_lines().values()) < MEDIAN_BELOW
