"""What can be taken away from a report: JSON and CSV that say the same, and that no spreadsheet runs."""

import csv
import io
import json

import pytest

from chalicelib.dashboard.json_form import as_json
from chalicelib.dashboard.view import view_of
from desk.export import TABLES, write_csv, write_json
from tests.dashboard.reports import (
    DIFFICULT,
    HOSTILE,
    difficult_view,
    hostile_report,
    sample_report,
)


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_json_is_the_view() -> None:
    view = view_of(sample_report())
    assert json.loads(write_json(view)) == json.loads(json.dumps(as_json(view)))


def test_csv_has_a_row_for_each_row_of_the_page() -> None:
    view = view_of(sample_report())
    rows = read(write_csv(view, "services"))
    assert [row["ServiceName"] for row in rows] == [r.service_name for r in view.services.rows]
    assert [float(row["BilledCost"]) for row in rows] == [
        float(r.billed_cost) for r in view.services.rows
    ]
    assert {row["BillingCurrency"] for row in rows} == {"USD"}
    assert len(read(write_csv(view, "months"))) == len(view.months)
    assert len(read(write_csv(view, "daily"))) == 90 * len(view.daily.stacks[0].series)


@pytest.mark.parametrize("table", TABLES)
def test_every_table_of_every_report_is_valid_csv(table: str) -> None:
    for name in DIFFICULT:
        text = write_csv(difficult_view(name), table)
        widths = {len(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True)}
        assert len(widths) <= 1


def test_no_text_is_a_formula_and_every_number_is_a_number() -> None:
    view = view_of(hostile_report())
    rows = read(write_csv(view, "services"))
    assert {row["ServiceName"] for row in rows} == {
        f"'{name}" if name[0] in "=+@" else name for name in HOSTILE
    }
    for row in rows:
        assert row["ServiceName"][0] not in "=+-@\t\r\n"
        float(row["BilledCost"])


def test_a_negative_amount_keeps_its_sign_without_a_quote() -> None:
    rows = read(write_csv(difficult_view("negative totals"), "services"))
    assert [row["Reductions"] for row in rows if row["Reductions"] != "0"] == ["-750"]
