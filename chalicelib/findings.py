"""What is worth telling, as plain data: one list, ranked by money. `wording` makes sentences of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from chalicelib.costs import ZERO, ChargeCategory, Period
from chalicelib.insights.anomalies import Anomaly, AnomalyKind
from chalicelib.insights.comparison import Change, ChangeKind
from chalicelib.insights.drivers import Driver
from chalicelib.insights.fees import Fee
from chalicelib.insights.movers import Mover, Movers
from chalicelib.insights.projection import Projections
from chalicelib.insights.reconciliation import Agreement
from chalicelib.insights.refunds import Refund
from chalicelib.insights.renames import Rename
from chalicelib.insights.whole import MOST_MOVERS, Whole
from chalicelib.money import CENT


class FindingKind(StrEnum):
    """What sort of event a finding is.

    RISE and FALL are changes of usage; STEP is a rise that jumped and stayed, SPIKE one of a few
    days that are over, HIGHER one that goes on and may still turn out as any of the three. FEE is a
    fee that is new, gone or changed. REFUND is money that came back: `before` is what was paid for
    it on the day of `against`, where that is known. WHOLE_ACCOUNT is a change of all usage together
    while no row of it stands out.
    """

    RISE = "rise"
    STEP = "step"
    HIGHER = "higher"
    SPIKE = "spike"
    NEW = "new"
    ENDED = "ended"
    FALL = "fall"
    FEE = "fee"
    CREDITS = "credits"
    REFUND = "refund"
    RENAMED = "renamed"
    WHOLE_ACCOUNT = "whole account"
    BUDGET = "budget"
    LATE_DATA = "late data"
    DISAGREEMENT = "disagreement"


class Certainty(StrEnum):
    """How sure a finding is: counted, beyond what its history explains, or within what it does."""

    SURE = "sure"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing worth telling.

    `amount` is the money it is worth, positive where more is to be paid: what ranks it. `before` is
    what was to be expected, or was paid before; `now` is what it is. Both are totals over `period`
    (its first day is since when, its last until when), of which `against` is the counterpart that
    `before` was paid in, None where `before` is an expectation. A dimension that the finding is not
    about is "". `was` is the earlier name of what was renamed. `drivers` say why, where that was
    asked.
    """

    kind: FindingKind
    amount: Decimal
    before: Decimal
    now: Decimal
    certainty: Certainty
    service: str = ""
    account: str = ""
    category: str = ""
    period: Period | None = None
    against: Period | None = None
    was: str = ""
    drivers: tuple[Driver, ...] = ()


KINDS = {
    AnomalyKind.NEW: FindingKind.NEW,
    AnomalyKind.STOPPED: FindingKind.ENDED,
    AnomalyKind.STEP: FindingKind.STEP,
    AnomalyKind.HIGHER: FindingKind.HIGHER,
    AnomalyKind.LOWER: FindingKind.FALL,
    AnomalyKind.DRIFT: FindingKind.RISE,
    AnomalyKind.SPIKE: FindingKind.SPIKE,
}
CERTAIN = frozenset({AnomalyKind.NEW, AnomalyKind.STOPPED})


def findings_of(
    *,
    anomalies: Iterable[Anomaly],
    week_movers: Movers | None,
    fee_news: Iterable[Fee],
    refunds: Iterable[Refund] = (),
    renames: Iterable[Rename] = (),
    whole: Whole | None = None,
    projections: Projections,
    monthly_budget: Decimal,
    agreements: Iterable[Agreement],
) -> tuple[Finding, ...]:
    """The one list of what is worth telling, most money first, no event twice.

    An anomaly and a mover of the same service are one finding, the anomaly: it knows since when. A
    service that moved and its accounts that moved the same way are one finding, told in the account
    where one has most of it. Where usage moved as a whole, that is the finding, and the rows are
    only parts of it.
    """
    found_unusual = tuple(anomalies)
    parts = sorted(whole.parts, key=lambda each: -abs(each.excess)) if whole else []
    unusual = [_unusual(each, whole) for each in found_unusual if each not in parts[MOST_MOVERS:]]
    told = {each.service for each in found_unusual}
    found = [
        *_whole(whole),
        *unusual,
        *_moved(week_movers, told),
        *_fees(fee_news),
        *_refunds(refunds),
        *_renames(renames),
        *_over_budget(projections, monthly_budget),
        *_disagreements(agreements),
    ]
    return tuple(sorted(found, key=_rank))


def _rank(found: Finding) -> tuple[object, ...]:
    return -abs(found.amount), found.kind, found.service, found.account, found.category


def _unusual(found: Anomaly, whole: Whole | None) -> Finding:
    part = whole is not None and found in whole.parts
    return Finding(
        kind=KINDS[found.kind],
        amount=found.excess,
        before=found.expected,
        now=found.actual,
        certainty=Certainty.POSSIBLE if part else _certainty(found),
        service=found.service,
        account=found.account,
        category=found.category,
        period=Period(found.since, found.until + timedelta(days=1)),
    )


def _certainty(found: Anomaly) -> Certainty:
    return Certainty.SURE if found.kind in CERTAIN else Certainty.LIKELY


def _whole(whole: Whole | None) -> Iterator[Finding]:
    if whole is not None:
        yield Finding(
            kind=FindingKind.WHOLE_ACCOUNT,
            amount=whole.amount,
            before=whole.before,
            now=whole.after,
            certainty=Certainty.LIKELY,
            category=ChargeCategory.USAGE,
            period=whole.period,
            against=whole.against,
        )


MOSTLY = Decimal("0.8")
"""Share of a service's change that lies in one account when the account is named."""


def _moved(moved: Movers | None, told: set[str]) -> Iterator[Finding]:
    if moved is None:
        return
    by_service: dict[str, list[Mover]] = {}
    for each in moved.by_both:
        by_service.setdefault(each.service, []).append(each)
    services = {each.service for each in moved.by_service}
    for mover in moved.by_service:
        if mover.service not in told:
            yield _mover(_placed(mover, by_service.get(mover.service, ())), moved)
    # What rose in one account and fell in another moved no service, and is worth telling all the same.
    for mover in moved.by_both:
        if mover.service not in told | services:
            yield _mover(mover, moved)


def _placed(mover: Mover, accounts: Sequence[Mover]) -> Mover:
    for each in accounts:
        same_way = each.change.amount * mover.change.amount > 0
        if same_way and abs(each.change.amount) >= MOSTLY * abs(mover.change.amount):
            return each
    return mover


def _mover(mover: Mover, moved: Movers) -> Finding:
    return Finding(
        kind=_kind(mover.change),
        amount=mover.change.amount,
        before=mover.change.before,
        now=mover.change.after,
        certainty=Certainty.POSSIBLE,
        service=mover.service,
        account=mover.account,
        category=ChargeCategory.USAGE,
        period=moved.period,
        against=moved.against,
    )


def _kind(change: Change) -> FindingKind:
    if change.kind is ChangeKind.NEW:
        return FindingKind.NEW
    if change.kind is ChangeKind.ENDED:
        return FindingKind.ENDED
    return FindingKind.RISE if change.amount > 0 else FindingKind.FALL


def _fees(news: Iterable[Fee]) -> Iterator[Finding]:
    for fee in news:
        yield Finding(
            kind=FindingKind.FEE,
            amount=fee.amount - fee.last_amount,
            before=fee.last_amount,
            now=fee.amount,
            certainty=Certainty.SURE,
            service=fee.service,
            category=fee.category,
            period=Period.ending(fee.day, 1),
            against=Period.ending(fee.last_day, 1) if fee.last_day else None,
        )


def _refunds(refunds: Iterable[Refund]) -> Iterator[Finding]:
    for each in refunds:
        yield Finding(
            kind=FindingKind.REFUND,
            amount=each.amount,
            before=each.of.amount if each.of else ZERO,
            now=each.amount,
            certainty=Certainty.SURE,
            service=each.service,
            category=each.of.category if each.of else ChargeCategory.ADJUSTMENT,
            period=Period.ending(each.day, 1),
            against=Period.ending(each.of.day, 1) if each.of else None,
        )


def _renames(renames: Iterable[Rename]) -> Iterator[Finding]:
    for each in renames:
        yield Finding(
            kind=FindingKind.RENAMED,
            amount=each.after - each.before,
            before=each.before,
            now=each.after,
            certainty=Certainty.LIKELY,
            service=each.now,
            category=ChargeCategory.USAGE,
            period=each.compared,
            was=each.was,
        )


def _over_budget(projections: Projections, budget: Decimal) -> Iterator[Finding]:
    net = projections.net
    if not budget or net is None or net.expected <= budget:
        return
    yield Finding(
        kind=FindingKind.BUDGET,
        amount=net.expected - budget,
        before=budget,
        now=net.expected,
        certainty=Certainty.SURE if net.low > budget else Certainty.LIKELY,
        period=net.month,
    )


def _disagreements(agreements: Iterable[Agreement]) -> Iterator[Finding]:
    for each in agreements:
        if abs(each.difference) >= CENT:
            yield Finding(
                kind=FindingKind.DISAGREEMENT,
                amount=each.difference,
                before=each.monthly,
                now=each.daily,
                certainty=Certainty.SURE,
                period=each.month,
            )
