"""The facts of a report from FOCUS charges, whichever engine adds them up.

`FocusQuery.sql` is the question, the same text for Athena and DuckDB; `facts_of` makes the answer
into facts. Words and columns: https://focus.finops.org/focus-specification/
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from chalicelib.costs import (
    REDUCTIONS,
    UNTAGGED,
    ZERO,
    Amounts,
    Charge,
    CostFacts,
    Costs,
    Dimension,
    Granularity,
    Key,
    Period,
    Price,
    month_start,
)
from chalicelib.errors import (
    CurrencyError,
    DataNotReadyError,
    NoChargesError,
    SettingError,
    UnreadableAnswerError,
)
from chalicelib.money import money

OTHERS = "(all others)"
"""Stands for the accounts, services or label values that were too small and too many to list."""

MOST_NAMES = 500
MOST_PAIRS = 500
"""Accounts, and pairs of account and service, beyond these are added to `OTHERS`; so are label values."""

DOUBLE_SCALE = 10
"""Decimal places kept of a cost that is stored as a double, as AWS does. AWS prices to ten places,
and a double holds no more than that of amounts up to 900,000."""

DECIMAL_SCALE = 20
"""Decimal places kept of a cost that is stored as text or as a decimal."""

SQL = Path(__file__).with_name("focus.sql")
LABEL_COLUMNS = {"tag": "Tags", "category": "x_CostCategories"}


class Row(NamedTuple):
    """One row of the answer; what does not apply to its part is the empty string."""

    part: str
    day: date | None
    service: str
    account: str
    account_name: str
    category: str
    label: str
    currency: str
    provider: str
    amounts: Amounts
    unpriced: int

    @classmethod
    def of(cls, cells: Sequence[Any]) -> "Row":
        """Read a row as an engine delivers it, typed or as text.

        Raises ValueError or decimal.InvalidOperation where a cell is not what the query asks for.
        """
        part, day, service, account, account_name, category, label, currency, provider = cells[:9]
        billed, effective, listed, unpriced = cells[9:]
        return cls(
            part,
            date.fromisoformat(day) if isinstance(day, str) else day,
            service or "",
            account or "",
            account_name or "",
            category or "",
            label or "",
            currency or "",
            provider or "",
            Amounts(_decimal(billed), _decimal(effective), _decimal(listed)),
            int(unpriced),
        )


@dataclass(frozen=True, slots=True)
class FocusQuery:
    """What a report made on `today` asks of FOCUS charges.

    `label` is `tag:KEY` or `category:NAME`. `currency` and `provider` keep only the charges in one
    currency, or of one provider; "" keeps all.
    """

    today: date
    label: str = ""
    currency: str = ""
    provider: str = ""

    @property
    def days(self) -> Period:
        """What `CostFacts.services` covers."""
        return Period(month_start(self.today, -3), self.today)

    @property
    def months(self) -> Period:
        """What `CostFacts.months` covers, and so everything that is read."""
        return Period(month_start(self.today, -13), self.today)

    @property
    def recent(self) -> Period:
        """What `CostFacts.accounts` and `labels` cover."""
        return Period(month_start(self.today, -1), self.today)

    def sql(self, table: str, *, scale: int = DOUBLE_SCALE, partition: str = "") -> str:
        """The question about one table; `partition` is a condition that spares reading all of it.

        Raises `SettingError` when the label is neither a tag nor a cost category.
        """
        return SQL.read_text(encoding="utf-8").format(
            table=table,
            narrowed=self._narrowed(partition),
            scale=scale,
            label=_label(self.label),
            label_shown="label" if self.label else "NULL",
            label_set="(recent_day, label, service)," if self.label else "",
            months_from=self.months.start,
            services_from=self.days.start,
            recent_from=self.recent.start,
            today=self.today,
            reductions=", ".join(_text(category) for category in sorted(REDUCTIONS)),
            most_pairs=MOST_PAIRS,
            most_names=MOST_NAMES,
            others=_text(OTHERS),
        )

    def _narrowed(self, partition: str) -> str:
        conditions = [partition] if partition else []
        if self.currency:
            conditions.append(f"BillingCurrency = {_text(self.currency)}")
        if self.provider:
            conditions.append(f"ProviderName = {_text(self.provider)}")
        return " AND ".join(conditions) or "TRUE"


def label_column(label: str) -> str:
    """The FOCUS column that holds a label's values; raises `SettingError` for anything else."""
    kind, _, name = label.partition(":")
    if kind not in LABEL_COLUMNS or not name:
        raise SettingError(
            f"The label is {label!r}.",
            next_step="It should be `tag:KEY` or `category:NAME`, for example tag:team.",
        )
    return LABEL_COLUMNS[kind]


def facts_of(
    rows: Iterable[Row],
    query: FocusQuery,
    *,
    source: str,
    price: Price,
    notes: Iterable[str] = (),
) -> CostFacts:
    """The facts of a report from the rows that answer `query`.

    A charge belongs to the day its charge period starts on, in whichever billing period it is
    invoiced, as in Cost Explorer; and like there, nothing in the month of `today` is final. Raises
    `NoChargesError` when there is no charge, `CurrencyError` when there are two currencies.
    """
    parts = _by_part(rows)
    currency = _the_currency(parts["totals"], query)
    table = _Table(parts, currency, Period.month_of(query.today))
    months = table.costs("months", query.months, ("account", "category"), Granularity.MONTHLY)
    several = len(months.by("account")) > 1
    by_account: tuple[Dimension, ...] = ("account", "service")
    return CostFacts(
        today=query.today,
        services=table.costs("services", query.days, ("service", "category")),
        months=months,
        accounts=table.costs("accounts", query.recent, by_account) if several else None,
        account_names=_account_names(parts["months"]),
        price=price,
        source=source,
        labels=table.costs("labels", query.recent, ("label", "service")) if query.label else None,
        label_name=query.label.partition(":")[2],
        notes=(*notes, *_notes(parts, query)),
    )


def refuse_gaps(facts: CostFacts, *, late_after_days: int = 4) -> None:
    """Raise `DataNotReadyError` where the export lacks a month or the latest days.

    They would look like months and days that cost nothing.
    """
    present = {day for day, _ in facts.months.by_day_and("account")}
    missing = [
        f"{month:%Y-%m}" for month in _months(min(present), max(present)) if month not in present
    ]
    if missing:
        raise DataNotReadyError(
            f"The export holds no charge for {', '.join(missing)}, between months that have some.",
            next_step="Ask AWS Support to deliver the billing period again; delete nothing.",
        )
    last_day = max(facts.services.by_day(), default=date.min)
    if last_day < facts.today - timedelta(days=late_after_days):
        raise DataNotReadyError(
            f"The export's last charge is of {last_day}: later days are missing, not free.",
            next_step="Look at the export's status under Billing and Cost Management > Data Exports.",
        )


class _Table:
    """Makes the parts of an answer into tables of charges."""

    def __init__(self, parts: dict[str, list[Row]], currency: str, open_month: Period) -> None:
        self._parts = parts
        self._currency = currency
        self._open_month = open_month

    def costs(
        self,
        part: str,
        period: Period,
        known: tuple[Dimension, ...],
        granularity: Granularity = Granularity.DAILY,
    ) -> Costs:
        rows = self._parts[part]
        days = (
            period if granularity is Granularity.DAILY else _months(period.start, period.last_day)
        )
        return Costs.of(
            (Charge(_key(row, known), row.amounts, self._currency) for row in rows),
            period=period,
            granularity=granularity,
            known=known,
            estimated=(day for day in days if day in self._open_month),
        )


def _decimal(cell: str | None) -> Decimal:
    """An amount without the zeros that the engine's scale pads it with; the sum of nothing is zero."""
    return Decimal(cell or 0).normalize() + ZERO


def _key(row: Row, known: tuple[Dimension, ...]) -> Key:
    if row.day is None:
        raise UnreadableAnswerError(f"The answer has a row of {row.part} without a day.")
    return Key(row.day, **{dimension: getattr(row, dimension) for dimension in known})


def _by_part(rows: Iterable[Row]) -> dict[str, list[Row]]:
    parts: dict[str, list[Row]] = {
        part: [] for part in ("services", "months", "accounts", "labels", "totals")
    }
    for row in rows:
        if row.part not in parts:
            raise UnreadableAnswerError(
                f"The answer has a part {row.part!r} that was not asked for."
            )
        parts[row.part].append(row)
    return parts


def _the_currency(totals: list[Row], query: FocusQuery) -> str:
    sums = _sums(totals, lambda row: row.currency)
    if not sums:
        only = [f"in {query.currency}"] * bool(query.currency)
        only += [f"of {query.provider}"] * bool(query.provider)
        kind = " ".join(["charge", *only])
        raise NoChargesError(f"There is no {kind} from {query.months}.")
    if len(sums) > 1:
        amounts = ", ".join(
            money(amounts.billed, currency or "(no currency)") for currency, amounts in sums.items()
        )
        raise CurrencyError(
            f"The charges are in {len(sums)} currencies, which cannot be added up: {amounts}.",
            next_step=f"Choose one, for example {next(iter(sums)) or 'USD'}.",
        )
    return next(iter(sums))


def _notes(parts: dict[str, list[Row]], query: FocusQuery) -> list[str]:
    notes = []
    begins = min(row.day for row in parts["months"] if row.day)
    if begins > query.months.start:
        notes.append(
            f"The export begins with {begins:%B %Y}; earlier months are unknown, not free."
        )
    totals, currency = parts["totals"], parts["totals"][0].currency
    providers = _sums(totals, lambda row: row.provider or "(no provider)")
    if len(providers) > 1:
        amounts = ", ".join(
            f"{name} {money(amounts.billed, currency)}" for name, amounts in providers.items()
        )
        notes.append(f"Charges of {len(providers)} providers are added up: {amounts}.")
    if unpriced := sum(row.unpriced for row in totals):
        notes.append(f"{unpriced:,} charges have no billed cost and count as nothing.")
    detail = (*parts["accounts"], *parts["labels"], *parts["months"])
    if any(OTHERS in (row.account, row.service, row.label) for row in detail):
        notes.append(
            f"By account, the {MOST_NAMES} largest accounts and the {MOST_PAIRS} largest pairs of account "
            f"and service stand alone; the others are added up as {OTHERS}."
        )
    return notes


def _sums(rows: Iterable[Row], name: Callable[[Row], str]) -> dict[str, Amounts]:
    sums: dict[str, Amounts] = {}
    for row in sorted(rows, key=name):
        sums[name(row)] = sums.get(name(row), Amounts()) + row.amounts
    return sums


def _account_names(months: list[Row]) -> dict[str, str]:
    """Each account's latest name."""
    named = (row for row in months if row.account_name and row.day)
    return {
        row.account: row.account_name
        for row in sorted(named, key=lambda row: (row.day, row.account_name))
    }


def _months(first: date, last: date) -> list[date]:
    count = (last.year - first.year) * 12 + last.month - first.month
    return [month_start(first, n) for n in range(count + 1)]


def _label(label: str) -> str:
    """An expression for one tag or cost category that both engines know.

    Looking a missing key up is an error in Trino. Some exports mark the user's own tags.
    """
    if not label:
        return "''"
    column, key = label_column(label), label.partition(":")[2]
    choices = " ".join(
        f"WHEN CONTAINS(MAP_KEYS({column}), {_text(name)}) THEN {column}[{_text(name)}]"
        for name in (key, f"user:{key}")
    )
    return f"COALESCE(NULLIF(CASE {choices} END, ''), {_text(UNTAGGED)})"


def _text(value: str) -> str:
    """A string literal."""
    return "'" + value.replace("'", "''") + "'"
