"""Pages put together to tables: every page there, no day twice, one set of metrics, holes kept as holes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from chalicelib.costs import Charge, Costs, Coverage, Dimension, Granularity, Period
from chalicelib.sources.cost_explorer.question import METRICS
from chalicelib.wording.lines import listed
from chalicelib.wording.periods import days
from desk.saved_answers.errors import SavedAnswerError
from desk.saved_answers.pages import Group, Page, Question


@dataclass(frozen=True, slots=True)
class Table:
    """The whole answer to one question, as far as it was saved."""

    granularity: Granularity
    known: frozenset[Dimension]
    label: str
    charges: tuple[Charge, ...]
    covered: Coverage
    estimated: frozenset[date]

    def costs(self, period: Period) -> Costs:
        """The charges of a period; a day that no page holds is unknown."""
        return Costs.of(
            (charge for charge in self.charges if charge.key.day in period),
            period=period,
            known=self.known,
            granularity=self.granularity,
            estimated=(day for day in self.estimated if day in period),
            covered=self.covered,
        )


def tables_of(pages: Sequence[Page]) -> dict[Question, Table]:
    """One table for each question. Raises `SavedAnswerError` where pages are missing or do not fit."""
    questions: dict[Question, list[Page]] = {}
    for page in pages:
        questions.setdefault(page.question, []).append(page)
    for each in questions.values():
        _refuse_missing_pages(each)
        _refuse_days_twice(each)
    _refuse_mixed_metrics([page for each in questions.values() for page in each])
    return {question: _table(question, each) for question, each in questions.items()}


def _table(question: Question, pages: Sequence[Page]) -> Table:
    granularity, known, label = question
    return Table(
        granularity=granularity,
        known=known,
        label=label,
        charges=tuple(charge for page in pages for charge in page.charges),
        covered=Coverage.of(period for page in pages for period in page.periods),
        estimated=frozenset(day for page in pages for day in page.estimated),
    )


def _refuse_missing_pages(pages: Sequence[Page]) -> None:
    """An answer that goes on must go on in one more page: one that begins where it ends, or inside it."""
    ordered = sorted(pages, key=lambda page: (page.span, not page.more))
    used: set[int] = set()
    for n, page in enumerate(ordered):
        if not page.more:
            continue
        start, end = page.span
        follows = (
            m
            for m in range(n + 1, len(ordered))
            if m not in used and (start <= ordered[m].span[0] <= end or start == date.min)
        )
        found = next(follows, None)
        if found is None:
            raise SavedAnswerError(
                f"{page.place}: pages are missing. The answer has a NextPageToken, and the page that "
                "follows is in none of the files.",
                next_step="Ask again with --next-page-token and that token, save each page in a file "
                "of its own, and name all of them.",
            )
        used.add(found)


def _refuse_days_twice(pages: Sequence[Page]) -> None:
    """The same group on the same day in two pages would count twice."""
    seen: dict[tuple[date, Group], Page] = {}
    twice: dict[tuple[int, int], tuple[Page, Page, set[date]]] = {}
    for page in pages:
        mine = {(day, group) for period, group in page.groups for day in period}
        if len(mine) < sum(len(period) for period, _ in page.groups):
            raise SavedAnswerError(f"{page.place} holds the same group of the same day twice.")
        for where in mine:
            other = seen.setdefault(where, page)
            if other is not page:
                both = twice.setdefault((id(other), id(page)), (other, page, set()))
                both[2].add(where[0])
    if twice:
        first, second, shared = next(iter(twice.values()))
        told = listed([days(each) for each in Coverage.of_days(shared).periods])
        raise SavedAnswerError(
            f"{_names(first, second)} both hold {told}: these days would count twice.",
            next_step="Leave one of them out, or save answers whose days do not overlap.",
        )


def _names(first: Page, second: Page) -> str:
    if first.path == second.path:
        return f"{first.place} and {second.place.removeprefix(f'{second.path}, ')}"
    return f"{first.path} and {second.path}"


def _refuse_mixed_metrics(pages: Sequence[Page]) -> None:
    """One table has the same measures on every page, and what is billed is the same in all tables."""
    for one, other in pairwise(page for page in pages if page.metrics):
        same = (
            one.metrics == other.metrics
            if one.question == other.question
            else _billed(one) == _billed(other)
        )
        if not same:
            raise SavedAnswerError(
                f"{_names(one, other)} hold different metrics: {', '.join(sorted(one.metrics))}, and "
                f"{', '.join(sorted(other.metrics))}. They cannot be added up or compared.",
                next_step="Save every answer with the same --metrics.",
            )


def _billed(page: Page) -> str:
    return next(name for name in METRICS if name in page.metrics)
