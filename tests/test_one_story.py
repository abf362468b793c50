"""Page, mail, card, terminal and JSON tell one story: every figure that they share is the same."""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest

from chalicelib.dashboard.json_form import as_json
from chalicelib.dashboard.page import render_view
from chalicelib.dashboard.view import View, view_of
from chalicelib.messages.digest import digest
from chalicelib.messages.digest_card import digest_card
from chalicelib.money import money, rough_money
from chalicelib.report import Report
from chalicelib.wording.story import Story, month_total, story_of
from desk.terminal import Terminal, summary
from tests.dashboard.reports import sample_report
from tests.states import STATES, state

LINK = "https://d111111abcdef8.cloudfront.net/reports/2026-W48.html"
FIGURE = re.compile(r"(?:\$|[A-Z]{3} )\d+(?:,\d{3})*(?:\.\d+)?|\d[\d,.]* %")
NAMES = ["sample", *STATES]


def figures(text: str) -> set[str]:
    """Amounts and percentages of a text, whatever kind of space it has in them."""
    return set(FIGURE.findall(re.sub(r"[\s\u00a0\u202f]+", " ", text)))


@cache
def report(name: str) -> Report:
    return sample_report() if name == "sample" else state(name)


@cache
def view(name: str) -> View:
    return view_of(report(name))


class Visible(HTMLParser):
    """The text of a page as people see it, without styles and scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = False
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        self._hidden = tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def page(name: str) -> str:
    return " ".join(Visible(render_view(view(name))).parts)


def mail(name: str) -> str:
    return digest(report(name), LINK).text.replace(LINK, "")


def card(name: str) -> str:
    content: dict[str, str] = json.loads(digest_card(report(name), LINK).text)["content"]
    return f"{content['title']}\n{content['description']}"


def terminal(name: str) -> str:
    return summary(report(name), Terminal())


def exported(name: str) -> str:
    sentences: list[str] = []

    def walk(value: Any) -> None:
        for each in value.values() if isinstance(value, dict) else value:
            if isinstance(each, str):
                sentences.append(each)
            elif isinstance(each, dict | list):
                walk(each)

    walk(as_json(view(name)))
    return "\n".join(sentences)


def told(story: Story) -> Iterator[str]:
    """What every rendering has room for: the three largest findings, and all of the rest."""
    yield from (story.verdict, story.week.sentence, story.month.sentence, story.end, story.bill)
    for each in story.findings[:3]:
        yield each.sentence


RENDERINGS: dict[str, Callable[[str], str]] = {
    "page": page,
    "mail": mail,
    "card": card,
    "terminal": terminal,
    "JSON": exported,
}


@pytest.mark.parametrize("rendering", RENDERINGS)
@pytest.mark.parametrize("name", NAMES)
def test_every_figure_of_the_story_is_in_every_rendering(name: str, rendering: str) -> None:
    story = story_of(report(name))
    wanted = figures("\n".join(told(story)))
    assert wanted or name == "no data yet"
    assert wanted <= figures(RENDERINGS[rendering](name))


@pytest.mark.parametrize("name", NAMES)
def test_card_and_terminal_have_no_figure_of_their_own(name: str) -> None:
    known = figures(mail(name)) | figures(digest(report(name), LINK).subject)
    assert figures(card(name)) <= known
    assert figures(terminal(name)) <= known | set(bars(name))


def bars(name: str) -> Iterator[str]:
    """What the bars of the terminal are called: figures of the report, rounded as in sentences."""
    shown, currency = report(name), report(name).facts.currency
    net, ends = shown.month_to_date and shown.month_to_date.net, shown.projections.net
    amounts = [net and net.after, ends and ends.expected, month_total(shown), shown.monthly_budget]
    amounts += [bill.net for bill in shown.months]
    amounts += [abs(each.amount) for each in shown.findings]
    yield from (rough_money(each, currency) for each in amounts if each is not None)


@pytest.mark.parametrize("name", NAMES)
def test_the_numbers_of_the_json_are_the_figures_of_the_sentences(name: str) -> None:
    shown, currency = view(name), report(name).facts.currency
    for compared, sentence in (
        (shown.week.compared, shown.week.said.sentence),
        (shown.month.compared, shown.month.said.sentence),
    ):
        if compared is None or not sentence:
            continue
        paid = compared.gross if compared.paid_by_credits else compared.net
        assert money(paid.now, currency) in figures(sentence)
    for row in shown.findings:
        assert figures(row.sentence) & {
            money(abs(each), currency) for each in (row.amount, row.now, row.before)
        } | figures(row.headline)
