"""Facts from saved answers: which table each question makes, which day is today, what is not known."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from chalicelib.costs import (
    Charge,
    ChargeCategory,
    CostFacts,
    Costs,
    Dimension,
    Granularity,
    Key,
    Period,
    Price,
    month_start,
)
from chalicelib.wording.lines import listed
from desk.saved_answers.errors import SavedAnswerError
from desk.saved_answers.pages import Page, Question, pages_in
from desk.saved_answers.tables import Table, tables_of
from desk.saved_answers.today import today_of

DAILY, MONTHLY = Granularity.DAILY, Granularity.MONTHLY

type Tables = Mapping[Question, Table]


def saved_facts(paths: Sequence[Path], now: date | None = None) -> CostFacts:
    """Facts from files that hold daily costs by service, and perhaps more.

    Daily answers by service (best also by record type) are needed; monthly ones by account and
    record type, and daily ones by account and service or by a tag or cost category and service are
    used where given; months are worked out from the days where not, and a note says so. The day
    after the last one saved counts as today, unless the answer reaches into days to come
    (`today_of`); `now` is the day on which somebody looks, if that is known. A day that no file
    holds is unknown. Raises `SavedAnswerError`.
    """
    pages = [page for path in paths for page in _pages(path)]
    names = {account: name for page in pages for account, name in page.account_names.items()}
    return _facts(tables_of(pages), names, now, [str(path) for path in paths])


def _pages(path: Path) -> tuple[Page, ...]:
    pages = tuple(pages_in(path))
    if not any(page.periods for page in pages):
        raise SavedAnswerError(
            f"{path} holds no results, so nothing is known of any day; daily costs grouped by SERVICE "
            "were expected. Perhaps the time period or the filter was wrong."
        )
    return pages


def _facts(
    tables: Tables, names: dict[str, str], now: date | None, files: Sequence[str]
) -> CostFacts:
    daily = _find(tables, DAILY, ("service", "category"), ("service",), ("account", "service"))
    if daily is None:
        held = listed([_question(each) for each in tables])
        raise SavedAnswerError(
            f"None of the files holds daily costs grouped by SERVICE: {listed(files)} "
            f"{'holds' if len(files) == 1 else 'hold'} {held}."
        )
    today, reason = today_of(daily, now)
    notes = [reason] if reason else []
    if "category" not in daily.known:
        notes.append(
            "The saved answer is not grouped by RECORD_TYPE: all costs count as usage, "
            "and credits cannot be told apart."
        )
    months, asked_apart = _months(tables, daily, today)
    if not asked_apart:
        notes.append("Months are added up from the saved days; there is no second query to check.")
    first = daily.covered.periods[0].start
    services = daily.costs(Period(max(first, month_start(today, -3)), today))
    labels = _labels(tables)
    return CostFacts(
        today=today,
        services=_by_service_and_category(services),
        months=months,
        accounts=_detail(_find(tables, DAILY, ("account", "service")), today),
        labels=_detail(labels, today),
        label_name=labels.label if labels else "",
        account_names=names,
        price=Price(Decimal(0), "saved answers, no request made", 0),
        source="saved Cost Explorer answers",
        notes=tuple(notes),
        ahead=tuple(each for each in daily.charges if each.key.day >= today),
        months_asked_apart=asked_apart,
        credits_asked="category" in daily.known,
    )


def _question(question: Question) -> str:
    granularity, known, _ = question
    return (
        f"{granularity} costs by {' and '.join(sorted(known))}"
        if known
        else (f"{granularity} costs without grouping")
    )


def _find(
    tables: Tables, granularity: Granularity, *groupings: tuple[Dimension, ...]
) -> Table | None:
    """The first of these tables that was saved and holds a period."""
    for grouping in groupings:
        for (asked, known, _), table in tables.items():
            if asked is granularity and known == frozenset(grouping) and table.covered:
                return table
    return None


def _labels(tables: Tables) -> Table | None:
    return _find(tables, DAILY, ("label", "service"))


def _detail(table: Table | None, today: date) -> Costs | None:
    """What a table by account or label holds since the first of last month."""
    if table is None:
        return None
    period = Period(month_start(today, -1), today)
    return table.costs(period) if table.covered.within(period) else None


def _months(tables: Tables, daily: Table, today: date) -> tuple[Costs, bool]:
    """Costs by month, and whether they answer a question of their own."""
    monthly = _find(
        tables, MONTHLY, ("account", "category"), ("category",), ("service", "category")
    )
    first = daily.covered.periods[0].start
    if monthly is not None and monthly.covered.periods[0].start < today:
        start = monthly.covered.periods[0].start
        costs = monthly.costs(Period(start, min(monthly.covered.periods[-1].end, today)))
        return _as_months(costs), True
    return _as_months(_by_service_and_category(daily.costs(Period(first, today)))), False


def _by_service_and_category(costs: Costs) -> Costs:
    """Without record types everything counts as usage; accounts are added up."""
    if costs.known == {"service", "category"}:
        return costs
    return _folded(
        costs,
        lambda key: Key(key.day, key.service, category=key.category or ChargeCategory.USAGE),
        known=("service", "category"),
    )


def _as_months(costs: Costs) -> Costs:
    """By month, account and category; where the answer had no accounts, that of all together."""
    by_month = _folded(
        costs,
        lambda key: Key(month_start(key.day), account=key.account, category=key.category),
        known=("account", "category"),
        period=Period(month_start(costs.period.start), costs.period.end),
    )
    return replace(
        by_month,
        granularity=MONTHLY,
        estimated=frozenset(month_start(day) for day in costs.estimated),
    )


def _folded(
    costs: Costs,
    key_of: Callable[[Key], Key],
    *,
    known: tuple[Dimension, ...],
    period: Period | None = None,
) -> Costs:
    """The same charges under fewer or other keys, over the same known days."""
    return Costs.of(
        (Charge(key_of(each.key), each.amounts, each.currency) for each in costs),
        period=period or costs.period,
        known=known,
        granularity=costs.granularity,
        estimated=costs.estimated,
        covered=costs.covered,
    )
