"""A third engine, DataFusion, runs the same SQL and finds the same rows: the text stays honest.

DataFusion calls the look-up of a key in a map by other names, so the label is left to the other two.
"""

from pathlib import Path

import datafusion
import duckdb
import pytest

from chalicelib.report import build_report
from chalicelib.settings import Settings
from chalicelib.sources.focus.sql import FocusQuery
from chalicelib.sources.focus.usage import UsageQuery
from chalicelib.why import questions
from simulation.focus_file import write_export
from simulation.ledger import Ledger
from simulation.sample import SAMPLE_NOW

TODAY = SAMPLE_NOW.date()


@pytest.fixture(scope="module")
def export(sample: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("engines")
    write_export(sample, folder)
    return folder / "data"


def by_duckdb(export: Path, sql: str) -> list[tuple[str, ...]]:
    with duckdb.connect() as engine:
        engine.execute(f"CREATE VIEW focus AS FROM read_parquet('{export}/*/*.parquet')")
        return sorted(tuple(map(str, row)) for row in engine.execute(sql).fetchall())


def by_datafusion(export: Path, sql: str) -> list[tuple[str, ...]]:
    # It makes names small unless told otherwise; the columns of Parquet files are as FOCUS spells them.
    keep_names = datafusion.SessionConfig().set(
        "datafusion.sql_parser.enable_ident_normalization", "false"
    )
    engine = datafusion.SessionContext(keep_names)
    engine.register_parquet("focus", str(export), table_partition_cols=[])
    return sorted(tuple(map(str, row.values())) for row in engine.sql(sql).to_pylist())


def test_the_question_of_a_report_has_the_same_rows(export: Path) -> None:
    sql = FocusQuery(TODAY).sql("focus")
    rows = by_duckdb(export, sql)
    assert len(rows) > 5000
    assert by_datafusion(export, sql) == rows


def test_the_question_about_usage_has_the_same_rows(export: Path, sample: Ledger) -> None:
    report = build_report(sample.facts(TODAY), Settings(), SAMPLE_NOW)
    [question, *_] = questions(report)
    sql = UsageQuery(question).sql("focus", usage_type="x_UsageType")
    rows = by_duckdb(export, sql)
    assert len(rows) > 50
    assert by_datafusion(export, sql) == rows
