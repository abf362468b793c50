"""Refunds and corrections: money that comes back, told as that and beside what it was paid for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.costs import ZERO, ChargeCategory, Costs
from chalicelib.insights.fees import TOLD_DAYS, Fee

ALIKE = Decimal("0.01")
"""Share by which a refund may differ from the purchase it takes back whole."""


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund or correction on one day; `amount` is negative where money comes back.

    `of` is the purchase or fee that it takes back, whole or in part, None where nobody can say.
    """

    service: str
    day: date
    amount: Decimal
    of: Fee | None = None

    @property
    def whole(self) -> bool:
        """Whether all of a purchase came back."""
        return self.of is not None and _alike(self.of.amount, -self.amount)


def refunds_of(
    services: Costs, fees: Iterable[Fee], complete_through: date, *, floor: Decimal
) -> tuple[Refund, ...]:
    """The refunds and corrections of the table's complete days that come to `floor`, in order.

    They are adjustments, and negative charges of a fee's own row. One takes back the latest fee of
    its service that is alike in amount; where none of its service is, one of another service that is
    (AWS refunds some purchases under another name); else, in part, the latest purchase of its
    service that is larger. Each fee is taken back once.
    """
    due = sorted((fee for fee in fees if fee.amount), key=lambda fee: fee.day)
    back: dict[tuple[date, str], Decimal] = {
        (fee.day, fee.service): fee.amount for fee in due if fee.amount < 0
    }
    for key, each in services.cells.items():
        if key.category == ChargeCategory.ADJUSTMENT and key.day <= complete_through:
            where = key.day, key.service
            back[where] = back.get(where, ZERO) + each.billed
    paid = [fee for fee in due if fee.amount > 0]
    found = []
    for (day, service), amount in sorted(back.items()):
        if abs(amount) < floor:
            continue
        of = _paid_for(service, day, -amount, paid)
        if of:
            paid.remove(of)
        found.append(Refund(service, day, amount, of))
    return tuple(found)


def told_refunds(refunds: Iterable[Refund], complete_through: date) -> tuple[Refund, ...]:
    """The refunds that are young enough to be told."""
    return tuple(each for each in refunds if (complete_through - each.day).days < TOLD_DAYS)


def fees_kept(news: Iterable[Fee], refunds: Iterable[Refund]) -> tuple[Fee, ...]:
    """The news of fees less those that a refund took back whole, and less the refunds themselves."""
    returned = {each.of for each in refunds if each.whole}
    return tuple(fee for fee in news if fee.amount >= 0 and fee not in returned)


def _paid_for(service: str, day: date, amount: Decimal, paid: Iterable[Fee]) -> Fee | None:
    before = [fee for fee in reversed(list(paid)) if fee.day <= day]
    own = [fee for fee in before if fee.service == service]
    for fees in (own, before):
        for fee in fees:
            if _alike(fee.amount, amount):
                return fee
    purchases = (fee for fee in own if fee.category == ChargeCategory.PURCHASE)
    return next((fee for fee in purchases if fee.amount > amount > 0), None)


def _alike(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= ALIKE * abs(one)
