"""The mail and the card that tell what burns: within hours, once, and again when it is over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from chalicelib.console_links import cost_explorer
from chalicelib.costs import ZERO, Period
from chalicelib.costs.charges_so_far import Name
from chalicelib.insights.burn_month import MonthSoFar
from chalicelib.insights.burn_told import News, What
from chalicelib.insights.burn_where import Share
from chalicelib.messages.notification import fenced, inert, notification
from chalicelib.messages.text import Message, message, section, table
from chalicelib.service_names import services_of_metric
from chalicelib.wording.burn import amount, month_end, name_of, title, told
from chalicelib.wording.lines import capital, listed

MOST_NEWS = 5
MOST_NAMES = 5
LINKED_DAYS = 14
TOMORROW = (
    "Which usage types are behind it, Cost Explorer knows tomorrow; "
    "the next weekly report or alarm says why."
)
BEHIND_USAGE = (
    "The billing metric follows usage by some hours: it may have begun earlier than it says here, "
    "and what is newest is not in it yet."
)
AGAIN = "This is told once, again when it doubles, and when it is over."


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the billing metric has to tell.

    `behind` are the parts of what burns, `beyond` what a thing has cost beyond its usual since it
    began, `months` the month of each currency if it goes on like this,
    `unread` what there was no time to look at. `budget` is in the bill's currency, 0 for none.
    """

    now: datetime
    news: Sequence[News]
    behind: Mapping[Name, Sequence[Share]]
    beyond: Mapping[Name, Decimal]
    months: Mapping[str, MonthSoFar]
    unread: Sequence[Name] = ()
    budget: Decimal = ZERO

    @property
    def burning(self) -> bool:
        """Whether something burns, and not only something is over."""
        return any(each.what in (What.BEGAN, What.DOUBLED) for each in self.news)


def burn_rate(look: Look) -> Message:
    """The mail: what burns, where the month ends so, then parts, links and what is not known yet."""
    return message(
        _subject(look),
        [
            "\n".join(_sentences(look)),
            section("A day now, and usually", _table(look)),
            section("Where to look", *_links(look)),
            section("What is not known yet", *_not_known(look)),
        ],
    )


def burn_rate_card(look: Look) -> Message:
    """The same as a card; what is told of one runaway is one conversation."""
    first = look.news[0]
    name = first.name.service or first.name.account or first.name.currency
    return notification(
        kind="burn-rate",
        thread=f"{name}-{first.since:%Y-%m-%d}",
        title=_subject(look),
        summary=_subject(look),
        paragraphs=[
            "\n".join(map(inert, _sentences(look))),
            fenced(_table(look)),
            "\n".join(map(inert, _not_known(look))),
        ],
        steps=[f"Look in Cost Explorer: {link}" for link in _addresses(look)[:1]],
    )


def _subject(look: Look) -> str:
    first = look.news[0]
    return title(first, look.behind.get(first.name, ()), len(look.news) - 1)


def _sentences(look: Look) -> list[str]:
    """The first thing, where the month ends so, then the other things."""
    said = [
        told(each, look.behind.get(each.name, ()), look.beyond.get(each.name))
        for each in look.news[:MOST_NEWS]
    ]
    more = len(look.news) - MOST_NEWS
    left = [f"And {more} more, in the table below."] if more > 0 else []
    return [said[0], *_months(look), *said[1:], *left]


def _months(look: Look) -> list[str]:
    """The month of every currency in which there is news; the budget is in the only one."""
    currencies = dict.fromkeys(each.name.currency for each in look.news)
    budget = look.budget if len(look.months) == 1 else ZERO
    rate = "At that rate" if look.burning else "At its usual rate"
    return [month_end(look.months[one], rate, budget) for one in currencies if one in look.months]


def _table(look: Look) -> str:
    rows: list[tuple[str, ...]] = []
    for news in look.news:
        rows.append(_row(news.day, news.usual, news.name, ""))
        rows += [
            _row(share.day, share.usual, share.name, "  ")
            for share in look.behind.get(news.name, ())
        ]
    return table(rows) if len(rows) > 1 else ""


def _row(day: Decimal, usual: Decimal, name: Name, indent: str) -> tuple[str, ...]:
    return (
        amount(day, name.currency),
        amount(usual, name.currency),
        indent + name_of(name),
    )


def _links(look: Look) -> list[str]:
    return [
        f"{capital(name_of(news.name))}:\n{link}"
        for news, link in zip(look.news[:MOST_NEWS], _addresses(look), strict=False)
    ]


def _addresses(look: Look) -> list[str]:
    today = look.now.date()
    period = Period(today - timedelta(days=LINKED_DAYS - 1), today + timedelta(days=1))
    return [_address(period, each) for each in look.news[:MOST_NEWS]]


def _address(period: Period, news: News) -> str:
    names = services_of_metric(news.name.service)
    return cost_explorer(period, service=names, account=news.name.account)


def _not_known(look: Look) -> list[str]:
    return [
        TOMORROW if look.burning else "",
        BEHIND_USAGE if look.burning else "",
        _unread(look.unread),
        AGAIN if look.burning else "",
    ]


def _unread(unread: Sequence[Name]) -> str:
    if not unread:
        return ""
    names = [name_of(each) for each in unread[:MOST_NAMES]]
    if len(unread) > MOST_NAMES:
        names.append(f"{len(unread) - MOST_NAMES} more")
    return f"There was no time to look at {listed(names)}; the next look begins with other ones."
