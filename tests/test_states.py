"""Every state that a report can be in is told well: how much, is it bad, why, in the mail's first lines."""

from collections.abc import Callable

import pytest

from chalicelib.messages.digest import digest
from tests.states import STATES, state

LINK = "https://d111111abcdef8.cloudfront.net/reports/2026-W48.html"


def first_lines(name: str) -> list[str]:
    """What somebody reads before scrolling: the subject and three lines."""
    mail = digest(state(name), LINK)
    lines = [line for line in mail.text.splitlines() if line and line != LINK]
    return [f"Subject: {mail.subject}", *lines[:3]]


@pytest.mark.parametrize("name", STATES)
def test_the_first_lines_are_the_golden_ones(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"states/{name.replace(' ', '-')}.txt", "\n".join(first_lines(name)) + "\n")


@pytest.mark.parametrize("name", STATES)
def test_nothing_is_told_that_nobody_can_read(name: str) -> None:
    text = digest(state(name), LINK).text
    for word in ("None", "nan", "Decimal", "$-", "-$0.00", "0.00  0.00"):
        assert word not in text


def test_an_account_without_costs_is_told_so_and_nothing_else() -> None:
    text = digest(state("no data yet"), LINK).text
    assert "0.00" not in text.replace("for $0.00 (sample data)", "")
    assert "complete through" not in text


def test_an_account_younger_than_two_weeks_is_compared_with_nothing() -> None:
    text = digest(state("first days of an account"), LINK).text
    assert text.startswith("Nothing unusual so far: $7.33 on 19 and 20 November.")
    assert "none" not in text
    assert "seven days before" not in text
