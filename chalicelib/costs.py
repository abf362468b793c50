"""Facts about cost: periods, charges, and tables of charges that sum by any dimension.

The words follow the FOCUS specification (https://focus.finops.org): a charge has a service, a
sub-account, a charge category, a billed and an effective cost. Days are UTC days and periods are
half-open, `[start, end)`, as they are in AWS Cost Explorer. Amounts are `Decimal` throughout and
are never rounded here.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NamedTuple

from chalicelib.errors import CurrencyError, PeriodError

ZERO = Decimal(0)
UNTAGGED = "(untagged)"
"""The label of charges that do not carry the tag, or fall into no cost category."""

type Metric = Literal["billed", "effective", "listed"]
type Dimension = Literal["service", "account", "category", "label"]

DIMENSIONS: tuple[Dimension, ...] = ("service", "account", "category", "label")


class ChargeCategory(StrEnum):
    """FOCUS charge categories, with support kept apart from the other purchases.

    A category that a source reports and that is not listed here keeps its own name: it is shown,
    counted as gross, and never dropped.
    """

    USAGE = "Usage"
    PURCHASE = "Purchase"
    SUPPORT = "Support"
    TAX = "Tax"
    CREDIT = "Credit"
    ADJUSTMENT = "Adjustment"


REDUCTIONS: frozenset[str] = frozenset({ChargeCategory.CREDIT, ChargeCategory.ADJUSTMENT})
"""What lies between gross and net: credits, and adjustments such as refunds."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A half-open range of UTC days, `[start, end)`.

    Raises `PeriodError` when it would be empty or reversed, or when a bound carries a time of day.
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        for bound in (self.start, self.end):
            if isinstance(bound, datetime):
                raise PeriodError(f"A period is made of days, not of moments: {bound.isoformat()}.")
        if self.start >= self.end:
            raise PeriodError(f"The period from {self.start} to {self.end} holds no day.")

    def __str__(self) -> str:
        return f"{self.start} to {self.last_day}"

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def __iter__(self) -> Iterator[date]:
        return (self.start + timedelta(days=n) for n in range(len(self)))

    def __len__(self) -> int:
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        """The last day inside the period."""
        return self.end - timedelta(days=1)

    @classmethod
    def month_of(cls, day: date) -> "Period":
        """The calendar month that holds `day`."""
        return cls(month_start(day), month_start(day, 1))

    @classmethod
    def ending(cls, last_day: date, days: int) -> "Period":
        """The `days` days up to and including `last_day`."""
        end = last_day + timedelta(days=1)
        return cls(end - timedelta(days=days), end)

    def intersection(self, other: "Period") -> "Period | None":
        """The days in both periods, or None when they share none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None


def month_start(day: date, months_later: int = 0) -> date:
    """The first day of the month that lies `months_later` months after the month of `day`."""
    years, month = divmod(day.year * 12 + day.month - 1 + months_later, 12)
    return date(years, month + 1, 1)


@dataclass(frozen=True, slots=True)
class Amounts:
    """What the same charges cost by three measures, in one currency.

    `billed` is FOCUS BilledCost: what the invoice says, after negotiated discounts (Cost Explorer
    NetUnblendedCost). `effective` is FOCUS EffectiveCost: commitments spread over the time they
    cover (NetAmortizedCost). `listed` is the billed cost before negotiated discounts (FOCUS
    ListCost, Cost Explorer UnblendedCost).
    """

    billed: Decimal = ZERO
    effective: Decimal = ZERO
    listed: Decimal = ZERO

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            self.billed + other.billed, self.effective + other.effective, self.listed + other.listed
        )

    def __sub__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            self.billed - other.billed, self.effective - other.effective, self.listed - other.listed
        )

    def of(self, metric: Metric) -> Decimal:
        """The amount by one measure."""
        match metric:
            case "billed":
                return self.billed
            case "effective":
                return self.effective
            case "listed":
                return self.listed


NOTHING = Amounts()


class Key(NamedTuple):
    """What a charge is for. A dimension that its source was not asked about is the empty string.

    `day` is the first day of the charge period: the day itself, or the first of the month in a
    table by month. `label` is the value of the one tag or cost category that was asked for.
    """

    day: date
    service: str = ""
    account: str = ""
    category: str = ""
    label: str = ""


class Charge(NamedTuple):
    """One amount with everything that is known about what it is for."""

    key: Key
    amounts: Amounts
    currency: str


class Granularity(StrEnum):
    """How long one charge period is."""

    DAILY = "daily"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Costs:
    """Charges of one period in one currency, at most one per key; immutable.

    `known` lists the dimensions the charges were grouped by. `estimated` holds the charge periods
    (by first day) that the source itself marks as not final. An empty table has no currency ("").
    """

    period: Period
    granularity: Granularity
    known: frozenset[Dimension]
    currency: str = ""
    cells: Mapping[Key, Amounts] = field(default_factory=dict)
    estimated: frozenset[date] = frozenset()

    @classmethod
    def of(
        cls,
        charges: Iterable[Charge],
        *,
        period: Period,
        known: Collection[Dimension],
        granularity: Granularity = Granularity.DAILY,
        estimated: Iterable[date] = (),
    ) -> "Costs":
        """Fold charges into a table, adding up those with the same key.

        Raises `CurrencyError` when two currencies meet, `PeriodError` when a charge lies outside
        the period.
        """
        cells: dict[Key, Amounts] = {}
        currency = ""
        for charge in charges:
            key = charge.key
            if key.day not in period:
                raise PeriodError(f"A charge on {key.day} lies outside the period {period}.")
            if charge.currency != currency:
                if currency:
                    raise CurrencyError(
                        f"Costs in {currency} and in {charge.currency} cannot be added up.",
                        next_step="Choose one currency, or report each in its own run.",
                    )
                currency = charge.currency
            before = cells.get(key)
            cells[key] = charge.amounts if before is None else before + charge.amounts
        return cls(period, granularity, frozenset(known), currency, cells, frozenset(estimated))

    def __iter__(self) -> Iterator[Charge]:
        return (Charge(key, amounts, self.currency) for key, amounts in self.cells.items())

    def __len__(self) -> int:
        return len(self.cells)

    def total(self) -> Amounts:
        """The exact sum of all charges."""
        return _add_up(self.cells.values())

    def by(self, dimension: Dimension) -> dict[str, Amounts]:
        """Exact sums by one dimension, e.g. `by("service")`; raises ValueError if it is not known."""
        return self._sums(self._getter(dimension))

    def by_pair(self, first: Dimension, second: Dimension) -> dict[tuple[str, str], Amounts]:
        """Exact sums by two dimensions, e.g. `by_pair("account", "service")`."""
        one, two = self._getter(first), self._getter(second)
        return self._sums(lambda key: (one(key), two(key)))

    def by_day(self) -> dict[date, Amounts]:
        """Exact sums by charge period, for the periods that have any charge."""
        return self._sums(lambda key: key.day)

    def by_day_and(self, dimension: Dimension) -> dict[tuple[date, str], Amounts]:
        """Exact sums by charge period and one dimension."""
        get = self._getter(dimension)
        return self._sums(lambda key: (key.day, get(key)))

    def series(self, metric: Metric = "billed") -> list[Decimal]:
        """One amount for each day of the period in order, zero on days without a charge."""
        days = self.by_day()
        return [days.get(day, NOTHING).of(metric) for day in self.period]

    def series_by(
        self, dimension: Dimension, metric: Metric = "billed"
    ) -> dict[str, list[Decimal]]:
        """`series` for each value of one dimension."""
        position = {day: n for n, day in enumerate(self.period)}
        rows: dict[str, list[Decimal]] = {}
        for (day, value), amounts in self.by_day_and(dimension).items():
            row = rows.setdefault(value, [ZERO] * len(position))
            row[position[day]] = amounts.of(metric)
        return rows

    def during(self, period: Period) -> "Costs":
        """The charges inside `period`; the result's period is the part of it that this table covers.

        Raises `PeriodError` when the two periods share no day.
        """
        shared = self.period.intersection(period)
        if shared is None:
            raise PeriodError(f"Costs for {self.period} say nothing about {period}.")
        return self._keep(lambda key: key.day in shared, shared)

    def where(self, dimension: Dimension, values: Collection[str]) -> "Costs":
        """The charges whose `dimension` is one of `values`."""
        get = self._getter(dimension)
        return self._keep(lambda key: get(key) in values, self.period)

    def gross(self) -> "Costs":
        """The charges before credits and adjustments; the table itself is net."""
        get = self._getter("category")
        return self._keep(lambda key: get(key) not in REDUCTIONS, self.period)

    def _keep(self, wanted: Callable[[Key], bool], period: Period) -> "Costs":
        cells = {key: amounts for key, amounts in self.cells.items() if wanted(key)}
        estimated = frozenset(day for day in self.estimated if day in period)
        return Costs(period, self.granularity, self.known, self.currency, cells, estimated)

    def _getter(self, dimension: Dimension) -> Callable[[Key], str]:
        if dimension not in self.known:
            raise ValueError(f"These costs are not known by {dimension}", sorted(self.known))
        position = 1 + DIMENSIONS.index(dimension)
        return lambda key: str(key[position])

    def _sums[G](self, group: Callable[[Key], G]) -> dict[G, Amounts]:
        sums: dict[G, Amounts] = {}
        for key, amounts in self.cells.items():
            name = group(key)
            before = sums.get(name)
            sums[name] = amounts if before is None else before + amounts
        return sums


def _add_up(amounts: Iterable[Amounts]) -> Amounts:
    total = NOTHING
    for each in amounts:
        total = total + each
    return total


@dataclass(frozen=True, slots=True)
class Price:
    """What reading the costs cost, in US dollars, and how that comes about."""

    amount: Decimal
    basis: str
    requests: int


@dataclass(frozen=True, slots=True)
class CostFacts:
    """Everything a source knows for one report; the same facts whatever the source.

    `today`     the UTC day of the run. It is not over, so every period ends with yesterday.
    `services`  daily, by service and category, from the first day of the third month back (90 days
                or more): `Period(month_start(today, -3), today)`.
    `months`    monthly, by account and category, thirteen full months and, from the second day of
                a month, the current one up to yesterday: `Period(month_start(today, -13), today)`.
    `accounts`  daily, by account and service, gross (credits and adjustments left out), from the
                first day of last month: `Period(month_start(today, -1), today)`; None for a single
                account, or when the source could not give it (a note says why).
    `labels`    daily, by label (the value of the tag or cost category `label_name`) and service,
                gross, for the same period as `accounts`; None unless asked for.
    `notes`     sentences for the reader about what these facts leave out.
    """

    today: date
    services: Costs
    months: Costs
    accounts: Costs | None
    account_names: Mapping[str, str]
    price: Price
    source: str
    labels: Costs | None = None
    label_name: str = ""
    notes: tuple[str, ...] = ()

    @property
    def currency(self) -> str:
        """The one currency of all amounts, "" when there is no charge at all."""
        return self.services.currency or self.months.currency

    def account_name(self, account: str) -> str:
        """The account's name where the source knows one, else its number."""
        return self.account_names.get(account) or account
