"""The facts of a report from the rows that answer its question, whichever engine added them up."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from chalicelib.costs import (
    OTHERS,
    ZERO,
    Amounts,
    Charge,
    CostFacts,
    Costs,
    Coverage,
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
    NotFocusError,
    UnreadableAnswerError,
    UnreadableFileError,
)
from chalicelib.money import money
from chalicelib.sources.focus.held import held_days
from chalicelib.sources.focus.labels import CATEGORY_KIND, label_of, refuse_ambiguity
from chalicelib.sources.focus.rows import Row
from chalicelib.sources.focus.sql import MOST_NAMES, MOST_PAIRS, FocusQuery


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
    _refuse_undated(parts["undated"])
    currency = _the_currency(parts["totals"], query)
    held = held_days([row.day for row in parts["days"] if row.day], query.today)
    table = _Table(parts, currency, Period.month_of(query.today), held)
    if query.label:
        refuse_ambiguity(query.label, (row.label for row in parts["totals"]))
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
        notes=(*notes, *_notes(parts, query, held)),
        ahead=_ahead(parts["ahead"], currency, query.today),
        months_asked_apart=False,
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

    def __init__(
        self, parts: dict[str, list[Row]], currency: str, open_month: Period, held: Coverage
    ) -> None:
        self._parts = parts
        self._currency = currency
        self._open_month = open_month
        self._held = held

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
            covered=self._held,
        )


def _key(row: Row, known: tuple[Dimension, ...]) -> Key:
    if row.day is None:
        raise UnreadableAnswerError(f"The answer has a row of {row.part} without a day.")
    return Key(row.day, **{dimension: getattr(row, dimension) for dimension in known})


def _by_part(rows: Iterable[Row]) -> dict[str, list[Row]]:
    parts: dict[str, list[Row]] = {
        part: []
        for part in (
            "services",
            "months",
            "accounts",
            "labels",
            "totals",
            "ahead",
            "undated",
            "days",
        )
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
    if not next(iter(sums)):
        raise CurrencyError(
            "No charge says which currency it is in: BillingCurrency is empty.",
            next_step="Export it again with the column BillingCurrency.",
        )
    return next(iter(sums))


def _refuse_undated(undated: list[Row]) -> None:
    if not undated:
        return
    count = sum(row.unpriced for row in undated)
    amounts = sum((row.amounts.billed for row in undated), ZERO)
    raise UnreadableFileError(
        f"{count:,} charges of {money(amounts, undated[0].currency)} have no ChargePeriodStart, so no day.",
        next_step="Export it again; every FOCUS charge has a charge period.",
    )


def _ahead(rows: list[Row], currency: str, today: date) -> tuple[Charge, ...]:
    """Charges of later days; those of today are ordinary, only today is not over."""
    later = [row for row in rows if row.day and row.day > today]
    return tuple(
        Charge(_key(row, ("service",)), row.amounts, currency)
        for row in sorted(later, key=lambda row: (row.day, row.service))
        if row.currency == currency
    )


def _notes(parts: dict[str, list[Row]], query: FocusQuery, held: Coverage) -> list[str]:
    notes = _older_gaps(query, held)
    totals, currency = parts["totals"], parts["totals"][0].currency
    providers = _sums(totals, lambda row: row.provider or "(no provider)")
    if len(providers) > 1:
        amounts = ", ".join(
            f"{name} {money(amounts.billed, currency)}" for name, amounts in providers.items()
        )
        notes.append(f"Charges of {len(providers)} providers are added up: {amounts}.")
    if unpriced := sum(row.unpriced for row in totals):
        notes.append(f"{unpriced:,} charges have no billed cost and count as nothing.")
    if query.label and not any(row.label for row in totals):
        _refuse_missing_categories(query)
        notes.append(f"No charge carries {query.label}: check how its name is written.")
    detail = (*parts["accounts"], *parts["labels"], *parts["months"])
    if any(OTHERS in (row.account, row.service, row.label) for row in detail):
        notes.append(
            f"By account, the {MOST_NAMES} largest accounts and the {MOST_PAIRS} largest pairs of account "
            f"and service stand alone; the others are added up as {OTHERS}."
        )
    return notes


def _refuse_missing_categories(query: FocusQuery) -> None:
    kind, name = label_of(query.label)
    if kind == "category" and not query.category_column:
        raise NotFocusError(
            f"The export has no column x_CostCategories and no key {CATEGORY_KIND}{name} in Tags, one of "
            f"which {query.label} needs. FOCUS 1.2 exports of AWS may carry no cost categories; 1.0 exports do.",
            next_step="Choose another label, or none.",
        )


def _older_gaps(query: FocusQuery, held: Coverage) -> list[str]:
    """What is not held of days before those that are shown one by one."""
    begins, notes = held.first_day, []
    if begins and month_start(begins) > query.months.start:
        notes.append(
            f"The export begins with {begins:%B %Y}; earlier months are unknown, not free."
        )
    months = Period(query.months.start, query.days.start)
    missing = [each for each in held.unknown(months) if begins and each.end > begins]
    if missing:
        stretches = ", ".join(str(each) for each in missing)
        notes.append(f"The export holds no charge of {stretches}: unknown, not free.")
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
