"""Costs from saved answers of `aws ce get-cost-and-usage`, one or more pages in one or more files."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

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
from chalicelib.errors import CostTrackerError, FactError
from chalicelib.sources.cost_explorer.answer import charges_of
from chalicelib.sources.cost_explorer.question import GROUP_KEYS, METRICS

EXAMPLE = (
    "aws ce get-cost-and-usage --time-period Start=2026-08-01,End=2026-11-23 --granularity DAILY "
    "--metrics NetUnblendedCost NetAmortizedCost UnblendedCost "
    "--group-by Type=DIMENSION,Key=SERVICE Type=DIMENSION,Key=RECORD_TYPE > costs.json"
)
DIMENSION_OF: dict[str, Dimension] = {key: name for name, key in GROUP_KEYS.items()}


class SavedAnswerError(CostTrackerError):
    """A file is not a saved answer; the message names the file, the place, and what was expected."""

    next_step = f"Save one like this: {EXAMPLE}"


type Tables = dict[tuple[Granularity, frozenset[Dimension]], "_Table"]


@dataclass(slots=True)
class _Table:
    """The pages of one question: the same granularity and grouping."""

    granularity: Granularity
    group_by: tuple[Dimension, ...]
    charges: list[Charge] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)
    estimated: set[date] = field(default_factory=set)

    def costs(self, period: Period) -> Costs:
        return Costs.of(
            (charge for charge in self.charges if charge.key.day in period),
            period=period,
            known=self.group_by,
            granularity=self.granularity,
            estimated=(day for day in self.estimated if day in period),
        )


def saved_facts(paths: Sequence[Path]) -> CostFacts:
    """Facts from files that hold daily costs by service, and perhaps more.

    Daily answers by service (best also by record type) are needed; monthly ones by account and
    record type and daily ones by account and service are used where given, and worked out from the
    daily ones or left out, with a note, where not. The day after the last one saved counts as
    today. Raises `SavedAnswerError`.
    """
    tables: Tables = {}
    names: dict[str, str] = {}
    for path in paths:
        for number, page in enumerate(_pages(path), start=1):
            _read_page(f"{path}, page {number}", page, tables, names)
    return _facts(tables, names)


def _facts(tables: Tables, names: dict[str, str]) -> CostFacts:
    daily = _find(tables, Granularity.DAILY, ("service", "category"), ("service",))
    if daily is None:
        raise SavedAnswerError("None of the files holds daily costs grouped by SERVICE.")
    first = min(each.start for each in daily.periods)
    today = max(each.end for each in daily.periods)
    notes = []
    if "category" not in daily.group_by:
        notes.append(
            "The saved answer is not grouped by RECORD_TYPE: all costs count as usage, "
            "and credits cannot be told apart."
        )
    monthly = _find(tables, Granularity.MONTHLY, ("account", "category"))
    if monthly is None:
        notes.append("Months are added up from the saved days; there is no second query to check.")
    by_account = _find(tables, Granularity.DAILY, ("account", "service"))
    return CostFacts(
        today=today,
        services=_with_category(daily.costs(Period(max(first, month_start(today, -3)), today))),
        months=(
            _months_of(_with_category(daily.costs(Period(first, today))))
            if monthly is None
            else monthly.costs(_span(monthly.periods))
        ),
        accounts=(
            None if by_account is None else by_account.costs(Period(month_start(today, -1), today))
        ),
        account_names=names,
        price=Price(Decimal(0), "saved answers, no request made", 0),
        source="saved Cost Explorer answers",
        notes=tuple(notes),
    )


def _span(periods: Sequence[Period]) -> Period:
    return Period(min(each.start for each in periods), max(each.end for each in periods))


def _pages(path: Path) -> Iterator[Any]:
    """The pages in a file: one object, a list of them, or one after the other."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SavedAnswerError(f"{path} cannot be read: {error}") from error
    if not text.strip():
        raise SavedAnswerError(f"{path} is empty; a JSON object was expected.")
    position = 0
    while position < len(text.rstrip()):
        position += len(text[position:]) - len(text[position:].lstrip())
        try:
            value, position = json.JSONDecoder().raw_decode(text, position)
        except json.JSONDecodeError as error:
            raise SavedAnswerError(
                f"{path}, line {error.lineno}, column {error.colno}: JSON was expected ({error.msg})."
            ) from error
        yield from value if isinstance(value, list) else [value]


def _read_page(place: str, page: Any, tables: Tables, names: dict[str, str]) -> None:
    with _documented_form(place):
        group_by = _grouping(page)
        results = list(page["ResultsByTime"])
        periods = [_period(result) for result in results]
        names.update(
            {
                account["Value"]: account["Attributes"]["description"]
                for account in page.get("DimensionValueAttributes", [])
                if "description" in account.get("Attributes", {})
            }
        )
    # The answer does not name its granularity; only the periods tell.
    daily = all(len(period) == 1 for period in periods)
    granularity = Granularity.DAILY if daily else Granularity.MONTHLY
    key = (granularity, frozenset(group_by))
    table = tables.setdefault(key, _Table(granularity, group_by))
    table.periods.extend(periods)
    for number, result in enumerate(results):
        with _documented_form(f"{place}, ResultsByTime[{number}]"):
            _fill_metrics(result)
            table.charges.extend(charges_of({"ResultsByTime": [result]}, group_by, table.estimated))


@contextmanager
def _documented_form(place: str) -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, AttributeError, ValueError, InvalidOperation, FactError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise SavedAnswerError(
            f"{place}: this is not the form of a Cost Explorer answer: {reason}."
        ) from error


def _grouping(page: Any) -> tuple[Dimension, ...]:
    keys = [each["Key"] for each in page.get("GroupDefinitions", [])]
    for key in keys:
        if key not in DIMENSION_OF:
            raise ValueError(f"it is grouped by {key}; expected {', '.join(DIMENSION_OF)}")
    return tuple(DIMENSION_OF[key] for key in keys)


def _period(result: Any) -> Period:
    start, end = (date.fromisoformat(result["TimePeriod"][each][:10]) for each in ("Start", "End"))
    return Period(start, end)


def _fill_metrics(result: Any) -> None:
    """Where only some measures were saved, the others take their amounts."""
    for metrics in [result["Total"], *(group["Metrics"] for group in result["Groups"])]:
        present = [name for name in METRICS if name in metrics]
        if metrics and not present:
            raise KeyError(METRICS[0])
        for name in METRICS if metrics else ():
            metrics.setdefault(name, metrics[present[0]])


def _find(
    tables: Tables,
    granularity: Granularity,
    *groupings: tuple[Dimension, ...],
) -> _Table | None:
    found = (tables.get((granularity, frozenset(grouping))) for grouping in groupings)
    return next((table for table in found if table is not None), None)


def _with_category(costs: Costs) -> Costs:
    if "category" in costs.known:
        return costs
    return Costs.of(
        (
            Charge(
                charge.key._replace(category=ChargeCategory.USAGE), charge.amounts, charge.currency
            )
            for charge in costs
        ),
        period=costs.period,
        known=(*costs.known, "category"),
        estimated=costs.estimated,
    )


def _months_of(costs: Costs) -> Costs:
    """Daily costs by service added up to months; the account is not known."""
    return Costs.of(
        (
            Charge(
                Key(month_start(charge.key.day), category=charge.key.category),
                charge.amounts,
                charge.currency,
            )
            for charge in costs
        ),
        period=Period(month_start(costs.period.start), costs.period.end),
        known=("account", "category"),
        granularity=Granularity.MONTHLY,
        estimated={month_start(day) for day in costs.estimated},
    )
