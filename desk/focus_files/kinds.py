"""What a file holds, whatever it is called."""

import gzip
import zlib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from chalicelib.errors import UnreadableFileError

PARQUET, GZIP, ZIP = b"PAR1", b"\x1f\x8b", b"PK\x03\x04"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
HEADER_BYTES = 65536


class FileKind(NamedTuple):
    """Parquet; or text with its delimiter, and how it is compressed (`gzip` or `none`)."""

    parquet: bool
    delimiter: str = ","
    compression: str = "none"


@lru_cache(maxsize=4096)
def kind_of(name: str) -> FileKind:
    """Look at the first bytes of a local file; of one elsewhere the name must do.

    Raises `UnreadableFileError` for what is neither Parquet nor UTF-8 text, perhaps in gzip.
    """
    lower = name.lower()
    if "://" in name:
        return FileKind(
            lower.endswith(".parquet"), compression="gzip" if lower.endswith(".gz") else "none"
        )
    with Path(name).open("rb") as file:
        first = file.read(HEADER_BYTES)
    if first.startswith(PARQUET) or (lower.endswith(".parquet") and not first.startswith(GZIP)):
        return FileKind(parquet=True)
    if first.startswith(ZIP):
        raise UnreadableFileError(
            f"{name} is a ZIP archive or a workbook, not CSV.",
            next_step="Unpack it, or save the sheet as CSV (UTF-8), and name that file.",
        )
    compressed = first.startswith(GZIP)
    header = _unpacked(name) if compressed else first
    if header.startswith(UTF_16):
        raise UnreadableFileError(
            f"{name} is text in UTF-16.", next_step="Save it as CSV in UTF-8 and name that file."
        )
    line = header.partition(b"\n")[0]
    return FileKind(
        parquet=False,
        delimiter=max(",;\t", key=lambda each: line.count(each.encode())),
        compression="gzip" if compressed else "none",
    )


def _unpacked(name: str) -> bytes:
    try:
        with gzip.open(name, "rb") as file:
            return file.read(HEADER_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFileError(
            f"{name} cannot be unpacked: {error}.",
            next_step="Download or export it again; it may be cut off.",
        ) from error
