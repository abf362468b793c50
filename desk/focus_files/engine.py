"""DuckDB, with little memory and without habits of its own."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager

import duckdb

type Progress = Callable[[float], None]


@contextmanager
def opened(
    memory_limit: str, spill: str, *, progress: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine that spills into a folder, and fetches no extensions."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit,
        "temp_directory": spill,
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
    }
    with duckdb.connect(config=settings) as engine:
        engine.execute("SET TimeZone = 'UTC'")
        engine.execute(f"SET enable_progress_bar = {progress}")
        if progress:
            engine.execute("SET enable_progress_bar_print = false")
        yield engine


def execute(engine: duckdb.DuckDBPyConnection, sql: str, on_progress: Progress | None) -> None:
    """Execute one statement; tells the share that is done, 0 to 1, while the engine works."""
    if on_progress is None:
        engine.execute(sql)
        return
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(engine.execute, sql)
        while wait([running], timeout=0.1).not_done:
            on_progress(max(engine.query_progress(), 0) / 100)
        running.result()
    on_progress(1.0)
