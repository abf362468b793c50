"""FOCUS exports that lack days, hold them twice, or are something else: what is told of each.

The account costs $80 a day: Lambda 45, DynamoDB 25, CloudFront 10. The last day is 7 March 2027.
"""

import csv
import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from chalicelib.costs import Period
from chalicelib.dashboard.page import render_page
from chalicelib.dashboard.view import view_of
from chalicelib.errors import (
    CostSourceError,
    CurrencyError,
    NotFocusError,
    OverlappingExportError,
    SettingError,
    UnreadableFileError,
)
from chalicelib.report import Report, build_report
from chalicelib.settings import Settings
from desk.export import write_json
from desk.focus_files import FocusFiles

SERVICES = {"AWS Lambda": 45, "Amazon DynamoDB": 25, "Amazon CloudFront": 10}
TODAY = date(2027, 3, 8)
WHOLE = Period(date(2027, 1, 1), TODAY)
LONG = Period(date(2026, 11, 1), TODAY)

type Line = dict[str, str]


def charges(period: Period, without: Iterable[Period] = ()) -> Iterator[Line]:
    left_out = {day for each in without for day in each}
    for day in period:
        for service, cost in SERVICES.items() if day not in left_out else ():
            yield charge(day, service, Decimal(cost) + Decimal(day.toordinal() % 5) / 100)


def charge(day: date, service: str, cost: object, **columns: str) -> Line:
    month = Period.month_of(day)
    return {
        "BilledCost": str(cost),
        "BillingAccountId": "222233334444",
        "BillingCurrency": "USD",
        "BillingPeriodStart": f"{month.start}T00:00:00Z",
        "BillingPeriodEnd": f"{month.end}T00:00:00Z",
        "ChargeCategory": "Usage",
        "ChargeClass": "",
        "ChargePeriodStart": f"{day}T00:00:00Z",
        "ChargePeriodEnd": f"{day + timedelta(days=1)}T00:00:00Z",
        "EffectiveCost": str(cost),
        "ListCost": str(cost),
        "ProviderName": "AWS",
        "ServiceName": service,
        "SubAccountId": "222233334444",
        "SubAccountName": "alpha",
    } | columns


def written(path: Path, lines: Iterable[Line]) -> Path:
    rows = list(lines)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[-1]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def february(facts_of: object) -> Decimal:
    costs = FocusFiles(str(facts_of)).facts().months
    return costs.where("account", ["222233334444"]).by_day()[date(2027, 2, 1)].billed


def report_of(path: object, label: str = "") -> Report:
    facts = FocusFiles(str(path), label=label).facts()
    now = datetime.combine(facts.today, time(7), UTC)
    return build_report(facts, Settings(label=label), now)


def told(report: Report) -> str:
    """Everything that the page and the export say."""
    return render_page(report) + write_json(view_of(report))


FEBRUARY = Decimal(28 * 80) + sum(
    Decimal(day.toordinal() % 5) * 3 / 100 for day in Period(date(2027, 2, 1), date(2027, 3, 1))
)


def test_a_year_of_two_digits_is_refused_with_its_column_and_value(tmp_path: Path) -> None:
    lines = [
        {name: cell.replace("2027-", "27-").replace("Z", "") for name, cell in line.items()}
        for line in charges(WHOLE)
    ]
    with pytest.raises(UnreadableFileError, match=r"short\.csv has '27-01-01.*ChargePeriodStart"):
        report_of(written(tmp_path / "short.csv", lines))


@pytest.mark.parametrize("pattern", ["", "costs.parquet", "*.parquet", "costs.parquet/*"])
def test_a_folder_named_like_a_file_counts_its_files_once(tmp_path: Path, pattern: str) -> None:
    text = written(tmp_path / "text", charges(WHOLE))
    (tmp_path / "costs.parquet").mkdir()
    for part in (0, 1):
        duckdb.sql(
            f"SELECT * FROM (SELECT *, row_number() OVER () AS n FROM read_csv('{text}', all_varchar = true))"
            f" WHERE n % 2 = {part}"
        ).write_parquet(str(tmp_path / f"costs.parquet/part-{part}.parquet"))
    assert february(tmp_path / pattern) == FEBRUARY


def by_hour(line: Line, hours: int = 8) -> Iterator[Line]:
    for hour in range(0, 24, hours):
        cost = str(Decimal(line["BilledCost"]) * hours / 24)
        start = line["ChargePeriodStart"].replace("T00", f"T{hour:02}")
        costs = dict.fromkeys(("BilledCost", "EffectiveCost", "ListCost"), cost)
        yield line | costs | {"ChargePeriodStart": start}


def by_month(lines: Iterable[Line]) -> Iterator[Line]:
    sums: dict[str, Decimal] = {}
    for line in lines:
        sums[line["ServiceName"]] = sums.get(line["ServiceName"], Decimal(0)) + Decimal(
            line["BilledCost"]
        )
    for service, cost in sums.items():
        yield charge(date(2027, 2, 1), service, cost)


CHUNKINGS: dict[str, Callable[[list[Line]], Iterable[Line]]] = {
    "hours": lambda lines: (each for line in lines for each in by_hour(line, 3)),
    "months": by_month,
    "the same": lambda lines: lines,
    "an older version": lambda lines: lines[:60],
}


@pytest.mark.parametrize("chunking", CHUNKINGS)
def test_the_same_charges_in_another_chunking_are_refused_by_naming_both(
    tmp_path: Path, chunking: str
) -> None:
    month = list(charges(Period(date(2027, 2, 1), date(2027, 3, 1))))
    written(tmp_path / "whole.csv", charges(WHOLE))
    written(tmp_path / "again.csv", CHUNKINGS[chunking](month))
    with pytest.raises(OverlappingExportError, match=r"again\.csv.*whole\.csv.*2027-02"):
        report_of(tmp_path)


def test_two_payers_with_equal_fees_and_two_resources_with_equal_costs_are_no_overlap(
    tmp_path: Path,
) -> None:
    day = date(2027, 3, 1)
    for name, columns in (
        ("a", {"BillingAccountId": "1", "ResourceId": "x"}),
        ("b", {"BillingAccountId": "2", "ResourceId": "x"}),
        ("c", {"BillingAccountId": "1", "ResourceId": "y"}),
    ):
        lines = (charge(day, service, cost, **columns) for service, cost in SERVICES.items())
        written(tmp_path / f"{name}.csv", lines)
    assert FocusFiles(str(tmp_path)).facts().services.total().billed == 240


def test_an_export_that_began_last_week_has_nothing_to_compare_with_yet(tmp_path: Path) -> None:
    period = Period(date(2027, 2, 25), TODAY)
    report = report_of(written(tmp_path / "a.csv", charges(period)))
    assert report.completeness.begins == date(2027, 2, 25)
    assert report.last_week is None
    assert report.week_movers is report.month_movers is None
    assert report.findings == ()
    assert "without 1 to 24 February, which are unknown" in told(report)


@pytest.mark.parametrize("month", [date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)])
def test_a_missing_month_is_named_and_never_zero(tmp_path: Path, month: date) -> None:
    missing = Period.month_of(month)
    report = report_of(written(tmp_path / "a.csv", charges(LONG, [missing])))
    assert report.completeness.holes == (missing,)
    assert f"{month:%B} is missing from the data" in told(report)
    assert not [each for each in report.months if each.month == month and each.net == 0]
    assert report.anomalies == report.findings == ()


@pytest.mark.parametrize(
    "hole",
    [
        Period(date(2027, 2, 18), date(2027, 2, 27)),
        Period(date(2027, 1, 5), date(2027, 1, 8)),
        Period(date(2027, 2, 26), date(2027, 3, 4)),
    ],
)
def test_missing_days_inside_are_named_and_nothing_is_compared_with_them(
    tmp_path: Path, hole: Period
) -> None:
    report = report_of(written(tmp_path / "a.csv", charges(LONG, [hole])))
    assert report.completeness.holes == (hole,)
    assert "missing from the data" in told(report)
    assert report.anomalies == report.findings == ()
    expected = report.projections.net
    assert expected is None or abs(expected.expected - 2480) < 10


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("", "tag:squad"),
        ("user:", "tag:squad"),
        ("resourceTags/", "tag:squad"),
        ("resourceTags/user:", "tag:squad"),
        ("accountTag/", "tag:squad"),
        ("userAttribute/", "tag:squad"),
        ("iamPrincipal/", "tag:squad"),
        ("costCategory/", "category:squad"),
        ("accountTag/", "tag:accountTag/squad"),
    ],
)
@pytest.mark.parametrize("name", ["squad", "cost$center/'a' \"b\" ö"])
def test_a_label_is_found_under_the_prefix_of_its_kind(
    tmp_path: Path, kind: str, label: str, name: str
) -> None:
    teams = {"AWS Lambda": "blue", "Amazon DynamoDB": "green"}
    lines = [
        line
        | {
            "Tags": json.dumps({kind + name: teams[line["ServiceName"]]})
            if line["ServiceName"] in teams
            else ""
        }
        for line in charges(Period(date(2027, 2, 1), TODAY))
    ]
    path = written(tmp_path / "a.csv", lines)
    labels = FocusFiles(str(path), label=label.replace("squad", name)).facts().labels
    assert labels is not None
    assert labels.by("label").keys() == {"blue", "green", "(untagged)"}
    assert labels.where("label", ["(untagged)"]).by("service").keys() == {"Amazon CloudFront"}


def test_a_label_under_two_kinds_of_key_is_refused_by_naming_both(tmp_path: Path) -> None:
    day = date(2027, 3, 7)
    lines = [
        charge(day, "AWS Lambda", 1, Tags='{"accountTag/squad": "blue"}'),
        charge(day, "AWS Lambda", 1, Tags='{"resourceTags/squad": "green"}'),
    ]
    path = written(tmp_path / "a.csv", lines)
    with pytest.raises(SettingError, match="resourceTags/squad, accountTag/squad"):
        report_of(path, label="tag:squad")
    assert report_of(path, label="tag:accountTag/squad").facts.labels is not None


def test_a_label_that_nothing_carries_is_told(tmp_path: Path) -> None:
    line = charge(date(2027, 3, 7), "AWS Lambda", 1, Tags='{"a": "b"}')
    path = written(tmp_path / "a.csv", [line])
    assert "No charge carries tag:squad: check how its name is written." in (
        FocusFiles(str(path), label="tag:squad").facts().notes
    )


@pytest.mark.parametrize(
    "days",
    [
        [date(2027, 9, 1)],
        [date(2027, 3, 11)],
        [date(2027, 4, 1), date(2027, 5, 1), date(2027, 6, 1)],
        [date(2028, 3, 7)],
    ],
)
def test_charges_dated_ahead_are_named_and_do_not_move_the_report(
    tmp_path: Path, days: list[date]
) -> None:
    ahead = [charge(day, "Savings Plans", 3, ChargeCategory="Purchase") for day in days]
    report = report_of(written(tmp_path / "a.csv", [*charges(WHOLE), *ahead]))
    assert report.facts.today == TODAY
    assert [each.key.day for each in report.facts.ahead] == days
    assert f"Charges of ${3 * len(days)}.00 are dated ahead" in told(report)
    assert report.facts.services.total().billed == sum(
        Decimal(line["BilledCost"]) for line in charges(WHOLE)
    )


CUR = {
    "legacy": "identity/LineItemId,lineItem/UsageStartDate,lineItem/UnblendedCost",
    "two": "identity_line_item_id,line_item_usage_start_date,line_item_unblended_cost",
}


@pytest.mark.parametrize("kind", CUR)
def test_a_cost_and_usage_report_is_recognised_and_told_what_to_export(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "cur.csv"
    path.write_text(f"{CUR[kind]}\nx,2027-03-01T00:00:00Z,2.5\n")
    with pytest.raises(NotFocusError, match=r"cur\.csv is a Cost and Usage Report") as caught:
        report_of(path)
    assert "FOCUS 1.2" in caught.value.next_step


def test_a_file_name_is_taken_literally(tmp_path: Path) -> None:
    written(tmp_path / "costs1.csv", charges(Period(date(2027, 3, 1), TODAY)))
    path = written(tmp_path / "costs[1].csv", charges(WHOLE))
    assert february(path) == FEBRUARY


def test_a_file_with_two_names_counts_once(tmp_path: Path) -> None:
    path = written(tmp_path / "costs.csv", charges(WHOLE))
    (tmp_path / "latest.csv").symlink_to(path)
    assert february(tmp_path) == FEBRUARY


@pytest.mark.parametrize("name", ["costs.csv", "costs.gz", "costs"])
def test_gzip_is_known_by_its_content(tmp_path: Path, name: str) -> None:
    text = written(tmp_path / "text", charges(WHOLE))
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.read_bytes()))
    assert february(path) == FEBRUARY
    plain = tmp_path / "plain.csv.gz"
    plain.write_bytes(text.read_bytes())
    assert february(plain) == FEBRUARY


def test_files_with_other_delimiters_and_compression_are_one_export(tmp_path: Path) -> None:
    whole = list(charges(WHOLE))
    text = written(tmp_path / "a.csv", whole[::2]).read_text()
    (tmp_path / "a.csv").write_text(text.replace(",", ";"))
    other = written(tmp_path / "text", whole[1::2])
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(other.read_bytes()))
    assert february(tmp_path) == FEBRUARY


BAD: dict[str, tuple[Line, str]] = {
    "no date": ({"ChargePeriodStart": ""}, r"1 charges of \$7\.00 have no ChargePeriodStart"),
    "another date": (
        {"ChargePeriodStart": "31/01/2027"},
        r"a\.csv has 1 rows whose ChargePeriodStart is no date, the first is '31/01/2027'",
    ),
    "another amount": (
        {"BilledCost": "1.000,50"},
        r"a\.csv has 1 rows whose BilledCost is no amount, the first is '1\.000,50'",
    ),
    "no number": ({"EffectiveCost": "NaN"}, r"EffectiveCost is no amount, the first is 'NaN'"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_cannot_be_read_is_counted_and_shown(tmp_path: Path, kind: str) -> None:
    columns, message = BAD[kind]
    line = charge(date(2027, 3, 7), "AWS Lambda", 7) | columns
    with pytest.raises(UnreadableFileError, match=message) as caught:
        report_of(written(tmp_path / "a.csv", [*charges(WHOLE), line]))
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "names no file that holds anything"),
        (b"\n", "is not FOCUS"),
        (b"PK\x03\x04 and more", "ZIP archive or a workbook"),
        ("Id,Cost\n".encode("utf-16"), "UTF-16"),
        (b"\x1f\x8b\x08 cut off", "cannot be unpacked"),
        (b"PAR1 cut off", r"a\.csv"),
        (b'{"ResultsByTime": []}', "is not FOCUS"),
    ],
)
def test_what_is_no_export_is_one_sentence_with_the_file(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(CostSourceError, match=message) as caught:
        report_of(path)
    assert caught.value.next_step
    assert "a.csv" in str(caught.value)


def test_charges_without_a_currency_are_refused(tmp_path: Path) -> None:
    line = charge(date(2027, 3, 7), "AWS Lambda", 7, BillingCurrency="")
    with pytest.raises(CurrencyError, match="BillingCurrency is empty"):
        report_of(written(tmp_path / "a.csv", [line]))


def test_a_charge_without_a_service_has_a_name_and_its_cost(tmp_path: Path) -> None:
    line = charge(date(2027, 3, 7), "", 7)
    facts = FocusFiles(str(written(tmp_path / "a.csv", [line]))).facts()
    assert {name: each.billed for name, each in facts.services.by("service").items()} == {
        "(no service name)": 7
    }


def test_what_a_commitment_covers_is_listed_once_and_no_list_price_is_no_discount(
    tmp_path: Path,
) -> None:
    day = date(2027, 3, 7)
    lines = [
        charge(day, "Savings Plans", 100, ChargeCategory="Purchase", EffectiveCost="0"),
        charge(day, "AWS Lambda", 0, EffectiveCost="100", ListCost="150"),
        charge(day, "AWS Lambda", 5, ListCost="0"),
        charge(day, "AWS Lambda", 6, ListCost=""),
        charge(day, "AWS Lambda", 8, ListCost="10"),
    ]
    total = FocusFiles(str(written(tmp_path / "a.csv", lines))).facts().services.total()
    assert (total.billed, total.effective, total.listed) == (119, 219 - 100, 121)


@pytest.mark.parametrize("provider", ["ProviderName", "ServiceProviderName"])
def test_columns_may_be_those_of_any_version(tmp_path: Path, provider: str) -> None:
    lines = [
        {(provider if name == "ProviderName" else name): cell for name, cell in line.items()}
        for line in charges(WHOLE)
    ]
    assert february(written(tmp_path / "a.csv", lines)) == FEBRUARY


def test_only_what_was_looked_at_is_claimed(tmp_path: Path) -> None:
    report = report_of(written(tmp_path / "a.csv", charges(WHOLE)))
    assert report.facts.months_asked_apart is False
    assert report.facts.credits_asked is True
    assert "independent quer" not in told(report)
