"""Every state has a page that was looked at: small golden pictures, no finding of axe, no sideways scroll."""

from functools import cache

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from chalicelib.dashboard.view import View, view_of
from tests.browser.conftest import Open
from tests.browser.test_pictures import GOLDEN, TOLERATED, difference
from tests.states import STATES, state

SMALLER = 0.5
"""Pictures are taken at half size: enough to see what moved, and small in the repository."""


@cache
def view(name: str) -> View:
    return view_of(state(name))


def drawn(page: Page) -> Page:
    if page.locator("#daily-chart").count():
        page.locator("#daily-chart").scroll_into_view_if_needed()
        page.wait_for_selector("#daily-chart[data-drawn]")
        page.evaluate("scrollTo(0, 0)")
    return page


@pytest.mark.parametrize("name", STATES)
def test_the_page_looks_as_it_did(
    open_page: Open, browser: Browser, request: pytest.FixtureRequest, name: str
) -> None:
    page = drawn(open_page(view(name), width=1280, device_scale_factor=SMALLER))
    picture = page.screenshot(animations="disabled", scale="device")
    path = GOLDEN / "states" / f"{name.replace(' ', '-').replace(',', '')}.png"
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture)
    assert path.exists(), "look at the page, then run with --update-golden"
    assert path.stat().st_size < 60_000
    assert difference(browser, path.read_bytes(), picture) <= TOLERATED


@pytest.mark.parametrize("name", STATES)
def test_axe_finds_nothing(open_page: Open, name: str) -> None:
    page = drawn(open_page(view(name), width=390, color_scheme="dark"))
    for each in page.locator(".behind summary, #finding-1 summary").all():
        each.click()
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize("width", [360, 2560])
def test_no_width_scrolls_sideways(open_page: Open, name: str, width: int) -> None:
    page = open_page(view(name), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
