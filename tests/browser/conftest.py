"""A real Chromium over the built page. Anything on the console fails the test that caused it."""

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from chalicelib.dashboard.page import render_view
from chalicelib.dashboard.view import View
from desk.browser import MISSING, chromium, open_browser

SKIPPED = f"{MISSING} The browser tests did not run."

type Open = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not chromium():
        terminalreporter.write_sep("!", SKIPPED, red=True, bold=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not chromium():
        if os.environ.get("CI"):
            pytest.fail(SKIPPED)
        pytest.skip(SKIPPED)
    with open_browser() as browser:
        yield browser


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """`open_page(view, width=..., height=..., fragment=..., **context)`: the page, opened from disk."""
    said: list[str] = []
    contexts = []

    def open_(
        view: View, *, width: int = 1440, height: int = 900, fragment: str = "", **context: Any
    ) -> Page:
        path = tmp_path / "report.html"
        path.write_text(_rendered(view), encoding="utf-8", newline="")
        contexts.append(
            browser.new_context(
                viewport={"width": width, "height": height}, accept_downloads=True, **context
            )
        )
        page = contexts[-1].new_page()
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        page.on("dialog", lambda dialog: said.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: _only_from_disk(request.url, said))
        page.goto(path.as_uri() + fragment)
        if context.get("java_script_enabled", True):
            page.wait_for_selector("html[data-ready]")
        return page

    yield open_
    for each in contexts:
        each.close()
    assert said == []


def _only_from_disk(url: str, said: list[str]) -> None:
    if not url.startswith(("file:", "blob:", "data:")):
        said.append(f"request: {url}")


@cache
def _rendered(view: View) -> str:
    return render_view(view)
