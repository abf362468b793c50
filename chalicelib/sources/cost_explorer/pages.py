"""Reads answers of Cost Explorer page by page, within a limit of paid requests and of time."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import chain
from math import ceil
from threading import Lock
from typing import TYPE_CHECKING, Any

from chalicelib.costs import Charge, Costs, Coverage, Granularity, Period, Price
from chalicelib.errors import (
    OutOfTimeError,
    PeriodError,
    RequestLimitError,
    UnreadableAnswerError,
)
from chalicelib.sources.cost_explorer.answer import charges_of, period_of, read_as_plain_json
from chalicelib.sources.cost_explorer.errors import translated_errors
from chalicelib.sources.cost_explorer.question import Query, parameters_of

if TYPE_CHECKING:
    from types_boto3_ce.client import CostExplorerClient

UNREADABLE = (AttributeError, KeyError, TypeError, ValueError, InvalidOperation, PeriodError)
"""What reading raises where a page does not have the documented form."""
PRICE_PER_REQUEST = Decimal("0.01")


class Requests:
    """The paid requests of one run: at most `most` of them, counted where AWS bills them.

    `answered` counts the pages that came, which are the ones AWS bills; `account_names` fills as
    pages name accounts. `seconds_left` tells how much time remains; without it there is no
    deadline. `on_request` hears the count after each answer.
    """

    def __init__(
        self,
        client: "CostExplorerClient",
        *,
        most: int,
        label: str = "",
        seconds_left: Callable[[], float] | None = None,
        on_request: Callable[[int], None] | None = None,
    ) -> None:
        read_as_plain_json(client)
        self.most = most
        self.answered = 0
        self.account_names: dict[str, str] = {}
        self._client = client
        self._label = label
        self._seconds_left = seconds_left
        self._on_request = on_request
        self._promised = 0
        self._lock = Lock()

    @property
    def left(self) -> int:
        """How many more pages may be asked for."""
        with self._lock:
            return self.most - self._promised

    def price(self) -> Price:
        """What the requests so far cost."""
        plural = "" if self.answered == 1 else "s"
        return Price(
            PRICE_PER_REQUEST * self.answered,
            f"{self.answered} Cost Explorer request{plural} at ${PRICE_PER_REQUEST}",
            self.answered,
        )

    def page(self, query: Query, token: str, keep: int = 0) -> Any:
        """One page of an answer, while more than `keep` may be asked; raises `CostSourceError`."""
        parameters = parameters_of(query, self._label)
        if token:
            parameters["NextPageToken"] = token
        return self.send(parameters, query.period, query.spare_seconds, keep)

    def send(
        self, parameters: dict[str, Any], period: Period, spare_seconds: float, keep: int = 0
    ) -> Any:
        """One page for a request's parameters; raises `CostSourceError`."""
        self._take(period, spare_seconds, keep)
        with translated_errors():
            page: Any = self._client.get_cost_and_usage(**parameters)
        if "ResultsByTime" not in page:  # what boto3 makes of a body that is cut off
            raise UnreadableAnswerError("Cost Explorer's answer broke off.")
        with self._lock:
            self.answered += 1
            if self._on_request is not None:
                self._on_request(self.answered)
        return page

    def note_names(self, page: Any) -> None:
        """Keep the names of accounts that a page gives."""
        for account in page.get("DimensionValueAttributes", []):
            name = account.get("Attributes", {}).get("description")
            if name:
                self.account_names[account["Value"]] = name

    def _take(self, period: Period, spare_seconds: float, keep: int) -> None:
        if self._seconds_left is not None and self._seconds_left() <= spare_seconds:
            raise OutOfTimeError(f"Time ran out while reading costs for {period}.")
        with self._lock:
            if self._promised + keep >= self.most:
                raise self.limit_error(f"more than {self.most - keep}")
            self._promised += 1

    def limit_error(self, needed: str) -> RequestLimitError:
        """The error of a question that would cross the limit."""
        return RequestLimitError(
            f"Reading them would take {needed} paid requests; the limit is {self.most} a run.",
            next_step=(
                "Set CCT_MAX_REQUESTS higher ($0.01 a request), "
                "or read a FOCUS export instead (CCT_SOURCE=focus)."
            ),
        )


class Answer:
    """The answer to one question: its first page at once, the rest when it is asked for.

    `groups` and `pages` count what has been read.
    """

    def __init__(self, requests: Requests, query: Query) -> None:
        """Read the first page; raises `CostSourceError`."""
        self.query = query
        self.groups = 0
        self.pages = 0
        self._requests = requests
        self._token = ""
        self._periods: set[Period] = set()
        self._estimated: set[date] = set()
        self._first = self._next_page()

    @property
    def groups_a_period(self) -> float:
        """About how many groups one day or month has; the last one read is half a guess."""
        return self.groups / max(len(self._periods) - (0.5 if self._token else 0), 0.5)

    @property
    def page_size(self) -> float:
        """How many groups a page holds."""
        return max(self.groups / self.pages, 1)

    @property
    def services_an_account(self) -> float:
        """How many groups an account has on a day, on the first page."""
        accounts = {(charge.key.day, charge.key.account) for charge in self._first}
        return len(self._first) / max(len(accounts), 1)

    @property
    def pages_to_come(self) -> int:
        """How many more pages the rest will about take; 0 where the answer is whole."""
        if not self._token:
            return 0
        return max(ceil(self.groups_in_all / self.page_size) - self.pages, 1)

    @property
    def groups_in_all(self) -> float:
        """About how many groups the whole answer has."""
        return self.groups_a_period * _periods_of(self.query)

    @property
    def pages_in_all(self) -> str:
        """How many pages the whole answer takes, as a sentence says it."""
        if len(self._periods) > 1:
            return f"about {self.pages + self.pages_to_come}"
        return f"at least {self.pages * _periods_of(self.query)}"

    def whole(self, keep: int = 0) -> Costs:
        """All pages folded into one table; raises `CostSourceError` rather than give a part.

        So does crossing the limit less `keep` requests, which are for something else.
        """
        charges = Costs.of(
            chain(self._first, self._rest(keep)),
            period=self.query.period,
            granularity=self.query.granularity,
            known=self.query.group_by,
            estimated=self._estimated,
        )
        return replace(charges, covered=Coverage.of(self._periods))

    def _rest(self, keep: int) -> Iterator[Charge]:
        while self._token:
            self._refuse_what_is_out_of_reach(keep)
            yield from self._next_page(keep)

    def _next_page(self, keep: int = 0) -> list[Charge]:
        """A page's charges; it may go on inside the period where the last one stopped."""
        page = self._requests.page(self.query, self._token, keep)
        self.pages += 1
        self._token = page.get("NextPageToken") or ""
        try:
            self._periods.update(map(period_of, page["ResultsByTime"]))
            charges = [*charges_of(page, self.query.group_by, self._estimated)]
            self._requests.note_names(page)
        except UNREADABLE as error:
            raise UnreadableAnswerError(
                f"Cost Explorer's answer does not have the documented form: {error!r}."
            ) from error
        self.groups += len(charges)
        return charges

    def _refuse_what_is_out_of_reach(self, keep: int) -> None:
        """Stop where the rest would clearly cross the limit: it saves money.

        Days differ in size, so only an estimate of twice what is left counts as clear.
        """
        estimate = ceil(self.pages * _periods_of(self.query) / max(len(self._periods), 1))
        if estimate - self.pages > 2 * (self._requests.left - keep):
            raise self._requests.limit_error(f"at least {estimate}")


def _periods_of(query: Query) -> int:
    days = len(query.period)
    return days if query.granularity is Granularity.DAILY else ceil(days / 31)
