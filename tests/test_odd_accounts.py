"""Accounts that are not like the sample: the whole way from Cost Explorer to page and digest.

Each is read by the real source through boto3 and the emulator, and must come out as the ledger's
own facts, then as a page and a mail that can be shown to anyone.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import boto3
import pytest

from chalicelib.costs import CostFacts
from chalicelib.jobs.weekly_report import publish_weekly_report
from chalicelib.settings import Settings
from chalicelib.sources.cost_explorer import CostExplorer
from simulation.emulator import CostExplorerEmulator
from simulation.ledger import Entry, Ledger
from simulation.sample import sample_ledger

LABEL = "tag:team"
NONSENSE = ("NaN", "Infinity", "-0.00", "$-", "None", "Decimal", "undefined", "E-", "E+")
HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "\"quoted\" & 'quoted'",
    "line\u2028separator\u2029s",
    "\u202egnirts desrever\u202c",
    "{{ 7 * 7 }}{% raw %}",
    "x" * 1024,
    "  ",
    "name\nwith\r\nlines",
    "$",
    "日本語 🙂",
]


@dataclass
class Desk:
    """Site, channel and links in one: keeps what the job hands out."""

    pages: dict[str, str] = field(default_factory=dict)
    mails: list[tuple[str, str]] = field(default_factory=list)

    def publish(self, path: str, page: str, *, week: str = "") -> None:
        self.pages[path] = page

    def send(self, subject: str, text: str) -> None:
        self.mails.append((subject, text))

    def to(self, path: str, now: datetime) -> str:
        return f"https://costs.example/{path}"


class Reader(HTMLParser):
    """What a browser makes of a page: its text, its script elements, its event handlers."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.scripts = 0
        self.handlers: list[str] = []
        self.text = ""
        self._hidden = False
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, Any]]) -> None:
        self.scripts += tag == "script"
        self.handlers += [name for name, _ in attributes if name.startswith("on")]
        self._hidden = tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text += data


def charged(day: date, service: str, amount: str, record_type: str = "Usage", **more: str) -> Entry:
    cost = (Decimal(amount),) * 4
    label = {LABEL: more["team"]} if "team" in more else {}
    return Entry(day, service, more.get("account", "111122223333"), record_type, *cost, label)


def steady(today: date, days: int = 400) -> Ledger:
    """The same cost every day, in one account."""
    return Ledger(
        [
            charged(today - timedelta(days=n), service, "3.3333333333")
            for n in range(1, days + 1)
            for service in ("Amazon Simple Storage Service", "AWS Lambda")
        ],
        {"111122223333": "only"},
    )


def only_on(days: Iterator[date] | list[date], *charges: tuple[str, str, str]) -> Ledger:
    return Ledger(
        [charged(day, service, amount, kind) for day in days for service, amount, kind in charges],
        {},
    )


def last_days(today: date, count: int) -> list[date]:
    return [today - timedelta(days=n) for n in range(count, 0, -1)]


def hostile(today: date) -> Ledger:
    """Every hostile text as service, account name, tag value and record type."""
    return Ledger(
        [
            charged(day, text, f"{n + 10}.5", account=f"{n:012}", team=text)
            for day in last_days(today, 100)
            for n, text in enumerate(HOSTILE)
        ]
        + [charged(today - timedelta(days=5), text, "1", text) for text in HOSTILE],
        {f"{n:012}": text for n, text in enumerate(HOSTILE)},
    )


TODAY = date(2026, 11, 23)
ODD: dict[str, tuple[Ledger, date]] = {
    "no charge at all": (Ledger([], {}), TODAY),
    "since yesterday": (steady(TODAY, 1), TODAY),
    "three days old": (steady(TODAY, 3), TODAY),
    "younger than a month": (steady(TODAY, 20), TODAY),
    "on the first of a month": (steady(date(2026, 11, 1)), date(2026, 11, 1)),
    "on the second of a month": (steady(date(2026, 11, 2)), date(2026, 11, 2)),
    "on the third of a month": (steady(date(2026, 11, 3)), date(2026, 11, 3)),
    "on new year's day": (steady(date(2027, 1, 1)), date(2027, 1, 1)),
    "on a leap day": (steady(date(2028, 2, 29)), date(2028, 2, 29)),
    "after a leap day": (steady(date(2028, 3, 1)), date(2028, 3, 1)),
    "on the 31st, after a month of 30 days": (steady(date(2026, 12, 31)), date(2026, 12, 31)),
    "the sample on the first of a month": (sample_ledger(), date(2026, 11, 1)),
    "credits larger than usage": (
        only_on(last_days(TODAY, 90), ("EC2", "5", "Usage"), ("EC2", "-9", "Credit")),
        TODAY,
    ),
    "refunds alone": (only_on(last_days(TODAY, 3), ("EC2", "-9", "Refund")), TODAY),
    "services that cost nothing": (
        only_on(last_days(TODAY, 90), ("A", "0", "Usage"), ("B", "0", "Usage")),
        TODAY,
    ),
    "less than a cent": (only_on(last_days(TODAY, 90), ("A", "0.0000000001", "Usage")), TODAY),
    "ended months ago": (only_on([date(2026, 3, 3)], ("A", "100", "Usage")), TODAY),
    "a record type nobody knows": (
        only_on(last_days(TODAY, 90), ("A", "1", "Usage"), ("A", "2", "Carbon Levy")),
        TODAY,
    ),
    "another currency": (Ledger(steady(TODAY).entries, {}, "CNY"), TODAY),
    "hostile names": (hostile(TODAY), TODAY),
}


@pytest.fixture(params=ODD.values(), ids=ODD.keys())
def odd(request: pytest.FixtureRequest) -> tuple[Ledger, date]:
    return request.param  # type: ignore[no-any-return]


def report_on(ledger: Ledger, today: date) -> tuple[CostFacts, Desk]:
    """What the real source reads, and what the job makes of it."""
    desk = Desk()
    with (
        CostExplorerEmulator(ledger, today=today, page_size=97) as emulator,
        closing(boto3.client("ce", endpoint_url=emulator.url)) as client,
    ):
        source = Kept(CostExplorer(client, max_requests=10_000, label=LABEL))
        now = datetime.combine(today, time(7), UTC)
        settings = Settings(label=LABEL, monthly_budget=Decimal(100))
        publish_weekly_report(now, settings, source=source, site=desk, links=desk, notify=desk)
    assert source.read is not None
    return source.read, desk


class Kept:
    """A source that keeps the facts it gave."""

    def __init__(self, source: CostExplorer) -> None:
        self.source = source
        self.read: CostFacts | None = None

    def facts(self, today: date) -> CostFacts:
        self.read = self.source.facts(today)
        return self.read


def test_everything_is_read_to_the_last_digit_and_a_page_and_a_digest_come_of_it(
    odd: tuple[Ledger, date],
) -> None:
    ledger, today = odd
    read, desk = report_on(ledger, today)
    expected = ledger.facts(today, label=LABEL)
    assert (read.services.cells, read.months.cells) == (
        expected.services.cells,
        expected.months.cells,
    )
    assert (read.accounts, read.labels) == (expected.accounts, expected.labels)
    assert read.currency == expected.currency
    ((subject, text),) = desk.mails
    assert subject.isprintable()
    assert 0 < len(subject) < 100
    for shown in (Reader(desk.pages["index.html"]).text, text):
        assert [word for word in NONSENSE if word in shown] == []


def test_no_name_becomes_a_script_on_the_page_or_a_line_of_the_mail() -> None:
    _, desk = report_on(hostile(TODAY), TODAY)
    _, harmless = report_on(steady(TODAY), TODAY)
    ours, plain = (Reader(each.pages["index.html"]) for each in (desk, harmless))
    assert ours.scripts == plain.scripts
    assert ours.handlers == plain.handlers == []
    assert HOSTILE[0] in ours.text
    for _, text in desk.mails:
        assert "\u2028" not in text
        assert "\r" not in text
        assert "\u202e" not in text
