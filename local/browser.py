"""The Chromium of this machine, for pictures, measurements and browser tests."""

import os
import shutil

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
