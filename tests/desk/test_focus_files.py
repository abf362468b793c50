"""FOCUS files at a desk: every form they come in, and what is said of those that cannot be used."""

import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from chalicelib.errors import (
    CurrencyError,
    ExportMissingError,
    NoChargesError,
    NotFocusError,
    OverlappingExportError,
    PermanentSourceError,
    QueryFailedError,
    UnreadableFileError,
)
from desk.focus_files import FocusFiles

COLUMNS = {
    "BilledCost": "1.5",
    "BillingAccountId": "9",
    "BillingCurrency": "USD",
    "BillingPeriodStart": "2026-10-01 00:00:00",
    "ChargeCategory": "Usage",
    "ChargeClass": "NULL",
    "ChargePeriodStart": "2026-10-20 23:00:00",
    "EffectiveCost": "1.5",
    "ListCost": "2",
    "ProviderName": "AWS",
    "ServiceName": "Storage",
    "SubAccountId": "1",
    "SubAccountName": "one",
    "Tags": "NULL",
}

BEGINS = "The export begins with October 2026; earlier months are unknown, not free."


def csv(path: Path, *rows, without=(), extra=()):
    """A CSV file with one line for each dict of what differs from the ordinary charge."""
    names = [name for name in (*COLUMNS, *extra) if name not in without]
    lines = [",".join(names)]
    for row in rows:
        cells = [(COLUMNS | row).get(name, "x") for name in names]
        lines.append(",".join('"' + cell.replace('"', '""') + '"' for cell in cells))
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def parquet(path: Path, *rows, cost="DOUBLE"):
    """A Parquet file with AWS's types."""
    text = csv(path.with_suffix(".txt"), *rows)
    replace = ", ".join(
        f"CAST({name} AS {cost}) AS {name}" for name in ("BilledCost", "EffectiveCost", "ListCost")
    )
    times = ", ".join(
        f"CAST({name} AS TIMESTAMP) AS {name}"
        for name in ("ChargePeriodStart", "BillingPeriodStart")
    )
    duckdb.sql(
        f"SELECT * REPLACE ({replace}, {times}, CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS Tags)"
        f" FROM read_csv('{text}', all_varchar = true, nullstr = 'NULL')"
    ).write_parquet(str(path))
    Path(text).unlink()
    return str(path)


def billed(path, **options):
    return FocusFiles(str(path), **options).facts().services.total().billed


def test_a_csv_file_is_read_with_text_nulls_and_times_without_zone(tmp_path):
    made = FocusFiles(csv(tmp_path / "a.csv", {}, {"ChargeClass": "Correction"})).facts()
    assert {name: each.billed for name, each in made.services.by("category").items()} == {
        "Usage": Decimal("1.5"),
        "Adjustment": Decimal("1.5"),
    }
    assert made.account_names == {"1": "one"}
    assert made.notes == (BEGINS,)
    assert (made.source, made.price.amount) == ("FOCUS export", 0)


def test_a_report_on_an_old_export_is_made_as_of_the_day_after_its_last_charge(tmp_path):
    files = FocusFiles(csv(tmp_path / "a.csv", {}, {"ChargePeriodStart": "2024-02-28 05:00:00"}))
    assert files.last_day() == date(2026, 10, 20)
    assert files.facts().today == date(2026, 10, 21)
    assert files.facts(date(2024, 3, 1)).services.period.last_day == date(2024, 2, 29)


@pytest.mark.parametrize(
    "time",
    ["2026-10-20T23:30:00Z", "2026-10-21T01:30:00+02:00", "2026-10-20 23:30:00.000", "2026-10-20"],
)
def test_times_are_utc_however_they_are_written(tmp_path, time):
    assert FocusFiles(csv(tmp_path / "a.csv", {"ChargePeriodStart": time})).last_day() == date(
        2026, 10, 20
    )


def test_gzipped_csv_parquet_folders_and_patterns_are_read(tmp_path):
    text = Path(csv(tmp_path / "a.csv", {}))
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(text.read_bytes()))
    folder = tmp_path / "export"
    folder.mkdir()
    parquet(folder / "1.parquet", {"ServiceName": "one"})
    parquet(folder / "2.parquet", {"ServiceName": "two"})
    assert billed(tmp_path / "b.csv.gz") == Decimal("1.5")
    assert billed(folder) == billed(folder / "*.parquet") == 3
    assert billed(folder / "1.parquet") == Decimal("1.5")


def test_files_of_different_focus_versions_are_one_export(tmp_path):
    csv(tmp_path / "a.csv", {}, without=["BillingAccountId"])
    csv(tmp_path / "b.csv", {"ServiceName": "two"}, extra=["InvoiceId", "x_Operation"])
    assert billed(tmp_path / "*.csv") == 3


def test_missing_and_unknown_columns_are_named(tmp_path):
    path = csv(
        tmp_path / "a.csv", {}, without=["ListCost", "SubAccountName"], extra=["Id", "x_Mine"]
    )
    made = FocusFiles(path).facts()
    assert made.notes == (
        "The export has no column ListCost, SubAccountName; the report does without.",
        "Columns that FOCUS does not define were left aside: Id.",
        BEGINS,
    )
    assert made.services.total().listed == Decimal("1.5")


def test_an_export_without_sub_accounts_goes_by_its_billing_account(tmp_path):
    made = FocusFiles(csv(tmp_path / "a.csv", {}, without=["SubAccountId"])).facts()
    assert list(made.months.by("account")) == ["9"]


def test_a_file_that_is_not_focus_is_refused_with_the_missing_columns(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("lineItem/UsageAmount,BilledCost,ServiceName\n1,2,x\n")
    with pytest.raises(
        NotFocusError,
        match="no column BillingCurrency, ChargeCategory, ChargePeriodStart, EffectiveCost, SubAccountId",
    ):
        FocusFiles(str(path)).facts()


def test_no_file_is_an_error_that_names_the_pattern(tmp_path):
    with pytest.raises(ExportMissingError, match=r"nothing\*\.csv names no file"):
        FocusFiles(str(tmp_path / "nothing*.csv")).facts()


def test_an_export_without_a_charge_is_an_error(tmp_path):
    with pytest.raises(NoChargesError, match="holds no charge"):
        FocusFiles(csv(tmp_path / "a.csv")).facts()
    with pytest.raises(NoChargesError, match="holds no charge in EUR of Oracle"):
        FocusFiles(csv(tmp_path / "a.csv", {}), currency="EUR", provider="Oracle").facts()


def test_empty_chunks_are_left_aside_with_a_note(tmp_path):
    parquet(tmp_path / "1.parquet", {})
    (tmp_path / "2.parquet").touch()
    parquet(tmp_path / "3.parquet")  # a header and no row
    made = FocusFiles(str(tmp_path)).facts()
    assert made.services.total().billed == Decimal("1.5")
    assert made.notes == ("1 empty files were left aside.", BEGINS)


def test_only_empty_chunks_are_an_error(tmp_path):
    (tmp_path / "1.parquet").touch()
    with pytest.raises(ExportMissingError, match="no file that holds anything"):
        FocusFiles(str(tmp_path)).facts()


def test_a_truncated_parquet_file_is_an_error_that_says_what_to_do(tmp_path):
    path = Path(parquet(tmp_path / "a.parquet", *[{"ServiceName": f"s{n}"} for n in range(100)]))
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(UnreadableFileError, match=r"a\.parquet") as caught:
        FocusFiles(str(path)).facts()
    assert "export it again" in caught.value.next_step


@pytest.mark.parametrize("kept", [300, -1000, -5])
def test_a_csv_file_that_breaks_off_is_an_error_and_no_smaller_total(tmp_path, kept):
    path = Path(csv(tmp_path / "a.csv", *[{"ServiceName": f"s{n}"} for n in range(99)]))
    path.write_text(path.read_text()[:kept])
    with pytest.raises(UnreadableFileError, match=r"a\.csv|CSV"):
        FocusFiles(str(path)).facts()


@pytest.mark.parametrize("separator", [";", "\t"])
def test_columns_may_be_separated_as_a_spreadsheet_would(tmp_path, separator):
    path = Path(csv(tmp_path / "a.csv", {}))
    path.write_text(path.read_text().replace(",", separator))
    assert billed(path) == Decimal("1.5")


def test_a_truncated_gzip_file_is_an_error(tmp_path):
    text = Path(csv(tmp_path / "a.csv", *[{"ServiceName": f"s{n}"} for n in range(9999)]))
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(text.read_bytes())[:-2000])
    with pytest.raises((UnreadableFileError, QueryFailedError)):
        FocusFiles(str(tmp_path / "b.csv.gz")).facts()


def test_a_cost_that_is_no_number_is_an_error_that_shows_it(tmp_path):
    with pytest.raises(UnreadableFileError, match="twelve"):
        FocusFiles(csv(tmp_path / "a.csv", {"BilledCost": "twelve"})).facts()


def test_csv_and_parquet_are_not_mixed(tmp_path):
    csv(tmp_path / "a.csv", {})
    parquet(tmp_path / "a.parquet", {})
    with pytest.raises(UnreadableFileError, match="both CSV and Parquet"):
        FocusFiles(str(tmp_path)).facts()


def test_two_currencies_are_refused_or_one_is_chosen(tmp_path):
    path = csv(tmp_path / "a.csv", {}, {"BillingCurrency": "EUR", "BilledCost": "7"})
    with pytest.raises(CurrencyError, match=r"EUR 7\.00, \$1\.50"):
        FocusFiles(path).facts()
    assert billed(path, currency="EUR") == 7


def test_costs_with_twenty_decimals_are_exact_from_text_and_from_decimals(tmp_path):
    rows = [{"BilledCost": "0.12345678901234567891"}, {"BilledCost": "1e-20"}]
    exact = Decimal("0.12345678901234567892")
    assert billed(csv(tmp_path / "a.csv", *rows)) == exact
    assert billed(parquet(tmp_path / "a.parquet", *rows, cost="DECIMAL(38, 20)")) == exact


def test_doubles_of_a_parquet_file_become_the_decimals_they_were_written_as(tmp_path):
    rows = [{"BilledCost": cost} for cost in ("0.1", "0.2", "39.1603300457")]
    assert billed(parquet(tmp_path / "a.parquet", *rows)) == Decimal("39.4603300457")


def test_refreshes_in_folders_of_their_own_are_refused(tmp_path):
    for execution in ("20261020T000000Z-a", "20261021T000000Z-b"):
        folder = tmp_path / "data/BILLING_PERIOD=2026-10" / execution
        folder.mkdir(parents=True)
        parquet(folder / "x-00001.parquet", {})
    with pytest.raises(
        OverlappingExportError, match=r"2026-10 holds 2 refreshes.*20261020T000000Z-a"
    ):
        FocusFiles(str(tmp_path)).facts()
    assert billed(tmp_path / "data/*/20261021*/*.parquet") == Decimal("1.5")


def test_a_later_refresh_beside_an_earlier_one_is_refused(tmp_path):
    charges = [
        {
            "ChargePeriodStart": f"2026-10-{day:02}",
            "ServiceName": f"s{n}",
            "BilledCost": f"{n}.{day}",
        }
        for day in range(1, 20)
        for n in range(10)
    ]
    parquet(tmp_path / "early.parquet", *charges[:100])
    parquet(tmp_path / "late.parquet", *charges)
    with pytest.raises(OverlappingExportError, match=r"early\.parquet.*late\.parquet.*2026-10"):
        FocusFiles(str(tmp_path)).facts()


def test_chunks_of_one_refresh_are_not_taken_for_two(tmp_path):
    charges = [
        {"ChargePeriodStart": f"2026-10-{day:02}", "BilledCost": f"{day}.{n}"}
        for day in range(1, 20)
        for n in range(10)
    ]
    parquet(tmp_path / "1.parquet", *charges[::2])
    parquet(tmp_path / "2.parquet", *charges[1::2])
    assert billed(tmp_path) == sum(Decimal(each["BilledCost"]) for each in charges)


def test_label_values_come_from_tags_written_as_json(tmp_path):
    path = csv(tmp_path / "a.csv", {"Tags": '{"team": "data"}'}, {"Tags": '{"other": 1}'}, {})
    made = FocusFiles(path, label="tag:team").facts()
    assert {label: each.billed for label, each in made.labels.by("label").items()} == {
        "data": Decimal("1.5"),
        "(untagged)": 3,
    }


def test_a_label_whose_column_is_missing_is_refused(tmp_path):
    path = csv(tmp_path / "a.csv", {})
    with pytest.raises(NotFocusError, match=r"no column x_CostCategories.*1\.0 exports do"):
        FocusFiles(path, label="category:Team").facts()
    path = csv(tmp_path / "b.csv", {}, without=["Tags"])
    with pytest.raises(NotFocusError, match="no column Tags, which tag:team needs"):
        FocusFiles(path, label="tag:team").facts()


def test_progress_ends_at_the_whole(tmp_path):
    seen: list[float] = []
    FocusFiles(csv(tmp_path / "a.csv", {}), on_progress=seen.append).facts()
    assert seen[-1] == 1.0
    assert all(0 <= share <= 1 for share in seen)


def test_reading_from_s3_without_the_extension_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))  # where DuckDB looks for extensions
    with pytest.raises(PermanentSourceError, match="httpfs") as caught:
        FocusFiles("s3://bucket/export/*.parquet").facts()
    assert "INSTALL httpfs" in caught.value.next_step


def test_too_little_memory_is_an_error_that_says_so(tmp_path):
    rows = [{"ServiceName": f"s{n}", "SubAccountId": f"{n}"} for n in range(20_000)]
    path = csv(tmp_path / "a.csv", *rows)
    with pytest.raises(QueryFailedError, match="memory"):
        FocusFiles(path, memory_limit="4MB").facts()
