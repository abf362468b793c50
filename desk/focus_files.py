"""Costs from FOCUS files at a desk: CSV, gzipped CSV or Parquet, on disk or in S3, read by DuckDB."""

import gzip
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from chalicelib.costs import ZERO, CostFacts, Price
from chalicelib.errors import (
    AccessDeniedError,
    CostSourceError,
    ExportMissingError,
    NoChargesError,
    NotFocusError,
    OverlappingExportError,
    PermanentSourceError,
    QueryFailedError,
    UnreadableFileError,
)
from chalicelib.sources.focus import (
    DECIMAL_SCALE,
    DOUBLE_SCALE,
    FocusQuery,
    Row,
    facts_of,
    label_column,
)

MEMORY_LIMIT = "512MB"
ROWS_AT_ONCE = 10_000
ENDINGS = (".parquet", ".csv", ".csv.gz")
NULLS = "['', 'NULL', 'null']"
COSTS = ("BilledCost", "EffectiveCost", "ListCost")
REQUIRED = (
    "BilledCost",
    "BillingCurrency",
    "ChargeCategory",
    "ChargePeriodStart",
    "EffectiveCost",
    "ServiceName",
)
STAND_INS = {
    "BillingPeriodStart": "ChargePeriodStart",
    "ListCost": "BilledCost",
    "ProviderName": "ServiceProviderName",  # its name from FOCUS 1.3 on
    "SubAccountId": "BillingAccountId",
}
OPTIONAL = ("ChargeClass", "SubAccountName", "BillingAccountId", *STAND_INS)
KNOWN = frozenset(
    name.casefold()
    for name in (
        *REQUIRED,
        *OPTIONAL,
        *("AvailabilityZone", "BillingAccountName", "BillingAccountType", "BillingPeriodEnd"),
        *("CapacityReservationId", "CapacityReservationStatus", "ChargeDescription"),
        *("ChargeFrequency", "ChargePeriodEnd", "CommitmentDiscountCategory"),
        *("CommitmentDiscountId", "CommitmentDiscountName", "CommitmentDiscountQuantity"),
        *("CommitmentDiscountStatus", "CommitmentDiscountType", "CommitmentDiscountUnit"),
        *("ConsumedQuantity", "ConsumedUnit", "ContractedCost", "ContractedUnitPrice"),
        *("InvoiceId", "InvoiceIssuerName", "ListUnitPrice", "PricingCategory"),
        *("PricingCurrency", "PricingCurrencyContractedUnitPrice"),
        *("PricingCurrencyEffectiveCost", "PricingCurrencyListUnitPrice", "PricingQuantity"),
        *("PricingUnit", "Provider", "PublisherName", "Region", "RegionId", "RegionName"),
        *("ResourceId", "ResourceName", "ResourceType", "ServiceCategory", "ServiceSubcategory"),
        *("SkuId", "SkuMeter", "SkuPriceDetails", "SkuPriceId", "SubAccountType", "Tags"),
        *("ServiceProviderName", "HostProviderName", "BILLING_PERIOD"),
    )
)
"""Columns of FOCUS 1.0 to 1.2, what 1.3 renamed, and the folder that AWS sorts its files into."""

PROBE_ALL_BELOW = 64 * 1024**2
"""Exports smaller than this many bytes are searched for overlaps whole, others by two days a month."""

OVERLAP_SHARE = 0.5
"""Two files overlap when this share of one's costs has an exact double in the other: its groups of
day, service, account and category have the same number of rows and the same sum."""

type Progress = Callable[[float], None]


class FocusFiles:
    """FOCUS files under a path, a folder or a glob pattern.

    `currency` and `provider` keep only the charges in one currency, or of one provider; `label` is
    `tag:KEY` or `category:NAME`. `on_progress` is told the share of the scan that is done, 0 to 1.
    Nothing is read before it is asked for. All methods raise `CostSourceError`.
    """

    def __init__(
        self,
        path_or_glob: str,
        *,
        currency: str | None = None,
        provider: str | None = None,
        label: str = "",
        on_progress: Progress | None = None,
        memory_limit: str = MEMORY_LIMIT,
    ) -> None:
        self._pattern = path_or_glob
        self._currency = currency or ""
        self._provider = provider or ""
        self._label = label
        self._on_progress = on_progress
        self._memory_limit = memory_limit

    def last_day(self) -> date:
        """The last day with a charge; a report on an old export is best made as of the day after."""
        return self._last_day

    def facts(self, today: date | None = None) -> CostFacts:
        """The facts of a report made on `today`, by default the day after the last charge."""
        query = FocusQuery(
            today or self.last_day() + timedelta(days=1),
            label=self._label,
            currency=self._currency,
            provider=self._provider,
        )
        with self._engine() as engine, _translated():
            export = self._export
            engine.execute(export.view(self._label))
            export.refuse_overlaps(engine)
            answer = self._run(engine, query.sql("focus", scale=export.scale))
            return facts_of(
                (Row.of(cells) for cells in answer),
                query,
                source="FOCUS export",
                price=Price(ZERO, "files read at the desk", 0),
                notes=export.notes(),
            )

    @cached_property
    def _export(self) -> "_Export":
        with self._engine() as engine, _translated():
            return _Export.found(engine, self._pattern)

    @cached_property
    def _last_day(self) -> date:
        with self._engine() as engine, _translated():
            engine.execute(self._export.view(self._label))
            last = engine.execute(
                "SELECT CAST(MAX(ChargePeriodStart) AS DATE) FROM focus"
                " WHERE ($1 = '' OR BillingCurrency = $1) AND ($2 = '' OR ProviderName = $2)",
                [self._currency, self._provider],
            ).fetchone()
        if last is None or last[0] is None:
            raise NoChargesError(f"{self._pattern} holds no charge{self._narrowing()}.")
        day: date = last[0]
        return day

    def _narrowing(self) -> str:
        parts = [f" in {self._currency}"] * bool(self._currency)
        return "".join([*parts, *[f" of {self._provider}"] * bool(self._provider)])

    @contextmanager
    def _engine(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """DuckDB with little memory, a folder to spill into, and no habit of fetching extensions."""
        with TemporaryDirectory(prefix="focus-") as spill:
            settings: dict[str, str | bool | int | float | list[str]] = {
                "memory_limit": self._memory_limit,
                "temp_directory": spill,
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
            }
            with duckdb.connect(config=settings) as engine:
                engine.execute("SET TimeZone = 'UTC'")
                if self._on_progress:
                    engine.execute("SET enable_progress_bar = true")
                    engine.execute("SET enable_progress_bar_print = false")
                if self._pattern.startswith("s3://"):
                    _open_s3(engine)
                yield engine

    def _run(self, engine: duckdb.DuckDBPyConnection, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of an answer; tells the progress while the engine works."""
        if self._on_progress is None:
            engine.execute(sql)
        else:
            with ThreadPoolExecutor(1) as pool:
                running = pool.submit(engine.execute, sql)
                while wait([running], timeout=0.1).not_done:
                    self._on_progress(max(engine.query_progress(), 0) / 100)
                running.result()
            self._on_progress(1.0)
        while rows := engine.fetchmany(ROWS_AT_ONCE):
            yield from rows


class _Export:
    """Files of one kind that are read as one table."""

    def __init__(self, files: list[str], skipped: int, columns: dict[str, str], size: int) -> None:
        self._files = files
        self._skipped = skipped
        self._columns = columns  # type by name as the files spell it
        self._spelling = {name.casefold(): name for name in columns}
        self._size = size

    @classmethod
    def found(cls, engine: duckdb.DuckDBPyConnection, pattern: str) -> "_Export":
        """Look which files there are and which columns they have; raises `CostSourceError`."""
        files, skipped, size = _files(engine, pattern)
        described = engine.execute(f"DESCRIBE SELECT * FROM {_scan(files)}").fetchall()
        export = cls(files, skipped, {str(row[0]): str(row[1]) for row in described}, size)
        missing = [name for name in REQUIRED if name.casefold() not in export._spelling]
        if not {"subaccountid", "billingaccountid"} & export._spelling.keys():
            missing.append("SubAccountId")
        if missing:
            raise NotFocusError(
                f"{pattern} is not FOCUS: it has no column {', '.join(missing)}.",
                next_step="Export in the FOCUS format, 1.0 to 1.2; docs/sources.md says how.",
            )
        _refuse_two_executions(files)
        return export

    @property
    def scale(self) -> int:
        """Decimal places that the costs are added up with."""
        kinds = {
            self._columns[self._spelling[name]]
            for name in map(str.casefold, COSTS)
            if name in self._spelling
        }
        return DOUBLE_SCALE if kinds & {"DOUBLE", "FLOAT"} else DECIMAL_SCALE

    def view(self, label: str, *, files: list[str] | None = None, name: str = "focus") -> str:
        """Defines a view of all or some files: the columns and types of FOCUS, whatever the files make of them."""
        columns = [
            *(
                _time(*self._found(name)) + f" AS {name}"
                for name in ("ChargePeriodStart", "BillingPeriodStart")
            ),
            *(_cost(*self._found(name)) + f" AS {name}" for name in COSTS),
            *(
                f"{self._text(name)} AS {name}"
                for name in (
                    "BillingCurrency",
                    "ChargeCategory",
                    "ServiceName",
                    "ChargeClass",
                    "SubAccountName",
                    "SubAccountId",
                    "BillingAccountId",
                    "ProviderName",
                )
            ),
        ]
        if label:
            columns.append(self._map(label))
        source = _scan(files or self._files, filename=True)
        return (
            f"CREATE OR REPLACE VIEW {name} AS SELECT {', '.join(columns)}, filename FROM {source}"
        )

    def refuse_overlaps(self, engine: duckdb.DuckDBPyConnection) -> None:
        """Raise `OverlappingExportError` when two files hold the same charges."""
        files = self._sharing_a_period(engine)
        if len(files) < 2:
            return
        engine.execute(self.view("", files=files, name="probed"))
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
        if len(self._files) < 2 or not _is_parquet(self._files[0]):
            return self._files
        return [
            str(row[0])
            for row in engine.execute(
                SHARING.format(files=_names(self._files), column=column)
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

    def _map(self, label: str) -> str:
        name = label_column(label)
        if name.casefold() not in self._spelling:
            hint = (
                " FOCUS 1.2 exports of AWS carry no cost categories; 1.0 exports do."
                if name.startswith("x_")
                else ""
            )
            raise NotFocusError(
                f"The export has no column {name}, which {label} needs.{hint}",
                next_step="Choose another label, or none.",
            )
        column, kind = self._found(name)
        if kind.startswith("MAP"):
            return f"CAST({column} AS MAP(VARCHAR, VARCHAR)) AS {name}"
        return f"CAST(CAST({column} AS JSON) AS MAP(VARCHAR, VARCHAR)) AS {name}"


SHARING = """
WITH span AS (
    SELECT file_name, MIN(stats_min_value) AS first, MAX(stats_max_value) AS last
    FROM parquet_metadata({files}) WHERE path_in_schema = '{column}' GROUP BY file_name
)
SELECT DISTINCT a.file_name FROM span AS a JOIN span AS b ON a.file_name <> b.file_name
    AND COALESCE(a.first <= b.last AND b.first <= a.last, TRUE)
"""

OVERLAPS = """
WITH grouped AS (
    SELECT
        filename, date_trunc('month', BillingPeriodStart) AS month, CAST(ChargePeriodStart AS DATE) AS day,
        ServiceName, SubAccountId, ChargeCategory, COUNT(*) AS charges,
        SUM(CAST(BilledCost AS DECIMAL(38, 10))) AS billed, ABS(billed) + COUNT(*) * 1e-9 AS weight
    FROM probed WHERE {days} GROUP BY 1, 2, 3, 4, 5, 6
),
whole AS (SELECT filename, month, SUM(weight) AS weight FROM grouped GROUP BY ALL),
doubled AS (
    SELECT a.filename AS one, b.filename AS other, a.month, SUM(a.weight) AS weight
    FROM grouped AS a JOIN grouped AS b
        ON a.filename < b.filename AND a.month = b.month AND a.day = b.day
        AND a.ServiceName IS NOT DISTINCT FROM b.ServiceName
        AND a.SubAccountId IS NOT DISTINCT FROM b.SubAccountId
        AND a.ChargeCategory IS NOT DISTINCT FROM b.ChargeCategory
        AND a.charges = b.charges AND a.billed = b.billed
    GROUP BY ALL
)
SELECT one, other, month
FROM doubled JOIN whole USING (month)
WHERE whole.filename IN (one, other) AND doubled.weight >= {share} * whole.weight
ORDER BY doubled.weight DESC LIMIT 1
"""


def _files(engine: duckdb.DuckDBPyConnection, pattern: str) -> tuple[list[str], int, int]:
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
    kinds = {_is_parquet(name) for name in kept}
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


def _is_parquet(name: str) -> bool:
    return name.endswith(".parquet")


def _scan(files: list[str], *, filename: bool = False) -> str:
    options = f"union_by_name = true, filename = {str(filename).lower()}, hive_partitioning = false"
    if _is_parquet(files[0]):
        return f"read_parquet({_names(files)}, {options})"
    # Said rather than guessed: a guess goes astray where a file breaks off.
    options += f", all_varchar = true, header = true, nullstr = {NULLS}, auto_detect = true"
    return f"read_csv({_names(files)}, {options}, delim = '{_delimiter(files[0])}', quote = '\"', escape = '\"')"


def _delimiter(name: str) -> str:
    """What separates the columns, from the first line; a comma where that cannot be seen from here."""
    if "://" in name:
        return ","
    with (gzip.open if name.endswith(".gz") else open)(name, "rb") as file:
        header = file.readline(65536)
    return max(",;\t", key=lambda each: header.count(each.encode()))


def _names(files: list[str]) -> str:
    """A list of strings, in SQL."""
    return "[" + ", ".join("'" + name.replace("'", "''") + "'" for name in files) + "]"


def _refuse_two_executions(files: list[str]) -> None:
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


def _time(column: str, kind: str) -> str:
    """A moment in UTC; one without a zone is taken as UTC, which FOCUS demands."""
    if kind == "TIMESTAMP":
        return column
    return f"CAST(CAST({column} AS TIMESTAMP WITH TIME ZONE) AS TIMESTAMP)"


def _cost(column: str, kind: str) -> str:
    return f"CAST({column} AS DECIMAL(38, {DECIMAL_SCALE}))" if kind == "VARCHAR" else column


def _open_s3(engine: duckdb.DuckDBPyConnection) -> None:
    """Let the engine read S3 with the credentials that boto3 finds."""
    try:
        engine.execute("LOAD httpfs")
    except duckdb.Error as error:
        raise PermanentSourceError(
            "DuckDB needs its extension httpfs to read from S3, and it is not installed.",
            next_step=(
                'Install it once, with access to the internet: .venv/bin/python -c "import duckdb; '
                "duckdb.sql('INSTALL httpfs')\" - or copy the files: aws s3 sync s3://... export/"
            ),
        ) from error
    import boto3

    session = boto3.Session()
    credentials = session.get_credentials()
    if credentials is None:
        raise AccessDeniedError(
            "No AWS credentials were found to read from S3.",
            next_step="Sign in (`aws sso login`, or `aws configure`) and set AWS_PROFILE.",
        )
    frozen = credentials.get_frozen_credentials()
    values = {
        "KEY_ID": frozen.access_key,
        "SECRET": frozen.secret_key,
        "SESSION_TOKEN": frozen.token or "",
        "REGION": session.region_name or "us-east-1",
    }
    options = ", ".join(
        f"{name} '{str(value).replace(chr(39), chr(39) * 2)}'" for name, value in values.items()
    )
    engine.execute(f"CREATE SECRET (TYPE s3, {options})")


@contextmanager
def _translated() -> Iterator[None]:
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
