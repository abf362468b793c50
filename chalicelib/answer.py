"""What the report says about one signal: its own month, compared, and whether the two agree."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from chalicelib.costs import EVERYTHING, ZERO, Costs, Period, Scope, month_start
from chalicelib.insights.comparison import Comparison, whole_month
from chalicelib.insights.doubt import Claim, Doubt, covers_a_part, doubt
from chalicelib.insights.movers import Movers, movers
from chalicelib.report import Report
from chalicelib.settings import Settings
from chalicelib.signals import Alarm, AnomalyNotice, BudgetNotice, Signal, TimeUnit, Unknown

MOST_CAUSES = 2
QUARTER = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """The report, narrowed to what a signal is about.

    `month` is the signal's calendar month, and `compared` that month (as far as it is complete, or
    whole where it is over) against the one before; `moved` what changed between the two. `days` are
    the days that a daily budget (`daily`) or an anomaly is about, None for signals about months;
    `period` is what the amount was counted over. `wider` is what the signal is about where the
    figures are wider than that, "" where they are of the same thing. `passed` is the day on which the month
    before passed the signal's limit, None where it did not or nobody knows.
    """

    report: Report
    month: Period
    period: Period
    compared: Comparison | None
    moved: Movers | None
    days: Period | None = None
    wider: str = ""
    doubt: Doubt | None = None
    passed: date | None = None
    passed_known: bool = False
    daily: bool = False

    @property
    def is_current(self) -> bool:
        """Whether the signal's month is not over yet."""
        return self.report.facts.today < self.month.end

    @property
    def scope(self) -> Scope:
        """What the figures are about."""
        return self.report.facts.scope


def asked_scope(signal: Signal, label: str) -> tuple[Scope, str]:
    """What to ask about a signal, and what it is about in words where that is less.

    `label` is the tag or cost category that costs can be narrowed by: `tag:team`.
    """
    match signal:
        case Alarm():
            return signal.scope, "" if signal.precise else "what the alarm watches"
        case AnomalyNotice():
            return signal.scope, "" if signal.precise else _causes(signal)
        case BudgetNotice():
            return _budget_scope(signal, label)
        case Unknown():
            return EVERYTHING, ""


def _causes(notice: AnomalyNotice) -> str:
    if len(notice.root_causes) > MOST_CAUSES:
        return "the causes that AWS names"
    return " and ".join(
        " in ".join(
            filter(None, (f"usage type {each.usage_type}" if each.usage_type else "", each.region))
        )
        or " in ".join(filter(None, (each.service, each.account_name or each.account)))
        for each in notice.root_causes
    )


def _budget_scope(notice: BudgetNotice, label: str) -> tuple[Scope, str]:
    scope, left = notice.scope, list(notice.others)
    for name, value in notice.labels:
        if name == label and value and not scope.label:
            scope = Scope(scope.account, scope.services, scope.unmatched, value)
        else:
            kind, _, key = name.partition(":")
            left.append(f"the {'tag' if kind == 'tag' else 'cost category'} {key} {value}".strip())
    return scope, ", ".join(left)


def answer_to(signal: Signal, report: Report, settings: Settings, wider: str = "") -> Answer:
    """The answer: the report's own figures for the signal's month, by the report's own rules."""
    facts = report.facts
    day = min(signal_day(signal) or facts.today, facts.today)
    month = Period.month_of(day)
    period = counted_period(signal, day)
    if facts.today < month.end:
        compared, moved = report.month_to_date, report.month_movers
    else:
        compared = whole_month(facts.services, month, report.fees.usage)
        moved = _month_movers(report, settings, compared)
    wider = facts.scope.unmatched or wider
    claim = _claim(signal, day, period, exact=not wider)
    if isinstance(signal, BudgetNotice) and claim and covers_a_part(claim, facts.services):
        wider = wider or "the part that this budget covers"
    known, passed = _passed(signal, facts.services, month)
    return Answer(
        report=report,
        month=month,
        period=period,
        compared=compared,
        moved=moved,
        days=_days(signal, day),
        daily=isinstance(signal, BudgetNotice) and signal.time_unit is TimeUnit.DAILY,
        wider=wider,
        doubt=doubt(claim, facts.services) if claim else None,
        passed=passed,
        passed_known=known,
    )


def signal_day(signal: Signal) -> date | None:
    """The day that a signal's amount is of, where it says so."""
    return None if isinstance(signal, Unknown) else signal.day


def counted_period(signal: Signal, day: date) -> Period:
    """What a signal's amount was counted over: a month, or what a budget's period is."""
    match signal:
        case BudgetNotice(time_unit=TimeUnit.DAILY):
            return Period.ending(day, 1)
        case BudgetNotice(time_unit=TimeUnit.QUARTERLY):
            start = date(day.year, (day.month - 1) // QUARTER * QUARTER + 1, 1)
            return Period(start, month_start(start, QUARTER))
        case BudgetNotice(time_unit=TimeUnit.ANNUALLY):
            return Period(date(day.year, 1, 1), date(day.year + 1, 1, 1))
        case AnomalyNotice(since=since) if since and since.date() <= day:
            return Period(since.date(), day + timedelta(days=1))
        case _:
            return Period.month_of(day)


def _days(signal: Signal, day: date) -> Period | None:
    daily = isinstance(signal, BudgetNotice) and signal.time_unit is TimeUnit.DAILY
    if daily or (isinstance(signal, AnomalyNotice) and signal.since):
        return counted_period(signal, day)
    return None


def _month_movers(report: Report, settings: Settings, compared: Comparison | None) -> Movers | None:
    if compared is None:
        return None
    accounts = report.fees.accounts
    both = accounts is not None and accounts.period.start <= compared.against.start
    return movers(
        report.fees.usage,
        accounts if both else None,
        compared,
        floor=settings.mover_floor,
        percent=settings.mover_percent,
    )


def _claim(signal: Signal, day: date, period: Period, *, exact: bool) -> Claim | None:
    """What the signal says that its period cost, where that can be counted."""
    match signal:
        case Alarm(amount=amount, is_bill=True) if amount is not None:
            return Claim(amount, signal.currency, period, day, at_most=not exact)
        case BudgetNotice(amount=amount, counts_money=True, is_forecast=False) if (
            amount is not None
        ):
            countable = signal.time_unit in (TimeUnit.DAILY, TimeUnit.MONTHLY)
            return Claim(amount, signal.currency, period, day, at_most=True) if countable else None
        case AnomalyNotice(actual=amount, since=since) if amount is not None and since:
            return Claim(amount, signal.currency, period, day, at_most=True)
        case _:
            return None


def _passed(signal: Signal, services: Costs, month: Period) -> tuple[bool, date | None]:
    """Whether it is known when the month before passed a monthly limit, and the day it did.

    Nobody knows where costs began inside that month, or where it depends on credits.
    """
    limit = _upper_limit(signal, services.currency)
    before = Period.month_of(month.start - timedelta(days=1))
    first = min((key.day for key in services.cells), default=None)
    if limit is None or first is None or first > before.start or not services.covers(before):
        return False, None
    net, gross = (_passed_on(each.during(before), limit) for each in (services, services.gross()))
    return (net is None) == (gross is None), net


def _passed_on(costs: Costs, limit: Decimal) -> date | None:
    by_day, sum_so_far = costs.by_day(), ZERO
    for day in costs.period:
        sum_so_far += by_day[day].billed if day in by_day else ZERO
        if sum_so_far >= limit:
            return day
    return None


def _upper_limit(signal: Signal, currency: str) -> Decimal | None:
    """The month's bill from which on an alarm fires; a budget may be of a part only."""
    if not isinstance(signal, Alarm) or not signal.is_bill or signal.band:
        return None
    upwards = signal.comparison.startswith("Greater") and signal.currency == currency
    return signal.threshold if upwards else None
