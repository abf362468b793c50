"""The same ledger through every source: identical facts, and so an identical report.

Cost Explorer is asked through its emulator, DuckDB reads FOCUS files written from the ledger, and
Athena answers with what DuckDB finds for the very SQL that it was sent.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import duckdb
import pytest
import requests
from moto import mock_aws

from chalicelib.costs import Amounts, CostFacts, Costs
from chalicelib.report import build_report
from chalicelib.settings import Settings
from chalicelib.sources.cost_explorer import CostExplorer
from chalicelib.sources.focus.athena import FocusAthena
from desk.focus_files import FocusFiles
from simulation.emulator import CostExplorerEmulator
from simulation.focus_file import write_csv, write_export
from simulation.ledger import Ledger
from simulation.sample import SAMPLE_NOW

TODAY = SAMPLE_NOW.date()
LABEL = "tag:team"
TABLES = ("services", "months", "accounts", "labels")
PRESETS = "http://motoapi.amazonaws.com/moto-api/static/athena/query-results"


@pytest.fixture(scope="module")
def answers(sample: Ledger, tmp_path_factory: pytest.TempPathFactory) -> dict[str, CostFacts]:
    """What each source makes of the sample organisation."""
    folder = tmp_path_factory.mktemp("focus")
    write_export(sample, folder / "export")
    write_csv(sample, folder / "focus.csv")
    return {
        "the ledger": sample.facts(TODAY, LABEL),
        "Cost Explorer": through_cost_explorer(sample),
        "Parquet at a desk": FocusFiles(str(folder / "export"), label=LABEL).facts(TODAY),
        "CSV at a desk": FocusFiles(str(folder / "focus.csv"), label=LABEL).facts(TODAY),
        "Athena": through_athena(folder / "export"),
    }


@pytest.mark.parametrize(
    "source", ["Cost Explorer", "Parquet at a desk", "CSV at a desk", "Athena"]
)
@pytest.mark.parametrize("table", TABLES)
def test_every_source_has_the_same_charges(answers: dict[str, CostFacts], source: str, table: str):
    got, want = (getattr(answers[name], table) for name in (source, "the ledger"))
    assert len(want) > 100
    assert comparable(table, got) == comparable(table, want)


@pytest.mark.parametrize(
    "source", ["Cost Explorer", "Parquet at a desk", "CSV at a desk", "Athena"]
)
def test_every_source_has_the_same_names(answers: dict[str, CostFacts], source: str):
    got, want = answers[source], answers["the ledger"]
    assert got.account_names == want.account_names
    assert (got.today, got.label_name, got.currency, got.notes) == (TODAY, "team", "USD", ())


@pytest.mark.parametrize(
    "source", ["Cost Explorer", "Parquet at a desk", "CSV at a desk", "Athena"]
)
def test_every_source_makes_the_same_report(answers: dict[str, CostFacts], source: str):
    want = report(answers["the ledger"])
    assert want.months
    assert report(answers[source]) == want


def comparable(table: str, costs: Costs) -> Costs:
    """Without what Cost Explorer cannot tell: the listed cost where it is not grouped by record type."""
    if table in ("services", "months"):
        return costs
    cells = {key: Amounts(each.billed, each.effective) for key, each in costs.cells.items()}
    return replace(costs, cells=cells)


def report(facts: CostFacts) -> Any:
    """A report of facts that do not say where they come from."""
    return build_report(answer_free(facts), Settings(label=LABEL), SAMPLE_NOW)


def answer_free(facts: CostFacts) -> CostFacts:
    """The facts without source, price, how they were asked, and what `comparable` leaves out."""
    tables = {name: comparable(name, getattr(facts, name)) for name in TABLES}
    nothing = Amounts().billed
    price = replace(facts.price, amount=nothing, basis="", requests=0)
    return replace(facts, **tables, source="", price=price, months_asked_apart=False)


def through_cost_explorer(ledger: Ledger) -> CostFacts:
    with CostExplorerEmulator(ledger, today=TODAY) as emulator:
        client = boto3.client("ce", endpoint_url=emulator.url)
        return CostExplorer(client, max_requests=100, label=LABEL).facts(TODAY)


def through_athena(export: Path) -> CostFacts:
    with mock_aws(), answering_from(export) as client:
        client.create_work_group(Name="group")
        return FocusAthena(client, database="focus", workgroup="group", label=LABEL).facts(TODAY)


@contextmanager
def answering_from(export: Path, usage_type: str = "") -> Iterator[Any]:
    """An Athena client whose queries DuckDB answers, by way of moto's presets.

    `usage_type` is the column that stands for `SkuMeter`.
    """
    client = boto3.client("athena")

    def answer(params: dict[str, Any], **_: object) -> None:
        result = engine.execute(params["QueryString"])
        rows = [[name for name, *_ in result.description], *result.fetchall()]
        requests.post(
            PRESETS,
            json={"results": [{"rows": [cells(row) for row in rows], "column_info": []}]},
            timeout=9,
        )

    with duckdb.connect() as engine:
        more = f", {usage_type} AS SkuMeter" * bool(usage_type)
        engine.execute(
            f"CREATE VIEW focus AS SELECT *{more} FROM read_parquet('{export}/data/*/*.parquet')"
        )
        client.meta.events.register("provide-client-params.athena.StartQueryExecution", answer)
        yield client


def cells(row: Any) -> dict[str, Any]:
    """A row as Athena writes it: everything is text, and a null is nothing."""
    return {"Data": [{} if cell is None else {"VarCharValue": str(cell)} for cell in row]}
