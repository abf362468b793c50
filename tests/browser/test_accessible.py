"""The page for people who do not see it as drawn: axe finds nothing, widths from 320 px, print."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from chalicelib.dashboard.view import View, view_of
from tests.browser.conftest import Open
from tests.dashboard.reports import difficult_view, sample_report


@pytest.fixture(scope="module")
def view() -> View:
    return view_of(sample_report())


def draw_everything(page: Page) -> None:
    for chart in ("daily-chart", "months-chart"):
        page.locator(f"#{chart}").scroll_into_view_if_needed()
        page.wait_for_selector(f"#{chart}[data-drawn]")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing(open_page: Open, view: View, scheme: str, width: int) -> None:
    page = open_page(view, width=width, color_scheme=scheme)
    draw_everything(page)
    page.locator(".menu summary").click()
    page.locator(".behind summary").click()
    page.locator("#finding-1 summary").click()
    page.locator('[data-table="accounts"] summary').first.click()
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_axe_finds_nothing_where_there_is_nothing_to_show(open_page: Open) -> None:
    results = Axe().run(open_page(difficult_view("empty account")))
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1440])
@pytest.mark.parametrize("name", ["sample", "hostile names", "large organisation"])
def test_no_width_scrolls_sideways(open_page: Open, view: View, width: int, name: str) -> None:
    page = open_page(view if name == "sample" else difficult_view(name), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_five_questions_are_answered_on_the_first_screen(open_page: Open, view: View) -> None:
    _answers_within(open_page(view, width=1440, height=900), 900)


def test_on_a_phone_they_are_answered_on_the_first_two(open_page: Open, view: View) -> None:
    _answers_within(open_page(view, width=390, height=844), 2 * 844)


def _answers_within(page: Page, height: int) -> None:
    """How much, compared with what, is that bad, what caused it, where does the month end."""
    for answer in (
        "#month .amount",
        "#month .than",
        ".findings li >> nth=0",
        "#month-end",
        ".verdict",
    ):
        box = page.locator(answer).bounding_box()
        assert box
        assert box["y"] + box["height"] <= height, answer


def test_in_print_everything_is_light_and_nothing_is_left_to_click(
    open_page: Open, view: View
) -> None:
    page = open_page(view, width=1000, color_scheme="dark")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#months-chart")).to_have_attribute("data-drawn", "")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(255, 255, 255)"
    for gone in (".tools", ".controls >> nth=0", ".behind", ".skip"):
        expect(page.locator(gone)).to_be_hidden()
    assert len(page.pdf(print_background=True)) > 20_000
