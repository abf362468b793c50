"""Building blocks of every mail: plain text that is safe to send and reads well on a phone.

Phones wrap lines by themselves and often show plain text in a proportional font. So a sentence is
one line, and tables put their figures first (digits have one width) and the name last.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chalicelib.wording.lines import one_line

SUBJECT_LENGTH = 99
"""SNS takes subjects of less than 100 characters."""
TEXT_BYTES = 250_000
"""SNS takes 256 KB of text and attributes together; a little is left for those."""
CUT = "\n\n(The rest was cut: it is longer than a message may be.)"

_UNFIT = re.compile(
    # Control characters, line and paragraph separators, marks that turn the direction of text,
    # and halves of surrogate pairs, which no encoding can carry.
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+"
)


@dataclass(frozen=True, slots=True)
class Message:
    """A mail: a subject that mail headers can carry, and plain text."""

    subject: str
    text: str


def message(subject: str, blocks: Iterable[str]) -> Message:
    """A message whose text is the non-empty blocks, with an empty line between any two."""
    text = "\n\n".join(block.strip("\n") for block in blocks if block.strip())
    return Message(subject_line(subject), safe_text(text + "\n"))


def with_remark(mail: Message, remark: str) -> Message:
    """The same mail with one more line at its end."""
    line = one_line(remark)
    room = TEXT_BYTES - len(line.encode()) - 10
    return Message(mail.subject, f"{clip(mail.text, room).rstrip()}\n\n{line}\n")


def ascii_message(mail: Message) -> Message:
    """The same mail with a question mark for everything that is not ASCII."""
    return Message(
        mail.subject.encode("ascii", "replace").decode(),
        mail.text.encode("ascii", "replace").decode(),
    )


def subject_line(text: str) -> str:
    """A subject of 1 to 99 characters on one line; a longer one ends in dots."""
    line = one_line(text)
    if len(line) > SUBJECT_LENGTH:
        line = line[: SUBJECT_LENGTH - 3].rstrip() + "..."
    return line or "AWS costs"


def safe_text(text: str) -> str:
    """The same text as far as a mail can carry it: line feeds, no control characters, not too long."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    clean = _UNFIT.sub("\ufffd", lines) if lines.strip() else "(an empty message)"
    return clip(clean, TEXT_BYTES)


def clip(text: str, most_bytes: int) -> str:
    """Text of at most that many bytes in UTF-8; where something is cut, a sentence says so."""
    encoded = text.encode()
    if len(encoded) <= most_bytes:
        return text
    return encoded[: most_bytes - len(CUT.encode())].decode(errors="ignore") + CUT


def table(rows: Sequence[tuple[str, ...]]) -> str:
    """Rows as aligned columns: all but the last to the right, the last, a name, as it is."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            [cell.rjust(width) for cell, width in zip(row[:-1], widths, strict=False)] + [row[-1]]
        ).rstrip()
        for row in rows
    )


def section(title: str, *lines: str) -> str:
    """A titled block; nothing at all when there is nothing to say."""
    body = [line for line in lines if line]
    return "\n".join([title.upper(), *body]) if body else ""
