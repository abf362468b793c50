"""Whatever an account was charged, there is a report, a page and a digest of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st

from chalicelib.dashboard.page import render_page
from chalicelib.messages.digest import digest
from chalicelib.report import build_report
from chalicelib.settings import Settings
from simulation.ledger import Entry, Ledger

DAYS = [
    *(date(2026, 11, day) for day in (1, 2, 3, 4, 23)),
    date(2027, 1, 1),
    date(2027, 3, 1),
    date(2028, 2, 29),
    date(2028, 3, 31),
]
TYPES = ("Usage", "Usage", "Tax", "RIFee", "Credit", "Refund", "EDP Discount", "Carbon levy")
AMOUNTS = ("0", "5", "-5", "0.0000000001", "123456.789", "-1000")


@st.composite
def charges(draw: Callable[..., object]) -> list[tuple[int, Entry]]:
    """One cost on some days, each by how many days before today it was charged."""
    first = draw(st.sampled_from((1, 2, 3, 4, 10, 15, 31, 45, 92, 300)))
    last = draw(st.sampled_from((1, 1, 3, 20)))
    every = draw(st.sampled_from((1, 1, 2, 7, 30)))
    record_type, service = draw(st.sampled_from(TYPES)), draw(st.sampled_from("ABC"))
    account, amount = draw(st.sampled_from("12")), Decimal(draw(st.sampled_from(AMOUNTS)))
    entry = Entry(date.min, service, account, record_type, *((amount,) * 4))
    return [(ago, entry) for ago in range(first, min(first, last) - 1, -every)]


@given(
    st.sampled_from(DAYS),
    st.lists(charges(), max_size=5),
    st.sampled_from((0, 2, 14)),
    st.sampled_from(("USD", "EUR")),
)
@trying(deadline=None, max_examples=40)
def test_any_ledger_has_a_page_and_a_digest(
    today: date, costs: list[list[tuple[int, Entry]]], settling_days: int, currency: str
) -> None:
    entries = [
        Entry(today - timedelta(ago), each.service, each.account, each.record_type, *each.sums)
        for cost in costs
        for ago, each in cost
    ]
    settings = Settings(
        settling_days=settling_days, mover_floor=Decimal(0), anomaly_floor=Decimal(0)
    )
    facts = Ledger(entries, {}, currency).facts(today, label="tag:team")
    report = build_report(facts, settings, datetime.combine(today, time(7), UTC))
    for projected in (report.projections.net, report.projections.gross):
        if projected is not None:
            assert projected.low <= projected.expected <= projected.high
    assert render_page(report).startswith("<!doctype html>")
    assert "NaN" not in digest(report, "https://costs.example").text
