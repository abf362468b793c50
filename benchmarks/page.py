"""The page in a browser, beside a Plotly page and a Chart.js-from-a-CDN page of the same data.

python -m benchmarks.page [RUNS]

Measures bytes, first paint, charts drawn, long tasks and memory in headless Chromium; everything is
served gzipped from loopback, the CDN from a second address. Plotly and Chart.js come from npm into
build/benchmark-page/. Medians; printed as Markdown tables, as in docs/performance-page.md.
"""

import gzip
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from chalicelib.dashboard.json_form import as_json
from chalicelib.dashboard.page import render_view
from chalicelib.dashboard.view import View, view_of
from chalicelib.money import money
from chalicelib.report import build_report
from chalicelib.settings import Settings
from desk.browser import open_browser
from desk.pictures import sample_report
from simulation.sample import SAMPLE_NOW, large_ledger

FOLDER = Path("build/benchmark-page")
PEERS = {"plotly.js-dist-min": "plotly.min.js", "chart.js": "dist/chart.umd.js"}
MBIT, ROUND_TRIP, SLOWER = 10, 40, 4

WATCH = """
window.longTasks = [];
new PerformanceObserver(list => longTasks.push(...list.getEntries().map(each => each.duration)))
  .observe({ type: 'longtask', buffered: true });
"""


@dataclass(frozen=True)
class Subject:
    """A page to measure, and the mark that says its first chart is drawn."""

    name: str
    html: str
    parts: tuple[str, ...] = ()
    mark: str = "drawn"
    height: int = 900


@dataclass(frozen=True)
class Measured:
    """One load: milliseconds, and megabytes of JavaScript heap."""

    paint: float
    drawn: float
    longest: float
    blocked: float
    heap: float


def main(runs: int = 7) -> None:
    """Print all tables."""
    libraries = _libraries()
    subjects = _subjects()
    with _served(subjects, libraries) as address, open_browser() as browser:
        _print_sizes(subjects, libraries)
        for slow in (False, True):
            _print_loads(browser, address, subjects, runs, slow)
        _print_filtering(browser, address, subjects)


def _subjects() -> list[Subject]:
    sample = view_of(sample_report())
    ours = partial(Subject, mark="drawn daily-chart")
    return [
        ours("ours, sample", render_view(sample)),
        ours("ours, sample, both charts at once", render_view(sample), height=4600),
        Subject("Plotly, sample", _plotly_page(sample), ("plotly.min.js",)),
        Subject("Chart.js from a CDN, sample", _cdn_page(sample), ("chart.umd.js",)),
        ours("ours, 10 accounts x 40 services", render_view(_large(10, 40))),
        ours("ours, 1,000 accounts x 100 services", render_view(_large(1000, 100))),
    ]


def _large(accounts: int, services: int) -> View:
    facts = large_ledger(accounts, services, 90, today=SAMPLE_NOW.date()).facts(SAMPLE_NOW.date())
    return view_of(build_report(facts, Settings(), SAMPLE_NOW))


def _libraries() -> dict[str, bytes]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--prefix", FOLDER, *PEERS],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    modules = FOLDER / "node_modules"
    return {Path(file).name: (modules / name / file).read_bytes() for name, file in PEERS.items()}


def _peer_page(view: View, library: str, script: str) -> str:
    """What a page made in an afternoon looks like: figures, a table, two charts, a library's tag."""
    whole = as_json(view)
    stack = whole["Daily"]["Stacks"][0]
    data = {"days": len(stack["Totals"]), "series": stack["Series"], "months": whole["Months"]}
    usd = partial(money, currency="USD")
    figures = (
        f"<h2>{escape(view.month.said.sentence)}</h2><h2>{escape(view.week.said.sentence)}</h2>"
    )
    rows = "".join(
        f"<tr><td>{escape(row.service_name)}<td>{usd(row.billed_cost)}<td>{usd(row.week_change)}"
        for row in view.services.rows
    )
    return (
        f"<!doctype html><meta charset=utf-8><title>Costs</title><script src={library}></script>"
        f"<h1>Costs</h1>{figures}<div id=daily style='height:320px'><canvas id=d></canvas></div>"
        f"<div id=months style='height:224px'><canvas id=m></canvas></div><table>{rows}</table>"
        f"<script>const data = {json.dumps(data)};{script}</script>"
    )


def _plotly_page(view: View) -> str:
    return _peer_page(
        view,
        "{cdn}/plotly.min.js",
        """
        const x = [...Array(data.days).keys()];
        Promise.all([
          Plotly.newPlot('daily',
            data.series.map(s => ({ type: 'bar', name: s.Name, x, y: s.Amounts })), { barmode: 'stack' }),
          Plotly.newPlot('months',
            [{ type: 'bar', x: data.months.map(m => m.BillingPeriodStart), y: data.months.map(m => m.Gross) }]),
        ]).then(() => performance.mark('drawn'));
        """,
    )


def _cdn_page(view: View) -> str:
    return _peer_page(
        view,
        "{cdn}/chart.umd.js",
        """
        const options = { maintainAspectRatio: false, scales: { x: { stacked: true }, y: { stacked: true } },
          animation: { onComplete: () => performance.getEntriesByName('drawn').length || performance.mark('drawn') } };
        new Chart('d', { type: 'bar', options, data: { labels: [...Array(data.days).keys()],
          datasets: data.series.map(s => ({ label: s.Name, data: s.Amounts })) } });
        new Chart('m', { type: 'bar', options: { maintainAspectRatio: false }, data: {
          labels: data.months.map(m => m.BillingPeriodStart),
          datasets: [{ label: 'Gross', data: data.months.map(m => m.Gross) }] } });
        """,
    )


@contextmanager
def _served(subjects: list[Subject], libraries: dict[str, bytes]) -> Iterator[str]:
    """The pages and, at an address of its own, the CDN; yields where the pages are."""
    cdn = _server({f"/{name}": (content, "text/javascript") for name, content in libraries.items()})
    pages = {
        f"/{n}": (subject.html.replace("{cdn}", _address(cdn, "localhost")).encode(), "text/html")
        for n, subject in enumerate(subjects)
    }
    site = _server(pages)
    try:
        yield _address(site, "127.0.0.1")
    finally:
        for each in (site, cdn):
            each.shutdown()


def _server(files: dict[str, tuple[bytes, str]]) -> ThreadingHTTPServer:
    packed = {path: (gzip.compress(content, 9), kind) for path, (content, kind) in files.items()}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content, kind = packed.get(self.path, (gzip.compress(b""), "text/plain"))
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return server


def _address(server: ThreadingHTTPServer, host: str) -> str:
    return f"http://{host}:{server.server_address[1]}"


def _load(browser: Browser, url: str, subject: Subject, slow: bool) -> tuple[Page, Measured]:
    page = browser.new_context(viewport={"width": 1440, "height": subject.height}).new_page()
    page.add_init_script(WATCH)
    session = page.context.new_cdp_session(page)
    if slow:
        _slow_down(session)
    page.goto(url)
    page.wait_for_function(
        "mark => performance.getEntriesByName(mark).length > 0", arg=subject.mark
    )
    page.wait_for_timeout(400 if slow else 150)
    paint, drawn = page.evaluate(
        "mark => ['first-contentful-paint', mark]"
        ".map(name => performance.getEntriesByName(name)[0].startTime)",
        subject.mark,
    )
    tasks: list[float] = page.evaluate("longTasks")
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = session.send("Performance.getMetrics")
    heap = next(m["value"] for m in metrics["metrics"] if m["name"] == "JSHeapUsedSize")
    blocked = sum(task - 50 for task in tasks)
    return page, Measured(paint, drawn, max(tasks, default=0), blocked, heap / 1e6)


def _slow_down(session: CDPSession) -> None:
    session.send("Network.enable")
    speed = MBIT * 1e6 / 8
    conditions = {"downloadThroughput": speed, "uploadThroughput": speed, "latency": ROUND_TRIP}
    session.send("Network.emulateNetworkConditions", {"offline": False, **conditions})
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def _print_sizes(subjects: list[Subject], libraries: dict[str, bytes]) -> None:
    print("\n| page | KB raw | KB gzip | requests |\n|---|---|---|---|")
    for subject in subjects:
        if subject.height > 900:
            continue
        files = [subject.html.encode(), *(libraries[name] for name in subject.parts)]
        raw, packed = sum(map(len, files)), sum(len(gzip.compress(file, 9)) for file in files)
        print(f"| {subject.name} | {raw / 1e3:.0f} | {packed / 1e3:.0f} | {len(files)} |")


def _print_loads(
    browser: Browser, address: str, subjects: list[Subject], runs: int, slow: bool
) -> None:
    print(f"\n{'CPU 4 times slower, 10 Mbit/s, 40 ms round trip' if slow else 'Full speed'}\n")
    print("| page | first paint ms | drawn ms | longest task ms | blocked ms | heap MB |")
    print("|---|---|---|---|---|---|")
    loads: dict[str, list[Measured]] = {subject.name: [] for subject in subjects}
    for _ in range(runs):  # in turn, so that what else the machine does hits all alike
        for n, subject in enumerate(subjects):
            page, measured = _load(browser, f"{address}/{n}", subject, slow)
            loads[subject.name].append(measured)
            page.context.close()
    for name, measured_loads in loads.items():
        of = partial(_median, measured_loads)
        print(
            f"| {name} | {of(lambda m: m.paint):.0f} | {of(lambda m: m.drawn):.0f} "
            f"| {of(lambda m: m.longest):.0f} | {of(lambda m: m.blocked):.0f} "
            f"| {of(lambda m: m.heap):.1f} |"
        )


def _median(loads: list[Measured], of: Callable[[Measured], float]) -> float:
    return median(map(of, loads))


def _print_filtering(browser: Browser, address: str, subjects: list[Subject]) -> None:
    print("\n| while filtering, sorting and switching | actions | longest task ms | over 50 ms |")
    print("|---|---|---|---|")
    for n, subject in enumerate(subjects):
        if subject.parts or subject.height > 900:
            continue
        page, _ = _load(browser, f"{address}/{n}", subject, slow=False)
        page.evaluate("longTasks.length = 0")
        actions = _use(page)
        page.wait_for_timeout(200)
        tasks: list[float] = page.evaluate("longTasks")
        print(f"| {subject.name} | {actions} | {max(tasks, default=0):.0f} | {len(tasks)} |")
        page.context.close()


def _use(page: Page) -> int:
    """Types into both searches, sorts by every column, switches every setting; counts what it did."""
    actions = 0
    for name in ("services", "accounts"):
        for text in ("am", "amaz", "account 0", "9", ""):
            page.locator(f'input[name="{name}"]').press_sequentially(text or " ")
            page.fill(f'input[name="{name}"]', "")
            actions += len(text) + 1
    for selector in ("[data-sort]:visible", "#daily .toggle input:enabled"):
        for n in range(page.locator(selector).count()):
            page.locator(selector).nth(n).evaluate("element => element.click()")
            page.wait_for_timeout(30)
            actions += 1
    return actions


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
