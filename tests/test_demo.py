"""`make demo` makes the page and the mails that the README shows."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from simulation.demo import BURNS, demo

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    assert all(path.exists() for path in demo(folder))
    return folder


def test_the_page_shows_the_sample_organisation(made: Path) -> None:
    page = (made / "index.html").read_text(encoding="utf-8")
    for shown in ("data platform", "AmazonCloudWatch", "$10,172.62", "4 Cost Explorer requests"):
        assert shown in page


@pytest.mark.parametrize(
    "name", ["digest", "billing-alarm", "budget-notice", "anomaly-notice", *BURNS]
)
def test_a_mail_is_the_golden_one(
    made: Path, golden: Callable[[str, str], None], name: str
) -> None:
    golden(f"demo/{name}.txt", _lasting((made / f"{name}.txt").read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", ["digest", "billing-alarm"])
def test_the_readme_shows_the_mail_or_its_beginning(made: Path, name: str) -> None:
    mail = _lasting((made / f"{name}.txt").read_text(encoding="utf-8")).strip()
    shown = [text.strip() for text in README.split("```") if text.startswith("\nSubject: ")]
    assert any(mail.startswith(text) for text in shown)


def _lasting(mail: str) -> str:
    """Without what changes each time: a signature."""
    return re.sub(r"(https://\S+?\?Expires=)\S+", r"\1…", mail)
