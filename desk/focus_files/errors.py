"""Turns what DuckDB raises into errors that say the next step."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from chalicelib.errors import CostSourceError, QueryFailedError, UnreadableFileError


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raise a `CostSourceError` for whatever DuckDB raises inside."""
    try:
        yield
    except duckdb.Error as error:
        raise _meaning(error) from error


def _meaning(error: duckdb.Error) -> CostSourceError:
    message = str(error).splitlines()[0]
    if isinstance(error, duckdb.OutOfMemoryException):
        return QueryFailedError(
            f"The files need more memory than there is: {message}",
            next_step="Read fewer billing periods at a time, or use Athena.",
        )
    if isinstance(
        error,
        duckdb.IOException
        | duckdb.InvalidInputException
        | duckdb.ConversionException
        | duckdb.SerializationException,
    ):
        return UnreadableFileError(
            f"A file of the export cannot be read: {message}",
            next_step="Download or export it again; it may be cut off.",
        )
    return QueryFailedError(
        f"DuckDB could not read the export: {message}",
        next_step="Report this with the message above.",
    )
