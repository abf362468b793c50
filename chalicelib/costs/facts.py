"""Everything a source knows for one report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.costs.charge import Charge
from chalicelib.costs.scope import EVERYTHING, Scope
from chalicelib.costs.table import Costs


@dataclass(frozen=True, slots=True)
class Price:
    """What reading the costs cost, in US dollars, and how that comes about."""

    amount: Decimal
    basis: str
    requests: int


@dataclass(frozen=True, slots=True)
class CostFacts:
    """Everything a source knows for one report; the same facts whatever the source.

    `today`     the UTC day of the run. It is not over, so every period ends with yesterday.
    `services`  daily, by service and category, from the first day of the third month back (90 days
                or more): `Period(month_start(today, -3), today)`.
    `months`    monthly, by account and category, thirteen full months and, from the second day of
                a month, the current one up to yesterday: `Period(month_start(today, -13), today)`.
    `accounts`  daily, by account and service, gross (credits and adjustments left out), from the
                first day of last month: `Period(month_start(today, -1), today)`; None for a single
                account, or when the source could not give it (a note says why).
    `labels`    daily, by label (the value of the tag or cost category `label_name`) and service,
                gross, for the same period as `accounts`; None unless asked for.
    `notes`     sentences for the reader about what these facts leave out.
    `scope`     what the questions were narrowed to.
    `ahead`     charges dated `today` or later; they are in no table, and have no day of their own
                in the report, but they are named.

    Each table says which days it covers (`Costs.covered`). What was looked at at all:

    `months_asked_apart` whether `months` answers a second question, independent of `services`; if
                not, that the two agree says nothing.
    `credits_asked` whether credits and refunds can be told apart from the charges they lower.
    """

    today: date
    services: Costs
    months: Costs
    accounts: Costs | None
    account_names: Mapping[str, str]
    price: Price
    source: str
    labels: Costs | None = None
    label_name: str = ""
    notes: tuple[str, ...] = ()
    scope: Scope = EVERYTHING
    ahead: tuple[Charge, ...] = ()
    months_asked_apart: bool = True
    credits_asked: bool = True

    @property
    def currency(self) -> str:
        """The one currency of all amounts, "" when there is no charge at all."""
        return self.services.currency or self.months.currency

    def account_name(self, account: str) -> str:
        """The account's name where the source knows one, else its number."""
        return self.account_names.get(account) or account
