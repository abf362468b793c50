"""The README's pictures come from a command."""

from pathlib import Path

from playwright.sync_api import Browser

from desk.pictures import PICTURES, take


def test_the_readmes_pictures_are_made_from_the_sample(browser: Browser, tmp_path: Path) -> None:
    paths = take(browser, tmp_path)
    assert [path.name for path in paths] == [f"{picture.name}.png" for picture in PICTURES]
    for path in paths:
        assert path.read_bytes().startswith(b"\x89PNG")
        assert (Path("docs/pictures") / path.name).exists()
