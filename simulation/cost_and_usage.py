"""What Cost Explorer answers to a question about a ledger, with its rules and its refusals.

Rules and messages follow the public API reference and the wording that users of the API report:
https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html
Where AWS publishes no wording, the message is our own.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import islice
from threading import Lock
from typing import Any

from chalicelib.costs import Granularity, Period, month_start
from chalicelib.usage_types import NO_USAGE_TYPE
from simulation.ledger import NO_QUANTITY, NO_SUMS, Entry, Ledger, Quantity, Sums, split

METRICS = {
    "UnblendedCost": 0,
    "NetUnblendedCost": 1,
    "AmortizedCost": 2,
    "NetAmortizedCost": 3,
    "BlendedCost": 0,  # a ledger knows no organisation-wide average rates
    "UsageQuantity": None,
    "NormalizedUsageAmount": None,  # nor instance sizes
}
HISTORY_MONTHS = 14

type Json = dict[str, Any]
type Attribute = Callable[[Entry], str]

_DIMENSIONS: dict[str, Attribute] = {
    "SERVICE": lambda entry: entry.service,
    "LINKED_ACCOUNT": lambda entry: entry.account,
    "RECORD_TYPE": lambda entry: entry.record_type,
    "USAGE_TYPE": lambda entry: entry.usage_type or NO_USAGE_TYPE,
}
_OTHER_DIMENSIONS = (
    "AZ",
    "INSTANCE_TYPE",
    "OPERATION",
    "PURCHASE_TYPE",
    "PLATFORM",
    "TENANCY",
    "LEGAL_ENTITY_NAME",
    "INVOICING_ENTITY",
    "DEPLOYMENT_OPTION",
    "DATABASE_ENGINE",
    "CACHE_ENGINE",
    "INSTANCE_TYPE_FAMILY",
    "REGION",
)
_LABEL_PREFIXES = {"TAG": "tag:", "COST_CATEGORY": "category:"}


class RefusedError(Exception):
    """An error as the API answers it: an error code and a message."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


class CostAndUsage:
    """Answers GetCostAndUsage and GetDimensionValues over one ledger, page by page.

    `page_size` is the number of groups (or of values) on a page; a period goes on on the next page
    where it does not fit. Answers are kept, so asking again is cheap.
    """

    def __init__(self, ledger: Ledger, today: date, page_size: int) -> None:
        self.page_size = page_size
        self._ledger = ledger
        self._today = today
        self._answers: dict[str, _Rows] = {}
        self._lock = Lock()

    def get_cost_and_usage(self, request: Json) -> Json:
        """One page of costs; raises `RefusedError`."""
        period = _period(request, self._today)
        granularity = _granularity(request)
        metrics = _metrics(request)
        group_by = request.get("GroupBy") or []
        group, wanted = _grouping(group_by), _expression(request.get("Filter"))
        with self._lock:
            rows = self._rows(
                request, lambda: self._groups(period, granularity, group, wanted, metrics)
            )
            page, token = rows.page(request, self.page_size)
        answer: Json = {"ResultsByTime": self._results(page, metrics, bool(group_by))}
        if group_by:
            answer["GroupDefinitions"] = group_by
        answer["DimensionValueAttributes"] = self._names(page, group_by)
        return answer | token

    def get_dimension_values(self, request: Json) -> Json:
        """One page of the values that a dimension has in a period; raises `RefusedError`."""
        period = _period(request, self._today)
        value_of = _dimension(request.get("Dimension"), "Dimension is invalid.")
        wanted = _expression(request.get("Filter"))
        if request.get("SearchString") and request.get("SortBy"):
            raise _invalid("SearchString and SortBy cannot be used together.")
        if request.get("MaxResults") and not request.get("SortBy"):
            raise _invalid("MaxResults is only supported together with SortBy.")
        search = (request.get("SearchString") or "").casefold()
        found = self._ledger.grouped(value_of, wanted)(period)
        values = sorted(value for value in found if search in value.casefold())
        with self._lock:
            rows = self._rows(request, lambda: iter(values))
            page, token = rows.page(request, request.get("MaxResults") or self.page_size)
        named = request["Dimension"] == "LINKED_ACCOUNT"
        return {
            "DimensionValues": [self._named(value) if named else _value(value) for value in page],
            "ReturnSize": len(page),
            "TotalSize": len(values),
        } | token

    def _rows(self, request: Json, make: Callable[[], Iterator[Any]]) -> "_Rows":
        question = {name: value for name, value in request.items() if name != "NextPageToken"}
        name = sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()
        return self._answers.setdefault(name, _Rows(name, make()))

    def _groups(
        self,
        period: Period,
        granularity: Granularity,
        group: Callable[[Entry], tuple[str, ...]],
        wanted: Callable[[Entry], bool],
        metrics: list[str],
    ) -> Iterator[tuple[Period, tuple[str, ...] | None, Sums, Quantity]]:
        """The rows of an answer in order; a period without any charge is a row without keys."""
        sums = self._ledger.grouped(group, wanted)
        quantities = self._ledger.quantities(group, wanted) if "UsageQuantity" in metrics else None
        for part in split(period, granularity):
            groups = sums(part)
            used = quantities(part) if quantities else {}
            if not groups:
                yield part, None, NO_SUMS, NO_QUANTITY
            for keys in sorted(groups):
                yield part, keys, groups[keys], used.get(keys, NO_QUANTITY)

    def _results(self, page: list[Any], metrics: list[str], grouped: bool) -> list[Json]:
        results: dict[Period, Json] = {}
        for period, keys, sums, quantity in page:
            result = results.setdefault(period, self._result(period))
            amounts = _amounts(sums, quantity, metrics, self._ledger.currency)
            if not grouped:
                result["Total"] = amounts
            elif keys is not None:
                result["Groups"].append({"Keys": list(keys), "Metrics": amounts})
        return list(results.values())

    def _result(self, period: Period) -> Json:
        return {
            "TimePeriod": {"Start": period.start.isoformat(), "End": period.end.isoformat()},
            "Total": {},
            "Groups": [],
            "Estimated": period.end > month_start(self._today),
        }

    def _names(self, page: list[Any], group_by: list[Json]) -> list[Json]:
        positions = [n for n, each in enumerate(group_by) if each["Key"] == "LINKED_ACCOUNT"]
        accounts = {keys[n] for _, keys, *_ in page if keys is not None for n in positions}
        return [self._named(account) for account in sorted(accounts)]

    def _named(self, account: str) -> Json:
        name = self._ledger.account_names.get(account)
        return {"Value": account, "Attributes": {"description": name} if name else {}}


class _Rows:
    """The rows of one answer, made as they are needed, and the tokens that lead through them."""

    def __init__(self, name: str, source: Iterator[Any]) -> None:
        self._name = name
        self._source = source
        self._made: list[Any] = []

    def page(self, request: Json, size: int) -> tuple[list[Any], Json]:
        """The rows that the request's token leads to, and the next token if there is more."""
        start = self._start(request.get("NextPageToken"))
        self._made.extend(islice(self._source, max(0, start + size + 1 - len(self._made))))
        more = len(self._made) > start + size
        token = {"NextPageToken": self._token(start + size)} if more else {}
        return self._made[start : start + size], token

    def _token(self, start: int) -> str:
        return urlsafe_b64encode(f"{start} {self._name}".encode()).decode()

    def _start(self, token: str | None) -> int:
        if token is None:
            return 0
        try:
            start, name = urlsafe_b64decode(token).decode().split()
            position = int(start)
        except ValueError as error:
            raise RefusedError(
                "InvalidNextTokenException", "The pagination token is invalid."
            ) from error
        if name != self._name:
            raise RefusedError(
                "RequestChangedException", "Your request parameters changed between pages."
            )
        return position


def _invalid(message: str) -> RefusedError:
    return RefusedError("ValidationException", message)


def _period(request: Json, today: date) -> Period:
    asked = request.get("TimePeriod") or {}
    start, end = _day(asked.get("Start")), _day(asked.get("End"))
    if start >= end:
        raise _invalid("Start date (and hour) should be before end date (and hour)")
    if start > today:
        raise _invalid("start date must be equal to or no later than the current date")
    if end > month_start(today, 1):
        raise _invalid("end date past the beginning of next month")
    if start < _months_before(today, HISTORY_MONTHS):
        raise _invalid("You haven't enabled historical data beyond 14 months.")
    return Period(start, end)


def _day(text: Any) -> date:
    if not isinstance(text, str) or len(text) != len("yyyy-MM-dd"):
        raise _invalid("Time period is invalid. Valid format is yyyy-MM-dd.")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _invalid("Time period is invalid. Valid format is yyyy-MM-dd.") from error


def _months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last day where it has no such day."""
    first = month_start(day, -months)
    return min(first.replace(day=1) + timedelta(days=day.day - 1), Period.month_of(first).last_day)


def _granularity(request: Json) -> Granularity:
    match request.get("Granularity"):
        case "DAILY":
            return Granularity.DAILY
        case "MONTHLY":
            return Granularity.MONTHLY
        case "HOURLY":
            raise _invalid("Time period is invalid. Valid format is yyyy-MM-ddThh:mm:ssZ.")
        case other:
            raise _invalid(
                f"Granularity {other} is invalid. Valid values are DAILY, MONTHLY, HOURLY."
            )


def _metrics(request: Json) -> list[str]:
    metrics = request.get("Metrics") or []
    unknown = [name for name in metrics if name not in METRICS]
    if unknown or not metrics:
        raise _invalid(f"Metrics {unknown} are invalid. Valid values are {', '.join(METRICS)}.")
    return list(metrics)


def _amounts(sums: Sums, quantity: Quantity, metrics: list[str], currency: str) -> Json:
    amounts = {}
    for name in metrics:
        position = METRICS[name]
        if position is not None:
            amounts[name] = {"Amount": _text(sums[position]), "Unit": currency}
        else:
            used, unit = quantity if name == "UsageQuantity" else NO_QUANTITY
            amounts[name] = {"Amount": _text(used), "Unit": unit}
    return amounts


def _text(amount: Decimal) -> str:
    """Without trailing zeros, and in scientific notation below a millionth, as Java prints it."""
    if not amount:
        return "0"
    shortest = amount.normalize()
    return str(shortest) if shortest.adjusted() < -6 else f"{shortest:f}"


def _grouping(group_by: list[Json]) -> Callable[[Entry], tuple[str, ...]]:
    if len(group_by) > 2:
        raise _invalid("GroupBy is invalid. At most 2 group definitions are allowed.")
    parts = [_group(each) for each in group_by]
    match parts:
        case []:
            return lambda entry: ()
        case [one]:
            return lambda entry: (one(entry),)
        case _:
            one, two = parts
            return lambda entry: (one(entry), two(entry))


def _group(definition: Json) -> Attribute:
    kind, key = definition.get("Type"), definition.get("Key", "")
    if kind == "DIMENSION":
        return _dimension(key, "Group Definition dimension is invalid.")
    if kind not in _LABEL_PREFIXES:
        raise _invalid("Group Definition type is invalid.")
    label = _LABEL_PREFIXES[kind] + key
    return lambda entry: f"{key}${entry.labels.get(label, '')}"


def _dimension(key: Any, complaint: str) -> Attribute:
    if key in _DIMENSIONS:
        return _DIMENSIONS[key]
    if key in _OTHER_DIMENSIONS:
        raise _invalid(f"The emulator's ledger holds no {key}.")
    raise _invalid(f"{complaint} Valid values are {', '.join([*_DIMENSIONS, *_OTHER_DIMENSIONS])}")


def _expression(filter_: Json | None) -> Callable[[Entry], bool]:
    """The predicate that a filter expression stands for."""
    if filter_ is None:
        return lambda entry: True
    if len(filter_) != 1:
        raise _invalid(
            "Expression has more than one roots. Only one root operator is allowed for each "
            "expression: And, Or, Not, Dimensions, Tags, CostCategories"
        )
    ((operator, operand),) = filter_.items()
    match operator:
        case "And" | "Or":
            return _combined(operator, operand)
        case "Not":
            inner = _expression(operand)
            return lambda entry: not inner(entry)
        case "Dimensions":
            return _one_of(_dimension(operand.get("Key"), "Dimension is invalid."), operand)
        case "Tags" | "CostCategories":
            return _labelled("tag:" if operator == "Tags" else "category:", operand)
    raise _invalid(f"Expression {operator} is invalid.")


def _combined(operator: str, operands: list[Json]) -> Callable[[Entry], bool]:
    if len(operands) < 2:
        raise _invalid(f"{operator} expression must have at least 2 operands")
    parts = [_expression(operand) for operand in operands]
    together = all if operator == "And" else any
    return lambda entry: together(part(entry) for part in parts)


def _one_of(
    value_of: Callable[[Entry], str | None], operand: Mapping[str, Any]
) -> Callable[[Entry], bool]:
    options = set(operand.get("MatchOptions") or [])
    if options - {"EQUALS", "CASE_SENSITIVE"}:
        raise _invalid(f"MatchOptions {sorted(options)} are invalid for this expression.")
    values = frozenset(operand.get("Values") or [])
    if not values:
        raise _invalid("Values are required.")
    return lambda entry: value_of(entry) in values


def _labelled(prefix: str, operand: Mapping[str, Any]) -> Callable[[Entry], bool]:
    label = prefix + operand.get("Key", "")
    if operand.get("MatchOptions") == ["ABSENT"]:
        return lambda entry: label not in entry.labels
    return _one_of(lambda entry: entry.labels.get(label), operand)


def _value(value: str) -> Json:
    return {"Value": value, "Attributes": {}}
