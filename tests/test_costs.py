"""Facts: periods are half-open UTC days, and tables of charges always add up exactly."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.costs import (
    Amounts,
    Charge,
    CostFacts,
    Costs,
    Coverage,
    Granularity,
    Key,
    Period,
    Price,
    month_start,
)
from chalicelib.errors import CurrencyError, PeriodError

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))
ALL = ("service", "account", "category", "label")


def charge(day: int, service: str, billed: str, **more: str) -> Charge:
    currency = more.pop("currency", "USD")
    whole = Decimal(billed)
    amounts = Amounts(whole, whole * 2, whole * 3)
    return Charge(Key(date(2026, 11, day), service, **more), amounts, currency)


def table(*charges: Charge) -> Costs:
    return Costs.of(charges, period=NOVEMBER, known=ALL)


money = st.decimals(min_value=-10_000, max_value=10_000, places=10)
names = st.sampled_from(["", "Compute", "Storage", "Tax", "</script>", "\u2028"])
days = st.dates(NOVEMBER.start, NOVEMBER.last_day)
keys = st.builds(Key, days, names, names, st.sampled_from(["Usage", "Credit", "Levy"]), names)
charges = st.builds(Charge, keys, st.builds(Amounts, money, money, money), st.just("USD"))
tables = st.lists(charges, max_size=30).map(lambda each: table(*each))
quick = settings(deadline=None, max_examples=50)


class TestPeriod:
    def test_holds_its_start_but_not_its_end(self) -> None:
        period = Period(date(2026, 11, 1), date(2026, 11, 3))
        assert date(2026, 11, 1) in period
        assert date(2026, 11, 3) not in period
        assert list(period) == [date(2026, 11, 1), date(2026, 11, 2)]
        assert (len(period), period.last_day) == (2, date(2026, 11, 2))

    def test_is_written_with_both_days_inside(self) -> None:
        assert str(NOVEMBER) == "2026-11-01 to 2026-11-30"

    @pytest.mark.parametrize("end", [date(2026, 11, 1), date(2026, 10, 31)])
    def test_is_never_empty_or_reversed(self, end: date) -> None:
        with pytest.raises(PeriodError, match="holds no day"):
            Period(date(2026, 11, 1), end)

    def test_is_made_of_days_not_of_moments(self) -> None:
        with pytest.raises(PeriodError, match="not of moments: 2026-11-02T07:00:00"):
            Period(date(2026, 11, 1), datetime(2026, 11, 2, 7, tzinfo=UTC))

    @pytest.mark.parametrize(
        ("day", "length"),
        [(date(2024, 2, 29), 29), (date(2026, 2, 1), 28), (date(2026, 12, 31), 31)],
    )
    def test_of_a_month_knows_leap_years_and_december(self, day: date, length: int) -> None:
        month = Period.month_of(day)
        assert (month.start.day, len(month)) == (1, length)
        assert day in month

    def test_can_be_counted_back_from_its_last_day(self) -> None:
        assert Period.ending(date(2026, 3, 1), 2) == Period(date(2026, 2, 28), date(2026, 3, 2))

    @given(days, days, days, days)
    @quick
    def test_intersections_hold_the_shared_days(self, a: date, b: date, c: date, d: date) -> None:
        one = Period(min(a, b), max(a, b) + timedelta(days=1))
        two = Period(min(c, d), max(c, d) + timedelta(days=1))
        shared = one.intersection(two)
        assert (set(shared) if shared else set()) == set(one) & set(two)
        assert shared == two.intersection(one)


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        (0, date(2026, 1, 1)),
        (-1, date(2025, 12, 1)),
        (-13, date(2024, 12, 1)),
        (12, date(2027, 1, 1)),
    ],
)
def test_month_starts_cross_years(months: int, expected: date) -> None:
    assert month_start(date(2026, 1, 31), months) == expected


class TestCosts:
    def test_charges_with_the_same_key_become_one(self) -> None:
        costs = table(charge(1, "Compute", "1.10"), charge(1, "Compute", "2.20"))
        assert len(costs) == 1
        assert costs.total() == Amounts(Decimal("3.30"), Decimal("6.60"), Decimal("9.90"))

    def test_amounts_stay_exact_where_floats_would_not(self) -> None:
        assert table(*[charge(1, "Compute", "0.1")] * 3).total().billed == Decimal("0.3")

    def test_two_currencies_are_never_added_up(self) -> None:
        with pytest.raises(CurrencyError, match="USD and in EUR") as refused:
            table(charge(1, "Compute", "1"), charge(2, "Compute", "1", currency="EUR"))
        assert "its own run" in refused.value.next_step

    def test_the_currency_is_the_charges_own(self) -> None:
        assert table(charge(1, "Compute", "1", currency="EUR")).currency == "EUR"
        assert [each.currency for each in table(charge(1, "Compute", "1"))] == ["USD"]

    def test_an_empty_table_is_zero_in_no_currency(self) -> None:
        empty = table()
        assert (empty.currency, empty.total(), len(empty)) == ("", Amounts(), 0)
        assert empty.by("service") == {}
        assert empty.series() == [0] * 30

    @pytest.mark.parametrize("day", [date(2026, 10, 31), date(2026, 12, 1)])
    def test_a_charge_outside_the_period_is_refused(self, day: date) -> None:
        stray = Charge(Key(day, "Compute"), Amounts(), "USD")
        with pytest.raises(PeriodError, match=f"{day} lies outside the period 2026-11-01 to"):
            table(stray)

    def test_asking_by_a_dimension_that_is_not_known_is_a_mistake(self) -> None:
        costs = Costs.of([], period=NOVEMBER, known=["service"])
        with pytest.raises(ValueError, match="not known by account"):
            costs.by("account")
        with pytest.raises(ValueError, match="not known by category"):
            costs.gross()

    def test_gross_leaves_out_credits_and_adjustments_but_no_unknown_category(self) -> None:
        costs = table(
            charge(1, "Compute", "10", category="Usage"),
            charge(1, "Compute", "-4", category="Credit"),
            charge(1, "Compute", "-1", category="Adjustment"),
            charge(1, "Compute", "2", category="Carbon Levy"),
        )
        assert costs.gross().total().billed == 12
        assert costs.total().billed == 7

    def test_a_total_may_be_negative(self) -> None:
        assert table(charge(1, "Compute", "-4", category="Credit")).total().billed == -4

    def test_series_have_a_zero_for_every_day_without_a_charge(self) -> None:
        costs = table(charge(2, "Compute", "5"), charge(30, "Storage", "7"))
        assert costs.series() == [0, 5, *[0] * 27, 7]
        assert costs.series("listed") == [0, 15, *[0] * 27, 21]

    def test_each_measure_can_be_read_by_its_name(self) -> None:
        amounts = Amounts(Decimal(1), Decimal(2), Decimal(3))
        assert [amounts.of("billed"), amounts.of("effective"), amounts.of("listed")] == [1, 2, 3]
        assert amounts - amounts == Amounts()

    def test_a_part_covers_only_what_the_whole_covers(self) -> None:
        costs = table(charge(1, "Compute", "5"), charge(30, "Compute", "7"))
        part = costs.during(Period(date(2026, 11, 30), date(2027, 1, 1)))
        assert part.period == Period(date(2026, 11, 30), date(2026, 12, 1))
        assert part.total().billed == 7

    def test_costs_say_nothing_about_another_period(self) -> None:
        with pytest.raises(PeriodError, match="say nothing about 2026-12-01"):
            table().during(Period(date(2026, 12, 1), date(2026, 12, 2)))

    def test_parts_keep_what_the_whole_knows(self) -> None:
        days = [date(2026, 11, 3), date(2026, 11, 20)]
        costs = Costs.of(
            [charge(3, "Compute", "5")],
            period=NOVEMBER,
            known=["service"],
            granularity=Granularity.MONTHLY,
            estimated=days,
        )
        part = costs.during(Period(date(2026, 11, 1), date(2026, 11, 10))).where("service", [])
        assert (part.granularity, part.known, part.currency) == (
            Granularity.MONTHLY,
            {"service"},
            "USD",
        )
        assert part.estimated == {days[0]}

    @given(st.lists(charges, max_size=20), st.randoms())
    @quick
    def test_the_order_of_charges_does_not_matter(
        self, given: list[Charge], random: object
    ) -> None:
        shuffled = list(given)
        random.shuffle(shuffled)  # type: ignore[attr-defined]
        assert table(*given) == table(*shuffled)

    @given(st.lists(charges, max_size=20))
    @quick
    def test_the_total_is_the_sum_of_all_charges(self, given: list[Charge]) -> None:
        assert table(*given).total().billed == sum(each.amounts.billed for each in given)

    @given(tables)
    @quick
    def test_sums_by_any_dimension_add_up_to_the_total(self, costs: Costs) -> None:
        total = costs.total()
        for dimension in ALL:
            assert add_up(costs.by(dimension).values()) == total
            assert add_up(costs.by_day_and(dimension).values()) == total
        assert add_up(costs.by_pair("account", "service").values()) == total
        assert add_up(costs.by_day().values()) == total
        assert sum(costs.series("effective")) == total.effective

    @given(tables, st.integers(1, 29))
    @quick
    def test_a_period_cut_in_two_loses_and_doubles_nothing(self, costs: Costs, days: int) -> None:
        cut = NOVEMBER.start + timedelta(days=days)
        parts = [costs.during(Period(NOVEMBER.start, cut)), costs.during(Period(cut, NOVEMBER.end))]
        assert add_up(part.total() for part in parts) == costs.total()
        assert sum(map(len, parts)) == len(costs)

    @given(tables)
    @quick
    def test_what_is_kept_and_what_is_left_out_add_up(self, costs: Costs) -> None:
        left_out = costs.where("category", ["Credit", "Adjustment"])
        assert costs.gross().total() + left_out.total() == costs.total()

    @given(tables)
    @quick
    def test_folding_a_tables_own_charges_gives_the_same_table(self, costs: Costs) -> None:
        assert table(*costs) == costs


def add_up(amounts: object) -> Amounts:
    return sum(amounts, Amounts())  # type: ignore[call-overload, no-any-return]


class TestWhatATableCovers:
    FIRST_HALF = Period(date(2026, 11, 1), date(2026, 11, 16))
    LAST_WEEK = Period(date(2026, 11, 24), date(2026, 12, 1))
    GAP = Period(date(2026, 11, 16), date(2026, 11, 24))

    def with_a_gap(self, *charges: Charge) -> Costs:
        covered = Coverage.of([self.LAST_WEEK, self.FIRST_HALF])
        return Costs.of(charges, period=NOVEMBER, known=ALL, covered=covered)

    def test_is_its_whole_period_unless_told_otherwise(self) -> None:
        assert table().covers(NOVEMBER)
        assert table().unknown(NOVEMBER) == ()
        assert len(table().covered) == 30

    def test_ends_where_the_source_did_not_answer(self) -> None:
        costs = self.with_a_gap()
        assert costs.covers(self.FIRST_HALF)
        assert not costs.covers(NOVEMBER)
        assert costs.unknown(NOVEMBER) == (self.GAP,)
        beyond = Period(date(2026, 10, 30), date(2026, 12, 3))
        assert [str(each) for each in costs.unknown(beyond)] == [
            "2026-10-30 to 2026-10-31",
            "2026-11-16 to 2026-11-23",
            "2026-12-01 to 2026-12-02",
        ]

    def test_an_unknown_day_is_no_zero_in_a_series(self) -> None:
        amounts = self.with_a_gap(charge(1, "Compute", "5")).series()
        assert amounts == [5, *[0] * 14, *[None] * 8, *[0] * 7]

    def test_stays_with_every_part_of_it(self) -> None:
        costs = self.with_a_gap(charge(1, "Compute", "5", category="Usage"))
        assert costs.gross().unknown(NOVEMBER) == (self.GAP,)
        assert costs.where("service", ["Storage"]).unknown(NOVEMBER) == (self.GAP,)
        around = Period(date(2026, 11, 14), date(2026, 11, 18))
        assert [*costs.during(around).covered] == [date(2026, 11, 14), date(2026, 11, 15)]
        assert not costs.during(self.GAP).covered


known_days = st.sets(days, max_size=30)


class TestCoverage:
    def test_joins_periods_that_touch_or_overlap(self) -> None:
        first, middle, last = (
            Period(date(2026, 11, day), date(2026, 11, end))
            for day, end in ((1, 9), (5, 7), (9, 20))
        )
        assert Coverage.of([last, middle, first]).periods == (Period(first.start, last.end),)

    @given(known_days, st.sets(days, max_size=30))
    @quick
    def test_answers_as_a_set_of_days_would(self, known: set[date], others: set[date]) -> None:
        coverage, other = Coverage.of_days(known), Coverage.of_days(others)
        assert [*coverage] == sorted(known)
        assert (len(coverage), bool(coverage)) == (len(known), bool(known))
        assert (coverage.first_day, coverage.last_day) == (
            min(known, default=None),
            max(known, default=None),
        )
        unknown = {day for stretch in coverage.unknown(NOVEMBER) for day in stretch}
        assert unknown == set(NOVEMBER) - known
        assert set(coverage.without(other.periods)) == known - others
        for period in other.periods:
            assert coverage.covers(period) == (set(period) <= known)
            assert set(coverage.within(period)) == set(period) & known


class TestCostFacts:
    def facts(self, services: Costs, months: Costs) -> CostFacts:
        price = Price(Decimal(0), "", 0)
        names = {"111": "production", "222": ""}
        return CostFacts(date(2026, 12, 1), services, months, None, names, price, "test")

    def test_the_currency_is_that_of_whatever_has_charges(self) -> None:
        euros = table(charge(1, "Compute", "1", currency="EUR"))
        assert self.facts(table(), euros).currency == "EUR"
        assert self.facts(table(), table()).currency == ""

    def test_an_account_without_a_name_is_called_by_its_number(self) -> None:
        facts = self.facts(table(), table())
        assert [facts.account_name(each) for each in ("111", "222", "333")] == [
            "production",
            "222",
            "333",
        ]
