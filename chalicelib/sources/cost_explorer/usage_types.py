"""The question that says why: what was used, by service and usage type, on each day.

One question for all services, narrowed to the accounts that they are told in. Daily, because the day
something began is half of the answer; ADR 80 has what that costs.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import count
from math import ceil
from typing import Any

from chalicelib.costs import Coverage, Period, Place, Usage, UsageQuestion, UsageRow
from chalicelib.errors import RequestLimitError, UnreadableAnswerError
from chalicelib.sources.cost_explorer.answer import period_of
from chalicelib.sources.cost_explorer.pages import UNREADABLE, Requests
from chalicelib.sources.cost_explorer.question import one_of
from chalicelib.sources.cost_explorer.record_types import NO_USAGE
from chalicelib.usage_types import NO_USAGE_TYPE

METRICS = ("NetUnblendedCost", "NetAmortizedCost", "UsageQuantity")
MOST_PAGES = 4
"""Pages that one such question may take: an answer that is longer says more than anybody reads."""
SPARE_SECONDS = 10.0
"""Not asked with less time left: what is known by then still has to be told."""


def answer_to(question: UsageQuestion, requests: Requests) -> Usage:
    """The whole answer to a question about usage; raises `CostSourceError` rather than give a part."""
    parameters = parameters_of(question)
    rows: list[UsageRow] = []
    answered: set[Period] = set()
    for pages in count(1):
        page = requests.send(parameters, question.period, SPARE_SECONDS)
        try:
            answered.update(map(period_of, page["ResultsByTime"]))
            rows.extend(_rows(page, question.places))
        except UNREADABLE as error:
            raise UnreadableAnswerError(
                f"Cost Explorer's answer does not have the documented form: {error!r}."
            ) from error
        if not (token := page.get("NextPageToken")):
            break
        needed = pages * len(question.period) / max(len(answered), 1)
        if pages == MOST_PAGES or needed > 2 * min(MOST_PAGES, pages + requests.left):
            raise RequestLimitError(
                f"There are too many usage types: reading them would take about {ceil(needed)} requests.",
                next_step="Open Cost Explorer in the AWS console, grouped by usage type.",
            )
        parameters["NextPageToken"] = token
    return Usage(tuple(rows), Coverage.of(answered))


def parameters_of(question: UsageQuestion) -> dict[str, Any]:
    """The request, without a page token."""
    period = question.period
    return {
        "TimePeriod": {"Start": period.start.isoformat(), "End": period.end.isoformat()},
        "Granularity": "DAILY",
        "Metrics": list(METRICS),
        "GroupBy": [{"Type": "DIMENSION", "Key": key} for key in ("SERVICE", "USAGE_TYPE")],
        "Filter": {
            "And": [_places(question.places), {"Not": one_of("RECORD_TYPE", list(NO_USAGE))}]
        },
    }


def _places(places: Iterable[Place]) -> dict[str, Any]:
    """A filter for these services, each in its account."""
    by_account: dict[str, list[str]] = {}
    for place in places:
        by_account.setdefault(place.account, []).append(place.service)
    parts = [
        {"And": [one_of("SERVICE", services), one_of("LINKED_ACCOUNT", [account])]}
        if account
        else one_of("SERVICE", services)
        for account, services in by_account.items()
    ]
    return parts[0] if len(parts) == 1 else {"Or": parts}


def _rows(page: Any, places: Iterable[Place]) -> Iterator[UsageRow]:
    by_service = {place.service: place for place in places}
    for result in page["ResultsByTime"]:
        day = date.fromisoformat(result["TimePeriod"]["Start"][:10])
        for group in result["Groups"]:
            service, usage_type = group["Keys"]
            billed, effective, used = (group["Metrics"][name] for name in METRICS)
            yield UsageRow(
                day=day,
                place=by_service[service],
                usage_type=usage_type or NO_USAGE_TYPE,
                billed=Decimal(billed["Amount"]),
                effective=Decimal(effective["Amount"]),
                quantity=Decimal(used["Amount"]),
                unit=used["Unit"],
            )
