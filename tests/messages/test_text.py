"""The building blocks of mails."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.messages.text import (
    CUT,
    TEXT_BYTES,
    Message,
    ascii_message,
    clip,
    message,
    safe_text,
    section,
    subject_line,
    table,
    with_remark,
)
from chalicelib.wording.lines import listed, one_line


@pytest.mark.parametrize(
    ("given_text", "line"),
    [
        ("a\nb", "a b"),
        ("a\r\n\tb  c ", "a b c"),
        ("a\u2028b\u202ec\x00d", "a b c d"),
        ("", "AWS costs"),
        ("\n", "AWS costs"),
    ],
)
def test_a_subject_is_one_line(given_text: str, line: str) -> None:
    assert subject_line(given_text) == line


def test_a_long_subject_ends_in_dots_at_99_characters() -> None:
    assert len(subject_line("word " * 50)) <= 99
    assert subject_line("word " * 50).endswith("...")


@settings(deadline=None, max_examples=100)
@given(st.text(st.characters()))
def test_safe_text_can_be_encoded_and_keeps_its_lines(text: str) -> None:
    safe = safe_text(text)
    assert safe.encode()
    assert all(
        char.isprintable() or char == "\n" or ord(char) > 159 or char == "\t" for char in safe
    )


def test_ordinary_text_is_left_alone() -> None:
    text = "Grüße, 日本 🎉\n\n\tindented & <b>\n"
    assert safe_text(text) == text


def test_text_that_is_too_long_is_cut_with_a_sentence() -> None:
    cut = safe_text("ü" * TEXT_BYTES)
    assert cut.endswith(CUT)
    assert len(cut.encode()) <= TEXT_BYTES


def test_a_cut_never_splits_a_character() -> None:
    for room in range(len(CUT.encode()), len(CUT.encode()) + 9):
        assert clip("日本" * 100, room).removesuffix(CUT).strip("日本") == ""


def test_figures_stand_to_the_right_and_names_come_last() -> None:
    assert table([("$1,200", "+$5", "EC2"), ("$3", "-$40", "a very long name")]) == (
        "$1,200   +$5  EC2\n    $3  -$40  a very long name"
    )


def test_empty_blocks_leave_no_gap() -> None:
    made = message("s", ["one", "", "two", "\n"])
    assert made == Message("s", "one\n\ntwo\n")
    assert section("Title", "", "") == ""


def test_a_remark_is_added_at_the_end_also_of_a_full_mail() -> None:
    full = with_remark(Message("s", "x" * TEXT_BYTES), "Remark.")
    assert full.text.endswith("\n\nRemark.\n")
    assert len(full.text.encode()) <= TEXT_BYTES


def test_a_remark_that_no_encoding_can_carry_is_still_added() -> None:
    assert with_remark(Message("s", "text"), "half a \ud83d pair").text == "text\n\nhalf a pair\n"


def test_names_are_listed_as_people_do() -> None:
    assert [listed(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


def test_a_line_is_cut_where_mail_would_break_it() -> None:
    assert len(one_line("x" * 2000)) == 900


def test_plain_ascii_keeps_everything_it_can() -> None:
    assert ascii_message(Message("Größe", "5 €")) == Message("Gr??e", "5 ?")
