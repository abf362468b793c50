"""Why a cost changed, in words: the usage type, its Region, more of it or another price."""

from dataclasses import dataclass
from decimal import Decimal

from chalicelib.findings import Finding
from chalicelib.insights.drivers import Driver, DriverKind
from chalicelib.money import money, percent, rough_money
from chalicelib.usage_types import NO_USAGE_TYPE, read
from chalicelib.wording.lines import capital, listed, one_line
from chalicelib.wording.periods import day

ENOUGH = Decimal("0.75")
"""Share of a change from which on the usage types behind it need no further ones beside them."""
MOST_NAMED = 2
BESIDES = Decimal("0.25")
"""Share of a change from which on something that went the other way is told, too."""
LEFT_OUT = Decimal("0.1")
"""Share of a change that may stay unexplained without a word."""
TIMES = Decimal(2)
SAME_PRICE = Decimal("0.02")
TOO_MANY_TIMES = 1000
REST = "not explained by usage types"
CAME_OR_WENT = {
    DriverKind.NEW: "new{since}",
    DriverKind.ENDED: "none{since}",
    DriverKind.UNCOVERED: "no longer covered{since}",
    DriverKind.COVERED: "covered{since}",
    DriverKind.CHARGED: "charged{since}, free before",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A driver in words: `what` was used where, how that changed (`effect`), and what explains it."""

    what: str
    effect: str
    cause: str

    @property
    def clause(self) -> str:
        """What and how, in one clause."""
        return f"{self.what}, {self.effect}" if self.effect else self.what


def because(found: Finding, currency: str) -> str:
    """The usage types behind a finding, in one clause; "" where nobody asked or nothing was found."""
    named = [each for each in found.drivers if _leads(each, found)]
    if not named:
        return ""
    told, shown = Decimal(0), list[Driver]()
    for each in named[:MOST_NAMED]:
        shown.append(each)
        told += each.change
        if abs(told) >= ENOUGH * abs(found.amount):
            break
    reasons = [reason(found, each, currency) for each in shown]
    against = _against(found, currency)
    said = _together(reasons, shown, currency, amounts=bool(against))
    cause = f"; {reasons[0].cause}" if reasons[0].cause else ""
    return one_line(f"{said}{cause}{against}{_missed(found, currency)}")


def sentence(clause: str) -> str:
    """A clause as a sentence; what begins with an instance type or in AWS's own words stays so."""
    if not clause:
        return ""
    return f"{capital(clause) if clause.split()[0].isalpha() else clause}."


def reason(found: Finding, driver: Driver, currency: str) -> Reason:
    """One driver in words."""
    if driver.kind is DriverKind.OTHERS:
        return Reason(f"{driver.count} other usage types", "", "")
    if driver.kind is DriverKind.REST:
        return Reason(REST, "", "")
    known = read(found.service, driver.usage_type)
    name = known.phrase or _raw(driver.usage_type)
    place = known.place or (f"in {driver.region}" if driver.region else "")
    return Reason(
        what=" ".join(filter(None, (name, place))),
        effect=_effect(found, driver, currency),
        cause=_cause(driver) or (known.cause if driver.change > 0 else ""),
    )


def _leads(driver: Driver, found: Finding) -> bool:
    if driver.kind in (DriverKind.OTHERS, DriverKind.REST):
        return False
    return driver.change * found.amount > 0


def _raw(usage_type: str) -> str:
    return "what has no usage type" if usage_type == NO_USAGE_TYPE else one_line(usage_type, 80)


def _together(reasons: list[Reason], shown: list[Driver], currency: str, *, amounts: bool) -> str:
    if len(reasons) == 1 and not amounts:
        return reasons[0].clause
    return listed(
        [
            f"{each.clause} ({_signed(driver.change, currency)})"
            for each, driver in zip(reasons, shown, strict=True)
        ]
    )


def _against(found: Finding, currency: str) -> str:
    """What went the other way meanwhile: volumes of the new type instead of the old one."""
    for driver in found.drivers:
        if driver.usage_type and driver.change * found.amount < 0:
            if abs(driver.change) < BESIDES * abs(found.amount):
                break
            other = reason(found, driver, currency).clause
            return f"; at the same time {other} ({_signed(driver.change, currency)})"
    return ""


def _signed(amount: Decimal, currency: str) -> str:
    return f"{'+' if amount > 0 else ''}{rough_money(amount, currency)}"


def _effect(found: Finding, driver: Driver, currency: str) -> str:
    since = _since(found, driver)
    match driver.kind:
        case DriverKind.USAGE | DriverKind.BOTH:
            return f"{_amount(driver)}{since}, {_at_price(driver)}"
        case DriverKind.PRICE:
            return f"about the same amount{since}, {_at_price(driver)}"
        case kind if kind in CAME_OR_WENT:
            if not since and kind.value == found.kind.value:
                return ""  # the finding says so itself
            return CAME_OR_WENT[kind].format(since=since)
        case _:
            return f"{money(driver.now, currency)} after {money(driver.before, currency)}{since}"


def _since(found: Finding, driver: Driver) -> str:
    """The day, where the finding does not say it already."""
    dated = found.period and found.against is None and found.period.start == driver.since
    return "" if driver.since is None or dated else f" since {day(driver.since)}"


def _amount(driver: Driver) -> str:
    before, now = driver.quantity_before, driver.quantity_now
    if not before or now is None:
        return "another amount"
    if now >= TOO_MANY_TIMES * before:
        return "almost nothing before"
    if now >= TIMES * before:
        return f"{_times(now / before)} times as much"
    if before >= TIMES * now > 0 and now:
        return f"{percent((before - now) / before)} less"
    moved = (now - before) / before
    if abs(moved) < SAME_PRICE:
        return "about the same amount"
    return f"{percent(abs(moved))} {'more' if moved > 0 else 'less'}"


def _times(ratio: Decimal) -> str:
    whole = ratio.quantize(Decimal(1) if ratio >= 10 else Decimal("0.1"))
    return f"{whole.normalize():f}" if whole == whole.to_integral_value() else f"{whole:f}"


def _at_price(driver: Driver) -> str:
    before, now = driver.quantity_before, driver.quantity_now
    if not before or not now or not driver.before:
        return "at another price"
    was, price = driver.before / before, driver.now / now
    moved = (price - was) / was
    if abs(moved) < SAME_PRICE:
        return "at the same price"
    return f"at a {percent(abs(moved))} {'higher' if moved > 0 else 'lower'} price"


def _cause(driver: Driver) -> str:
    match driver.kind:
        case DriverKind.UNCOVERED:
            return "a Savings Plan or reservation paid before, now the on-demand price is due"
        case DriverKind.COVERED:
            return "a Savings Plan or reservation pays now"
        case DriverKind.CHARGED:
            return "the free tier is used up"
        case _ if driver.new_region:
            return f"nothing of it was used in {driver.region} before"
        case _:
            return ""


def _missed(found: Finding, currency: str) -> str:
    rest = sum((d.change for d in found.drivers if d.kind is DriverKind.REST), Decimal(0))
    if abs(rest) <= LEFT_OUT * abs(found.amount):
        return ""
    return f"; usage types leave {money(abs(rest), currency)} of it unexplained"
