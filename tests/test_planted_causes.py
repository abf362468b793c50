"""Twenty and more causes, each planted in a ledger and to be named: what, where, which effect, since when."""

from datetime import date, timedelta

import pytest

from chalicelib.findings import Finding
from chalicelib.insights.drivers import Driver
from chalicelib.jobs.why import with_reasons
from chalicelib.money import CENT
from chalicelib.wording.findings import told
from chalicelib.wording.periods import day
from simulation.ledger import Ledger
from tests.insights.ledgers import THROUGH, daily, report_of
from tests.planted import CAUSES, Cause

WEEK_DAYS = [THROUGH - timedelta(days=n) for n in (2, 3, 5)]
LONG_AGO = THROUGH - timedelta(days=12)
PLANTED = [
    # A fall is news while the week before was higher; a rise for as long as it is unusual.
    *((cause, began) for cause in CAUSES for began in WEEK_DAYS),
    *((cause, LONG_AGO) for cause in CAUSES if not cause.falls),
]
each_planted = pytest.mark.parametrize(
    ("cause", "began"), PLANTED, ids=lambda each: getattr(each, "name", None) or f"{each:%d %b}"
)
BACKGROUND = ("Amazon Kinesis", "Amazon DynamoDB", "Amazon ElastiCache", "AWS Glue")


def explained(cause: Cause, began: date) -> Finding:
    """The finding about the planted cause's service, with its drivers."""
    others = [each for service in BACKGROUND for each in daily(service, 90)]
    entries = [*cause.entries(began), *others]
    report = with_reasons(report_of(entries), Ledger(entries, {}))
    (found,) = (each for each in report.findings if each.service == cause.service)
    return found


def planted(cause: Cause, found: Finding) -> Driver:
    return next(each for each in found.drivers if each.usage_type == cause.usage_type)


@each_planted
def test_the_usage_type_the_effect_and_the_day_are_found(cause: Cause, began: date) -> None:
    driver = planted(cause, explained(cause, began))
    assert (driver.kind, driver.since) == (cause.kind, began)
    if cause.place.startswith("in "):
        assert driver.region == cause.place.removeprefix("in ")


@each_planted
def test_the_mail_says_what_where_why_and_since_when(cause: Cause, began: date) -> None:
    line = told(explained(cause, began), "USD", {}).line
    for words in (cause.words, cause.place, cause.note):
        assert words.casefold() in line.casefold()
    assert f"since {day(began)}" in line or f"from {began.day} to" in line
    assert len(line) < 420


@each_planted
def test_the_drivers_add_up_to_the_finding(cause: Cause, began: date) -> None:
    found = explained(cause, began)
    assert abs(sum(each.change for each in found.drivers) - found.amount) < CENT
