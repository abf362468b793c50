"""A ledger: every charge of an organisation, in the terms of Cost Explorer.

It is the truth that stand-ins for AWS are made from (the Cost Explorer emulator, FOCUS files), and
`Ledger.facts` is what any perfect source would make of it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from chalicelib.costs import (
    NO_UNIT,
    REDUCTIONS,
    UNTAGGED,
    ZERO,
    Amounts,
    Charge,
    ChargeCategory,
    CostFacts,
    Costs,
    Coverage,
    Dimension,
    Granularity,
    Key,
    Period,
    Place,
    Price,
    Usage,
    UsageQuestion,
    UsageRow,
    month_start,
)
from chalicelib.sources.cost_explorer.record_types import charge_category, is_discount
from chalicelib.usage_types import NO_USAGE_TYPE

type Sums = tuple[Decimal, Decimal, Decimal, Decimal]
"""Unblended, net unblended, amortized and net amortized cost."""

type Quantity = tuple[Decimal, str]
"""How much was used, and its unit: "N/A" where units are mixed, as Cost Explorer has it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger: a day's charge of one record type, by Cost Explorer's four measures.

    `labels` holds tag and cost category values under the names that the `label` setting uses:
    `{"tag:team": "data", "category:Environment": "Production"}`.

    `usage_type` is Cost Explorer's, with the Region's billing code in front ("EU-NatGateway-Bytes");
    `quantity` of it was used, in `unit`; `resource` is the ARN or id that a FOCUS export names.
    """

    day: date
    service: str
    account: str
    record_type: str
    unblended: Decimal
    net_unblended: Decimal
    amortized: Decimal
    net_amortized: Decimal
    labels: Mapping[str, str] = field(default_factory=dict)
    usage_type: str = ""
    quantity: Decimal = ZERO
    unit: str = ""
    resource: str = ""

    @property
    def sums(self) -> Sums:
        """The four measures in order."""
        return self.unblended, self.net_unblended, self.amortized, self.net_amortized


class Ledger:
    """Entries in any order, the names of their accounts, and the one currency they are in."""

    def __init__(
        self, entries: Iterable[Entry], account_names: Mapping[str, str], currency: str = "USD"
    ) -> None:
        self.entries: Collection[Entry] = tuple(entries)
        self.account_names = account_names
        self.currency = currency

    def grouped[G](
        self, group: Callable[[Entry], G], wanted: Callable[[Entry], bool] = lambda entry: True
    ) -> Callable[[Period], dict[G, Sums]]:
        """A function that adds up one period's wanted entries by group."""

        def sums(period: Period) -> dict[G, Sums]:
            groups: dict[G, Sums] = {}
            for day in period:
                for entry in self._by_day.get(day, ()):
                    if wanted(entry):
                        name = group(entry)
                        before = groups.get(name)
                        groups[name] = entry.sums if before is None else plus(before, entry.sums)
            return groups

        return sums

    def quantities[G](
        self, group: Callable[[Entry], G], wanted: Callable[[Entry], bool] = lambda entry: True
    ) -> Callable[[Period], dict[G, Quantity]]:
        """A function that adds up what was used in a period by group, whatever the units are."""

        def used(period: Period) -> dict[G, Quantity]:
            groups: dict[G, Quantity] = {}
            for day in period:
                add_quantities(groups, filter(wanted, self._by_day.get(day, ())), group)
            return groups

        return used

    def usage(self, question: UsageQuestion) -> Usage:
        """What was used, in answer to a report's second question; free of charge."""
        places = {place.service: place for place in question.places}
        rows: dict[tuple[date, Place, str], UsageRow] = {}
        for day in question.period:
            for entry in self._by_day.get(day, ()):
                place = places.get(entry.service)
                if place is None or place.account not in ("", entry.account):
                    continue
                if charge_category(entry.record_type) == ChargeCategory.USAGE:
                    row = _usage_row(entry, place)
                    key = row.day, row.place, row.usage_type
                    rows[key] = _both(rows[key], row) if key in rows else row
        return Usage(tuple(rows.values()), Coverage((question.period,)))

    def price(self) -> Price:
        """Nothing."""
        return NO_PRICE

    def facts(self, today: date, label: str = "") -> CostFacts:
        """The facts of a report made on `today`, free of charge.

        As in Cost Explorer, everything in the month of `today` is estimated; and without the record
        type, discounts cannot be told apart, so `listed` in `accounts` and `labels` is net of them.
        """
        recent = Period(month_start(today, -1), today)
        by_day, by_month = Granularity.DAILY, Granularity.MONTHLY
        days, year = Period(month_start(today, -3), today), Period(month_start(today, -13), today)
        months = self._costs(year, by_month, ("account", "category"))
        accounts = months.by("account")
        several = len(accounts) > 1
        return CostFacts(
            today=today,
            services=self._costs(days, by_day, ("service", "category")),
            months=months,
            accounts=self._costs(recent, by_day, ("account", "service"), gross=True)
            if several
            else None,
            account_names={a: n for a, n in self.account_names.items() if a in accounts},
            price=NO_PRICE,
            source="sample data",
            labels=self._costs(recent, by_day, ("label", "service"), True, label)
            if label
            else None,
            label_name=label.partition(":")[2],
        )

    def _costs(
        self,
        period: Period,
        granularity: Granularity,
        known: tuple[Dimension, ...],
        gross: bool = False,
        label: str = "",
    ) -> Costs:
        def group(entry: Entry) -> tuple[Key, bool]:
            key = Key(
                date.min,
                entry.service if "service" in known else "",
                entry.account if "account" in known else "",
                charge_category(entry.record_type) if "category" in known else "",
                (entry.labels.get(label) or UNTAGGED) if "label" in known else "",
            )
            return key, "category" in known and is_discount(entry.record_type)

        sums = self.grouped(
            group, lambda entry: not gross or charge_category(entry.record_type) not in REDUCTIONS
        )
        parts = [*split(period, granularity)]
        open_month = Period.month_of(period.end)
        return Costs.of(
            (
                Charge(key._replace(day=part.start), _amounts(four, discount), self.currency)
                for part in parts
                for (key, discount), four in sums(part).items()
            ),
            period=period,
            granularity=granularity,
            known=known,
            estimated=[part.start for part in parts if part.start in open_month],
        )

    @cached_property
    def _by_day(self) -> dict[date, list[Entry]]:
        days: dict[date, list[Entry]] = {}
        for entry in self.entries:
            days.setdefault(entry.day, []).append(entry)
        return days


NO_PRICE = Price(ZERO, "sample data", 0)
NO_SUMS: Sums = (ZERO, ZERO, ZERO, ZERO)
NO_QUANTITY: Quantity = (ZERO, NO_UNIT)


def split(period: Period, granularity: Granularity) -> Iterable[Period]:
    """The days, or the whole and broken months, of a period."""
    start = period.start
    while start < period.end:
        daily = granularity is Granularity.DAILY
        end = start + timedelta(days=1) if daily else month_start(start, 1)
        yield Period(start, min(end, period.end))
        start = end


def _amounts(four: Sums, discount: bool) -> Amounts:
    unblended, net_unblended, _, net_amortized = four
    return Amounts(net_unblended, net_amortized, ZERO if discount else unblended)


def _usage_row(entry: Entry, place: Place) -> UsageRow:
    costs = entry.net_unblended, entry.net_amortized
    return UsageRow(
        entry.day, place, entry.usage_type or NO_USAGE_TYPE, *costs, entry.quantity, entry.unit
    )


def _both(a: UsageRow, b: UsageRow) -> UsageRow:
    unit = a.unit if not b.quantity or a.unit == b.unit else b.unit if not a.quantity else NO_UNIT
    return a._replace(
        billed=a.billed + b.billed,
        effective=a.effective + b.effective,
        quantity=a.quantity + b.quantity,
        unit=unit,
    )


def plus(a: Sums, b: Sums) -> Sums:
    """Both added up, measure by measure."""
    return a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]


def add_quantities[G](
    groups: dict[G, Quantity], entries: Iterable[Entry], group: Callable[[Entry], G]
) -> None:
    """Add what the entries used to their groups; where units differ, the unit becomes "N/A"."""
    for entry in entries:
        if entry.quantity:
            name = group(entry)
            amount, unit = groups.get(name, (ZERO, entry.unit))
            groups[name] = amount + entry.quantity, unit if unit == entry.unit else NO_UNIT
