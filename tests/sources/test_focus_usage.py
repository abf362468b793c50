"""What was used, from a FOCUS export: the same as the ledger knows, whichever engine adds it up."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import sqlglot
from moto import mock_aws

from chalicelib.costs import OTHERS, Coverage, Period, Place, Usage, UsageQuestion, UsageRow
from chalicelib.errors import NotFocusError, UnreadableAnswerError
from chalicelib.report import build_report
from chalicelib.settings import Settings
from chalicelib.sources.focus.athena import FocusAthena
from chalicelib.sources.focus.usage import MOST_USAGE_TYPES, UsageQuery, usage_of
from chalicelib.why import explained, questions
from desk.focus_files import FocusFiles
from simulation.focus_file import write_csv, write_export
from simulation.ledger import Ledger
from simulation.sample import SAMPLE_NOW
from tests.sources.test_contract import answering_from
from tests.sources.test_focus_athena import FakeAthena

TODAY = SAMPLE_NOW.date()


@pytest.fixture(scope="module")
def question(sample: Ledger) -> UsageQuestion:
    """What the report of the sample organisation asks, and one place in one account."""
    report = build_report(sample.facts(TODAY), Settings(), SAMPLE_NOW)
    [first, *_] = questions(report)
    places = [place for place in first.places if place.service != "AmazonCloudWatch"]
    account = next(each.account for each in sample.entries if each.service == "AmazonCloudWatch")
    return UsageQuestion(first.period, (*places, Place("AmazonCloudWatch", account)))


def comparable(rows: tuple[UsageRow, ...]) -> dict[tuple[date, Place, str], tuple[Decimal, ...]]:
    """Costs and quantities by day, place and usage type, without what is nothing."""
    sums: dict[tuple[date, Place, str], tuple[Decimal, ...]] = {}
    for row in rows:
        key = row.day, row.place, row.usage_type
        before = sums.get(key, (Decimal(0),) * 3)
        now = (row.billed, row.effective, row.quantity)
        sums[key] = tuple(a + b for a, b in zip(before, now, strict=True))
    rounded = {
        key: tuple(amount.quantize(Decimal("1e-8")) for amount in amounts)
        for key, amounts in sums.items()
    }
    return {key: amounts for key, amounts in rounded.items() if any(amounts)}


@pytest.mark.parametrize("source", ["Parquet at a desk", "CSV at a desk", "Athena"])
def test_every_focus_source_knows_what_the_ledger_knows(
    sample: Ledger, question: UsageQuestion, tmp_path: Path, source: str
) -> None:
    want = comparable(sample.usage(question).rows)
    assert len(want) > 80
    usage = answer(sample, question, tmp_path, source)
    assert comparable(usage.rows) == want
    assert usage.covered.covers(question.period)


def answer(ledger: Ledger, question: UsageQuestion, folder: Path, source: str) -> Usage:
    if source == "CSV at a desk":
        write_csv(ledger, folder / "focus.csv")
        files = FocusFiles(str(folder / "focus.csv"))
        files.facts(TODAY)
        return files.usage(question)
    write_export(ledger, folder / "export")
    if source == "Parquet at a desk":
        files = FocusFiles(str(folder / "export"))
        files.facts(TODAY)
        return files.usage(question)
    with mock_aws(), answering_from(folder / "export", usage_type="x_UsageType") as client:
        client.create_work_group(Name="group")
        athena = FocusAthena(client, database="focus", workgroup="group")
        athena.facts(TODAY)
        return athena.usage(question)


def test_the_report_made_of_files_has_the_drivers_that_the_ledger_gives(
    sample: Ledger, tmp_path: Path
) -> None:
    write_export(sample, tmp_path / "export")
    files = FocusFiles(str(tmp_path / "export"))
    drivers = []
    for source, facts in ((files, files.facts(TODAY)), (sample, sample.facts(TODAY))):
        report = build_report(facts, Settings(), SAMPLE_NOW)
        asked = [(each, source.usage(each)) for each in questions(report)]
        findings = explained(report, asked).findings
        drivers.append(
            [
                (each.kind, each.usage_type, each.since, each.region, round(each.change, 8))
                for found in findings
                for each in found.drivers
            ]
        )
    assert len(drivers[0]) > 5
    assert drivers[0] == drivers[1]


DAY = date(2027, 3, 1)
ASKED = UsageQuestion(Period(DAY, DAY + timedelta(days=2)), (Place("S3"), Place("EC2", "1")))


def row_of(**cells: object) -> list[object]:
    row = {
        "day": DAY,
        "service": "S3",
        "usage_type": "Requests",
        "region_id": "eu-west-1",
        "region_name": "EU (Ireland)",
        "unit": "Requests",
        "billed": "1.5",
        "effective": "1.5",
        "quantity": "3",
    } | cells
    return list(row.values())


def read(*rows: list[object]) -> tuple[UsageRow, ...]:
    return usage_of(rows, ASKED, Coverage((ASKED.period,))).rows


def test_a_region_is_named_as_people_say_it_and_unknown_ones_as_the_export_does() -> None:
    assert read(row_of())[0].region == "Ireland"
    assert read(row_of(region_id="moon-1", region_name="Moon"))[0].region == "Moon"
    assert read(row_of(region_id="", region_name=""))[0].region == ""


def test_one_usage_type_in_two_regions_is_of_none_in_particular() -> None:
    assert {row.region for row in read(row_of(), row_of(region_id="us-east-1"))} == {""}


def test_null_and_negative_quantities_are_numbers() -> None:
    assert [row.quantity for row in read(row_of(quantity=None), row_of(quantity="-2.50"))] == [
        0,
        Decimal("-2.5"),
    ]


def test_days_that_the_export_does_not_hold_are_not_answered() -> None:
    usage = usage_of([], ASKED, Coverage.of_days([DAY]))
    assert not usage.covered.covers(ASKED.period)


TABLE = """
CREATE TABLE focus (
    ChargePeriodStart TIMESTAMP, ServiceName VARCHAR, SubAccountId VARCHAR, BillingAccountId VARCHAR,
    ChargeCategory VARCHAR DEFAULT 'Usage', ChargeClass VARCHAR, BillingCurrency VARCHAR DEFAULT 'USD',
    ProviderName VARCHAR, BilledCost DOUBLE DEFAULT 1, EffectiveCost DOUBLE DEFAULT 1, RegionId VARCHAR,
    RegionName VARCHAR, ConsumedQuantity DOUBLE, ConsumedUnit VARCHAR, PricingQuantity DOUBLE,
    PricingUnit VARCHAR, SkuMeter VARCHAR
)
"""


def table(*rows: dict[str, object]) -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect()
    engine.execute(TABLE)
    for row in rows:
        columns = {"ChargePeriodStart": DAY, "ServiceName": "S3", "SubAccountId": "1"} | row
        names, values = ", ".join(columns), ", ".join(f"${n + 1}" for n in range(len(columns)))
        engine.execute(f"INSERT INTO focus ({names}) VALUES ({values})", list(columns.values()))
    return engine


def asked(engine: duckdb.DuckDBPyConnection, **options: str) -> tuple[UsageRow, ...]:
    return read(*engine.execute(UsageQuery(ASKED, **options).sql("focus")).fetchall())


def test_credits_refunds_fees_other_accounts_and_other_days_are_left_out() -> None:
    engine = table(
        {"BilledCost": 5},
        {"ChargeCategory": "Credit"},
        {"ChargeCategory": "Purchase"},
        {"ChargeClass": "Correction"},
        {"ServiceName": "EC2", "SubAccountId": "2"},
        {"ServiceName": "EC2", "SubAccountId": None, "BillingAccountId": "1", "BilledCost": 7},
        {"ServiceName": "SQS"},
        {"ChargePeriodStart": DAY + timedelta(days=2)},
        {"BillingCurrency": "EUR"},
    )
    assert sorted(row.billed for row in asked(engine, currency="USD")) == [5, 7]


def test_the_priced_quantity_stands_in_where_none_was_consumed() -> None:
    [row] = asked(table({"PricingQuantity": 4, "PricingUnit": "Hrs", "ConsumedUnit": "x"}))
    assert (row.quantity, row.unit) == (4, "Hrs")


def test_thousands_of_usage_types_are_bounded_and_add_up() -> None:
    engine = table()
    engine.execute(
        "INSERT INTO focus (ChargePeriodStart, ServiceName, SubAccountId, SkuMeter, BilledCost)"
        f" SELECT TIMESTAMP '{DAY}', 'S3', '1', 'type-' || n, n FROM range(5000) t(n)"
    )
    rows = asked(engine)
    assert len(rows) == MOST_USAGE_TYPES + 1
    assert sum(row.billed for row in rows) == sum(range(5000))
    [others] = [row for row in rows if row.usage_type == OTHERS]
    assert (others.unit, others.quantity) == ("N/A", 0)


def test_quotes_in_a_service_are_not_sql() -> None:
    place = Place("O'Brien", "1'")
    question = UsageQuestion(ASKED.period, (place,))
    engine = table({"ServiceName": "O'Brien", "SubAccountId": "1'"})
    rows = engine.execute(UsageQuery(question).sql("focus")).fetchall()
    assert usage_of(rows, question, Coverage()).rows[0].place == place


def test_read_as_the_sql_of_athena_the_text_means_the_same() -> None:
    engine = table({"BilledCost": 5}, {"ConsumedQuantity": 2, "ConsumedUnit": "GB"})
    sql = UsageQuery(ASKED).sql("focus")
    [translated] = sqlglot.transpile(sql, read="athena", write="duckdb")
    assert sorted(engine.execute(translated).fetchall()) == sorted(engine.execute(sql).fetchall())


def test_athena_reads_only_the_billing_periods_of_the_question_and_adds_to_the_price() -> None:
    header = (
        "day",
        "service",
        "usage_type",
        "region_id",
        "region_name",
        "unit",
        "billed",
        "effective",
        "quantity",
    )
    cells = ("2027-03-01", "S3", "Requests", "", "", "", "1.5", "1.5", None)
    client = FakeAthena(pages=((header, cells),))
    athena = FocusAthena(client, database="db", workgroup="group", sleep=lambda _: None)
    usage = athena.usage(ASKED)
    assert usage.rows[0].billed == Decimal("1.5")
    assert "billing_period >= '2027-03'" in client.started[0]["QueryString"]
    athena.usage(ASKED)
    assert athena.price().basis == "2 Athena queries, 248 MB billed at $5 per TB"


def test_an_answer_of_another_form_is_an_error() -> None:
    client = FakeAthena(pages=((("h",), ("x", "S3", "", "", "", "", "1", "1", "1")),))
    athena = FocusAthena(client, database="db", workgroup="group", sleep=lambda _: None)
    with pytest.raises(UnreadableAnswerError, match="form that was asked for"):
        athena.usage(ASKED)


def test_files_without_usage_types_say_which_column_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    columns = {
        "BilledCost": "1",
        "BillingCurrency": "USD",
        "ChargeCategory": "Usage",
        "ChargePeriodStart": "2027-03-01",
        "EffectiveCost": "1",
        "ServiceName": "S3",
        "SubAccountId": "1",
        "Tags": json.dumps({}),
    }
    path.write_text(",".join(columns) + "\n" + ",".join(columns.values()) + "\n")
    files = FocusFiles(str(path))
    files.facts()
    with pytest.raises(NotFocusError, match="no column SkuMeter or x_UsageType"):
        files.usage(ASKED)
