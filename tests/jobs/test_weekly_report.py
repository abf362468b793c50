"""The weekly job publishes a page, then mails its digest, and says what to do when it cannot."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest

from chalicelib.costs import CostFacts
from chalicelib.errors import (
    AccessDeniedError,
    CostExplorerNotEnabledError,
    CostTrackerError,
    CurrencyError,
    DeliveryError,
    RequestLimitError,
    SettingError,
    ThrottledError,
)
from chalicelib.jobs.pages import newest_week, page_address
from chalicelib.jobs.weekly_report import publish_weekly_report
from chalicelib.settings import Settings
from simulation.sample import SAMPLE_NOW, sample_ledger


@dataclass
class World:
    """Everything the job touches; `happened` keeps the order."""

    failure: CostTrackerError | None = None
    broken_site: bool = False
    chat: "Chat | None" = None
    happened: list[tuple[str, ...]] = field(default_factory=list)

    def facts(self, today: date) -> CostFacts:
        if self.failure:
            raise self.failure
        return sample_ledger().facts(today)

    def publish(self, path: str, page: str, *, week: str = "") -> None:
        if self.broken_site:
            raise DeliveryError("no bucket")
        self.happened.append(("page", path, page))

    def send(self, subject: str, text: str) -> None:
        self.happened.append(("mail", subject, text))

    def to(self, path: str, now: datetime) -> str:
        return f"https://costs.example/{path}?signed"

    def run(self, now: datetime = SAMPLE_NOW) -> Sequence[tuple[str, ...]]:
        publish_weekly_report(
            now, Settings(), source=self, site=self, links=self, notify=self, chat=self.chat
        )
        return self.happened


@dataclass
class Chat:
    """A chat that takes cards, or does not."""

    broken: bool = False
    cards: list[str] = field(default_factory=list)

    def send(self, subject: str, text: str) -> None:
        if self.broken:
            raise DeliveryError("The topic is gone.", next_step="Deploy again.")
        self.cards.append(text)


def test_chat_gets_the_digest_as_a_card_with_the_link_of_the_mail() -> None:
    chat = Chat()
    *_, (_, subject, _) = World(chat=chat).run()
    (card,) = map(json.loads, chat.cards)
    assert card["metadata"]["summary"] == subject
    assert card["content"]["nextSteps"] == [
        "Open the dashboard: https://costs.example/reports/2026-W48.html?signed"
    ]


def test_a_chat_that_takes_no_card_is_named_in_the_mail_and_stops_nothing() -> None:
    *_, (kind, _, text) = World(chat=Chat(broken=True)).run()
    assert kind == "mail"
    assert text.rstrip().endswith("Chat did not get this: The topic is gone. Deploy again.")


def test_the_page_is_stored_under_its_week_and_as_the_latest_before_the_digest_is_sent() -> None:
    happened = World().run()
    assert [each[:2] if each[0] == "page" else each[:1] for each in happened] == [
        ("page", "reports/2026-W48.html"),
        ("page", "index.html"),
        ("mail",),
    ]
    assert happened[0][2] == happened[1][2]


def test_the_digest_carries_the_link_to_the_page_of_its_week() -> None:
    *_, (_, _, text) = World().run()
    assert "https://costs.example/reports/2026-W48.html?signed" in text.splitlines()


def test_running_twice_stores_the_same_page_at_the_same_address() -> None:
    world = World()
    first = list(world.run())
    second = world.run()[len(first) :]
    assert first == second


def test_no_digest_announces_a_page_that_could_not_be_stored() -> None:
    world = World(broken_site=True)
    with pytest.raises(DeliveryError):
        world.run()
    assert world.happened == []


@pytest.mark.parametrize(
    "failure",
    [
        CostExplorerNotEnabledError("Cost Explorer is not enabled for this account."),
        AccessDeniedError("AWS denied ce:GetCostAndUsage.", next_step="Allow it."),
        RequestLimitError("It would take about 90 paid requests.", next_step="Raise the limit."),
        CurrencyError("The charges are in 2 currencies.", next_step="Choose one."),
        SettingError("CCT_MAX_REQUESTS is 'many'.", next_step="For example: 25"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_a_failure_that_needs_a_person_is_mailed_and_not_tried_again(
    failure: CostTrackerError,
) -> None:
    ((kind, subject, text),) = World(failure=failure).run()
    assert kind == "mail"
    assert subject
    assert str(failure) in " ".join(text.split())
    assert failure.next_step in " ".join(text.split())


def test_a_passing_failure_is_raised_so_that_the_run_is_tried_again() -> None:
    world = World(failure=ThrottledError("too many requests"))
    with pytest.raises(ThrottledError):
        world.run()
    assert world.happened == []


@pytest.mark.parametrize(
    ("now", "address"),
    [
        (datetime(2026, 11, 23, 7, tzinfo=UTC), "reports/2026-W48.html"),
        (datetime(2026, 1, 1, 7, tzinfo=UTC), "reports/2026-W01.html"),
        (datetime(2027, 1, 1, 7, tzinfo=UTC), "reports/2026-W53.html"),
    ],
)
def test_a_page_is_filed_under_its_iso_week(now: datetime, address: str) -> None:
    assert page_address(now) == address


@pytest.mark.parametrize(
    ("now", "address"),
    [
        ("2026-11-23T07:14:00", "reports/2026-W47.html"),
        ("2026-11-23T07:15:00", "reports/2026-W48.html"),
        ("2026-11-29T23:59:00", "reports/2026-W48.html"),
        ("2027-01-03T12:00:00", "reports/2026-W53.html"),
        ("2027-01-04T06:00:00", "reports/2026-W53.html"),
    ],
)
def test_the_newest_page_is_last_mondays_until_this_mondays_is_made(now: str, address: str) -> None:
    assert page_address(newest_week(datetime.fromisoformat(f"{now}+00:00"))) == address
