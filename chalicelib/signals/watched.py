"""What an alarm watches: its metrics, what a formula or query makes of them, and which costs they are about."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.costs import EVERYTHING, Scope
from chalicelib.service_names import services_of_metric
from chalicelib.signals.metric_math import term_of
from chalicelib.signals.reading import mapping_of, mappings_of, text_of
from chalicelib.signals.terms import Term, TermKind

BILLING = "AWS/Billing"
_QUERY = re.compile(
    r"\s*SELECT\s+\w+\s*\(\s*\"?(?P<metric>[^\s\")]+)\"?\s*\)\s+"
    r"FROM\s+(?:SCHEMA\s*\(\s*)?[\"']?(?P<namespace>[^\s\"',)]+)",
    re.IGNORECASE,
)
_EQUALS = re.compile(r"(ServiceName|LinkedAccount|Currency)\s*=\s*'([^']*)'", re.IGNORECASE)
_BAND = re.compile(r"ANOMALY_DETECTION_BAND", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Watched:
    """What an alarm judges.

    `metric` names the metric as CloudWatch does. `formula` is the expression, "" for a plain metric,
    and `term` what it comes to. `scope` is what all its billing metrics are about together; where
    that is more than the alarm is about, `precise` is False. `band` is True where the limit is the
    band of an anomaly model.
    """

    metric: str = ""
    formula: str = ""
    term: Term | None = None
    scope: Scope = EVERYTHING
    precise: bool = True
    currency: str = "USD"
    about_costs: bool = False
    band: bool = False


@dataclass(frozen=True, slots=True)
class _Metric:
    name: str
    namespace: str
    dimensions: Mapping[str, str]

    @property
    def bills(self) -> bool:
        return self.namespace == BILLING


def watched(trigger: Mapping[str, Any]) -> Watched:
    """What a trigger (SNS) or a list of metrics under `Metrics` watches; nothing where it names none."""
    if "MetricName" in trigger:
        return _plain(_metric(trigger))
    entries = mappings_of(trigger, "Metrics")
    metrics = {
        text_of(each, "Id"): _metric(mapping_of(mapping_of(each, "MetricStat"), "Metric"))
        for each in entries
        if mapping_of(each, "MetricStat")
    }
    formulas = {
        text_of(each, "Id"): expression
        for each in entries
        if (expression := text_of(each, "Expression"))
    }
    judged = _judged(entries)
    if judged not in formulas:
        named = metrics.get(judged) or next(iter(metrics.values()), None)
        found = _plain(named) if named else Watched()
        band = any(map(_BAND.search, formulas.values()))
        return _replaced_band(found, formulas) if band else found
    query = _QUERY.match(formulas[judged])
    return _query(query, formulas[judged]) if query else _formula(judged, metrics, formulas)


def _replaced_band(found: Watched, formulas: Mapping[str, str]) -> Watched:
    expression = next(each for each in formulas.values() if _BAND.search(each))
    return Watched(
        found.metric, expression, None, found.scope, found.precise, found.currency,
        found.about_costs, True,
    )  # fmt: skip


def _judged(entries: Sequence[Mapping[str, Any]]) -> str:
    """The id of what is judged: what returns data and is no band, else what returns data."""
    returned = [each for each in entries if each.get("ReturnData") is not False]
    judged = [each for each in returned if not _BAND.match(text_of(each, "Expression").strip())]
    formulas = [each for each in judged if text_of(each, "Expression")]
    return text_of(next(iter(formulas or judged or returned or entries), {}), "Id")


def _plain(metric: _Metric) -> Watched:
    scope, precise = together([_scope(metric.dimensions)]) if metric.bills else (EVERYTHING, True)
    return Watched(
        metric=" ".join(filter(None, (metric.namespace, metric.name))),
        scope=scope,
        precise=precise,
        currency=metric.dimensions.get("Currency") or "USD",
        about_costs=metric.namespace in ("", BILLING),
    )


def _formula(judged: str, metrics: Mapping[str, _Metric], formulas: Mapping[str, str]) -> Watched:
    billing = [metric for metric in metrics.values() if metric.bills]
    scopes = {
        name: _scope(metric.dimensions) if metric.bills else None
        for name, metric in metrics.items()
    }
    scope, precise = together([_scope(metric.dimensions) for metric in billing])
    first = next(iter(billing or metrics.values()), None)
    term = term_of(judged, scopes, formulas)
    return Watched(
        metric=f"{first.namespace} {first.name}".strip() if first else "",
        formula=formulas[judged],
        term=term,
        scope=scope,
        precise=precise,
        currency=next(
            (money for each in billing if (money := each.dimensions.get("Currency"))), "USD"
        ),
        about_costs=bool(billing) or not metrics,
        band=any(map(_BAND.search, formulas.values())),
    )


def _query(found: re.Match[str], text: str) -> Watched:
    """A Metrics Insights query; where it groups, what is judged is each group for itself."""
    dimensions = {name.lower(): value for name, value in _EQUALS.findall(text)}
    bills = found["namespace"].strip("\"'") == BILLING
    named = {
        "ServiceName": dimensions.get("servicename", ""),
        "LinkedAccount": dimensions.get("linkedaccount", ""),
    }
    scope = _scope(named) if bills else EVERYTHING
    grouped = "GROUP BY" in text.upper()
    return Watched(
        metric=f"{found['namespace']} {found['metric']}",
        formula=text,
        term=Term(TermKind.GROUP if grouped else TermKind.METRIC, scope=scope) if bills else None,
        scope=scope,
        precise=not grouped,
        currency=dimensions.get("currency") or "USD",
        about_costs=bills,
    )


def together(scopes: Sequence[Scope]) -> tuple[Scope, bool]:
    """The smallest scope that holds all of these, and whether it holds nothing else."""
    distinct = list(dict.fromkeys(scopes))
    if len(distinct) <= 1:
        return (distinct[0] if distinct else EVERYTHING), True
    accounts = {scope.account for scope in distinct}
    account = accounts.pop() if len(accounts) == 1 else ""
    same_account = all(scope.account == account for scope in distinct)
    whole = [scope for scope in distinct if not scope.services and not scope.unmatched]
    if whole:  # an account, or everything, holds its services
        return Scope(account=account), same_account
    if any(scope.unmatched for scope in distinct):
        return Scope(account=account), False
    services = tuple(dict.fromkeys(name for scope in distinct for name in scope.services))
    return Scope(account=account, services=services), same_account


def _metric(body: Mapping[str, Any]) -> _Metric:
    return _Metric(
        name=text_of(body, "MetricName"),
        namespace=text_of(body, "Namespace"),
        dimensions=dict(_dimensions(body.get("Dimensions"))),
    )


def _dimensions(listed: object) -> Iterator[tuple[str, str]]:
    """Names and values of a metric's dimensions: a list of pairs (SNS) or an object (EventBridge)."""
    if isinstance(listed, dict):
        yield from ((name, value) for name, value in listed.items() if isinstance(value, str))
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict):
            lowered = {str(key).lower(): value for key, value in each.items()}
            yield text_of(lowered, "name"), text_of(lowered, "value")


def _scope(dimensions: Mapping[str, str]) -> Scope:
    code = dimensions.get("ServiceName", "")
    services = services_of_metric(code) if code else ()
    return Scope(
        account=dimensions.get("LinkedAccount", ""),
        services=services,
        unmatched="" if services else code,
    )
