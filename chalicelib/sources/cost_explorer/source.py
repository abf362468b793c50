"""Asks Cost Explorer the questions of a report, within a limit of paid requests."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.costs import (
    ALL_SERVICES,
    EVERYTHING,
    OTHERS,
    CostFacts,
    Costs,
    Dimension,
    Granularity,
    Period,
    Price,
    Scope,
    Usage,
    UsageQuestion,
    month_start,
)
from chalicelib.errors import OutOfTimeError, RequestLimitError
from chalicelib.service_names import same_name
from chalicelib.sources.cost_explorer import plan
from chalicelib.sources.cost_explorer.pages import Answer, Requests
from chalicelib.sources.cost_explorer.question import Query, narrowed
from chalicelib.sources.cost_explorer.usage_types import answer_to

if TYPE_CHECKING:
    from types_boto3_ce.client import CostExplorerClient

DETAIL_SECONDS = 5.0
"""Detail is not asked for with less time left: what is known by then still has to be told."""
DAILY, MONTHLY = Granularity.DAILY, Granularity.MONTHLY
BY_SERVICE: tuple[Dimension, ...] = ("service", "category")
BY_ACCOUNT: tuple[Dimension, ...] = ("account", "category")


class CostExplorer:
    """Answers questions through a boto3 client, at most `max_requests` pages in its lifetime.

    `label` is the `tag:KEY` or `category:NAME` that the label dimension stands for; facts have costs
    by label unless `by_label` is False, when it only narrows. `seconds_left` tells how much time
    remains; without it there is no deadline. `on_request` hears the count after each answer.
    """

    def __init__(
        self,
        client: "CostExplorerClient",
        *,
        max_requests: int,
        label: str = "",
        by_label: bool = True,
        seconds_left: Callable[[], float] | None = None,
        on_request: Callable[[int], None] | None = None,
    ) -> None:
        self._label = label
        self._by_label = by_label
        self._requests = Requests(
            client,
            most=max_requests,
            label=label,
            seconds_left=seconds_left,
            on_request=on_request,
        )

    @property
    def requests(self) -> int:
        """How many pages were answered, which are the ones AWS bills."""
        return self._requests.answered

    @property
    def account_names(self) -> dict[str, str]:
        """The names of accounts that answers gave so far."""
        return self._requests.account_names

    def price(self) -> Price:
        """What the requests so far cost."""
        return self._requests.price()

    def ask(self, query: Query) -> Costs:
        """The whole answer to one question, all pages folded into one table.

        Raises `CostSourceError`; the message names what happened, `next_step` what mends it.
        """
        return Answer(self._requests, query).whole()

    def facts(self, today: date, scope: Scope = EVERYTHING) -> CostFacts:
        """The facts of one report; independent questions are asked side by side.

        `scope` narrows every question at the source, so that the same rules answer for a part of
        the costs. A service that cannot be asked for by its name is looked up in the first answer;
        the facts carry the scope that came of it. Raises `CostSourceError` when a question cannot
        be answered whole.

        The size of an organisation shows on the first page of each answer. One that would cross the
        request limit is told with fewer names, never with less money: services in the last weeks
        only, months without accounts, the largest and most moved accounts with all others added up.
        A note says what was left out and what it would cost.
        """
        notes: list[str] = []
        services, months, scope = self._totals(today, scope, notes)
        if scope.services:
            services = services.where("service", scope.services)
        recent = Period(max(month_start(today, -1), services.period.start), today)
        with ThreadPoolExecutor(2) as pool:
            accounts = pool.submit(self._accounts, scope, recent, services, months, notes)
            labels = pool.submit(self._labels, scope, recent, notes)
        return CostFacts(
            today=today,
            services=services,
            months=months,
            accounts=accounts.result(),
            labels=labels.result(),
            label_name=self._label.partition(":")[2],
            account_names=dict(self.account_names),
            price=self.price(),
            source="AWS Cost Explorer",
            notes=tuple(notes),
            scope=scope,
        )

    def usage(self, question: UsageQuestion) -> Usage:
        """What was used, by usage type and day; raises `CostSourceError` rather than give a part."""
        return answer_to(question, self._requests)

    def _totals(self, today: date, scope: Scope, notes: list[str]) -> tuple[Costs, Costs, Scope]:
        """Days by service and category, months by account and category, and the scope found."""
        days = Period(month_start(today, -3), today)
        year = Period(month_start(today, -13), today)
        if scope.unmatched:
            answer = self._begin(scope, days, DAILY, BY_SERVICE)
            services = self._services(answer, today, scope, notes)
            scope = _matched(scope, services)
            answer = self._begin(scope, year, MONTHLY, BY_ACCOUNT)
            return services, self._months(answer, scope, notes), scope
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(self._begin, scope, days, DAILY, BY_SERVICE)
            second = pool.submit(self._begin, scope, year, MONTHLY, BY_ACCOUNT)
            of_days, of_months = first.result(), second.result()
            if of_days.pages_to_come + of_months.pages_to_come <= self._spare:
                months = pool.submit(self._months, of_months, scope, notes)
                return self._services(of_days, today, scope, notes), months.result(), scope
        # Services are worth more than the accounts of months long ago.
        services = self._services(of_days, today, scope, notes)
        return services, self._months(of_months, scope, notes), scope

    def _begin(
        self,
        scope: Scope,
        period: Period,
        granularity: Granularity,
        group_by: tuple[Dimension, ...],
        gross_only: bool = False,
    ) -> Answer:
        return Answer(self._requests, narrowed(scope, period, granularity, group_by, gross_only))

    def _services(self, answer: Answer, today: date, scope: Scope, notes: list[str]) -> Costs:
        """Each day by service and category; in an organisation too large for that, what can be had."""
        with suppress(RequestLimitError):
            if self._fits(answer):
                return answer.whole(plan.TOTALS_REQUESTS)
        needed = answer.pages_in_all
        for period in plan.windows(today):
            if plan.fits(answer, period, self._spare):
                with suppress(RequestLimitError):
                    shorter = self._begin(scope, period, DAILY, BY_SERVICE)
                    services = shorter.whole(plan.TOTALS_REQUESTS)
                    notes.append(self._left_out(f"Services before {_day(period.start)}", needed))
                    return services
        notes.append(self._left_out("Services", needed))
        whole = self._begin(scope, answer.query.period, DAILY, ("category",)).whole()
        return plan.named(whole, ALL_SERVICES)

    def _months(self, answer: Answer, scope: Scope, notes: list[str]) -> Costs:
        """Each month by account and category, by category alone where only that fits."""
        with suppress(RequestLimitError):
            if self._fits(answer):
                return answer.whole(plan.TOTALS_REQUESTS)
        needed = answer.pages_in_all
        notes.append(self._left_out("The accounts of each month", needed))
        return self._begin(scope, answer.query.period, MONTHLY, ("category",)).whole()

    @property
    def _spare(self) -> int:
        """How many requests may go into telling names apart."""
        return self._requests.left - plan.TOTALS_REQUESTS

    def _fits(self, answer: Answer) -> bool:
        if not answer.pages_to_come:
            return True
        return answer.pages_to_come <= self._spare and answer.groups_in_all <= plan.MOST_ROWS

    def _left_out(self, what: str, needed: str) -> str:
        error = self._requests.limit_error(needed)
        return f"{what} are left out. {error.explanation()}"

    def _accounts(
        self, scope: Scope, recent: Period, services: Costs, months: Costs, notes: list[str]
    ) -> Costs | None:
        """Each day by account and service, before credits; None for a single account."""
        if "account" in months.known and len(months.by("account")) < 2:
            return None
        if ALL_SERVICES in services.by("service"):  # then there is no room for detail either
            return None
        try:
            answer = self._detail(scope, recent, "account")
            if (
                answer.pages_to_come <= self._requests.left
                and answer.groups_in_all <= plan.MOST_ROWS
            ):
                return answer.whole()
            return self._largest_accounts(answer, scope, services, months, notes)
        except (RequestLimitError, OutOfTimeError) as error:
            notes.append(f"Costs by account and service are left out. {error.explanation()}")
            return None

    def _largest_accounts(
        self, answer: Answer, scope: Scope, services: Costs, months: Costs, notes: list[str]
    ) -> Costs:
        """The largest accounts and those that moved most; all others added up to the last cent."""
        needed, recent = answer.pages_in_all, answer.query.period
        limited = answer.pages_to_come > self._requests.left
        if "account" not in months.known:
            asked = self._begin(scope, recent, MONTHLY, ("account",), True)
            if asked.pages_to_come > self._requests.left // 2:
                raise self._requests.limit_error(needed)
            months = asked.whole()
        ranked, told = plan.most_worth_telling(months), list[Costs]()
        services_each = 2 * answer.services_an_account  # the largest accounts use more
        while count := plan.accounts_that_fit(
            answer, self._requests.left, services_each, plan.MOST_ROWS - sum(map(len, told))
        ):
            batch, ranked = ranked[:count], ranked[count:]
            if not batch:
                break
            told.append(
                Answer(self._requests, replace(answer.query, accounts=tuple(batch))).whole()
            )
            services_each = len(told[-1]) / len(batch) / len(recent)
        if not told:
            raise self._requests.limit_error(needed)
        apart = len(months.by("account")) - len(ranked)
        notes.append(
            f"{apart} of {apart + len(ranked)} accounts are told apart by service, the largest and "
            f"those that moved most; the others are added up as {OTHERS}. "
            + (self._requests.limit_error(needed).explanation() if limited else plan.TOO_MANY_ROWS)
        )
        return plan.with_all_others(told, services)

    def _labels(self, scope: Scope, recent: Period, notes: list[str]) -> Costs | None:
        """Each day by label and service, before credits; None unless a label is set."""
        if not self._label or not self._by_label or scope.label:
            return None
        try:
            return self._detail(scope, recent, "label").whole()
        except (RequestLimitError, OutOfTimeError) as error:
            notes.append(f"Costs by {self._label} and service are left out. {error.explanation()}")
            return None

    def _detail(self, scope: Scope, recent: Period, dimension: Dimension) -> Answer:
        query = narrowed(scope, recent, DAILY, (dimension, "service"), True)
        return Answer(self._requests, replace(query, spare_seconds=DETAIL_SECONDS))


def _matched(scope: Scope, services: Costs) -> Scope:
    """The scope with the service that is called like the unmatched one, if an answer holds one."""
    found = same_name(scope.unmatched, services.by("service"))
    return replace(scope, services=(found,), unmatched="") if found else scope


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"
