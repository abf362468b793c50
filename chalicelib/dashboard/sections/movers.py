"""What changed between two periods, by service, account and both."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.costs import ZERO
from chalicelib.dashboard.drawing import Bar, percent_of
from chalicelib.dashboard.rounding import cents
from chalicelib.dashboard.sections.headlines import moved_of
from chalicelib.insights.comparison import Comparison
from chalicelib.insights.movers import Mover, Movers
from chalicelib.report import Report

MOVERS_SHOWN = 6
"""Movers in one list; what is left of the change is summed up in one line."""


@dataclass(frozen=True, slots=True)
class MoverRow:
    """One mover; a dimension that was not told apart is empty."""

    service_name: str
    sub_account_id: str
    sub_account_name: str
    before: Decimal
    now: Decimal
    change: Decimal
    change_ratio: Decimal | None
    kind: str


@dataclass(frozen=True, slots=True)
class MoverList:
    """The largest movers of one dimension; `rest` is what the others changed by, together."""

    by: str
    rows: tuple[MoverRow, ...]
    rest: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class MoverPeriod:
    """What changed between two periods, before credits and refunds."""

    name: str
    charge_period_start: date
    charge_period_end: date
    against_start: date
    against_end: date
    lists: tuple[MoverList, ...]


def movers_of(report: Report) -> tuple[MoverPeriod, ...]:
    """The changes of the week and of the month."""
    pairs = (
        (report.last_week, report.week_movers),
        (report.month_to_date, report.month_movers),
    )
    return tuple(
        _mover_period(report, compared, moved) for compared, moved in pairs if compared and moved
    )


def bars(movers: MoverList) -> tuple[Bar, ...]:
    """One bar for each row and one for the rest, on one scale, to both sides of a common zero."""
    changes = [*(row.change for row in movers.rows), movers.rest]
    low, high = min((ZERO, *changes)), max((ZERO, *changes))
    span = (high - low) or Decimal(1)
    return tuple(
        Bar(percent_of((min(each, ZERO) - low) / span), percent_of(abs(each) / span))
        for each in changes
    )


def _mover_period(report: Report, compared: Comparison, moved: Movers) -> MoverPeriod:
    lists = [("service", moved.by_service)]
    if report.facts.accounts is not None:
        lists += [("account", moved.by_account), ("service and account", moved.by_both)]
    return MoverPeriod(
        name=compared.name,
        charge_period_start=moved.period.start,
        charge_period_end=moved.period.end,
        against_start=moved.against.start,
        against_end=moved.against.end,
        lists=tuple(_mover_list(report, by, found, compared) for by, found in lists),
    )


def _mover_list(
    report: Report, by: str, found: tuple[Mover, ...], compared: Comparison
) -> MoverList:
    shown = found[:MOVERS_SHOWN]
    total = compared.gross.amount
    return MoverList(
        by=by,
        rows=tuple(_mover(report, each) for each in shown),
        rest=cents(total - sum((each.change.amount for each in shown), ZERO)),
        total=cents(total),
    )


def _mover(report: Report, mover: Mover) -> MoverRow:
    moved = moved_of(mover.change)
    return MoverRow(
        service_name=mover.service,
        sub_account_id=mover.account,
        sub_account_name=report.facts.account_name(mover.account),
        before=moved.before,
        now=moved.now,
        change=moved.change,
        change_ratio=moved.change_ratio,
        kind=moved.kind,
    )
