"""Week and alarm say the same number for the same thing, to the cent, on sixty days."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.messages.digest import digest
from chalicelib.money import money
from chalicelib.report import Report, build_report
from chalicelib.settings import Settings
from chalicelib.wording.story import month_total, story_of
from simulation.ledger import Entry, Ledger
from tests.jobs.parts import Bench
from tests.signals.forms import alarm, event, reason
from tests.signals.test_forms import account_of_many_services

FIRST = date(2027, 1, 28)
DAYS = [FIRST + timedelta(days=n) for n in range(60)]


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    """The account of many services, with a credit on half of the days, so that net and gross differ."""
    whole = account_of_many_services()
    credits = [
        Entry(each.day, each.service, each.account, "Credit", *[-each.unblended / 7] * 4)
        for each in whole.entries
        if each.service == "AWS Lambda" and each.day.day > 15
    ]
    return Ledger([*whole.entries, *credits], whole.account_names)


def alarm_mail(ledger: Ledger, report: Report) -> str:
    """The answer to an alarm on the whole bill at the hour of the report."""
    now = report.generated_at
    amount = f"{month_total(report):.2f}"
    bench = Bench(ledger)
    message = alarm(
        StateChangeTime=now.isoformat(),
        NewStateReason=reason(amount, "10.0", f"{now:%d/%m/%y %H:%M:%S}"),
    )
    bench.answer(event(message, now=now.isoformat()), now)
    ((_, text),) = bench.notify.sent
    return text


def figures(text: str) -> set[str]:
    return set(re.findall(r"-?\$[\d,]+(?:\.\d\d)?", text))


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_every_figure_that_week_and_alarm_share_is_the_same(ledger: Ledger, today: date) -> None:
    now = datetime(today.year, today.month, today.day, 7, 30, tzinfo=UTC)
    report = build_report(ledger.facts(today), Settings(), now)
    story, text = story_of(report), alarm_mail(ledger, report)
    week = digest(report, "link").text
    # Whole sentences: where the month ends, what the last one came to, which days are complete.
    for sentence in filter(None, (story.end, story.bill)):
        assert sentence in text
        assert sentence in week
    # Single figures: the month so far, to be paid, against the same days of the month before.
    found = report.month_to_date
    if found is not None:
        for each in (found.net.after, found.net.before):
            assert money(each, "USD") in text
        assert money(found.net.after, "USD") in week
    # What is unusual is told by the same sentences, and no other.
    told = {each.sentence for each in story.findings}
    unusual = [
        line
        for line in text.split("\n\n")[0].splitlines()
        if "than expected" in line or " is new" in line
    ]
    assert all(any(line.startswith(sentence) for sentence in told) for line in unusual)


def test_a_wrong_figure_would_be_noticed(ledger: Ledger) -> None:
    """The comparison above is able to fail: another ledger's alarm does not fit this week."""
    today = DAYS[20]
    now = datetime(today.year, today.month, today.day, 7, 30, tzinfo=UTC)
    report = build_report(ledger.facts(today), Settings(), now)
    less = Ledger([e for e in ledger.entries if e.unblended > Decimal(6)], ledger.account_names)
    other = alarm_mail(less, report)
    assert report.month_to_date is not None
    assert money(report.month_to_date.net.after, "USD") not in figures(other)
