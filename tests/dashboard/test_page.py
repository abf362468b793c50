"""The page is one file, safe and complete without its script."""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from chalicelib.dashboard import page
from chalicelib.dashboard.json_form import as_json
from chalicelib.dashboard.page import render_page, render_view
from chalicelib.dashboard.view import view_of
from chalicelib.errors import PageNotBuiltError
from chalicelib.money import money
from chalicelib.wording.story import story_of
from tests.dashboard.reports import (
    DIFFICULT,
    HOSTILE,
    TODAY,
    days_up_to,
    difficult_view,
    entry,
    hostile_report,
    report_of,
    sample_report,
)

EMPTY = {"meta", "input", "br", "hr", "img", "link", "col"}


class Parsed(HTMLParser):
    """A page's tags with their attributes, its scripts and styles, and the text people see."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, dict[str, str | None], str]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)
        if tag in ("script", "style"):
            self.raw.append((tag, dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            tag, attributes, before = self.raw[-1]
            self.raw[-1] = (tag, attributes, before + data)
        else:
            self.text.append(data)


@pytest.fixture(scope="module")
def sample() -> str:
    return render_page(sample_report())


@pytest.fixture(scope="module")
def hostile() -> str:
    return render_page(hostile_report())


def test_verdict_week_month_and_findings_are_those_of_the_story(sample: str) -> None:
    text = plain(" ".join("".join(Parsed(sample).text).split()))
    story = story_of(sample_report())
    for sentence in (story.verdict, story.end, *(each.sentence for each in story.findings)):
        assert sentence in text
    assert "$383.58 (22 %) more than the seven days before" in text
    assert "Before credits and refunds: $2,123.06, 21 % more" in text


def plain(text: str) -> str:
    """The text with ordinary spaces where amounts and percentages must not break."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_change_that_rounds_to_nothing_has_no_percentage(sample: str) -> None:
    beside = re.findall(r'>\u2013</span>\s*<span class="ratio">(.*?)</span>', sample)
    assert beside
    assert not any(beside)


def test_figures_are_in_the_text_before_any_script_runs(sample: str) -> None:
    view = view_of(sample_report())
    text = " ".join(Parsed(sample).text)
    assert view.month.compared
    assert view.week.compared
    figures = [view.month.compared.net.now, view.week.compared.net.now]
    figures += [row.billed_cost for row in view.services.rows]
    figures += [row.net for row in view.months]
    figures += list(view.daily.stacks[0].totals[-30:])
    for figure in figures:
        assert money(figure, "USD") in text
    assert sample.index("<script") > sample.index("</main>")


def test_the_page_carries_exactly_the_view(sample: str) -> None:
    data = next(
        text for _, attributes, text in Parsed(sample).raw if attributes.get("id") == "data"
    )
    assert json.loads(data) == json.loads(json.dumps(as_json(view_of(sample_report()))))


def test_the_policy_names_by_hash_all_that_may_run(sample: str) -> None:
    policy = next(
        attributes["content"]
        for tag, attributes in Parsed(sample).tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy
    directives = dict(each.split(" ", 1) for each in policy.split("; "))
    by_kind = {"style": [], "script": []}  # type: dict[str, list[str]]
    for tag, attributes, text in Parsed(sample).raw:
        if attributes.get("type") != "application/json":
            by_kind[tag].append(_hash(text))
    assert directives["default-src"] == "'none'"
    assert sorted(directives["script-src"].split()) == sorted(by_kind["script"])
    assert directives["style-src"].split() == by_kind["style"]
    assert directives["base-uri"] == directives["form-action"] == "'none'"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_inline_but_hashed(sample: str) -> None:
    for tag, attributes in Parsed(sample).tags:
        if tag == "link":
            assert attributes["rel"] == "icon"
            assert (attributes["href"] or "").startswith("data:image/svg+xml,")
            continue
        assert tag not in ("img", "iframe", "object", "embed", "base", "form")
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            assert name not in ("style", "src", "srcset", "action"), (tag, name)
            assert "://" not in (value or ""), (tag, name, value)


def test_the_title_and_the_head_give_no_amount_away(sample: str) -> None:
    head = sample[: sample.index("<style>")]
    assert "$" not in head
    assert '<meta name="robots" content="noindex">' in head
    assert '<meta name="referrer" content="no-referrer">' in head
    assert "<title>Cloud costs, 14\u201320 Nov 2026</title>" in head


def test_hostile_names_stay_text(hostile: str) -> None:
    parsed = Parsed(hostile)
    assert len(parsed.raw) == len(Parsed(render_page(sample_report())).raw)
    text = "\n".join(parsed.text)
    for name in HOSTILE:
        assert plain(name) in plain(text)
    assert not [tag for tag, _ in parsed.tags if tag in ("img", "b")] or _only_ours(parsed)
    data = next(text for _, attributes, text in parsed.raw if attributes.get("id") == "data")
    assert set("<>&'\u2028\u2029").isdisjoint(data)


def _only_ours(parsed: Parsed) -> bool:
    return all(not attributes for tag, attributes in parsed.tags if tag == "b")


def test_names_cannot_turn_the_text_around_them(hostile: str) -> None:
    outside = re.sub(r"<(script|style|option|bdi)\b.*?</\1>", "", hostile, flags=re.S)
    assert "\u202e" not in outside


def test_a_hostile_name_in_a_sentence_is_cut_short_and_turns_nothing() -> None:
    name = "\u202eservice\u2066\n" + "x" * 500
    usual = [entry(day) for day in days_up_to(TODAY, 60)]
    strange = [entry(day, 100, service=name) for day in days_up_to(TODAY, 6)]
    report = report_of([*usual, *strange])
    found = view_of(report).findings
    for each in found:
        assert "service" in each.sentence
        assert len(each.sentence) < 150
        assert set(each.sentence).isdisjoint("\u202e\u2066\n")
    assert found


@pytest.mark.parametrize("name", DIFFICULT)
def test_difficult_reports_have_a_page(name: str) -> None:
    html = render_view(difficult_view(name))
    assert not Parsed(html).open
    for broken in ("None", "nan", "Infinity", "Undefined", "-0.00", "-$0.00"):
        assert not re.search(rf"(?<![\w-]){re.escape(broken)}(?!\w)", " ".join(Parsed(html).text))


def test_the_week_before_is_linked_only_when_its_link_opens() -> None:
    report = sample_report()
    assert "A signed link opens one page only" in render_page(report)
    linked = render_page(report, previous="https://d1.example/a?b=1&c=2")
    assert '<a href="https://d1.example/a?b=1&amp;c=2">The page of the week before</a>' in linked


def test_a_page_without_its_built_parts_says_how_to_build_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fresh_parts: None
) -> None:
    monkeypatch.setattr(page, "BUILT", tmp_path)
    with pytest.raises(PageNotBuiltError, match=r"page\.css was not built") as raised:
        render_page(sample_report())
    assert "make frontend" in raised.value.next_step


@pytest.fixture
def fresh_parts() -> Iterator[None]:
    page._built.cache_clear()
    yield
    page._built.cache_clear()


def test_the_sample_page_is_light(sample: str) -> None:
    assert len(gzip.compress(sample.encode(), 9)) <= 100_000


def test_the_page_of_a_thousand_accounts_stays_light() -> None:
    html = render_view(difficult_view("large organisation"))
    assert len(gzip.compress(html.encode(), 9)) <= 150_000


def test_what_credits_pay_for_is_nothing_to_pay_on_the_page_as_in_the_mail() -> None:
    report = DIFFICULT["negative totals"]()
    text = " ".join("".join(Parsed(render_page(report)).text).split())
    assert "to be paid Nothing the same as the seven days before $49.00 before credits" in text
    assert "nothing to pay ($49.00 before credits and refunds)" in story_of(report).week.sentence


def test_an_account_without_costs_is_not_said_to_cost_zero() -> None:
    text = " ".join("".join(Parsed(render_view(difficult_view("empty account"))).text).split())
    assert "There are no costs yet" in text
    assert "0.00" not in text.replace("$0.00 for 0 paid requests", "")
    assert "so far" not in text
