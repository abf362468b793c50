"""The pages in saved files, each read into what it says: days, groups, charges, and whether more follow."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from chalicelib.costs import Charge, Dimension, Granularity, Period
from chalicelib.errors import FactError
from chalicelib.sources.cost_explorer.answer import LABELS, charges_of, period_of
from chalicelib.sources.cost_explorer.question import GROUP_KEYS, METRICS
from desk.saved_answers.errors import SavedAnswerError

DIMENSION_OF: dict[str, Dimension] = {key: name for name, key in GROUP_KEYS.items()}
HOUR = "T"
"""What the bounds of an hourly result hold after the day."""

type Group = tuple[str, ...]
type Question = tuple[Granularity, frozenset[Dimension], str]
"""Granularity, grouping and the key of its label: answers to the same question make one table."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of one answer.

    `groups` are the groups of each period, `metrics` the measures that were saved, of which the
    first stands in for those that were not. `more` says that the answer goes on on another page.
    """

    path: Path
    place: str
    question: Question
    periods: tuple[Period, ...]
    groups: tuple[tuple[Period, Group], ...]
    charges: tuple[Charge, ...]
    estimated: frozenset[date]
    metrics: frozenset[str]
    more: bool
    account_names: dict[str, str]

    @property
    def span(self) -> tuple[date, date]:
        """First day, and the day after the last; two equal early days where the page holds none."""
        if not self.periods:
            return date.min, date.min
        return min(each.start for each in self.periods), max(each.end for each in self.periods)


def pages_in(path: Path) -> Iterator[Page]:
    """The pages in a file: one object, a list of them, or one after the other."""
    before: Page | None = None
    for number, raw in enumerate(_values(path), start=1):
        before = _page(path, f"{path}, page {number}", raw, before)
        yield before


def _values(path: Path) -> Iterator[Any]:
    try:
        text = _decoded(path.read_bytes())
    except (OSError, UnicodeDecodeError) as error:
        raise SavedAnswerError(f"{path} cannot be read: {error}") from error
    if not text.strip():
        raise SavedAnswerError(f"{path} is empty; a JSON object was expected.")
    decoder = json.JSONDecoder(parse_float=Decimal)
    position = 0
    while position < len(text.rstrip()):
        position += len(text[position:]) - len(text[position:].lstrip())
        try:
            value, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            raise SavedAnswerError(
                f"{path}, line {error.lineno}, column {error.colno}: JSON was expected ({error.msg})."
            ) from error
        yield from value if isinstance(value, list) else [value]


def _decoded(raw: bytes) -> str:
    """The text; a shell on Windows saves UTF-16, and some editors put a mark before UTF-8."""
    utf16 = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    return raw.decode("utf-16" if utf16 else "utf-8-sig")


def _page(path: Path, place: str, raw: Any, before: Page | None) -> Page:
    with documented_form(place):
        group_by, label = _grouping(raw)
        results = list(raw["ResultsByTime"])
        periods = tuple(_period(each) for each in results)
        names = {
            account["Value"]: account["Attributes"]["description"]
            for account in raw.get("DimensionValueAttributes") or []
            if "description" in account.get("Attributes", {})
        }
        more = bool(raw.get("NextPageToken"))
    charges: list[Charge] = []
    groups: list[tuple[Period, Group]] = []
    estimated: set[date] = set()
    metrics: set[str] = set()
    for number, (result, period) in enumerate(zip(results, periods, strict=True)):
        with documented_form(f"{place}, ResultsByTime[{number}]"):
            metrics |= _filled(result, place)
            one = {"ResultsByTime": [result], "GroupDefinitions": raw.get("GroupDefinitions")}
            charges.extend(charges_of(one, group_by, estimated))
            groups.extend((period, tuple(each["Keys"])) for each in result["Groups"])
    granularity = _granularity(periods, before, frozenset(group_by))
    return Page(
        path=path,
        place=place,
        question=(granularity, frozenset(group_by), label),
        periods=periods,
        groups=tuple(groups),
        charges=tuple(charges),
        estimated=frozenset(estimated),
        metrics=frozenset(metrics),
        more=more,
        account_names=names,
    )


def _granularity(
    periods: tuple[Period, ...], before: Page | None, group_by: frozenset[Dimension]
) -> Granularity:
    """The answer does not name its granularity; only the periods tell, or the page it goes on from."""
    if before and before.more and before.question[1] == group_by:
        return before.question[0]
    daily = all(len(period) == 1 for period in periods)
    return Granularity.DAILY if daily else Granularity.MONTHLY


@contextmanager
def documented_form(place: str) -> Iterator[None]:
    """Whatever goes wrong inside means that this place does not have the documented form."""
    try:
        yield
    except (KeyError, TypeError, AttributeError, ValueError, InvalidOperation, FactError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise SavedAnswerError(
            f"{place}: this is not the form of a Cost Explorer answer: {reason}."
        ) from error


def _grouping(page: Any) -> tuple[tuple[Dimension, ...], str]:
    dimensions: list[Dimension] = []
    label = ""
    for each in page.get("GroupDefinitions") or []:
        key = each["Key"]
        if each.get("Type") in LABELS:
            dimensions.append("label")
            label = key
        elif key in DIMENSION_OF:
            dimensions.append(DIMENSION_OF[key])
        else:
            raise ValueError(
                f"it is grouped by {key}; expected {', '.join(DIMENSION_OF)}, a tag or a cost category"
            )
    return tuple(dimensions), label


def _period(result: Any) -> Period:
    bounds = result["TimePeriod"]
    if HOUR in bounds["Start"] and not bounds["Start"].endswith("T00:00:00Z"):
        raise ValueError(f"{bounds['Start']} is an hour; expected days")
    return period_of(result)


def _filled(result: Any, place: str) -> set[str]:
    """Where only some measures were saved, the others take the amounts of the first; which were saved."""
    saved: set[str] = set()
    for metrics in [result["Total"], *(group["Metrics"] for group in result["Groups"])]:
        present = [name for name in METRICS if name in metrics]
        if not metrics:
            continue
        if not present:
            raise KeyError(METRICS[0])
        if saved and saved != set(present):
            raise SavedAnswerError(
                f"{place} mixes metrics: {', '.join(sorted(saved))} beside {', '.join(present)}."
            )
        saved = set(present)
        for name in METRICS:
            metrics.setdefault(name, metrics[present[0]])
    return saved
