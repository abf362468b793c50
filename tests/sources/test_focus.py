"""The one SQL text and what is made of its answer."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.costs import OTHERS, Amounts, Price
from chalicelib.errors import CurrencyError, DataNotReadyError, NoChargesError, SettingError
from chalicelib.sources.focus.facts import facts_of, refuse_gaps
from chalicelib.sources.focus.rows import Row
from chalicelib.sources.focus.sql import MOST_NAMES, MOST_PAIRS, FocusQuery

TODAY = date(2026, 11, 23)
FREE = Price(Decimal(0), "test", 0)
TABLE = """
CREATE TABLE focus (
    ChargePeriodStart TIMESTAMP DEFAULT TIMESTAMP '2026-11-20',
    ServiceName VARCHAR DEFAULT 'Storage', SubAccountId VARCHAR DEFAULT '1', BillingAccountId VARCHAR DEFAULT '9',
    SubAccountName VARCHAR, ChargeClass VARCHAR, ChargeCategory VARCHAR DEFAULT 'Usage',
    BillingCurrency VARCHAR DEFAULT 'USD', ProviderName VARCHAR DEFAULT 'AWS',
    BilledCost {cost} DEFAULT 1, EffectiveCost {cost} DEFAULT 1, ListCost {cost} DEFAULT 1,
    Tags MAP(VARCHAR, VARCHAR), x_CostCategories MAP(VARCHAR, VARCHAR), billing_period VARCHAR
)
"""


@pytest.fixture
def focus():
    with duckdb.connect() as engine:
        engine.execute(TABLE.format(cost="DOUBLE"))
        yield engine


def insert(engine, **columns):
    columns = {"ProviderName": "AWS"} | columns
    names, values = ", ".join(columns), ", ".join(f"${n + 1}" for n in range(len(columns)))
    engine.execute(f"INSERT INTO focus ({names}) VALUES ({values})", list(columns.values()))


def facts(engine, query=None, **options):
    query = query or FocusQuery(TODAY)
    rows = engine.execute(query.sql("focus", **options)).fetchall()
    return facts_of((Row.of(row) for row in rows), query, source="test", price=FREE)


@pytest.mark.parametrize("label", ["", "tag:team", "category:O'Brien"])
def test_read_as_the_sql_of_athena_the_text_means_what_it_means_to_duckdb(focus, label):
    for n, tags in enumerate(({"team": "data"}, {"O'Brien": "web"}, None)):
        insert(focus, SubAccountId=str(n), Tags=tags, x_CostCategories=tags)
    sql = FocusQuery(TODAY, label=label).sql("focus")
    [translated] = sqlglot.transpile(sql, read="athena", write="duckdb")
    assert translated != sql
    rows = focus.execute(sql).fetchall()
    assert sorted(focus.execute(translated).fetchall(), key=repr) == sorted(rows, key=repr)


def test_a_charge_of_the_day_before_is_counted_and_one_of_today_is_not(focus):
    insert(focus, ChargePeriodStart="2026-11-22 23:00:00")
    insert(focus, ChargePeriodStart="2026-11-23 00:00:00", BilledCost=100)
    assert facts(focus).services.total().billed == 1


def test_tables_reach_back_as_far_as_facts_promise(focus):
    for day in ("2025-09-30", "2025-10-01", "2026-07-31", "2026-08-01", "2026-09-30", "2026-10-01"):
        for account in ("1", "2"):
            insert(focus, ChargePeriodStart=day, SubAccountId=account)
    made = facts(focus, FocusQuery(TODAY, label="tag:team"))
    assert min(made.months.by_day()) == date(2025, 10, 1)
    assert set(made.services.by_day()) == {date(2026, 8, 1), date(2026, 9, 30), date(2026, 10, 1)}
    assert set(made.accounts.by_day()) == {date(2026, 10, 1)}
    assert set(made.labels.by_day()) == {date(2026, 10, 1)}


@pytest.mark.parametrize(
    ("columns", "category"),
    [
        ({"ChargeCategory": "Usage"}, "Usage"),
        ({"ChargeCategory": "Purchase"}, "Purchase"),
        ({"ChargeCategory": "Tax"}, "Tax"),
        ({"ChargeCategory": "Credit"}, "Credit"),
        ({"ChargeCategory": "Adjustment"}, "Adjustment"),
        ({"ChargeCategory": "Usage", "ChargeClass": "Correction"}, "Adjustment"),
        ({"ChargeCategory": "Purchase", "ServiceName": "AWS Support (Business)"}, "Support"),
        ({"ChargeCategory": "Tax", "ServiceName": "AWS Support (Business)"}, "Tax"),
        ({"ChargeCategory": "Something new"}, "Something new"),
    ],
)
def test_charges_fall_into_the_category_of_the_same_record_type(focus, columns, category):
    insert(focus, **columns)
    assert list(facts(focus).services.by("category")) == [category]


def test_accounts_and_labels_leave_credits_and_corrections_out(focus):
    for extra in ({}, {"ChargeCategory": "Credit"}, {"ChargeClass": "Correction"}):
        for account in ("1", "2"):
            insert(focus, SubAccountId=account, **extra)
    made = facts(focus, FocusQuery(TODAY, label="tag:team"))
    assert made.accounts.total().billed == made.labels.total().billed == 2
    assert made.services.total().billed == 6


def test_a_single_account_has_no_table_of_accounts(focus):
    insert(focus)
    assert facts(focus).accounts is None


def test_a_charge_without_sub_account_belongs_to_the_billing_account(focus):
    insert(focus, SubAccountId=None)
    assert list(facts(focus).months.by("account")) == ["9"]


def test_a_renamed_account_has_its_latest_name_and_one_line(focus):
    insert(focus, ChargePeriodStart="2026-09-01", SubAccountName="old")
    insert(focus, ChargePeriodStart="2026-10-01", SubAccountName="new")
    made = facts(focus)
    assert made.account_names == {"1": "new"}
    assert made.months.by("account") == {"1": Amounts(Decimal(2), Decimal(2), Decimal(2))}


def test_days_of_the_month_of_the_run_are_estimated(focus):
    insert(focus)
    made = facts(focus)
    assert min(made.services.estimated) == date(2026, 11, 1)
    assert max(made.services.estimated) == date(2026, 11, 22)
    assert made.months.estimated == {date(2026, 11, 1)}


def test_doubles_become_the_decimals_they_were_written_as(focus):
    for _ in range(10):
        insert(focus, BilledCost=0.1)
    insert(focus, BilledCost=899_999.0123456789)
    assert facts(focus).services.total().billed == Decimal("900000.0123456789")


def test_a_cost_with_twenty_decimals_is_exact():
    with duckdb.connect() as engine:
        engine.execute(TABLE.format(cost="DECIMAL(38, 20)"))
        insert(engine, BilledCost=Decimal("0.00000000000000000001"))
        insert(engine, BilledCost=Decimal("123456.12345678901234567890"))
        total = facts(engine, scale=20).services.total().billed
    assert total == Decimal("123456.12345678901234567891")


def test_label_values_come_from_tags_and_what_has_none_is_called_untagged(focus):
    for tags in ({"team": "data"}, {"user:team": "web"}, {"other": "x"}, {"team": ""}, None):
        insert(focus, Tags=tags)
    made = facts(focus, FocusQuery(TODAY, label="tag:team"))
    amounts = {label: each.billed for label, each in made.labels.by("label").items()}
    assert amounts == {"data": 1, "web": 1, "(untagged)": 3}
    assert made.label_name == "team"


def test_label_values_come_from_cost_categories(focus):
    insert(focus, x_CostCategories={"Team's": "data"})
    made = facts(focus, FocusQuery(TODAY, label="category:Team's"))
    assert list(made.labels.by("label")) == ["data"]


@pytest.mark.parametrize("label", ["team", "tag:", "owner:me"])
def test_a_label_that_is_neither_tag_nor_category_is_refused(label):
    with pytest.raises(SettingError, match="label"):
        FocusQuery(TODAY, label=label).sql("focus")


def test_two_currencies_are_refused_with_the_amount_in_each(focus):
    insert(focus, BillingCurrency="EUR", BilledCost=2.5)
    insert(focus)
    with pytest.raises(CurrencyError, match=r"2 currencies.*EUR 2\.50, \$1\.00"):
        facts(focus)


def test_one_of_two_currencies_can_be_chosen(focus):
    insert(focus, BillingCurrency="EUR", BilledCost=2.5)
    insert(focus)
    made = facts(focus, FocusQuery(TODAY, currency="EUR"))
    assert (made.currency, made.services.total().billed) == ("EUR", Decimal("2.5"))


def test_an_export_that_begins_later_than_the_report_says_so(focus):
    insert(focus)
    [note] = facts(focus).notes
    assert note == "The export begins with November 2026; earlier months are unknown, not free."
    insert(focus, ChargePeriodStart="2025-10-02")
    assert facts(focus).notes == (
        "The export holds no charge of 2025-11-01 to 2026-07-31: unknown, not free.",
    )


def test_several_providers_are_named_with_their_sums(focus):
    insert(focus, ChargePeriodStart="2025-10-02")
    insert(focus, ProviderName="Oracle", BilledCost=3, ChargePeriodStart="2025-10-03")
    insert(focus, ProviderName="Oracle", BilledCost=0)
    assert facts(focus).notes[1:] == (
        "Charges of 2 providers are added up: AWS $1.00, Oracle $3.00.",
    )
    made = facts(focus, FocusQuery(TODAY, provider="Oracle"))
    assert (made.months.total().billed, made.notes[1:]) == (3, ())


def test_no_charge_at_all_is_an_error_that_says_what_was_looked_for(focus):
    insert(focus)
    with pytest.raises(NoChargesError, match="no charge in EUR of Oracle from 2025-10-01 to"):
        facts(focus, FocusQuery(TODAY, currency="EUR", provider="Oracle"))


def test_charges_without_a_cost_are_counted_and_told(focus):
    insert(focus, ChargePeriodStart="2025-10-02")
    insert(focus, BilledCost=None)
    assert facts(focus).notes[1:] == ("1 charges have no billed cost and count as nothing.",)


def test_quotes_in_a_choice_are_not_sql(focus):
    insert(focus, ProviderName="O'Brien")
    assert facts(focus, FocusQuery(TODAY, provider="O'Brien")).services.total().billed == 1


def test_of_ten_thousand_accounts_the_largest_stand_alone_and_totals_stay(focus):
    focus.execute(
        "INSERT INTO focus (SubAccountId, ServiceName, ChargePeriodStart, BilledCost) "
        "SELECT 'a' || a, 's' || s, d, a + s / 10 FROM range(10000) t(a), range(3) u(s), "
        "(VALUES (TIMESTAMP '2026-10-05'), (TIMESTAMP '2026-11-05')) v(d)"
    )
    made = facts(focus)
    [whole] = focus.execute("SELECT SUM(CAST(BilledCost AS DECIMAL(38, 10))) FROM focus").fetchone()
    for table in (made.services, made.months, made.accounts):
        assert table.total().billed == whole
    accounts = made.months.by("account")
    assert len(accounts) == MOST_NAMES + 1
    assert {"a9999", "a9500", OTHERS} <= accounts.keys()
    assert made.accounts.by("account") == accounts
    assert len(made.accounts.by_pair("account", "service")) <= MOST_PAIRS + MOST_NAMES + 3
    assert OTHERS in made.notes[-1]


def test_the_partition_condition_is_part_of_the_question(focus):
    insert(focus, billing_period="2026-11")
    insert(focus, billing_period="2025-09")
    made = facts(focus, partition="billing_period >= '2025-10'")
    assert made.services.total().billed == 1


def test_a_month_without_charges_between_others_is_refused(focus):
    for month in ("2026-08", "2026-09", "2026-11"):
        insert(focus, ChargePeriodStart=f"{month}-20")
    with pytest.raises(DataNotReadyError, match="no charge for 2026-10"):
        refuse_gaps(facts(focus))


def test_days_that_were_not_delivered_are_not_taken_as_free(focus):
    insert(focus, ChargePeriodStart="2026-11-18")
    with pytest.raises(DataNotReadyError, match="last charge is of 2026-11-18"):
        refuse_gaps(facts(focus))
    insert(focus, ChargePeriodStart="2026-11-19")
    refuse_gaps(facts(focus))


amounts = st.decimals(-9999, 9999, places=10, allow_nan=False)


@given(
    charges=st.lists(
        st.tuples(
            st.dates(date(2026, 6, 1), date(2026, 11, 22)),
            st.sampled_from(["EC2", "S3", "AWS Support (Business)"]),
            st.sampled_from(["1", "2", "3"]),
            st.sampled_from(["Usage", "Credit", "Tax", "Purchase"]),
            amounts,
        ),
        min_size=1,
        max_size=30,
    )
)
@settings(deadline=None, max_examples=25)
def test_every_table_adds_up_to_the_rows_it_covers(charges):
    with duckdb.connect() as engine:
        engine.execute(TABLE.format(cost="DOUBLE"))
        for day, service, account, category, amount in charges:
            insert(
                engine,
                ChargePeriodStart=day,
                ServiceName=service,
                SubAccountId=account,
                ChargeCategory=category,
                BilledCost=float(amount),
            )
        made = facts(engine)
    assert made.months.total().billed == sum(amount for *_, amount in charges)
    since = sum(amount for day, *_, amount in charges if day >= date(2026, 8, 1))
    assert made.services.total().billed == since
    if made.accounts:
        recent = made.services.during(made.accounts.period)
        assert made.accounts.by_day_and("service") == recent.gross().by_day_and("service")
