"""Tables of charges that sum by any dimension."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from chalicelib.costs.charge import (
    DIMENSIONS,
    NOTHING,
    REDUCTIONS,
    Amounts,
    Charge,
    Dimension,
    Key,
    Metric,
)
from chalicelib.costs.coverage import Coverage
from chalicelib.costs.period import Period
from chalicelib.errors import CurrencyError, PeriodError


class Granularity(StrEnum):
    """How long one charge period is."""

    DAILY = "daily"
    MONTHLY = "monthly"


_WHOLE_PERIOD = Coverage()


@dataclass(frozen=True, slots=True)
class Costs:
    """Charges of one period in one currency, at most one per key; immutable.

    `known` lists the dimensions the charges were grouped by. `estimated` holds the charge periods
    (by first day) that the source itself marks as not final. An empty table has no currency ("").
    `covered` holds the days of the period that the source answered for, all of them unless told
    otherwise: a day outside is unknown, never zero.
    """

    period: Period
    granularity: Granularity
    known: frozenset[Dimension]
    currency: str = ""
    cells: Mapping[Key, Amounts] = field(default_factory=dict)
    estimated: frozenset[date] = frozenset()
    covered: Coverage = _WHOLE_PERIOD

    def __post_init__(self) -> None:
        whole = self.covered is _WHOLE_PERIOD
        covered = Coverage((self.period,)) if whole else self.covered.within(self.period)
        object.__setattr__(self, "covered", covered)  # frozen for everybody else

    @classmethod
    def of(
        cls,
        charges: Iterable[Charge],
        *,
        period: Period,
        known: Collection[Dimension],
        granularity: Granularity = Granularity.DAILY,
        estimated: Iterable[date] = (),
        covered: Coverage | None = None,
    ) -> "Costs":
        """Fold charges into a table, adding up those with the same key.

        `covered` is the whole period unless it is given. Raises `CurrencyError` when two
        currencies meet, `PeriodError` when a charge lies outside the period.
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
        return cls(
            period,
            granularity,
            frozenset(known),
            currency,
            cells,
            frozenset(estimated),
            _WHOLE_PERIOD if covered is None else covered,
        )

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

    def covers(self, period: Period) -> bool:
        """Whether the source answered for every day of `period`."""
        return self.covered.covers(period)

    def unknown(self, period: Period) -> tuple[Period, ...]:
        """The stretches of `period` that nothing is known about, in order."""
        return self.covered.unknown(period)

    def series(self, metric: Metric = "billed") -> list[Decimal | None]:
        """One amount for each day of the period in order: zero without a charge, None if unknown."""
        days = self.by_day()
        amounts: list[Decimal | None] = [days.get(day, NOTHING).of(metric) for day in self.period]
        for stretch in self.unknown(self.period):
            for day in stretch:
                amounts[(day - self.period.start).days] = None
        return amounts

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
        return Costs(
            period,
            self.granularity,
            self.known,
            self.currency,
            cells,
            estimated,
            self.covered.within(period),
        )

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
