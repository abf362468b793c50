"""Names keep their place in a sentence, whatever way they are written."""

from chalicelib.messages.text import message
from chalicelib.wording.names import place


def test_what_follows_a_name_written_from_right_to_left_stays_where_it_belongs() -> None:
    assert place("AWS Lambda", "1", {"1": "סביבה"}) == "Lambda in סביבה\u200e"
    assert place("AWS Lambda", "1", {"1": "متجر 2"}) == "Lambda in متجر 2\u200e"
    assert place("AWS Lambda", "1", {"1": "Umgebung ß 日本"}) == "Lambda in Umgebung ß 日本"


def test_the_mark_survives_in_a_mail_and_no_name_brings_more_of_them() -> None:
    name = place("", "1", {"1": "\u200eסביבה\u200e\u202e"})  # noqa: RUF001
    assert name == "סביבה\u200e"
    mail = message(f"{name} (+$3)", [f"{name} (+$3)"])
    assert mail.text == f"{name} (+$3)\n"
    assert mail.subject == f"{name} (+$3)"
