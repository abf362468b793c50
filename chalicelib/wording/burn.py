"""What burns, in words: what, where, how much a day against its usual, since which hour."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from chalicelib.costs import ZERO
from chalicelib.costs.charges_so_far import Name
from chalicelib.insights.burn_month import MonthSoFar
from chalicelib.insights.burn_told import News, What
from chalicelib.insights.burn_where import MOST_OF_IT, Share
from chalicelib.money import CENT, money, rough_money
from chalicelib.service_names import short_name_of_metric
from chalicelib.wording.lines import LEFT_TO_RIGHT, capital, one_line
from chalicelib.wording.names import LONGEST_NAME
from chalicelib.wording.periods import day

WHOLE = "the whole bill"


def hour(moment: datetime) -> str:
    """An hour as people say it: `23 November, 01:00 UTC`."""
    return f"{day(moment.date())}, {moment:%H}:00 UTC"


def name_of(name: Name) -> str:
    """A service, an account or both: `CloudWatch in account 210987654321`."""
    service = one_line(short_name_of_metric(name.service).replace(LEFT_TO_RIGHT, ""), LONGEST_NAME)
    account = f"account {one_line(name.account, LONGEST_NAME)}"
    if name.service and name.account:
        return f"{service} in {account}"
    return service if name.service else account if name.account else WHOLE


def amount(day: Decimal, currency: str) -> str:
    """What a day costs, in a sentence or a table; nothing is a word."""
    return rough_money(day, currency) if abs(day) >= CENT else "nothing"


def told(news: News, behind: Sequence[Share], beyond: Decimal | None = None) -> str:
    """One thing in one sentence or two; `beyond` is what it has cost beyond the usual in all."""
    currency, what = news.name.currency, name_of(news.name)
    usual = f"its usual is {amount(news.usual, currency)}"
    now = f"{rough_money(news.day, currency)} a day"
    since = f"since {hour(news.since)}"
    before = f"{rough_money(news.told.day, currency)} a day" if news.told else ""
    most = _mostly(news, behind)
    more = f" That is {rough_money(beyond, currency)} beyond the usual" if beyond else ""
    match news.what:
        case What.BEGAN:
            said = f"{what} burns {now} {since}{most}; {usual}."
            said += f"{more} so far." if more else ""
        case What.DOUBLED:
            said = f"{what} burns {now} by now{most}; {before} was told, and {usual}."
            said += f"{more} {since}." if more else ""
        case What.OVER:
            said = f"{what} is back at {now}; {usual}. It burned {before} {since}."
            said += f"{more} in all." if more else ""
        case What.USUAL_NOW:
            said = f"{what} still costs {now}, as it has {since}. From now on that is its usual."
    return capital(said)


def _mostly(news: News, behind: Sequence[Share]) -> str:
    part = _most_of(news, behind)
    return f", most of it {'in ' if news.name.service else ''}{part}" if part else ""


def _most_of(news: News, behind: Sequence[Share]) -> str:
    """The one part that is most of it: the account of a service, the service of an account."""
    name = news.name
    if not behind or behind[0].more <= MOST_OF_IT * (news.day - news.usual):
        return ""
    currency, account, service = behind[0].name
    if name.service:
        return "" if name.account else name_of(Name(currency, account))
    return name_of(Name(currency, "" if name.account else account, service))


def title(news: News, behind: Sequence[Share], others: int) -> str:
    """The same as a subject."""
    currency, what = news.name.currency, name_of(news.name)
    now, usual = rough_money(news.day, currency), amount(news.usual, currency)
    match news.what:
        case What.BEGAN:
            said = f"{what} burns {now} a day, usually {usual}"
        case What.DOUBLED:
            said = f"{what} burns even more: {now} a day, usually {usual}"
        case What.OVER:
            said = f"Over: {what} is back at {now} a day"
        case What.USUAL_NOW:
            said = f"{what} has cost {now} a day for four weeks"
    if (most := _most_of(news, behind)) and news.what in (What.BEGAN, What.DOUBLED):
        said += f" ({most})"
    return capital(said) + (f"; {others} more" if others else "")


def month_end(month: MonthSoFar, rate: str, budget: Decimal = ZERO) -> str:
    """Where the month ends at a rate, and against the budget if there is one."""
    ends = f"{rate} {month.month:%B} ends near {rough_money(month.end, month.currency)}"
    return f"{ends}{_against(month.end - budget, budget, month.currency)}. {running_total(month)}".strip()


def _against(over: Decimal, budget: Decimal, currency: str) -> str:
    if not budget:
        return ""
    side = "over" if over > 0 else "under"
    away, allowed = (money(amount, currency, cents=False) for amount in (abs(over), budget))
    return f", {away} {side} the budget of {allowed}"


def running_total(month: MonthSoFar) -> str:
    """What AWS itself says the month has cost, and when it said so; nothing in the hours it does not."""
    if month.so_far is None:
        return ""
    return f"AWS's own running total on {hour(month.at)}: {money(month.so_far, month.currency)}."
