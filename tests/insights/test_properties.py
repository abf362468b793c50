"""What holds for any account's charges, found by trying many."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.costs import Period
from chalicelib.report import Report
from chalicelib.settings import Settings
from simulation.ledger import Entry
from tests.insights.ledgers import entry, report_of

TODAY = date(2026, 11, 24)
DAYS = Period(date(2026, 8, 1), TODAY)
TYPES = ("Usage", "Usage", "Usage", "Tax", "Support fee", "RIFee", "Credit", "Refund")
EVERYTHING = Settings(mover_floor=Decimal(0), mover_percent=Decimal(0), anomaly_floor=Decimal(0))

amounts = st.decimals(min_value=-50, max_value=5000, places=4, allow_nan=False)
single = st.builds(
    entry,
    st.sampled_from(list(DAYS)),
    st.sampled_from(("S3", "EC2", "Tax", "s3", "S3 ")),
    amounts,
    st.sampled_from(("1", "2")),
    st.sampled_from(TYPES),
)


@st.composite
def series(draw: Callable[..., object]) -> list[Entry]:
    """A cost that is charged every few days from some day on."""
    begin = draw(st.integers(0, len(DAYS) - 1))
    every = draw(st.sampled_from((1, 1, 1, 2, 7)))
    level = draw(st.integers(1, 500))
    strays = draw(st.lists(st.integers(80, 120), min_size=5, max_size=5))
    service, account = draw(st.sampled_from(("S3", "EC2"))), draw(st.sampled_from(("1", "2")))
    return [
        entry(DAYS.start + timedelta(days=n), service, level * strays[n % 5], account)
        for n in range(begin, len(DAYS), every)
    ]


ledgers = st.builds(
    lambda rows, singles: [each for row in rows for each in row] + singles,
    st.lists(series(), max_size=3),
    st.lists(single, max_size=12),
)
modest = settings(deadline=None, max_examples=25)


def essence(report: Report) -> tuple[object, ...]:
    """Everything a report says, with statistics to nine digits and without the facts it came from."""

    def short(amount: Decimal) -> str:
        return f"{amount:.9g}"

    projections = [
        each and (each.so_far, short(each.expected), short(each.low), short(each.high))
        for each in (report.projections.net, report.projections.gross)
    ]
    anomalies = [
        (each.kind, each.service, each.account, each.since, each.until, short(each.expected))
        for each in report.anomalies
    ]
    return (
        report.last_week,
        report.month_to_date,
        report.last_month,
        report.week_movers,
        report.month_movers,
        report.months,
        report.agreements,
        report.credits,
        report.projections.reason,
        projections,
        anomalies,
    )


@given(ledgers)
@modest
def test_parts_add_up_to_the_whole(charges: list[Entry]) -> None:
    report = report_of(charges, settings=EVERYTHING)
    for compared, movers in (
        (report.last_week, report.week_movers),
        (report.month_to_date, report.month_movers),
    ):
        assert compared is not None
        assert movers is not None
        moved = sum(each.change.amount for each in movers.by_service)
        assert moved == compared.usage.amount
        assert compared.usage.after + compared.fees.after == compared.gross.after
        assert compared.usage.before + compared.fees.before == compared.gross.before
    for bill in report.months:
        lines = bill.usage + bill.commitments + bill.support + bill.tax + bill.discounts
        assert lines + sum(amount for _, amount in bill.other) == bill.gross
        assert bill.gross + bill.refunds + bill.credits == bill.net
    whole = sum((each.net_unblended for each in charges), Decimal(0))
    assert sum(bill.net for bill in report.months) == whole
    assert all(each.difference == 0 for each in report.agreements)


@given(ledgers, st.randoms(use_true_random=False))
@modest
def test_the_order_of_charges_does_not_matter(charges: list[Entry], random: Random) -> None:
    shuffled = list(charges)
    random.shuffle(shuffled)
    assert essence(report_of(shuffled)) == essence(report_of(charges))


@given(ledgers, st.sampled_from(list(DAYS)), st.sampled_from(TYPES))
@modest
def test_a_charge_of_zero_changes_nothing(
    charges: list[Entry], day: date, record_type: str
) -> None:
    zeros = [
        entry(day, name, 0, account, record_type) for name in ("S3", "New") for account in "12"
    ]
    one_account = [replace(each, account="1") for each in charges]
    in_one = [replace(each, account="1") for each in zeros]
    assert essence(report_of(one_account, in_one)) == essence(report_of(one_account))


@given(ledgers, st.sampled_from((2, 8, 1024)))
@modest
def test_scaling_all_amounts_scales_all_answers(charges: list[Entry], factor: int) -> None:
    scaled = [
        replace(
            each,
            unblended=each.unblended * factor,
            net_unblended=each.net_unblended * factor,
            amortized=each.amortized * factor,
            net_amortized=each.net_amortized * factor,
        )
        for each in charges
    ]
    one, many = report_of(charges, settings=EVERYTHING), report_of(scaled, settings=EVERYTHING)
    assert [bill.net * factor for bill in one.months] == [bill.net for bill in many.months]
    assert one.week_movers is not None
    assert many.week_movers is not None
    assert [each.change.amount * factor for each in one.week_movers.by_service] == [
        each.change.amount for each in many.week_movers.by_service
    ]
    assert one.projections.reason == many.projections.reason
    if one.projections.net is not None and many.projections.net is not None:
        assert _about(one.projections.net.expected * factor, many.projections.net.expected)
        assert _about(one.projections.net.low * factor, many.projections.net.low)
    assert [(each.kind, each.service, each.since) for each in one.anomalies] == [
        (each.kind, each.service, each.since) for each in many.anomalies
    ]


def _about(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= Decimal("1e-6") * max(abs(one), abs(other), Decimal(1))
