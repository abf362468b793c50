"""What a metric-math formula comes to: terms, and how they combine.

Functions: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from chalicelib.costs import Scope


class TermKind(StrEnum):
    """What a formula does with its parts."""

    METRIC = "metric"
    NUMBER = "number"
    SUM = "sum"
    DIFFERENCE = "difference"
    SHARE = "share"  # one part in another; with a factor of 100 a percentage
    RATE = "rate"  # growth in a second, times the factor
    GROWTH = "growth"  # since the data point before
    SCALED = "scaled"
    LARGEST = "largest"
    SMALLEST = "smallest"
    AVERAGE = "average"
    GROUP = "group"  # one of several parts, whichever it was
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Term:
    """A formula, or a part of one.

    `scope` is what a metric is about, None for a metric that is no charge. `factor` is what the
    term is multiplied with, or a number's value.
    """

    kind: TermKind
    parts: tuple["Term", ...] = ()
    scope: Scope | None = None
    factor: Decimal = Decimal(1)

    def metrics(self) -> Iterator["Term"]:
        """Every metric inside, in order."""
        if self.kind is TermKind.METRIC:
            yield self
        for part in self.parts:
            yield from part.metrics()


OTHER = Term(TermKind.OTHER)


def number_term(value: Decimal) -> Term:
    """A constant."""
    return Term(TermKind.NUMBER, factor=value)


def is_number(term: Term) -> bool:
    """Whether a term is a constant."""
    return term.kind is TermKind.NUMBER


def other(*parts: Term) -> Term:
    """What nobody has words for; its parts stay findable."""
    return Term(TermKind.OTHER, parts)


def added(left: Term, right: Term) -> Term:
    """Left plus right."""
    if is_number(left) and is_number(right):
        return number_term(left.factor + right.factor)
    if is_number(left) or is_number(right):
        return other(left, right)
    parts = left.parts if left.kind is TermKind.SUM and left.factor == 1 else (left,)
    return Term(TermKind.SUM, (*parts, right))


def subtracted(left: Term, right: Term) -> Term:
    """Left less right."""
    if is_number(left) and is_number(right):
        return number_term(left.factor - right.factor)
    if is_number(left) or is_number(right):
        return other(left, right)
    return Term(TermKind.DIFFERENCE, (left, right))


def _scaled(term: Term, by: Decimal) -> Term:
    if by == 1:
        return term
    if term.kind in (TermKind.RATE, TermKind.SHARE, TermKind.SCALED, TermKind.NUMBER):
        return Term(term.kind, term.parts, term.scope, term.factor * by)
    return Term(TermKind.SCALED, (term,), factor=by)


def multiplied(left: Term, right: Term) -> Term:
    """Left times right."""
    if is_number(left):
        return _scaled(right, left.factor)
    return _scaled(left, right.factor) if is_number(right) else other(left, right)


def divided(left: Term, right: Term) -> Term:
    """Left by right: a constant scales, a term makes a share."""
    if is_number(right) and right.factor:
        return _scaled(left, 1 / right.factor)
    if is_number(left) or is_number(right):
        return other(left, right)
    if left.kind is TermKind.SCALED:  # 100 * part / whole
        return Term(TermKind.SHARE, (left.parts[0], right), factor=left.factor)
    return Term(TermKind.SHARE, (left, right))


def _several(kind: TermKind) -> Callable[[Sequence[Term]], Term]:
    def of(parts: Sequence[Term]) -> Term:
        if any(map(is_number, parts)):
            return other(*parts)
        return parts[0] if len(parts) == 1 else Term(kind, tuple(parts))

    return of


def _chosen(parts: Sequence[Term]) -> Term:
    """Of `IF(condition, this, that)` the branch that is no constant; what the condition asks stays."""
    branches = [part for part in parts[1:] if not is_number(part)]
    return branches[0] if branches else other(*parts)


_CALLS: Mapping[str, Callable[[Sequence[Term]], Term]] = {
    "SUM": _several(TermKind.SUM),
    "MAX": _several(TermKind.LARGEST),
    "MIN": _several(TermKind.SMALLEST),
    "AVG": _several(TermKind.AVERAGE),
    "RATE": lambda parts: Term(TermKind.RATE, (parts[0],)),
    "DIFF": lambda parts: Term(TermKind.GROWTH, (parts[0],)),
    "IF": _chosen,
    **dict.fromkeys(
        ("FILL", "ABS", "CEIL", "FLOOR", "ANOMALY_DETECTION_BAND"), lambda parts: parts[0]
    ),
}


def called(name: str, arguments: Sequence[Term]) -> Term:
    """What a function makes of its arguments; OTHER for functions without words."""
    if name not in _CALLS or not arguments:
        return other(*arguments)
    return _CALLS[name](arguments)
