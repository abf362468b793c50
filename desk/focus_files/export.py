"""Files of one kind, read as one table of FOCUS charges."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from chalicelib.errors import NotFocusError, OverlappingExportError, UnreadableFileError
from chalicelib.sources.focus.labels import label_of
from chalicelib.sources.focus.sql import DECIMAL_SCALE, DOUBLE_SCALE
from desk.focus_files.columns import (
    AMOUNT,
    COSTS,
    FIRST_YEAR,
    KNOWN,
    MAPS,
    MOMENT,
    OPTIONAL,
    PROBED_TEXTS,
    REPORT,
    REQUIRED,
    STAND_INS,
    TEXTS,
    TIMES,
    UNREADABLE,
    cost_of,
    time_of,
)
from desk.focus_files.files import (
    PROBE_ALL_BELOW,
    files_of,
    is_parquet,
    refuse_two_executions,
    scan,
    sql_list,
)
from desk.focus_files.overlaps import OVERLAP_SHARE, OVERLAPS, SHARING


class Export:
    """Files of one kind that are read as one table."""

    def __init__(self, files: list[str], skipped: int, columns: dict[str, str], size: int) -> None:
        self._files = files
        self._skipped = skipped
        self._columns = columns  # type by name as the files spell it
        self._spelling = {name.casefold(): name for name in columns}
        self._size = size

    @classmethod
    def found(cls, engine: duckdb.DuckDBPyConnection, pattern: str) -> "Export":
        """Look which files there are and which columns they have; raises `CostSourceError`."""
        files, skipped, size = files_of(engine, pattern)
        described = engine.execute(f"DESCRIBE SELECT * FROM {scan(files)}").fetchall()
        export = cls(files, skipped, {str(row[0]): str(row[1]) for row in described}, size)
        if REPORT & export._spelling.keys():
            raise NotFocusError(
                f"{pattern} is a Cost and Usage Report (CUR), not FOCUS.",
                next_step="Under Billing and Cost Management > Data Exports create an export of the table "
                "FOCUS 1.2 with AWS columns, and name its files; docs/sources.md says how.",
            )
        missing = [name for name in REQUIRED if name.casefold() not in export._spelling]
        if not {"subaccountid", "billingaccountid"} & export._spelling.keys():
            missing.append("SubAccountId")
        if missing:
            raise NotFocusError(
                f"{pattern} is not FOCUS: it has no column {', '.join(missing)}.",
                next_step="Export in the FOCUS format, 1.0 to 1.3; docs/sources.md says how.",
            )
        refuse_two_executions(files)
        return export

    def has(self, name: str) -> bool:
        """Whether there is such a column."""
        return name.casefold() in self._spelling

    @property
    def scale(self) -> int:
        """Decimal places that the costs are added up with."""
        kinds = {
            self._columns[self._spelling[name]]
            for name in map(str.casefold, COSTS)
            if name in self._spelling
        }
        return DOUBLE_SCALE if kinds & {"DOUBLE", "FLOAT"} else DECIMAL_SCALE

    def usage_type(self) -> str:
        """An expression for the usage type; raises `NotFocusError` where no column names it."""
        if not (self.has("x_UsageType") or self.has("SkuMeter")):
            raise NotFocusError(
                "The export has no column SkuMeter or x_UsageType, so usage types cannot be told apart.",
                next_step="Export in FOCUS 1.2 with all columns to see why costs changed.",
            )
        return "COALESCE(x_UsageType, SkuMeter)"

    @property
    def is_text(self) -> bool:
        """Whether the files are CSV, which has no types and is read whole for every question."""
        return not is_parquet(self._files[0])

    def copy(self, label: str, path: Path) -> str:
        """Writes the charges that `view` would show to a Parquet file."""
        texts = PROBED_TEXTS if len(self._files) > 1 else TEXTS
        return f"COPY ({self._charges(self._files, label, texts, ())}) TO '{path}' (FORMAT parquet)"

    def view(
        self,
        label: str,
        *,
        texts: Sequence[str] = TEXTS,
        numbers: Sequence[str] = (),
    ) -> str:
        """Defines the view of all charges: the columns and types of FOCUS, whatever the files make of them."""
        return (
            f"CREATE OR REPLACE VIEW focus AS {self._charges(self._files, label, texts, numbers)}"
        )

    def _charges(
        self, files: list[str], label: str, texts: Sequence[str], numbers: Sequence[str]
    ) -> str:
        times = TIMES if len(self._files) > 1 else ("ChargePeriodStart",)
        columns = [
            *(time_of(*self._found(name)) + f" AS {name}" for name in times),
            *(cost_of(*self._found(name)) + f" AS {name}" for name in (*COSTS, *numbers)),
            *(f"{self._text(name)} AS {name}" for name in texts),
        ]
        if label:
            self._refuse_missing_label(label)
            columns += [f"{self._map(name)} AS {name}" for name in MAPS]
        if len(self._files) > 1:
            columns.append("filename")
        return f"SELECT {', '.join(columns)} FROM {scan(files, filename=len(self._files) > 1)}"

    def refuse_unreadable(self, engine: duckdb.DuckDBPyConnection) -> None:
        """Raise `UnreadableFileError` naming the first value that is no date, or no amount."""
        for name, kind in (
            *((name, MOMENT) for name in TIMES),
            *((name, AMOUNT) for name in COSTS),
        ):
            column, _ = self._found(name)
            found = engine.execute(
                UNREADABLE.format(column=column, kind=kind, source=scan(self._files, filename=True))
            ).fetchone()
            if found:
                what = "date" if name in TIMES else "amount"
                raise UnreadableFileError(
                    f"{found[0]} has {found[1]:,} rows whose {name} is no {what}, the first is {found[2]!r}.",
                    next_step="Export it again, or write dates as 2027-01-31 and amounts with a point.",
                )

    def refuse_short_years(self, engine: duckdb.DuckDBPyConnection) -> None:
        """Raise `UnreadableFileError` naming a date whose year has lost its century."""
        column, kind = self._found("ChargePeriodStart")
        found = engine.execute(
            f"SELECT filename, CAST({column} AS VARCHAR) FROM {scan(self._files, filename=True)}"
            f" WHERE {time_of(column, kind)} < TIMESTAMP '{FIRST_YEAR}-01-01' LIMIT 1"
        ).fetchone()
        if found:
            raise UnreadableFileError(
                f"{found[0]} has {found[1]!r} in ChargePeriodStart: its year is not written with four digits.",
                next_step="Export it again; a spreadsheet may have shortened the dates.",
            )

    def refuse_overlaps(self, engine: duckdb.DuckDBPyConnection) -> None:
        """Raise `OverlappingExportError` when two files hold the same charges."""
        files = self._sharing_a_period(engine)
        if len(files) < 2:
            return
        probed = "FROM focus" if self.is_text else self._charges(files, "", PROBED_TEXTS, ())
        engine.execute(f"CREATE OR REPLACE VIEW probed AS {probed}")
        days = "TRUE" if self._size < PROBE_ALL_BELOW else "day(ChargePeriodStart) <= 2"
        twin = engine.execute(OVERLAPS.format(days=days, share=OVERLAP_SHARE)).fetchone()
        if twin:
            raise OverlappingExportError(
                f"{twin[0]} and {twin[1]} hold the same charges of {twin[2]:%Y-%m}, which would count twice.",
                next_step="Keep one of them, or name a pattern that matches only the latest refresh.",
            )

    def _sharing_a_period(self, engine: duckdb.DuckDBPyConnection) -> list[str]:
        """The files that can hold charges of a billing period which another one holds too.

        Parquet files say so without being read; of CSV files it can be any.
        """
        column = self._found("BillingPeriodStart")[0].strip('"')
        if len(self._files) < 2 or self.is_text:
            return self._files
        return [
            str(row[0])
            for row in engine.execute(
                SHARING.format(files=sql_list(self._files), column=column)
            ).fetchall()
        ]

    def notes(self) -> list[str]:
        """What the reader should know about the files."""
        missing = [name for name in OPTIONAL if name.casefold() not in self._spelling]
        extra = [
            name
            for name in self._columns
            if name.casefold() not in KNOWN and not name.startswith("x_")
        ]
        notes = []
        if missing:
            notes.append(
                f"The export has no column {', '.join(sorted(missing))}; the report does without."
            )
        if extra:
            notes.append(f"Columns that FOCUS does not define were left aside: {', '.join(extra)}.")
        if self._skipped:
            notes.append(f"{self._skipped} empty files were left aside.")
        return notes

    def _found(self, name: str) -> tuple[str, str]:
        """A column, or the one that stands in for it, and its type; a null where there is neither."""
        for each in (name, STAND_INS.get(name, name)):
            if spelling := self._spelling.get(each.casefold()):
                return f'"{spelling}"', self._columns[spelling]
        return "NULL", "NULL"

    def _text(self, name: str) -> str:
        column, kind = self._found(name)
        return column if kind == "VARCHAR" else f"CAST({column} AS VARCHAR)"

    def _map(self, name: str) -> str:
        column, kind = self._found(name)
        if kind.startswith("MAP") or kind == "NULL":
            return f"CAST({column} AS MAP(VARCHAR, VARCHAR))"
        return f"CAST(CAST({column} AS JSON) AS MAP(VARCHAR, VARCHAR))"

    def _refuse_missing_label(self, label: str) -> None:
        """Raise `NotFocusError` when no column can hold the label's values."""
        kind, _ = label_of(label)
        if self.has("Tags") or (kind == "category" and self.has("x_CostCategories")):
            return
        needed = "x_CostCategories or Tags" if kind == "category" else "Tags"
        raise NotFocusError(
            f"The export has no column {needed}, which {label} needs.",
            next_step="Choose another label, or none.",
        )
