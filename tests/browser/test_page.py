"""What people see and do on the page, in a browser."""

import csv
import io
import itertools
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from chalicelib.costs import Period
from chalicelib.dashboard.json_form import as_json
from chalicelib.dashboard.page import render_view
from chalicelib.dashboard.sections.daily import Stack
from chalicelib.dashboard.view import View, view_of
from chalicelib.money import money
from chalicelib.service_names import short_name
from chalicelib.wording.periods import day_text
from desk.export import write_csv
from tests.browser.conftest import Open
from tests.dashboard.reports import HOSTILE, difficult_view, sample_report


@pytest.fixture(scope="module")
def view() -> View:
    return view_of(sample_report())


def usd(amount: Decimal) -> str:
    return money(amount, "USD")


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f'input[name="{name}"][value="{value}"]').check()


def column(page: Page, table: str, number: int) -> list[str]:
    cells = page.locator(f'[data-table="{table}"] tbody tr > :nth-child({number})')
    return [text.strip() for text in cells.all_inner_texts()]


def daily_table(page: Page) -> list[list[str]]:
    """The table behind the chart, as texts, its head first."""
    page.locator(".behind").evaluate("details => { details.open = true; }")
    page.wait_for_timeout(50)
    return page.locator("#daily-table").evaluate(
        "table => [...table.rows].map(row => [...row.cells].map(cell => cell.textContent))"
    )


def expected_table(view: View, stack: Stack, days: int) -> list[list[str]]:
    known = [*Period(stack.charge_period_start, view.daily.charge_period_end)]
    names = [f"{each.rest} others" if each.rest else each.display_name for each in stack.series]
    rows = [["Day", *names, "Total"]]
    for n, day in list(enumerate(known))[-days:]:
        amounts = [each.amounts[n] for each in stack.series] + [stack.totals[n]]
        rows.append([day_text(day), *map(usd, amounts)])
    return rows


def stack_of(view: View, by: str, cost: str, credits: str, account: str = "") -> Stack:
    return next(
        each
        for each in view.daily.stacks
        if (each.by, each.cost, each.credits, each.sub_account_id) == (by, cost, credits, account)
    )


def test_the_story_on_screen_is_the_views(open_page: Open, view: View) -> None:
    page = open_page(view)
    assert view.month.compared
    assert view.week.compared
    amounts = page.locator(".half .amount").all_inner_texts()
    assert amounts == [usd(view.month.compared.net.now), usd(view.week.compared.net.now)]
    assert page.locator(".verdict").inner_text() == view.verdict
    said = page.locator(".findings .said").all_inner_texts()
    assert said == [each.sentence for each in view.findings]


def test_a_finding_opens_and_shows_its_own_course(open_page: Open, view: View) -> None:
    page = open_page(view)
    course = view.findings[0].course
    assert course
    page.locator("#finding-1 summary").click()
    page.locator('[data-course="1"]').click()
    assert page.evaluate("location.hash") == "#finding=1"
    rows = daily_table(page)
    assert rows[0] == ["Day", view.findings[0].place, "Total"]
    assert [row[1] for row in rows[1:]] == [
        usd(each) for each in course.amounts[-30:] if each is not None
    ]
    expect(page.locator("#daily-note")).to_contain_text("rising since 14 November")
    page.locator("#daily-legend button").click()
    assert page.evaluate("location.hash") == ""


def test_the_tables_on_screen_are_the_views(open_page: Open, view: View) -> None:
    page = open_page(view)
    rows = view.services.rows
    assert column(page, "services", 1)[: len(rows)] == [row.display_name for row in rows]
    assert column(page, "services", 3) == [usd(row.billed_cost) for row in rows]
    assert column(page, "services", 4) == [usd(row.effective_cost) for row in rows]
    assert column(page, "services", 7) == [usd(row.week_cost) for row in rows]
    assert view.accounts
    assert column(page, "accounts", 2) == [usd(row.billed_cost) for row in view.accounts.rows]
    months = page.locator("#months tbody tr:not(.lines) td:last-child").all_inner_texts()
    assert months == [usd(row.net) for row in reversed(view.months)]


def test_every_setting_of_the_daily_chart_shows_its_figures(open_page: Open, view: View) -> None:
    page = open_page(view)
    settings = itertools.product(
        ("service", "category"), ("billed", "effective"), ("before", "after"), (30, 90)
    )
    pictures = set()
    page.locator("#daily").scroll_into_view_if_needed()
    page.wait_for_selector("#daily-chart[data-drawn]")
    for by, cost, credits, days in settings:
        for name, value in (("by", by), ("cost", cost), ("credits", credits), ("days", str(days))):
            choose(page, name, value)
        assert daily_table(page) == expected_table(view, stack_of(view, by, cost, credits), days)
        pictures.add(page.locator("#daily-chart").evaluate("canvas => canvas.toDataURL()"))
    assert len(pictures) == 16


def test_accounts_are_shown_as_far_as_their_data_reach(open_page: Open, view: View) -> None:
    page = open_page(view)
    choose(page, "credits", "after")
    choose(page, "by", "account")
    choose(page, "days", "90")
    assert daily_table(page) == expected_table(
        view, stack_of(view, "account", "billed", "before"), 90
    )
    expect(page.locator('input[name="credits"][value="after"]')).to_be_disabled()
    note = page.locator("#daily-note")
    expect(note).to_contain_text("Accounts are known before credits and refunds only")
    expect(note).to_contain_text("Account data begin on 1 Oct 2026")
    choose(page, "cost", "effective")
    stack = stack_of(view, "account", "effective", "before")
    assert daily_table(page) == expected_table(view, stack, 90)


def test_one_account_can_be_looked_at_by_service(open_page: Open, view: View) -> None:
    page = open_page(view)
    account = view.daily.scopes[1].sub_account_id
    page.select_option('select[name="account"]', account)
    stack = stack_of(view, "service", "billed", "before", account)
    assert daily_table(page) == expected_table(view, stack, 30)
    for impossible in ("by=account", "by=category", "cost=effective", "credits=after"):
        name, value = impossible.split("=")
        expect(page.locator(f'input[name="{name}"][value="{value}"]')).to_be_disabled()
    page.select_option('select[name="account"]', "")
    expect(page.locator('input[name="by"][value="account"]')).to_be_enabled()


def test_a_series_can_be_looked_at_alone(open_page: Open, view: View) -> None:
    page = open_page(view)
    page.locator("#daily").scroll_into_view_if_needed()
    page.wait_for_selector("#daily-chart[data-drawn]")
    before = page.locator("#daily-chart").evaluate("canvas => canvas.toDataURL()")
    button = page.locator("#daily-legend button").nth(1)
    button.click()
    expect(page.locator("#daily-legend button").nth(1)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#daily-legend button").nth(1)).to_be_focused()
    assert page.locator("#daily-chart").evaluate("canvas => canvas.toDataURL()") != before
    page.locator("#daily-legend button").nth(1).click()
    assert page.locator("#daily-chart").evaluate("canvas => canvas.toDataURL()") == before


SERVICE_COLUMNS = {
    "DisplayName": 1,
    "BilledCost": 3,
    "EffectiveCost": 4,
    "Share": 5,
    "Reductions": 6,
    "WeekCost": 7,
    "WeekChange": 8,
}


@pytest.mark.parametrize("key", SERVICE_COLUMNS)
def test_services_sort_by_every_column_both_ways(open_page: Open, view: View, key: str) -> None:
    page = open_page(view)
    records = as_json(view.services)["Rows"]
    head = page.locator(f'[data-table="services"] [data-sort="{key}"]')
    for _ in range(2):
        head.click()
        direction = head.locator("..").get_attribute("aria-sort")
        names = column(page, "services", 1)
        values = [next(r[key] for r in records if r["DisplayName"] == name) for name in names]
        key_of: Any = str.casefold if key == "DisplayName" else None
        assert values == sorted(values, key=key_of, reverse=direction == "descending")
    assert page.locator('[data-table="services"] [aria-sort]').count() == 1


def test_services_and_accounts_can_be_searched(open_page: Open, view: View) -> None:
    page = open_page(view)
    page.fill('input[name="services"]', "ELASTI amazon")
    expected = [r.display_name for r in view.services.rows if "Amazon Elasti" in r.service_name]
    visible = page.locator('[data-table="services"] tbody tr:visible th').all_inner_texts()
    assert visible == expected
    found = page.locator('[data-found="services"]')
    expect(found).to_have_text(f"{len(expected)} of {len(view.services.rows)} services")
    page.fill('input[name="accounts"]', "345678901234")
    rows = page.locator('[data-table="accounts"] tbody tr:visible')
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("data platform")
    page.fill('input[name="accounts"]', "nobody")
    expect(page.locator('[data-found="accounts"]')).to_have_text("0 of 3 accounts")


def test_an_account_opens_to_its_services(open_page: Open, view: View) -> None:
    page = open_page(view)
    assert view.accounts
    row = view.accounts.rows[0]
    page.locator('[data-table="accounts"] summary').first.click()
    items = page.locator('[data-table="accounts"] details[open] li')
    expect(items).to_have_count(len(row.services))
    expect(items.first).to_contain_text(usd(row.services[0].billed_cost))


@pytest.mark.parametrize("table", ["services", "accounts", "labels", "months", "daily"])
def test_the_pages_csv_is_the_command_lines(open_page: Open, view: View, table: str) -> None:
    page = open_page(view)
    name, text = downloaded(page, table)
    assert name == f"cloud-costs-2026-11-20-{table}.csv"
    assert text == write_csv(view, table)


def test_the_pages_json_is_the_view(open_page: Open, view: View) -> None:
    name, text = downloaded(open_page(view), "json")
    assert name == "cloud-costs-2026-11-20.json"
    assert json.loads(text) == json.loads(json.dumps(as_json(view)))


def test_a_downloaded_csv_of_hostile_names_is_harmless(open_page: Open) -> None:
    view = difficult_view("hostile names")
    _, text = downloaded(open_page(view), "services")
    assert text == write_csv(view, "services")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == len(HOSTILE)
    assert all(row["ServiceName"][0] not in "=+-@\t\r\n" for row in rows)


def downloaded(page: Page, what: str) -> tuple[str, str]:
    page.locator(".menu summary").click()
    with page.expect_download() as download:
        page.locator(f'[data-download="{what}"]').click()
    path = download.value.path()
    return download.value.suggested_filename, Path(path).read_bytes().decode("utf-8")


def test_what_is_shown_lives_in_the_fragment(open_page: Open, view: View) -> None:
    page = open_page(view)
    choose(page, "days", "90")
    choose(page, "by", "category")
    assert page.evaluate("location.hash") == "#by=category&days=90"
    page.fill('input[name="services"]', "S3 & more")
    assert "services=S3+%26+more" in page.evaluate("location.hash")
    page.fill('input[name="services"]', "")
    choose(page, "days", "30")
    choose(page, "by", "service")
    assert page.evaluate("location.hash") == ""


def test_a_fragment_opens_the_page_at_what_it_asks_for(open_page: Open, view: View) -> None:
    scope, name = view.daily.scopes[0].sub_account_id, view.daily.stacks[0].series[1].name
    asked = {"account": scope, "only": name, "days": "30", "accounts": "production"}
    page = open_page(view, fragment="#" + urlencode(asked))
    expect(page.locator('select[name="account"]')).to_have_value(scope)
    expect(page.locator('#daily-legend [aria-pressed="true"]')).to_have_text(short_name(name))
    expect(page.locator('[data-table="accounts"] tbody tr:visible')).to_have_count(1)
    page.evaluate("location.hash = '#by=category'")
    expect(page.locator('input[name="by"][value="category"]')).to_be_checked()


def test_a_nonsense_fragment_changes_nothing(open_page: Open, view: View) -> None:
    page = open_page(view, fragment="#by=%3Cscript%3E&account=7&days=x&cost=&__proto__=1&only=2")
    assert daily_table(page) == expected_table(view, view.daily.stacks[0], 30)
    expect(page.locator('input[name="by"][value="service"]')).to_be_checked()


def test_a_plain_anchor_is_left_alone(open_page: Open, view: View) -> None:
    page = open_page(view, fragment="#months")
    assert page.evaluate("location.hash") == "#months"
    assert page.evaluate("scrollY") > 1000


def test_everything_can_be_reached_and_used_from_the_keyboard(open_page: Open, view: View) -> None:
    page = open_page(view)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    reached = set()
    while page.evaluate("document.activeElement !== document.body"):
        reached.add(page.evaluate(FOCUSED))
        assert page.evaluate(OUTLINED), page.evaluate("document.activeElement.outerHTML")
        page.keyboard.press("Tab")
    assert {"theme", "by", "credits", "cost", "days", "account"} <= reached
    assert {"SUMMARY", "A", "BUTTON", "services", "DisplayName", "WeekChange"} <= reached
    page.locator('input[name="days"][value="30"]').focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator('input[name="days"][value="90"]')).to_be_checked()
    page.locator('[data-table="services"] [data-sort="DisplayName"]').focus()
    page.keyboard.press("Enter")
    assert column(page, "services", 1)[0] < column(page, "services", 1)[-1]


FOCUSED = """(({ name, dataset, tagName }) => name || dataset.sort || tagName)
(document.activeElement)"""
OUTLINED = """(() => {
  const at = document.activeElement;
  const shown = at.type === 'radio' ? at.nextElementSibling : at;
  const style = getComputedStyle(shown);
  return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
})()"""


def test_the_colours_follow_the_system_and_can_be_switched(open_page: Open, view: View) -> None:
    page = open_page(view, color_scheme="dark")
    paper = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(paper)
    page.locator("#theme-light").check()
    light = page.evaluate(paper)
    assert (light, dark) == ("rgb(255, 255, 255)", "rgb(19, 21, 25)")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert page.evaluate(paper) == light
    page.locator("#theme-system").check()
    assert page.evaluate(paper) == dark


def test_without_scripts_text_tables_and_switches_stay(open_page: Open, view: View) -> None:
    page = open_page(view, java_script_enabled=False)
    expect(page.locator(".verdict")).to_have_text(view.verdict)
    expect(page.locator('[data-table="services"] tbody tr:visible')).to_have_count(
        len(view.services.rows)
    )
    expect(page.locator("#daily-chart")).to_be_hidden()
    expect(page.locator('input[name="days"]').first).to_be_hidden()
    page.locator(".behind summary").click()
    expect(page.locator("#daily-table tbody tr")).to_have_count(30)
    page.locator("#finding-1 summary").click()
    expect(page.locator("#finding-1 .opened")).to_be_visible()
    page.locator("#theme-dark").check()
    page.locator('[data-table="accounts"] summary').first.click()
    expect(page.locator('[data-table="accounts"] details[open] li').first).to_be_visible()


def test_a_thousand_accounts_can_be_searched_though_only_some_are_in_the_text(
    open_page: Open,
) -> None:
    view = difficult_view("large organisation")
    page = open_page(view)
    assert view.accounts
    rows = page.locator('[data-table="accounts"] tbody tr:visible')
    expect(rows).to_have_count(25)
    last = view.accounts.rows[-1]
    page.fill('input[name="accounts"]', last.sub_account_id)
    expect(rows).to_have_count(1)
    cells = rows.locator("td").all_inner_texts()
    assert cells[0] == usd(last.billed_cost)
    assert cells[3] == usd(last.week_cost)
    page.fill('input[name="accounts"]', "")
    page.get_by_role("button", name="Show all 1000").click()
    expect(rows).to_have_count(1000)


def test_hostile_names_are_shown_and_do_nothing(open_page: Open) -> None:
    view = difficult_view("hostile names")
    page = open_page(view)
    page.locator("#daily").scroll_into_view_if_needed()
    page.wait_for_selector("#daily-chart[data-drawn]")
    choose(page, "by", "account")
    page.hover("#daily-chart")
    assert page.title() == view.title
    names = page.locator('[data-table="services"] tbody th').evaluate_all(
        "heads => heads.map(head => head.textContent)"
    )
    shown = {name.replace("\r\n", "\n") for name in HOSTILE}
    assert set(names) == shown
    assert page.locator("main img, main b:not([class]) b, main script").count() == 0


def test_on_its_site_the_page_asks_for_nothing_but_itself(browser: Browser, view: View) -> None:
    address = "https://reports.example/reports/2026-W48.html?Signature=x"
    context = browser.new_context()
    said: list[str] = []
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body=render_view(view), content_type="text/html; charset=utf-8")

    context.route("**/*", answer)
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    page.locator("#daily-chart").scroll_into_view_if_needed()
    page.wait_for_selector("#daily-chart[data-drawn]")
    choose(page, "days", "90")
    context.close()
    assert asked == [address]
    assert said == []


def test_text_is_painted_before_the_script_runs_and_nothing_moves(
    open_page: Open, view: View
) -> None:
    page = open_page(view)
    page.wait_for_timeout(300)
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    script = page.evaluate("performance.getEntriesByName('script')[0].startTime")
    assert painted < script
    shift = page.evaluate(
        "new Promise(done => new PerformanceObserver(list => done(list.getEntries()"
        ".reduce((sum, each) => sum + each.value, 0)))"
        ".observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done(0), 200))"
    )
    assert shift < 0.02


def test_charts_below_the_fold_wait_until_they_come_near(open_page: Open, view: View) -> None:
    page = open_page(view)
    page.wait_for_selector("#daily-chart[data-drawn]")
    assert page.locator("#months-chart[data-drawn]").count() == 0
    page.locator("#months").scroll_into_view_if_needed()
    page.wait_for_selector("#months-chart[data-drawn]")


def test_the_menu_closes_by_escape_and_by_a_click_elsewhere(open_page: Open, view: View) -> None:
    page = open_page(view)
    menu = page.locator(".menu")
    menu.locator("summary").click()
    page.keyboard.press("Escape")
    expect(menu.locator("summary")).to_be_focused()
    expect(menu.locator("button").first).to_be_hidden()
    menu.locator("summary").click()
    page.locator("h1").click()
    expect(menu.locator("button").first).to_be_hidden()


def test_a_pointer_on_a_day_shows_its_figures(open_page: Open, view: View) -> None:
    page = open_page(view)
    page.locator("#daily-chart").scroll_into_view_if_needed()
    page.wait_for_selector("#daily-chart[data-drawn]")
    before = page.locator("#daily-chart").evaluate("canvas => canvas.toDataURL()")
    page.locator("#daily-chart").hover(position={"x": 400, "y": 200})
    page.wait_for_timeout(100)
    assert page.locator("#daily-chart").evaluate("canvas => canvas.toDataURL()") != before


@pytest.mark.parametrize(
    "name", ["empty account", "only credits", "negative totals", "two days old"]
)
def test_difficult_reports_open_quietly(open_page: Open, name: str) -> None:
    page = open_page(difficult_view(name))
    if name == "empty account":
        assert page.locator("canvas").count() == 0
        return
    page.locator("#months").scroll_into_view_if_needed()
    page.wait_for_selector("#months-chart[data-drawn]")
    if page.locator('input[name="credits"]').count():
        choose(page, "credits", "after")


def test_days_end_with_yesterday(open_page: Open, view: View) -> None:
    last = view.daily.charge_period_end - timedelta(days=1)
    assert daily_table(open_page(view))[-1][0] == day_text(last)
