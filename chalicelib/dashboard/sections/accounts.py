"""Accounts: the last 30 complete days, week against week, and the services inside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.costs import ZERO, CostFacts
from chalicelib.dashboard.rounding import cents, share
from chalicelib.dashboard.sections.daily import REST
from chalicelib.dashboard.stretches import Stretch, stretches
from chalicelib.dashboard.sums import (
    UNKNOWN_CHANGE,
    Sums,
    Weeks,
    ranked_names,
    share_of,
    sums_by,
    table_days,
)
from chalicelib.insights.comparison import change
from chalicelib.service_names import short_name

ACCOUNTS_LISTED = 1000
DRILLED = 50
"""Accounts that can be opened to see their services; the page's script adds the rows of the others."""
SERVICES_DRILLED = 6


@dataclass(frozen=True, slots=True)
class InAccount:
    """What one service cost in one account, or `rest` services that are not named."""

    service_name: str
    display_name: str
    rest: int
    billed_cost: Decimal


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account before credits and refunds, and its largest services, where they were kept."""

    sub_account_id: str
    sub_account_name: str
    billed_cost: Decimal
    effective_cost: Decimal
    share: Decimal | None
    week_cost: Decimal | None
    week_before_cost: Decimal | None
    week_change: Decimal | None
    week_change_ratio: Decimal | None
    week_change_kind: str
    services: tuple[InAccount, ...]


@dataclass(frozen=True, slots=True)
class AccountTable:
    """Accounts by cost, without the `unknown` days of the period.

    `others` are added up in `others_cost`; both are zero when all are listed.
    """

    charge_period_start: date
    charge_period_end: date
    unknown: tuple[Stretch, ...]
    total: Decimal
    others: int
    others_cost: Decimal
    rows: tuple[AccountRow, ...]


def account_table(facts: CostFacts, through: date) -> AccountTable | None:
    """Every account of the last 30 complete days, largest first, at most 1,000 of them.

    None for a single account. The largest 50 carry their services.
    """
    if facts.accounts is None:
        return None
    days = table_days(facts.accounts, through)
    sums = sums_by(facts.accounts, days, lambda key: key.account)
    known = Weeks.of(facts.accounts, through)
    total = sum((each.billed for each in sums.values()), ZERO)
    listed, others = ranked_names(sums, ACCOUNTS_LISTED)
    return AccountTable(
        charge_period_start=days.start,
        charge_period_end=days.end,
        unknown=stretches(facts.accounts.unknown(days)),
        total=cents(total),
        others=len(others),
        others_cost=cents(sum((sums[name].billed for name in others), ZERO)),
        rows=tuple(
            _account_row(account, facts, sums[account], total, known, drilled=n < DRILLED)
            for n, account in enumerate(listed)
        ),
    )


def _account_row(
    account: str, facts: CostFacts, sums: Sums, total: Decimal, known: Weeks, *, drilled: bool
) -> AccountRow:
    week = change(sums.week_before, sums.week)
    return AccountRow(
        sub_account_id=account,
        sub_account_name=facts.account_name(account),
        billed_cost=cents(sums.billed),
        effective_cost=cents(sums.effective),
        share=share_of(sums.billed, total),
        week_cost=cents(sums.week) if known.last else None,
        week_before_cost=cents(sums.week_before) if known.before else None,
        week_change=cents(week.amount) if known.comparable else None,
        week_change_ratio=share(week.ratio) if known.comparable else None,
        week_change_kind=week.kind.value if known.comparable else UNKNOWN_CHANGE,
        services=_inside(sums.services) if drilled else (),
    )


def _inside(services: Mapping[str, Decimal]) -> tuple[InAccount, ...]:
    """The largest services of one account, and what the rest of them cost together."""
    ranked = sorted(services, key=lambda name: (-services[name], name))
    shown, others = ranked[:SERVICES_DRILLED], ranked[SERVICES_DRILLED:]
    rows = [InAccount(name, short_name(name), 0, cents(services[name])) for name in shown]
    if others:
        rest = sum((services[name] for name in others), ZERO)
        rows.append(InAccount(REST, REST, len(others), cents(rest)))
    return tuple(rows)
