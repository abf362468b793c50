"""One question to Cost Explorer, and the request that asks it."""

from dataclasses import dataclass
from typing import Any

from chalicelib.costs import Dimension, Granularity, Period, Scope

METRICS = ("NetUnblendedCost", "NetAmortizedCost", "UnblendedCost")  # billed, effective, listed
GROUP_KEYS: dict[Dimension, str] = {
    "service": "SERVICE",
    "account": "LINKED_ACCOUNT",
    "category": "RECORD_TYPE",
}
REDUCTION_RECORD_TYPES = ["Credit", "Refund"]


@dataclass(frozen=True, slots=True)
class Query:
    """One question to Cost Explorer: a period, grouped by at most two dimensions.

    `gross_only` leaves out credits and refunds; `accounts`, `services` and `labels` (values of the
    label that the source is set to) keep only these.
    `spare_seconds` must be left whenever a page is asked for.
    """

    period: Period
    granularity: Granularity
    group_by: tuple[Dimension, ...]
    gross_only: bool = False
    accounts: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    spare_seconds: float = 0.0
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.group_by) > 2:
            raise ValueError("Cost Explorer groups by two dimensions at most", self.group_by)


def narrowed(
    scope: Scope,
    period: Period,
    granularity: Granularity,
    group_by: tuple[Dimension, ...],
    gross_only: bool = False,
) -> Query:
    """A question about a part of the costs."""
    accounts = (scope.account,) if scope.account else ()
    labels = (scope.label,) if scope.label else ()
    return Query(period, granularity, group_by, gross_only, accounts, scope.services, labels=labels)


def parameters_of(query: Query, label: str) -> dict[str, Any]:
    """The request that asks `query`, without a page token; `label` is `tag:KEY` or `category:NAME`."""
    parameters: dict[str, Any] = {
        "TimePeriod": {
            "Start": query.period.start.isoformat(),
            "End": query.period.end.isoformat(),  # exclusive, as in Period
        },
        "Granularity": query.granularity.upper(),
        "Metrics": list(METRICS),
    }
    if query.group_by:
        parameters["GroupBy"] = [_group(dimension, label) for dimension in query.group_by]
    if filters := _filters(query, label):
        parameters["Filter"] = filters[0] if len(filters) == 1 else {"And": filters}
    return parameters


def _group(dimension: Dimension, label: str) -> dict[str, str]:
    if dimension != "label":
        return {"Type": "DIMENSION", "Key": GROUP_KEYS[dimension]}
    kind, _, name = label.partition(":")
    return {"Type": "TAG" if kind == "tag" else "COST_CATEGORY", "Key": name}


def _filters(query: Query, label: str) -> list[dict[str, Any]]:
    filters: list[dict[str, Any]] = []
    if query.gross_only:
        filters.append({"Not": one_of("RECORD_TYPE", REDUCTION_RECORD_TYPES)})
    if query.accounts:
        filters.append(one_of("LINKED_ACCOUNT", list(query.accounts)))
    if query.services:
        filters.append(one_of("SERVICE", list(query.services)))
    if query.labels:
        kind, _, name = label.partition(":")
        operator = "Tags" if kind == "tag" else "CostCategories"
        filters.append({operator: {"Key": name, "Values": list(query.labels)}})
    return filters


def one_of(key: str, values: list[str]) -> dict[str, Any]:
    """A filter that keeps what has one of these values."""
    return {"Dimensions": {"Key": key, "Values": values}}
