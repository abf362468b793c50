"""The report as one story: verdict, month, last seven days, findings. Every rendering tells this one."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from chalicelib.costs import ZERO, Costs, Period
from chalicelib.insights.comparison import Change, ChangeKind, Comparison
from chalicelib.money import money, percent, rough_money
from chalicelib.report import Report
from chalicelib.wording.changes import compared, earlier, more
from chalicelib.wording.coverage import gaps_sentence
from chalicelib.wording.fees import fees_line
from chalicelib.wording.findings import Told, told
from chalicelib.wording.lines import capital
from chalicelib.wording.month_end import bill_line, month_end
from chalicelib.wording.periods import day, days
from chalicelib.wording.to_pay import (
    LEAST,
    before_reductions,
    paid_by_credits,
    to_pay,
    to_pay_of,
)
from chalicelib.wording.verdict import Week, judge

FIRST_COSTS = "The first ones appear about a day after they arise."
BASIS = (
    "The week, the month and its end are what is to be paid, after credits and refunds; findings, "
    "services and accounts are before them."
)
AS_SAVED = "Credits and refunds cannot be told apart here: every amount is as the source gives it."
ALSO = 2
"""Findings that the verdict names after the first."""
SUBJECT_LENGTH = 99
HARDLY = Decimal("0.005")
"""A share below this is no change that a verdict names."""
COLOURED = Decimal("0.05")
"""A share below this is a change without a colour."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a period cost, as one sentence or more, and in the parts that a page sets apart.

    `amount` is the large figure, "" where there is only the sentence; `than` how it compares, `way`
    whether that is "more" or "less" ("" where it is too little to be coloured); `details` what else
    the sentence says.
    """

    sentence: str
    amount: str = ""
    than: str = ""
    way: str = ""
    details: tuple[str, ...] = ()


NOTHING = Spent("")


@dataclass(frozen=True, slots=True)
class Story:
    """The report in sentences; "" where there is nothing to say.

    `bill` is what the month just ended costs, told in the first days of the next. `basis` names the
    one kind of amount that the sentences are about.
    """

    subject: str
    verdict: str
    month: Spent
    end: str
    bill: str
    week: Spent
    findings: tuple[Told, ...]
    basis: str


def story_of(report: Report) -> Story:
    """The one story. Pure: the same report gives the same story."""
    if not len(report.facts.services):
        none = f"There are no costs yet: {report.facts.source} shows none for this account."
        return Story(
            "AWS costs: none yet", f"{none} {FIRST_COSTS}", NOTHING, "", "", NOTHING, (), ""
        )
    names, currency = report.facts.account_names, report.facts.currency
    findings = tuple(told(each, currency, names) for each in report.findings)
    judged = judge(findings, _week(report), _so_far(report), currency)
    return Story(
        subject=judged.subject,
        verdict=" ".join(
            filter(None, (judged.verdict, gaps_sentence(report.completeness, currency)))
        ),
        month=month_of(report),
        end=month_end(report.projections, currency, report.monthly_budget),
        bill=bill_line(report),
        week=week_of(report),
        findings=findings,
        basis=BASIS if report.facts.credits_asked else AS_SAVED,
    )


def week_of(report: Report) -> Spent:
    """The last seven complete days against the seven before."""
    week, currency = report.last_week, report.facts.currency
    if week is None:
        return _alone(
            report, "Last seven days", Period.ending(report.completeness.complete_through, 7)
        )
    when = f"Last seven days, {days(week.period)}"
    if began_inside(report, week):
        first = f"The first cost is of {day(_first_day(report))}"
        line = f"{when}: {to_pay(week, currency)}. {first}."
        return Spent(line, _amount(week, currency), details=(first,))
    return _spent(when, week, report)


def month_of(report: Report) -> Spent:
    """The month so far against the same days of last month."""
    found, currency = report.month_to_date, report.facts.currency
    if found is None:
        costs = month_costs(report)
        if costs is None:
            return Spent(f"{report.facts.today:%B} begins today: no day of it is over yet.")
        start = report.facts.today.replace(day=1)
        through = report.completeness.complete_through
        if start <= through:
            return _alone(report, "This month", Period(start, through + timedelta(days=1)))
        return Spent(
            f"{report.facts.today:%B} so far: {to_pay_of(costs)}, all of it still filling in."
        )
    when = f"This month, {days(found.period)}"
    if began_inside(report, found):
        return Spent(f"{when}: {to_pay(found, currency)}.", _amount(found, currency))
    return _spent(when, found, report)


def _alone(report: Report, name: str, period: Period) -> Spent:
    """What a period cost that cannot be compared, because days of it or of the other are unknown."""
    costs = report.facts.services
    if not costs.covers(period):
        known = len(costs.covered.within(period))
        part = (
            f"{known} of its {len(period)} days are known" if known else "none of its days is known"
        )
        return Spent(f"{name}, {days(period)}: {part}, so there is no sum.")
    amount = to_pay_of(costs.during(period))
    why = "The days to compare it with are not all known"
    return Spent(f"{name}, {days(period)}: {amount}. {why}.", amount, details=(why,))


def month_costs(report: Report) -> Costs | None:
    """The costs of this month so far, settling days and all; None before its first day is over."""
    services = report.facts.services
    month = services.period.intersection(Period.month_of(report.facts.today))
    return services.during(month) if month else None


def month_total(report: Report) -> Decimal:
    """What this month has cost so far, settling days and all, net."""
    costs = month_costs(report)
    return costs.total().billed if costs else ZERO


def more_on_page(left: int) -> str:
    """What stands under a list that is cut off; nothing where it is not."""
    if left <= 0:
        return ""
    return "1 more is on the page." if left == 1 else f"{left} more are on the page."


# What the verdict needs


def _week(report: Report) -> Week | None:
    """The last seven days in short; None where no two weeks of this account can be compared."""
    week, currency = report.last_week, report.facts.currency
    if week is None or began_inside(report, week):
        return None
    gross = rough_money(before_reductions(week), currency)
    amount = rough_money(week.net.after, currency)
    said = f"{amount} last week"
    if paid_by_credits(week):
        amount = "nothing to pay"
        said = f"{amount} last week, {gross} before credits"
    change = basis_of(week)
    if has_fees(week):
        parts = _apart(week, currency)
        share = _share(week.usage).removeprefix(",")
        said = f"{said}{parts}, usage{share}" if share else f"{said}{parts}"
        return Week(said, amount, days(week.period), change)
    return Week(f"{said}{_share(change)}", amount, days(week.period), change)


def _apart(week: Comparison, currency: str) -> str:
    """What a week holds besides usage: ` with $755 of fees and $20 refunded`."""
    parts = [
        f"{rough_money(week.fees.after, currency)} of fees" if week.fees.after > 0 else "",
        f"{rough_money(-_back(week), currency)} refunded" if _back(week) <= -LEAST else "",
    ]
    said = " and ".join(filter(None, parts))
    return f" with {said}" if said else ""


def _back(week: Comparison) -> Decimal:
    """What came back in a week, as refunds or as fees below zero."""
    return min(week.refunds.after, ZERO) + min(week.fees.after, ZERO)


def _so_far(report: Report) -> str:
    costs, first = report.facts.services, _first_day(report)
    through = report.completeness.complete_through
    if first > through:
        return f"{to_pay_of(costs)} since {day(first)}, all of it still filling in"
    known = Period(first, through + timedelta(days=1))
    spent = to_pay_of(costs.during(known))
    return f"{spent} from {days(known)}" if len(known) > 2 else f"{spent} on {days(known)}"


def began_inside(report: Report, found: Comparison) -> bool:
    """Whether the first cost of all is younger than what a comparison is against: no like of it."""
    return _first_day(report) > found.against.start


def _share(change: Change) -> str:
    if change.kind is ChangeKind.UNCHANGED:
        return ", the same as before"
    if change.ratio is None:
        return ""
    if abs(change.ratio) < HARDLY:
        return ", much as before"
    return f", {percent(abs(change.ratio))} {more(change)}"


def basis_of(comparison: Comparison) -> Change:
    """The change that a percentage is of: net, or gross where credits take everything.

    Where a fee fell due in either period, or a refund came, usage: such a week has no like.
    """
    if has_fees(comparison):
        return comparison.usage
    net = comparison.net
    return comparison.gross if net.after <= 0 or net.before <= 0 else net


def has_fees(comparison: Comparison) -> bool:
    """Whether a fee fell due in either period, or was paid back: then only usage has a like."""
    apart = (comparison.fees, comparison.refunds)
    return any(abs(each) >= LEAST for pair in apart for each in (pair.before, pair.after))


# Pieces


def _spent(when: str, found: Comparison, report: Report) -> Spent:
    """What a period cost; usage alone is compared where fees fell due in it or in the one before."""
    if has_fees(found):
        return _spent_on_usage_and_fees(when, found, report)
    currency, basis = report.facts.currency, basis_of(found)
    than = compared(basis, currency, earlier(found))
    line = f"{when}: {to_pay(found, currency)}, {than}."
    gross, net = found.gross, found.net
    amount = _amount(found, currency)
    if paid_by_credits(found):
        before = f"{money(before_reductions(found), currency)} before credits and refunds"
        return Spent(line, amount, than, _way(basis), (before,))
    if basis is gross or (gross.before, gross.after) == (net.before, net.after):
        return Spent(line, amount, than, _way(basis))
    share = f", {percent(abs(gross.ratio))} {more(gross)}" if gross.ratio else ""
    before = f"Before credits and refunds: {money(gross.after, currency)}{share}"
    return Spent(f"{line} {before}.", amount, than, _way(basis), (before,))


def _spent_on_usage_and_fees(when: str, found: Comparison, report: Report) -> Spent:
    currency, usage = report.facts.currency, found.usage
    reduced = found.net.after - found.gross.after
    than = f"Usage {money(usage.after, currency)}, {compared(usage, currency, earlier(found))}"
    details = (
        fees_line(report.fees, found.period, currency),
        f"credits and refunds {money(reduced, currency)}" if reduced else "",
    )
    said = tuple(filter(None, details))
    line = f"{when}: {to_pay(found, currency)}. {'; '.join([than, *said])}."
    return Spent(line, _amount(found, currency), than, _way(usage), tuple(map(capital, said)))


def _amount(found: Comparison, currency: str) -> str:
    return "Nothing" if paid_by_credits(found) else money(found.net.after, currency)


def _way(change: Change) -> str:
    """`more` or `less`; "" for a change too small to be coloured."""
    if not change.amount or (change.ratio is not None and abs(change.ratio) < COLOURED):
        return ""
    return more(change)


def _first_day(report: Report) -> date:
    return min(key.day for key in report.facts.services.cells)
