"""What the page says in words: the summary, the findings, what was grouped."""

from dataclasses import dataclass
from datetime import date

from chalicelib.costs import CostFacts, Period
from chalicelib.dashboard.daily import SERIES
from chalicelib.dashboard.tables import AccountTable, ServiceTable
from chalicelib.insights.comparison import Change, ChangeKind, Comparison
from chalicelib.insights.movers import Mover
from chalicelib.money import CENT, money, percent, signed_money
from chalicelib.report import Report

ANOMALIES_SHOWN = 6
LONGEST_NAME = 60
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that change the direction of the text around them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at, most urgent first; `section` is the part of the page that shows it."""

    level: str
    text: str
    section: str


def named(name: str) -> str:
    """A name as a sentence can hold it: not too long, and without power over what surrounds it."""
    plain = "".join(" " if each in BIDI or not each.isprintable() else each for each in name)
    return plain if len(plain) <= LONGEST_NAME else plain[: LONGEST_NAME - 1] + "…"


def day_text(day: date) -> str:
    """A day that reads the same everywhere: 3 Nov 2026."""
    return f"{day.day} {day:%b} {day.year}"


def days_text(period: Period) -> str:
    """A period by its first and last day, no part said twice: `3 Nov 2026`, or first and last."""
    first, last = period.start, period.last_day
    if first == last:
        return day_text(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}\u2013{day_text(last)}"
    if first.year == last.year:
        return f"{first.day} {first:%b} \u2013 {day_text(last)}"
    return f"{day_text(first)} \u2013 {day_text(last)}"


def change_words(change: Change) -> str:
    """A change in the words of its kind: `18 % more`, `new`, `unchanged`."""
    if change.kind is ChangeKind.CHANGED and change.ratio is not None:
        return f"{percent(abs(change.ratio))} {_more(change)}"
    return "changed" if change.kind is ChangeKind.CHANGED else change.kind.value


def headline_sentence(compared: Comparison, currency: str) -> str:
    """The change before credits and refunds in one line."""
    against = _against(compared)
    moved = compared.gross
    if moved.kind is ChangeKind.UNCHANGED:
        return f"the same as {against}"
    amount = money(abs(moved.amount), currency)
    ratio = f" ({percent(abs(moved.ratio))})" if moved.ratio is not None else ""
    return f"{amount}{ratio} {_more(moved)} than {against}"


def summary_of(report: Report) -> tuple[str, ...]:
    """How much, compared with what, because of what, and where the month ends."""
    sentences = [_how_much(report), _cause(report), _month_end(report)]
    return tuple(each for each in sentences if each)


def findings_of(report: Report) -> tuple[Finding, ...]:
    """What somebody should look at; empty when everything is as expected."""
    return (
        *_disagreements(report),
        *_over_budget(report),
        *_anomalies(report),
        *([Finding("medium", report.credits.warning, "credits")] if report.credits.warning else []),
    )


def grouping_of(
    facts: CostFacts, services: ServiceTable, accounts: AccountTable | None
) -> tuple[str, ...]:
    """Where the page adds up what it does not list."""
    said = []
    if len(services.rows) > SERIES + 1:
        said.append(f"The daily chart shows the {SERIES} largest services and adds up the others.")
    if accounts and len(accounts.rows) > SERIES + 1:
        said.append(f"By account it shows the {SERIES} largest accounts.")
    if services.others:
        said.append(
            f"{services.others} services beyond the {len(services.rows)} largest are added up."
        )
    if accounts and accounts.others:
        said.append(
            f"{accounts.others} accounts beyond the {len(accounts.rows)} largest are added up."
        )
    return tuple(said)


def _how_much(report: Report) -> str:
    week = report.last_week
    if not report.facts.currency:
        return "No costs were found: this account has no charge in the last three months."
    if week is None:
        return ""
    currency = report.facts.currency
    spent = f"The last {len(week.period)} complete days cost {money(week.gross.after, currency, cents=False)}"
    moved = week.gross
    if moved != week.net:
        spent += " before credits"
    if moved.kind is ChangeKind.UNCHANGED:
        return f"{spent}, the same as the {len(week.against)} days before."
    if moved.ratio is None:
        return f"{spent}, after {money(moved.before, currency, cents=False)} in the {len(week.against)} days before."
    return f"{spent}, {change_words(moved)} than the {len(week.against)} days before."


def _cause(report: Report) -> str:
    week, found = report.last_week, report.week_movers
    if week is None or found is None or not report.facts.currency:
        return ""
    movers = found.by_both or found.by_service
    same_way = [each for each in movers if each.change.amount * week.gross.amount > 0]
    if not movers:
        return "No single service stands out."
    largest = (same_way or movers)[0]
    amount = signed_money(largest.change.amount, report.facts.currency, cents=False)
    return f"The largest change is {_who(report, largest)}: {amount}{_kind(largest)}."


def _who(report: Report, mover: Mover) -> str:
    if not mover.account:
        return named(mover.service)
    return f"{named(mover.service)} in {named(report.facts.account_name(mover.account))}"


def _kind(mover: Mover) -> str:
    kind = mover.change.kind
    return "" if kind in (ChangeKind.CHANGED, ChangeKind.UNCHANGED) else f" ({kind.value})"


def _month_end(report: Report) -> str:
    gross, net = report.projections.gross, report.projections.net
    currency, budget = report.facts.currency, report.monthly_budget
    if gross is None or net is None:
        return report.projections.reason
    name = f"{gross.month.start:%B}"
    expected = money(gross.expected, currency, cents=False)
    text = f"{name} is heading for {expected}"
    if money(gross.expected, currency, cents=False) != money(net.expected, currency, cents=False):
        text += f" before and {money(net.expected, currency, cents=False)} after credits"
    if not budget:
        return f"{text}."
    over = net.expected - budget
    side = "over" if over > 0 else "under"
    return f"{text}, {money(abs(over), currency, cents=False)} {side} the budget."


def _disagreements(report: Report) -> list[Finding]:
    return [
        Finding(
            "high",
            f"For {each.month.start:%B %Y} two independent queries differ by "
            f"{money(each.difference, report.facts.currency)}.",
            "about",
        )
        for each in report.agreements
        if abs(each.difference) >= CENT
    ]


def _over_budget(report: Report) -> list[Finding]:
    net, budget, currency = report.projections.net, report.monthly_budget, report.facts.currency
    if not budget or net is None or net.expected <= budget:
        return []
    over = money(net.expected - budget, currency, cents=False)
    sure = net.low > budget
    certainty = "is heading" if sure else "may end up"
    text = f"{net.month.start:%B} {certainty} {over} over the budget of {money(budget, currency, cents=False)}."
    return [Finding("high" if sure else "medium", text, "month-end")]


def _anomalies(report: Report) -> list[Finding]:
    shown, more = report.anomalies[:ANOMALIES_SHOWN], report.anomalies[ANOMALIES_SHOWN:]
    found = [
        Finding("high" if each.excess > 0 else "low", each.sentence, "daily") for each in shown
    ]
    if more:
        found.append(Finding("low", f"{len(more)} smaller anomalies are in the download.", "daily"))
    return found


def _against(compared: Comparison) -> str:
    if compared.name == "last seven days":
        return f"the {len(compared.against)} days before"
    if compared.name == "month to date":
        return f"the same days of {compared.against.start:%B}"
    return f"{compared.against.start:%B}"


def _more(change: Change) -> str:
    return "more" if change.amount > 0 else "less"
