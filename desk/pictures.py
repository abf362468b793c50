"""Makes the README's pictures of the dashboard from sample data.

python -m desk.pictures [FOLDER]
"""

import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.sync_api import Browser

from chalicelib.dashboard.page import render_page
from chalicelib.jobs.why import with_reasons
from chalicelib.report import Report, build_report
from chalicelib.settings import Settings
from desk.browser import open_browser
from simulation.sample import SAMPLE_NOW, sample_ledger


class Picture(NamedTuple):
    """One picture: the window's size in CSS pixels and the colours."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"]


PICTURES = (
    Picture("dashboard", 1440, 1330, "light"),
    Picture("dashboard-dark", 1440, 1330, "dark"),
    Picture("dashboard-phone", 390, 1688, "light"),
)


def sample_report() -> Report:
    """The sample organisation's report, with a budget so that the page shows one."""
    settings = Settings(monthly_budget=Decimal(12000))
    ledger = sample_ledger()
    return with_reasons(build_report(ledger.facts(SAMPLE_NOW.date()), settings, SAMPLE_NOW), ledger)


def take(browser: Browser, folder: Path) -> list[Path]:
    """Write every picture into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        page = Path(scratch) / "report.html"
        page.write_text(render_page(sample_report()), encoding="utf-8", newline="")
        return [_take(browser, page.as_uri(), picture, folder) for picture in PICTURES]


def _take(browser: Browser, url: str, picture: Picture, folder: Path) -> Path:
    page = browser.new_page(
        viewport={"width": picture.width, "height": picture.height}, color_scheme=picture.scheme
    )
    page.goto(url)
    page.wait_for_selector("#daily-chart[data-drawn]")
    path = folder / f"{picture.name}.png"
    page.screenshot(path=path, animations="disabled")
    page.close()
    return path


if __name__ == "__main__":
    with open_browser() as opened:
        for written in take(opened, Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures")):
            sys.stdout.write(f"{written}\n")
