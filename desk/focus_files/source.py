"""Asks DuckDB the question of a report about FOCUS files."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any
from weakref import finalize

import duckdb

from chalicelib.costs import ZERO, CostFacts, Coverage, Price, Usage, UsageQuestion
from chalicelib.errors import (
    NoChargesError,
)
from chalicelib.sources.focus.facts import facts_of
from chalicelib.sources.focus.rows import Row
from chalicelib.sources.focus.sql import FocusQuery
from chalicelib.sources.focus.usage import UsageQuery, usage_of
from desk.focus_files.columns import FIRST_YEAR, QUANTITIES, TEXTS, USAGE_TEXTS
from desk.focus_files.engine import Progress, execute, opened
from desk.focus_files.errors import translated_errors
from desk.focus_files.export import Export
from desk.focus_files.last_day import last_delivered
from desk.focus_files.s3 import open_s3

MEMORY_LIMIT = "512MB"
ROWS_AT_ONCE = 10_000
FREE = Price(ZERO, "files read at the desk", 0)


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
        self._held = Coverage()

    def last_day(self) -> date:
        """The last day with a charge; a report on an old export is best made as of the day after."""
        return self._last_day

    def facts(self, today: date | None = None) -> CostFacts:
        """The facts of a report made on `today`, by default the day after the last charge."""
        export = self._export
        day = today or self.last_day() + timedelta(days=1)
        with self._reading(export) as engine:
            query = FocusQuery(
                day,
                label=self._label,
                currency=self._currency,
                provider=self._provider,
                category_column=export.has("x_CostCategories"),
            )
            self._define_charges(engine, export)
            export.refuse_overlaps(engine)
            execute(engine, query.sql("focus", scale=export.scale), self._on_progress)
            facts = facts_of(
                (Row.of(cells) for cells in _rows(engine)),
                query,
                source="FOCUS export",
                price=FREE,
                notes=export.notes(),
            )
        self._held = facts.services.covered
        return facts

    def price(self) -> Price:
        """What all questions so far cost: nothing."""
        return FREE

    def usage(self, question: UsageQuestion) -> Usage:
        """The answer to a question about usage; `facts` comes first, to know which days there are."""
        export = self._export
        query = UsageQuery(question, currency=self._currency, provider=self._provider)
        sql = query.sql("focus", usage_type=export.usage_type(), scale=export.scale)
        with self._reading(export) as engine:
            engine.execute(export.view("", texts=(*TEXTS, *USAGE_TEXTS), numbers=QUANTITIES))
            return usage_of(engine.execute(sql).fetchall(), question, self._held)

    @cached_property
    def _export(self) -> "Export":
        with self._engine() as engine, translated_errors():
            return Export.found(engine, self._pattern)

    @cached_property
    def _last_day(self) -> date:
        export = self._export
        with self._reading(export) as engine:
            self._define_charges(engine, export)
            counts = engine.execute(
                "SELECT CAST(ChargePeriodStart AS DATE), COUNT(*) FROM focus"
                " WHERE ($1 = '' OR BillingCurrency = $1) AND ($2 = '' OR ProviderName = $2)"
                " GROUP BY 1",
                [self._currency, self._provider],
            ).fetchall()
            charges = {day: count for day, count in counts if day is not None}
            if min(charges, default=date.max).year < FIRST_YEAR:
                export.refuse_short_years(engine)
        if not counts:
            raise NoChargesError(f"{self._pattern} holds no charge{self._narrowing()}.")
        # Charges without a day are refused with the rest of the facts.
        return last_delivered(charges) if charges else date.today()  # noqa: DTZ011

    @contextmanager
    def _reading(self, export: Export) -> Iterator[duckdb.DuckDBPyConnection]:
        """An engine; where it cannot read a value, the error names file, column and value."""
        with self._engine() as engine, translated_errors():
            try:
                yield engine
            except duckdb.ConversionException:
                export.refuse_unreadable(engine)
                raise

    def _narrowing(self) -> str:
        parts = [f" in {self._currency}"] * bool(self._currency)
        return "".join([*parts, *[f" of {self._provider}"] * bool(self._provider)])

    @contextmanager
    def _engine(self) -> Iterator[duckdb.DuckDBPyConnection]:
        progress = self._on_progress is not None
        with opened(self._memory_limit, str(self._folder), progress=progress) as engine:
            if self._pattern.startswith("s3://"):
                open_s3(engine)
            yield engine

    def _define_charges(self, engine: duckdb.DuckDBPyConnection, export: Export) -> None:
        """Define the table of charges; text is read and understood once, and kept in columns."""
        if not export.is_text:
            engine.execute(export.view(self._label))
            return
        copy = self._folder / "charges.parquet"
        if not copy.exists():
            half = copy.with_suffix(".half")
            execute(engine, export.copy(self._label, half), self._on_progress)
            half.rename(copy)
        engine.execute(f"CREATE VIEW focus AS FROM read_parquet('{copy}')")

    @cached_property
    def _folder(self) -> Path:
        """Where the engine may spill to; it goes when this source does."""
        folder = mkdtemp(prefix="focus-")
        finalize(self, rmtree, folder, ignore_errors=True)
        return Path(folder)


def _rows(engine: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while rows := engine.fetchmany(ROWS_AT_ONCE):
        yield from rows
