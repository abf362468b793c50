"""The Chromium of this machine, for pictures, measurements and browser tests."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
)
"""Quiet, without a window, the same picture on every machine that has the same fonts."""

MISSING = (
    "No Chromium was found. Install it (apt-get install chromium fonts-liberation), "
    "or name it in the environment variable CHROMIUM."
)


def chromium() -> str | None:
    """The browser's path, None where there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A browser without a window; ends the program with a next step where there is no Chromium."""
    path = chromium()
    if not path:
        raise SystemExit(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()
