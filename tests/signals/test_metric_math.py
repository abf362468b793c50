"""What formulas of billing alarms come to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.costs import EVERYTHING, Scope
from chalicelib.signals.metric_math import term_of
from chalicelib.signals.terms import Term, TermKind
from chalicelib.signals.watched import together

EC2, RDS = Scope(services=("EC2",)), Scope(services=("RDS",))
METRICS = {"m1": EC2, "m2": RDS, "bill": EVERYTHING}


def term(expression: str) -> Term:
    return term_of("f", METRICS, {"f": expression, "both": "m1 + m2"})


@pytest.mark.parametrize(
    ("expression", "kind", "factor"),
    [
        ("m1+m2", TermKind.SUM, "1"),
        ("m1 + m2 + bill", TermKind.SUM, "1"),
        ("SUM([m1, m2])", TermKind.SUM, "1"),
        ("SUM(METRICS())", TermKind.SUM, "1"),
        ('SUM(METRICS("m"))', TermKind.SUM, "1"),
        ("FILL(m1,0)+FILL(m2,REPEAT)", TermKind.SUM, "1"),
        ("bill-m1", TermKind.DIFFERENCE, "1"),
        ("m1/bill", TermKind.SHARE, "1"),
        ("m1/bill*100", TermKind.SHARE, "100"),
        ("100*m1/bill", TermKind.SHARE, "100"),
        ("100*(m1/bill)", TermKind.SHARE, "100"),
        ("RATE(bill)", TermKind.RATE, "1"),
        ("RATE(bill)*86400", TermKind.RATE, "86400"),
        ("RATE(bill)*60*60*24", TermKind.RATE, "86400"),
        ("IF(RATE(bill)>0,RATE(bill)*86400,0)", TermKind.RATE, "86400"),
        ("DIFF(bill)", TermKind.GROWTH, "1"),
        ("both", TermKind.SUM, "1"),
        ("both/2", TermKind.SCALED, "0.5"),
        ("m1*0.9", TermKind.SCALED, "0.9"),
        ("MAX([m1,m2])", TermKind.LARGEST, "1"),
        ("IF(m1>3,1,0)", TermKind.OTHER, "1"),
        ("m1^2", TermKind.OTHER, "1"),
        ("m1 m2", TermKind.OTHER, "1"),
        ("LOG(m1)", TermKind.OTHER, "1"),
        ("nobody", TermKind.OTHER, "1"),
        ("", TermKind.OTHER, "1"),
        ("(((", TermKind.OTHER, "1"),
        ("f", TermKind.OTHER, "1"),
        ("f+f", TermKind.OTHER, "1"),
        ("(" * 5000, TermKind.OTHER, "1"),
    ],
)
def test_a_formula_comes_to(expression: str, kind: TermKind, factor: str) -> None:
    found = term(expression)
    assert (found.kind, str(found.factor)) == (kind, factor)


def test_a_sum_has_the_metrics_of_its_formulas() -> None:
    assert [each.scope for each in term("both+bill").metrics()] == [EC2, RDS, EVERYTHING]


def test_formulas_that_double_each_other_are_given_up() -> None:
    formulas = {f"f{n}": f"f{n - 1}+f{n - 1}" for n in range(1, 35)} | {"f0": "m1"}
    assert term_of("f34", METRICS, formulas).kind is TermKind.OTHER


@given(st.text("m12+-*/()[],.<>&|=IFRATESUM \"'", max_size=60))
def test_any_formula_is_read_without_an_error(expression: str) -> None:
    term(expression)


A, B = "111122223333", "222233334444"


@pytest.mark.parametrize(
    ("scopes", "whole", "precise"),
    [
        ([], EVERYTHING, True),
        ([EC2], EC2, True),
        ([EC2, RDS], Scope(services=("EC2", "RDS")), True),
        ([EC2, EVERYTHING], EVERYTHING, True),
        ([Scope(A), Scope(A, ("EC2",))], Scope(A), True),
        ([Scope(A), Scope(B)], EVERYTHING, False),
        ([Scope(A, ("EC2",)), Scope(A, ("RDS",))], Scope(A, ("EC2", "RDS")), True),
        ([Scope(A, ("EC2",)), Scope(B, ("EC2",))], Scope("", ("EC2",)), False),
        ([EC2, Scope(unmatched="AmazonX")], EVERYTHING, False),
    ],
)
def test_scopes_together(scopes: list[Scope], whole: Scope, precise: bool) -> None:
    assert together(scopes) == (whole, precise)
