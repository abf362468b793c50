"""Text that keeps to its line, and lists of names."""

from collections.abc import Sequence

LEFT_TO_RIGHT = "\u200e"
"""Invisible; what follows a name written from right to left stays where it belongs (UAX 9)."""
LINE_LENGTH = 900
"""Mail allows lines of 998 characters (RFC 5322, section 2.1.1)."""


def one_line(text: str, length: int = LINE_LENGTH) -> str:
    """Text that cannot break out of its line, nor turn what surrounds it, and at most `length` long.

    Control characters, line separators and the marks that reverse the direction of text are not
    printable; each becomes a space. The mark that ends a name written from right to left may stay.
    """
    kept = (char if char.isprintable() or char == LEFT_TO_RIGHT else " " for char in text)
    line = " ".join("".join(kept).split())
    return line if len(line) <= length else line[: length - 3].rstrip() + "..."


def capital(text: str) -> str:
    """The text with a capital first letter; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: `a`, `a and b`, `a, b and c`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
