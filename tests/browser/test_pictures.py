"""The page looks as it did when somebody last looked: golden pictures, with a tolerance.

Fonts differ between machines, so pictures are compared in blocks of eight pixels: the share of
blocks whose average colour differs visibly stays small. `--update-golden` takes new ones.
"""

import base64
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from chalicelib.dashboard.view import view_of
from tests.browser.conftest import Open
from tests.dashboard.reports import sample_report

GOLDEN = Path(__file__).parent.parent / "golden" / "pictures"
TOLERATED = 0.06
"""Share of blocks that may differ."""

PICTURES: dict[str, dict[str, Any]] = {
    "wide": {"width": 1440, "height": 900},
    "wide-dark": {"width": 1440, "height": 900, "color_scheme": "dark"},
    "daily": {"width": 1440, "height": 900, "at": "#daily"},
    "daily-dark": {"width": 1440, "height": 900, "at": "#daily", "color_scheme": "dark"},
    "phone": {"width": 390, "height": 1688},
    "narrow": {"width": 320, "height": 1200},
    "print": {"width": 1000, "height": 1414, "media": "print"},
}


@pytest.mark.parametrize("name", PICTURES)
def test_the_page_looks_as_it_did(
    open_page: Open, browser: Browser, request: pytest.FixtureRequest, name: str
) -> None:
    options = dict(PICTURES[name])
    at, media = options.pop("at", "body"), options.pop("media", None)
    page = open_page(view_of(sample_report()), **options)
    page.locator("#daily-chart").scroll_into_view_if_needed()
    page.wait_for_selector("#daily-chart[data-drawn]")
    if media:
        page.emulate_media(media=media)
    page.locator(at).evaluate("element => element.scrollIntoView()")
    picture = page.screenshot(animations="disabled")
    path = GOLDEN / f"{name}.png"
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture)
    assert path.exists(), "look at the page, then run with --update-golden"
    assert path.stat().st_size < 300_000
    assert difference(browser, path.read_bytes(), picture) <= TOLERATED


def test_the_comparison_notices_a_missing_section(open_page: Open, browser: Browser) -> None:
    page = open_page(view_of(sample_report()))
    before = page.screenshot()
    page.evaluate("document.querySelector('.glance').remove()")
    assert difference(browser, before, page.screenshot()) > TOLERATED


def difference(browser: Browser, one: bytes, other: bytes) -> float:
    """The share of blocks that differ, 1.0 for pictures of different size; the browser decodes them."""
    page = browser.new_page()
    urls = [f"data:image/png;base64,{base64.b64encode(each).decode()}" for each in (one, other)]
    share: float = page.evaluate(COMPARE, urls)
    page.close()
    return share


COMPARE = """async urls => {
  const [one, other] = await Promise.all(urls.map(async url => {
    const image = await createImageBitmap(await (await fetch(url)).blob());
    const width = Math.ceil(image.width / 8), height = Math.ceil(image.height / 8);
    const pen = new OffscreenCanvas(width, height).getContext('2d');
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(image, 0, 0, width, height);
    return { size: [image.width, image.height].join(), pixels: pen.getImageData(0, 0, width, height).data };
  }));
  if (one.size !== other.size) return 1;
  let differing = 0;
  for (let n = 0; n < one.pixels.length; n += 4) {
    const far = [0, 1, 2].some(c => Math.abs(one.pixels[n + c] - other.pixels[n + c]) > 48);
    differing += far;
  }
  return differing / (one.pixels.length / 4);
}"""
