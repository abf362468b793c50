"""Asks Cost Explorer the questions of a report, page by page, within a limit of paid requests."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from math import ceil
from threading import Lock
from typing import TYPE_CHECKING, Any

from chalicelib.costs import (
    EVERYTHING,
    Charge,
    CostFacts,
    Costs,
    Coverage,
    Dimension,
    Granularity,
    Period,
    Price,
    Scope,
    month_start,
)
from chalicelib.errors import (
    OutOfTimeError,
    PeriodError,
    RequestLimitError,
    UnreadableAnswerError,
)
from chalicelib.service_names import same_name
from chalicelib.sources.cost_explorer.answer import charges_of, period_of
from chalicelib.sources.cost_explorer.errors import translated_errors
from chalicelib.sources.cost_explorer.question import Query, narrowed, parameters_of

if TYPE_CHECKING:
    from types_boto3_ce.client import CostExplorerClient

PRICE_PER_REQUEST = Decimal("0.01")
DETAIL_SECONDS = 5.0
"""Detail is not asked for with less time left: what is known by then still has to be told."""


class CostExplorer:
    """Answers questions through a boto3 client, at most `max_requests` pages in its lifetime.

    `label` is the `tag:KEY` or `category:NAME` that the label dimension stands for. `seconds_left`
    tells how much time remains; without it there is no deadline. `on_request` hears the count after
    each answer. `requests` counts the pages that
    were answered, which are the ones AWS bills; `account_names` fills as answers name accounts.
    """

    def __init__(
        self,
        client: "CostExplorerClient",
        *,
        max_requests: int,
        label: str = "",
        seconds_left: Callable[[], float] | None = None,
        on_request: Callable[[int], None] | None = None,
    ) -> None:
        self.requests = 0
        self.account_names: dict[str, str] = {}
        self._client = client
        self._max_requests = max_requests
        self._label = label
        self._seconds_left = seconds_left
        self._on_request = on_request
        self._promised = 0
        self._lock = Lock()

    def facts(self, today: date, scope: Scope = EVERYTHING) -> CostFacts:
        """The facts of one report; independent questions are asked side by side.

        `scope` narrows every question at the source, so that the same rules answer for a part of
        the costs. A service that cannot be asked for by its name is looked up in the first answer;
        the facts carry the scope that came of it. Raises `CostSourceError` when a question cannot
        be answered whole. Accounts and labels are detail, not totals: where they alone would exceed
        the request limit or the time they are left out, with a note.
        """
        days = Period(month_start(today, -3), today)
        months = Period(month_start(today, -13), today)
        recent = Period(month_start(today, -1), today)
        with ThreadPoolExecutor(2) as pool:
            by_service = pool.submit(
                self.ask, narrowed(scope, days, Granularity.DAILY, ("service", "category"))
            )
            if scope.unmatched:
                scope = _matched(scope, by_service.result())
            by_month = pool.submit(
                self.ask, narrowed(scope, months, Granularity.MONTHLY, ("account", "category"))
            )
            service_costs, month_costs = by_service.result(), by_month.result()
            if scope.services:
                service_costs = service_costs.where("service", scope.services)
            notes: list[str] = []
            details = {
                dimension: pool.submit(
                    self._detail,
                    narrowed(scope, recent, Granularity.DAILY, (dimension, "service"), True),
                    notes,
                )
                for dimension in self._details(month_costs)
            }
            answers = {dimension: detail.result() for dimension, detail in details.items()}
        return CostFacts(
            today=today,
            services=service_costs,
            months=month_costs,
            accounts=answers.get("account"),
            labels=answers.get("label"),
            label_name=self._label.partition(":")[2],
            account_names=dict(self.account_names),
            price=self.price(),
            source="AWS Cost Explorer",
            notes=tuple(notes),
            scope=scope,
        )

    def ask(self, query: Query) -> Costs:
        """The whole answer to one question, all pages folded into one table.

        Raises `CostSourceError`; the message names what happened, `next_step` what mends it.
        """
        estimated: set[date] = set()
        answered: set[Period] = set()
        charges = Costs.of(
            self._charges(query, estimated, answered),
            period=query.period,
            granularity=query.granularity,
            known=query.group_by,
            estimated=estimated,
        )
        return replace(charges, covered=Coverage.of(answered))

    def price(self) -> Price:
        """What the requests so far cost."""
        plural = "" if self.requests == 1 else "s"
        return Price(
            PRICE_PER_REQUEST * self.requests,
            f"{self.requests} Cost Explorer request{plural} at ${PRICE_PER_REQUEST}",
            self.requests,
        )

    def _details(self, months: Costs) -> list[Dimension]:
        wanted: list[Dimension] = ["account"] if len(months.by("account")) > 1 else []
        return [*wanted, "label"] if self._label else wanted

    def _detail(self, query: Query, notes: list[str]) -> Costs | None:
        try:
            return self.ask(replace(query, spare_seconds=DETAIL_SECONDS))
        except (RequestLimitError, OutOfTimeError) as error:
            name = "account" if query.group_by[0] == "account" else self._label
            notes.append(f"Costs by {name} and service are left out. {error.explanation()}")
            return None

    def _charges(
        self, query: Query, estimated: set[date], answered: set[Period]
    ) -> Iterator[Charge]:
        for page in self._pages(query):
            try:
                answered.update(map(period_of, page["ResultsByTime"]))
                yield from charges_of(page, query.group_by, estimated)
            except (KeyError, TypeError, ValueError, InvalidOperation, PeriodError) as error:
                raise UnreadableAnswerError(
                    f"Cost Explorer's answer does not have the documented form: {error!r}."
                ) from error
            for account in page.get("DimensionValueAttributes", []):
                self._note_name(account)
            del page  # or two pages would be in memory while the next one is read

    def _note_name(self, account: Any) -> None:
        name = account.get("Attributes", {}).get("description")
        if name:
            self.account_names[account["Value"]] = name

    def _pages(self, query: Query) -> Iterator[Any]:
        """All pages of an answer; a page may go on inside the period where the last one stopped."""
        parameters = parameters_of(query, self._label)
        pages = 0
        periods: set[str] = set()
        while True:
            self._take_request(query)
            with translated_errors():
                page: Any = self._client.get_cost_and_usage(**parameters)
            if "ResultsByTime" not in page:  # what boto3 makes of a body that is cut off
                raise UnreadableAnswerError("Cost Explorer's answer broke off.")
            pages += 1
            self._count_request()
            yield page
            token = page.get("NextPageToken")
            if not token:
                return
            periods.update(result["TimePeriod"]["Start"] for result in page["ResultsByTime"])
            self._refuse_what_is_out_of_reach(query, pages, len(periods))
            parameters["NextPageToken"] = token
            del page

    def _take_request(self, query: Query) -> None:
        if self._seconds_left is not None and self._seconds_left() <= query.spare_seconds:
            raise OutOfTimeError(f"Time ran out while reading costs for {query.period}.")
        with self._lock:
            if self._promised >= self._max_requests:
                raise self._limit_error(f"more than {self._max_requests}")
            self._promised += 1

    def _count_request(self) -> None:
        with self._lock:
            self.requests += 1
            if self._on_request is not None:
                self._on_request(self.requests)

    def _refuse_what_is_out_of_reach(self, query: Query, pages: int, periods_begun: int) -> None:
        """Stop after the first pages where the rest would clearly cross the limit: it saves money.

        Days differ in size, so only an estimate of twice what is left counts as clear.
        """
        all_periods = (
            len(query.period)
            if query.granularity is Granularity.DAILY
            else ceil(len(query.period) / 31)
        )
        estimate = ceil(pages * all_periods / max(periods_begun, 1))
        with self._lock:
            left = self._max_requests - self._promised
        if estimate - pages > 2 * left:
            raise self._limit_error(f"at least {estimate}")

    def _limit_error(self, needed: str) -> RequestLimitError:
        return RequestLimitError(
            f"Reading them would take {needed} paid requests; the limit is {self._max_requests} a run.",
            next_step=(
                "Set CCT_MAX_REQUESTS higher ($0.01 a request), "
                "or read a FOCUS export instead (CCT_SOURCE=focus)."
            ),
        )


def _matched(scope: Scope, services: Costs) -> Scope:
    """The scope with the service that is called like the unmatched one, if an answer holds one."""
    found = same_name(scope.unmatched, services.by("service"))
    return replace(scope, services=(found,), unmatched="") if found else scope
