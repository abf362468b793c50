from datetime import date
from decimal import Decimal

from chalicelib.costs import Period
from chalicelib.insights.comparison import ChangeKind
from chalicelib.settings import Settings
from tests.insights.ledgers import HISTORY, TODAY, daily, entry, report_of

RISE = date(2026, 11, 15)
EVERYTHING = Settings(mover_floor=Decimal(0), mover_percent=Decimal(0))


def test_movers_are_ranked_by_money_ups_and_downs_alike() -> None:
    movers = report_of(
        daily("Up", lambda day: 30 if day >= RISE else 20),
        daily("Down", lambda day: 20 if day >= RISE else 50),
        daily("Same", 40),
    ).week_movers
    assert movers is not None
    found = [(each.service, each.change.amount) for each in movers.by_service]
    assert found == [("Down", -210), ("Up", 70)]


def test_moves_that_cancel_out_in_the_total_are_both_shown() -> None:
    report = report_of(
        daily("Up", lambda day: 30 if day >= RISE else 20),
        daily("Down", lambda day: 20 if day >= RISE else 30),
    )
    assert report.last_week is not None
    assert report.week_movers is not None
    assert report.last_week.gross.amount == 0
    assert [each.change.amount for each in report.week_movers.by_service] == [-70, 70]


def test_a_mover_needs_money_and_percentage() -> None:
    movers = report_of(
        daily("Large but steady", lambda day: 1010 if day >= RISE else 1000),
        daily("Small but doubled", lambda day: 2 if day >= RISE else 1),
        daily("Both", lambda day: 30 if day >= RISE else 20),
    ).week_movers
    assert movers is not None
    assert [each.service for each in movers.by_service] == ["Both"]


def test_a_service_is_new_or_has_ended() -> None:
    movers = report_of(
        daily("Old", 10),
        daily("Older", 10),
        daily("New", 10, Period(RISE, TODAY)),
        daily("Ended", 20, Period(HISTORY.start, RISE)),
    ).week_movers
    assert movers is not None
    kinds = [(each.service, each.change.kind) for each in movers.by_service]
    assert kinds == [("Ended", ChangeKind.ENDED), ("New", ChangeKind.NEW)]


def test_a_fee_on_the_first_moves_neither_its_week_nor_the_next() -> None:
    fee = [entry(date(2026, month, 1), "Tax", 90, record_type="Tax") for month in (8, 9, 10, 11)]

    def kinds(day: int) -> list[ChangeKind]:
        today = date(2026, 11, day)
        usage = daily("S3", 10, Period(HISTORY.start, today))
        movers = report_of(usage, fee, today=today).week_movers
        assert movers is not None
        return [each.change.kind for each in movers.by_service]

    assert kinds(6) == []
    assert kinds(13) == []


def test_movers_by_account_and_by_service_in_account() -> None:
    movers = report_of(
        daily("S3", 10, account="1"),
        daily("S3", lambda day: 60 if day >= RISE else 10, account="2"),
    ).week_movers
    assert movers is not None
    assert [each.account for each in movers.by_account] == ["2"]
    assert [(each.service, each.account) for each in movers.by_both] == [("S3", "2")]


def test_a_single_account_has_no_movers_by_account() -> None:
    movers = report_of(daily("S3", lambda day: 60 if day >= RISE else 10)).week_movers
    assert movers is not None
    assert movers.by_service
    assert movers.by_account == ()


def test_without_limits_the_movers_add_up_to_the_change_of_the_total() -> None:
    report = report_of(
        daily("One", lambda day: day.day, account="1"),
        daily("Two", lambda day: 50 - day.day, account="2"),
        daily("Three", 3, account="2"),
        settings=EVERYTHING,
    )
    assert report.month_movers is not None
    assert report.month_to_date is not None
    total = report.month_to_date.gross.amount
    for movers in (
        report.month_movers.by_service,
        report.month_movers.by_account,
        report.month_movers.by_both,
    ):
        assert sum(each.change.amount for each in movers) == total
