"""Metric math, as far as people put it into billing alarms: what a formula comes to, in a few terms.

Syntax: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from chalicelib.costs import Scope
from chalicelib.signals.terms import (
    OTHER,
    Term,
    TermKind,
    added,
    called,
    divided,
    multiplied,
    number_term,
    other,
    subtracted,
)

DEEPEST = 40
"""Brackets and references nested deeper than this are nobody's formula."""
MOST_NAMES = 500
"""Formulas may refer to formulas; one that comes to more names than CloudWatch takes metrics is none."""
_WORD = re.compile(
    r"\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(\"[^\"]*\"|'[^']*')|(<=|>=|==|!=|&&|\|\||.))"
)
_BOUNDS = ("<", ">", "<=", ">=", "==", "!=", "&&", "||", "AND", "OR")


class _TooDeepError(Exception):
    pass


def term_of(wanted: str, metrics: Mapping[str, Scope | None], formulas: Mapping[str, str]) -> Term:
    """What the formula or metric called `wanted` comes to; OTHER for what nobody can say in words.

    `metrics` holds the scope of each metric by its id, `formulas` the expressions by theirs.
    """
    try:
        return _Reader(metrics, formulas).named(wanted, 0)
    except (_TooDeepError, ArithmeticError):
        return OTHER


class _Reader:
    def __init__(self, metrics: Mapping[str, Scope | None], formulas: Mapping[str, str]) -> None:
        self.metrics = metrics
        self.formulas = formulas
        self.names = 0

    def named(self, name: str, depth: int) -> Term:
        self.names += 1
        if depth > DEEPEST or self.names > MOST_NAMES:
            raise _TooDeepError
        if name in self.metrics:
            return Term(TermKind.METRIC, scope=self.metrics[name])
        if name in self.formulas:
            return _Parser(self, self.formulas[name], depth + 1).whole()
        return OTHER

    def all_metrics(self, containing: str = "") -> tuple[Term, ...]:
        return tuple(
            Term(TermKind.METRIC, scope=scope)
            for name, scope in self.metrics.items()
            if containing in name
        )


class _Parser:
    """Reads one expression, lowest precedence first; each method returns what it has read."""

    def __init__(self, reader: _Reader, text: str, depth: int) -> None:
        self.reader, self.depth = reader, depth
        self.words = [found.group().strip() for found in _WORD.finditer(text)]
        self.position = 0

    def whole(self) -> Term:
        term = self.comparison()
        return term if self.position >= len(self.words) else other(term)

    def peek(self) -> str:
        return self.words[self.position] if self.position < len(self.words) else ""

    def take(self) -> str:
        word = self.peek()
        self.position += 1
        return word

    def comparison(self) -> Term:
        left = self.sum()
        while self.peek().upper() in _BOUNDS:
            self.take()
            left = other(left, self.sum())
        return left

    def sum(self) -> Term:
        left = self.product()
        while self.peek() in ("+", "-"):
            combine = added if self.take() == "+" else subtracted
            left = combine(left, self.product())
        return left

    def product(self) -> Term:
        left = self.factor()
        while self.peek() in ("*", "/", "^"):
            combine = {"*": multiplied, "/": divided}.get(self.take(), other)
            left = combine(left, self.factor())
        return left

    def factor(self) -> Term:
        word = self.take()
        if word == "-":
            return multiplied(number_term(Decimal(-1)), self.factor())
        if word == "(":
            return self.inside(")")
        if word[:1].isdigit():
            return number_term(Decimal(word))
        if self.peek() == "(" and word:
            self.take()
            return self.call(word.upper())
        return self.reader.named(word, self.depth) if word else OTHER

    def inside(self, closing: str) -> Term:
        self.deeper()
        term = self.comparison()
        if self.take() != closing:
            term = other(term)
        self.depth -= 1
        return term

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise _TooDeepError

    def call(self, name: str) -> Term:
        self.deeper()
        arguments: list[Term] = []
        while self.peek() not in (")", ""):
            arguments += self.argument()
            if self.peek() == ",":
                self.take()
        self.take()
        self.depth -= 1
        return called(name, arguments)

    def argument(self) -> Sequence[Term]:
        """One argument; a list in square brackets, or all metrics, counts as its items."""
        word = self.peek()
        if word == "[":
            self.take()
            items: list[Term] = []
            while self.peek() not in ("]", ""):
                items += self.argument()
                if self.peek() == ",":
                    self.take()
            self.take()
            return items
        if word.upper() == "METRICS":
            self.take()
            return self.all_metrics()
        if word[:1] in "\"'":
            self.take()
            return ()
        before = self.position
        term = self.comparison()
        self.position = max(self.position, before + 1)  # whatever it was, it is behind us
        return (term,)

    def all_metrics(self) -> Sequence[Term]:
        containing = ""
        if self.peek() == "(":
            self.take()
            while self.peek() not in (")", ""):
                containing = self.take().strip("\"'")
            self.take()
        return self.reader.all_metrics(containing)
