"""Which files a path, a folder or a pattern names, and how they are read as one table."""

import gzip
import re
from collections import defaultdict
from pathlib import Path

import duckdb

from chalicelib.errors import ExportMissingError, OverlappingExportError, UnreadableFileError

ENDINGS = (".parquet", ".csv", ".csv.gz")
NULLS = "['', 'NULL', 'null']"
PROBE_ALL_BELOW = 64 * 1024**2
"""Exports smaller than this many bytes are searched for overlaps whole, others by two days a month."""


def files_of(engine: duckdb.DuckDBPyConnection, pattern: str) -> tuple[list[str], int, int]:
    """The files of one kind that a pattern names, how many empty ones were skipped, and the bytes."""
    if "://" in pattern:
        names = [
            str(row[0]) for row in engine.execute("SELECT file FROM glob($1)", [pattern]).fetchall()
        ]
        sizes = dict.fromkeys(names, PROBE_ALL_BELOW)  # not known
    else:
        sizes = {str(path): path.stat().st_size for path in _local(pattern)}
    kept = sorted(name for name, size in sizes.items() if size)
    if not kept:
        raise ExportMissingError(
            f"{pattern} names no file that holds anything."
            if sizes
            else f"{pattern} names no file.",
            next_step="Name a CSV, CSV.gz or Parquet file, a folder of them, or a pattern in quotes.",
        )
    kinds = {is_parquet(name) for name in kept}
    if len(kinds) > 1:
        raise UnreadableFileError(
            f"{pattern} names both CSV and Parquet files.",
            next_step="Name a pattern that matches one kind, such as 'export/*.parquet'.",
        )
    return kept, len(sizes) - len(kept), sum(sizes.values())


def _local(pattern: str) -> list[Path]:
    path = Path(pattern).expanduser()
    if path.is_dir():
        return [each for each in path.rglob("*") if each.name.endswith(ENDINGS)]
    if path.is_file():
        return [path]
    matches = Path(path.anchor).glob(str(path.relative_to(path.anchor)))
    return [each for each in matches if each.is_file()]


def is_parquet(name: str) -> bool:
    """Whether a file holds Parquet, by its name."""
    return name.endswith(".parquet")


def scan(files: list[str], *, filename: bool = False) -> str:
    """An expression that reads the files as one table; CSV columns stay text."""
    options = f"union_by_name = true, filename = {str(filename).lower()}, hive_partitioning = false"
    if is_parquet(files[0]):
        return f"read_parquet({sql_list(files)}, {options})"
    # Said rather than guessed: a guess goes astray where a file breaks off.
    options += f", all_varchar = true, header = true, nullstr = {NULLS}, auto_detect = true"
    return f"read_csv({sql_list(files)}, {options}, delim = '{_delimiter(files[0])}', quote = '\"', escape = '\"')"


def _delimiter(name: str) -> str:
    """What separates the columns, from the first line; a comma where that cannot be seen from here."""
    if "://" in name:
        return ","
    with (gzip.open if name.endswith(".gz") else open)(name, "rb") as file:
        header = file.readline(65536)
    return max(",;\t", key=lambda each: header.count(each.encode()))


def sql_list(files: list[str]) -> str:
    """A list of strings, in SQL."""
    return "[" + ", ".join("'" + name.replace("'", "''") + "'" for name in files) + "]"


def refuse_two_executions(files: list[str]) -> None:
    """An export that keeps every refresh puts each into a folder of its own below the period."""
    folders: defaultdict[str, set[str]] = defaultdict(set)
    for name in files:
        if match := re.match(r"(.*BILLING_PERIOD=[^/]+)/(?:(.*)/)?", name):
            folders[match[1]].add(match[2] or "")
    for period, executions in folders.items():
        if len(executions) > 1:
            raise OverlappingExportError(
                f"{period} holds {len(executions)} refreshes, which would count its charges "
                f"{len(executions)} times: {', '.join(sorted(executions))}.",
                next_step="Name a pattern that matches the latest one, or let the export overwrite.",
            )
