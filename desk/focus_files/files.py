"""Which files a path, a folder or a pattern names, and how they are read as one table."""

import re
from collections import defaultdict
from pathlib import Path

import duckdb

from chalicelib.errors import ExportMissingError, OverlappingExportError, UnreadableFileError
from desk.focus_files.kinds import FileKind, kind_of

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
    if len({is_parquet(name) for name in kept}) > 1:
        raise UnreadableFileError(
            f"{pattern} names both CSV and Parquet files.",
            next_step="Name a pattern that matches one kind, such as 'export/*.parquet'.",
        )
    return kept, len(sizes) - len(kept), sum(sizes.values())


def _local(pattern: str) -> list[Path]:
    """Files on disk, each once; a name that exists is taken as it is, whatever is special in it."""
    path = Path(pattern).expanduser()
    root, pattern = Path(path.anchor), str(path.relative_to(path.anchor))
    matches = [path] if path.exists() else list(root.glob(pattern))
    found: dict[Path, Path] = {}
    for match in matches:
        for each in _inside(match) if match.is_dir() else [match]:
            if each.is_file():
                found.setdefault(each.resolve(), each)
    return list(found.values())


def _inside(folder: Path) -> list[Path]:
    """The files below a folder that look like an export's; Spark and Hive mark their own with `_`."""
    return [
        each
        for each in folder.rglob("*")
        if each.name.lower().endswith(ENDINGS)
        and not any(part.startswith(("_", ".")) for part in each.relative_to(folder).parts)
    ]


def is_parquet(name: str) -> bool:
    """Whether a file holds Parquet, by its content where it can be seen from here."""
    return kind_of(name).parquet


def scan(files: list[str], *, filename: bool = False) -> str:
    """An expression that reads the files as one table; CSV columns stay text."""
    options = f"union_by_name = true, filename = {str(filename).lower()}, hive_partitioning = false"
    if is_parquet(files[0]):
        return f"read_parquet({sql_list(files)}, {options})"
    kinds: defaultdict[FileKind, list[str]] = defaultdict(list)
    for name in files:
        kinds[kind_of(name)].append(name)
    # Said rather than guessed: a guess goes astray where a file breaks off.
    options += f", all_varchar = true, header = true, nullstr = {NULLS}, auto_detect = true"
    options += ", quote = '\"', escape = '\"'"
    tables = [
        f"read_csv({sql_list(names)}, {options}, delim = '{kind.delimiter}', compression = '{kind.compression}')"
        for kind, names in kinds.items()
    ]
    if len(tables) == 1:
        return tables[0]
    return "(" + " UNION ALL BY NAME ".join(f"FROM {table}" for table in tables) + ")"


def sql_list(files: list[str]) -> str:
    """A list of file names, in SQL; what would be a pattern in them is taken as it is."""
    literal = (name if "://" in name else re.sub(r"[\[*?]", r"[\g<0>]", name) for name in files)
    return "[" + ", ".join("'" + name.replace("'", "''") + "'" for name in literal) + "]"


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
