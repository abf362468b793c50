"""The watch speaks up once for what burns, again when it is far more, and when it is over."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache

import pytest

from chalicelib.costs.charges_so_far import ChargesSoFar, Name, Reading, SoFar
from chalicelib.errors import DeliveryError, OutOfTimeError
from chalicelib.insights.burn_told import Told, from_json
from chalicelib.jobs.watch_charges import looked_at, watch_charges
from chalicelib.settings import Settings
from simulation.billing_metric import CALM, BillingMetric, Part
from simulation.sample import DATA
from simulation.sample_metric import CLUSTER_BEGINS, sample_metric

SIX_HOURS = timedelta(hours=6)
WEDNESDAY = datetime(2026, 11, 25, tzinfo=UTC)
NOON = WEDNESDAY + 2 * SIX_HOURS
SETTINGS = Settings(monthly_budget=Decimal(10500))


@dataclass
class Published:
    """The metric as CloudWatch would give it; after `limit` metrics in a run there is no more time."""

    metric: BillingMetric
    organisation: bool = True
    limit: int = 10**6
    asked: list[Name] = field(default_factory=list)

    def watched(self) -> Sequence[Name]:
        return sorted(
            Name(each["Currency"], each.get("LinkedAccount", ""), each.get("ServiceName", ""))
            for each in self.metric.dimension_sets(organisation=self.organisation)
        )

    def read(self, watches: Iterable[Name], until: datetime) -> Reading:
        wanted = list(watches)
        some = wanted[: max(0, self.limit - len(self.asked))]
        self.asked += some
        return Reading(
            tuple(self._series(each, until) for each in some),
            tuple(wanted[len(some) :]),
            len(some),
        )

    def _series(self, name: Name, until: datetime) -> ChargesSoFar:
        currency, account, service = name
        values = self.metric.values(currency=currency, account=account, service=service)
        since = until - timedelta(days=63)
        kept = tuple(SoFar(*each) for each in values if since <= each.time < until)
        return ChargesSoFar(*name, kept)


@dataclass
class World:
    """Everything the job touches; `happened` keeps the order."""

    metric: Published
    text: str = ""
    happened: list[tuple[str, ...]] = field(default_factory=list)
    broken_mail: bool = False

    def recall(self) -> str:
        return self.text

    def keep(self, text: str) -> None:
        self.happened.append(("kept", text))
        self.text = text

    def send(self, subject: str, text: str) -> None:
        if self.broken_mail:
            raise DeliveryError("The topic is gone.")
        self.happened.append(("mail", subject, text))

    def run(self, now: datetime, settings: Settings = SETTINGS) -> list[tuple[str, ...]]:
        """What happens in one run."""
        before = len(self.happened)
        self.metric.asked.clear()
        watch_charges(now, settings, metric=self.metric, memory=self, notify=self)
        return self.happened[before:]

    def mails(self, first: datetime, last: datetime) -> list[tuple[datetime, str, str]]:
        """When which mail went out, with a run every six hours."""
        found, now = [], first
        while now <= last:
            found += [(now, *each[1:]) for each in self.run(now) if each[0] == "mail"]
            now += SIX_HOURS
        return [(when, subject, text) for when, subject, text in found]


@cache
def published() -> BillingMetric:
    return sample_metric()


@pytest.fixture
def world() -> World:
    return World(Published(published()))


def test_a_runaway_is_told_the_same_day_once_more_when_it_is_more_and_when_it_is_over(
    world: World, golden: Callable[[str, str], None]
) -> None:
    mails = world.mails(WEDNESDAY - 4 * SIX_HOURS, WEDNESDAY + 14 * SIX_HOURS)
    assert [(when.date() - CLUSTER_BEGINS.date()).days for when, _, _ in mails] == [0, 1, 3]
    for name, (_, subject, text) in zip(("began", "more", "over"), mails, strict=True):
        golden(f"mails/burn_{name}.txt", f"Subject: {subject}\n\n{text}")


def test_chat_gets_the_same_as_a_card(world: World, golden: Callable[[str, str], None]) -> None:
    cards: list[str] = []

    class Chat:
        def send(self, subject: str, text: str) -> None:
            cards.append(text)

    watch_charges(NOON, SETTINGS, metric=world.metric, memory=world, notify=world, chat=Chat())
    golden("cards/burn_began.json", json.dumps(json.loads(cards[0]), indent=2) + "\n")
    assert json.loads(cards[0])["metadata"]["summary"] == world.happened[0][1]


def test_a_service_and_its_account_are_told_as_one_thing(world: World) -> None:
    [(_, subject, _), _] = world.run(NOON)
    assert "more" not in subject
    assert len(from_json(world.text)) == 1


def test_the_first_line_says_what_burns_and_the_second_where_the_month_ends(world: World) -> None:
    [(_, _, text), _] = world.run(NOON)
    first, second = text.splitlines()[:2]
    assert first.startswith("EC2 burns $374 a day since 25 November, 06:00 UTC")
    assert f"most of it in account {DATA}; its usual is $85" in first
    assert "over the budget of $10,500" in second


def test_the_mail_goes_out_before_it_is_remembered_as_told(world: World) -> None:
    assert [each[0] for each in world.run(NOON)] == ["mail", "kept"]
    assert [each.name for each in from_json(world.text)] == [Name("USD", "", "AmazonEC2")]


def test_a_run_that_dies_while_it_tells_tells_again(world: World) -> None:
    world.broken_mail = True
    with pytest.raises(DeliveryError):
        world.run(NOON)
    assert world.text == ""
    world.broken_mail = False
    assert [each[0] for each in world.run(NOON)] == ["mail", "kept"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 0, "told": []}', '{"version": 1}'])
def test_what_was_told_is_told_again_where_the_memory_is_gone_or_damaged(
    world: World, text: str
) -> None:
    world.run(NOON)
    world.text = text
    assert [each[0] for each in world.run(NOON + SIX_HOURS)] == ["mail", "kept"]


def test_nothing_is_sent_and_nothing_kept_where_nothing_burns(world: World) -> None:
    assert world.run(WEDNESDAY) == []


def test_without_a_billing_metric_nothing_happens() -> None:
    nothing = World(Published(BillingMetric(datetime(2026, 11, 1, tzinfo=UTC), {})))
    assert nothing.run(NOON) == []


def test_an_account_of_its_own_has_no_accounts_to_tell() -> None:
    world = World(Published(published(), organisation=False))
    mails = world.mails(NOON, NOON + 2 * SIX_HOURS)
    assert [subject for _, subject, _ in mails] == ["EC2 burns $374 a day, usually $85"]


def test_a_part_of_the_metric_that_there_was_no_time_for_is_named(world: World) -> None:
    world.metric.limit = sum(not each.account for each in world.metric.watched())
    [(_, subject, text), _] = world.run(NOON)
    assert subject == "EC2 burns $374 a day, usually $85"
    assert "There was no time to look at account 123456789012, account 210987654321," in text


def test_without_the_time_for_totals_and_services_the_run_fails(world: World) -> None:
    world.metric.limit = 3
    with pytest.raises(OutOfTimeError):
        world.run(NOON)


def test_a_quiet_run_of_30_services_asks_31_metrics_and_no_pairs() -> None:
    rows = {Part("1", f"Amazon{n:02}"): [1.0] * 24 * 80 for n in range(30)}
    world = World(Published(BillingMetric(datetime(2026, 9, 1, tzinfo=UTC), rows, habits=CALM)))
    world.metric.organisation = False
    world.run(datetime(2026, 11, 15, tzinfo=UTC))
    assert len(world.metric.asked) == 31


def test_of_many_accounts_each_run_looks_at_a_quarter_and_always_at_what_was_told() -> None:
    known = sorted(
        [Name("USD"), Name("USD", "", "AmazonEC2"), *(Name("USD", f"{n:03}") for n in range(400))]
    )
    told = Told(Name("USD", "007"), NOON, Decimal(2), Decimal(1))
    runs = [looked_at(known, [told], NOON + turn * SIX_HOURS) for turn in range(4)]
    assert set().union(*runs) == set(known)
    for each in runs:
        assert len(each) <= 2 + 100 + 1
        assert {Name("USD"), Name("USD", "", "AmazonEC2"), told.name} <= set(each)


def test_a_higher_floor_and_factor_tell_less(world: World) -> None:
    quiet = Settings(burn_floor=Decimal(10**6), burn_factor=Decimal(10))
    assert world.run(NOON, quiet) == []
