"""What the page's CSS and JavaScript are built from, and what comes out."""

import json
import re
from pathlib import Path

FRONTEND = Path("frontend")
BUILT = Path("chalicelib/dashboard/built")


def test_versions_are_pinned_and_the_lock_file_agrees() -> None:
    wanted = json.loads((FRONTEND / "package.json").read_text("utf-8"))["devDependencies"]
    locked = json.loads((FRONTEND / "package-lock.json").read_text("utf-8"))["packages"]
    for name, version in wanted.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
        assert locked[f"node_modules/{name}"]["version"] == version


def test_the_lock_file_pins_every_package_by_hash_and_names_no_registry() -> None:
    text = (FRONTEND / "package-lock.json").read_text("utf-8")
    assert "resolved" not in text
    for name, package in json.loads(text)["packages"].items():
        if name and not package.get("inBundle"):  # what is in a bundle is in its bundle's hash
            assert package["integrity"].startswith("sha512-")


def test_what_is_built_can_stand_inside_a_page() -> None:
    for path in [*BUILT.glob("*.css"), *BUILT.glob("*.js")]:
        text = path.read_text("utf-8")
        assert "</script" not in text
        assert "</style" not in text
        assert "<!--" not in text
        assert "\r" not in text


def test_the_licence_of_the_chart_library_stays_with_it() -> None:
    assert "Released under the MIT License" in (BUILT / "page.js").read_text("utf-8")


def test_styles_load_nothing() -> None:
    css = (BUILT / "page.css").read_text("utf-8")
    assert "url(" not in css
    assert "@import" not in css
