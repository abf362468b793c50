"""Text that keeps to its line, and lists of names."""

from collections.abc import Sequence

LINE_LENGTH = 900
"""Mail allows lines of 998 characters (RFC 5322, section 2.1.1)."""


def one_line(text: str, length: int = LINE_LENGTH) -> str:
    """Text that cannot break out of its line, nor turn what surrounds it, and at most `length` long.

    Control characters, line separators and the marks that reverse the direction of text are not
    printable; each becomes a space.
    """
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= length else line[: length - 3].rstrip() + "..."


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: `a`, `a and b`, `a, b and c`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
