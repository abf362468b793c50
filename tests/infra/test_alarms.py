"""What the alarms on ourselves would have sent, over weeks: nothing too early, nothing left out."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.infra.alarm_clock import HOUR, raised
from tests.infra.stack import Project, load_project

REPORT, WATCH, EXPLAIN = (
    f"cloud-cost-tracker-dev-{name}" for name in ("weekly_report", "watch_charges", "explain_alarm")
)
MONDAY = datetime(2026, 11, 2, 7, tzinfo=UTC)
WEEK = timedelta(weeks=1)
UNTIL = MONDAY + 5 * WEEK
EVERY_HOUR = [MONDAY + n * HOUR for n in range(7 * 24)]


@pytest.fixture(scope="module")
def project() -> Project:
    return load_project()


def _missing(project: Project) -> dict[str, Any]:
    return project.resources("AWS::CloudWatch::Alarm")["ReportMissing"]["Properties"]


def _mondays(after: datetime) -> list[datetime]:
    return [MONDAY + n * WEEK for n in range(6) if MONDAY + n * WEEK > after]


def _false_alarms(alarm: dict[str, Any]) -> list[datetime]:
    return [
        made
        for made in EVERY_HOUR
        if raised(alarm, {REPORT: _mondays(made)}, made=made, until=UNTIL)
    ]


def test_whenever_it_is_deployed_no_report_is_said_to_be_missing(project: Project):
    assert _false_alarms(_missing(project)) == []


def test_a_run_that_is_late_by_hours_is_not_missing(project: Project):
    late = [one + timedelta(hours=4, minutes=59) for one in _mondays(MONDAY)]
    assert raised(_missing(project), {REPORT: late}, made=MONDAY, until=UNTIL) == []


@pytest.mark.parametrize("fills_nothing", [False, True])
def test_a_schedule_that_never_worked_is_told_within_ten_days(
    project: Project, fills_nothing: bool
):
    for made in EVERY_HOUR:
        told = raised(_missing(project), {}, made=made, until=UNTIL, fills_nothing=fills_nothing)
        assert timedelta(days=1) < told[0] - made < timedelta(days=10)


def test_what_is_missing_is_told_every_monday_for_whoever_confirms_later(project: Project):
    told = raised(_missing(project), {}, made=MONDAY, until=UNTIL)
    noon = timedelta(hours=5)
    assert told == [monday + noon for monday in _mondays(MONDAY) if monday + noon <= UNTIL]


def test_a_schedule_that_stops_is_told_the_same_day_though_reports_are_made_by_hand(
    project: Project,
):
    runs = [MONDAY + WEEK, MONDAY + 2 * WEEK, MONDAY + 2 * WEEK + timedelta(days=3)]
    told = raised(_missing(project), {REPORT: runs}, made=MONDAY, until=UNTIL)
    assert told[0] == MONDAY + 3 * WEEK + timedelta(hours=5)


@pytest.mark.parametrize(
    ("what", "replaced"),
    [
        ("WarmUpConfiguration", {"WarmUpPeriodDurationInMinutes": 60}),
        ("EvaluationWindow", {"WallClockWindow": {"Timezone": "+00:00"}}),
        ("Expression", "IF(FILL(runs, 0) < 1, 1, 0)"),
    ],
)
def test_without_any_of_its_parts_the_alarm_would_be_raised_falsely(
    project: Project, what: str, replaced: Any
):
    alarm = copy.deepcopy(_missing(project))
    (alarm["Metrics"][0] if what == "Expression" else alarm)[what] = replaced
    assert _false_alarms(alarm)


def test_a_failure_that_could_not_be_sent_on_is_told_and_others_are_not(project: Project):
    alarm = project.resources("AWS::CloudWatch::Alarm")["FailureUntold"]["Properties"]
    for function in (REPORT, EXPLAIN):
        failed = {function: [MONDAY + timedelta(minutes=56)]}
        assert raised(alarm, failed, made=MONDAY, until=MONDAY + 4 * HOUR) == [MONDAY + HOUR]
    assert raised(alarm, {}, made=MONDAY, until=MONDAY + 4 * HOUR) == []
    metrics = [one["MetricStat"]["Metric"] for one in alarm["Metrics"] if "MetricStat" in one]
    assert {one["MetricName"] for one in metrics} == {"DestinationDeliveryFailures"}
    assert alarm["AlarmActions"] == [{"Ref": "NotifyTopic"}]


def _watch(project: Project) -> dict[str, Any]:
    return project.resources("AWS::CloudWatch::Alarm")["WatchFailed"]["Properties"]


def _looks(after: datetime, until: datetime) -> list[datetime]:
    """Every six hours, a quarter past, from the first that a deployment can have."""
    first = MONDAY.replace(hour=0, minute=15)
    looks = [first + n * timedelta(hours=6) for n in range(4 * 7 * 6)]
    return [one for one in looks if after + timedelta(minutes=20) < one < until]


def test_whenever_it_is_deployed_the_watch_is_not_said_to_have_failed(project: Project):
    for made in EVERY_HOUR[:48]:
        looks = {WATCH: [(one, 0) for one in _looks(made, UNTIL)]}
        assert raised(_watch(project), looks, made=made, until=MONDAY + 2 * WEEK) == []


def test_a_watch_that_stops_is_told_once_after_a_day(project: Project):
    looks = _looks(MONDAY, MONDAY + WEEK)
    runs = {WATCH: [(one, 0) for one in looks]}
    [told] = raised(_watch(project), runs, made=MONDAY, until=UNTIL)
    assert timedelta(hours=24) <= told - looks[-1] <= timedelta(hours=26)


def test_a_look_that_fails_is_told_within_the_hour(project: Project):
    looks = _looks(MONDAY, UNTIL)
    runs = {WATCH: [(one, int(one == looks[20])) for one in looks]}
    [told] = raised(_watch(project), runs, made=MONDAY, until=MONDAY + 2 * WEEK)
    assert told - looks[20] <= HOUR


def test_a_watch_that_never_looked_is_told_within_three_days(project: Project):
    [told] = raised(_watch(project), {}, made=MONDAY, until=UNTIL)
    assert told - MONDAY <= timedelta(days=3)


def test_without_its_warm_up_the_watch_would_be_said_to_have_failed(project: Project):
    alarm = _watch(project) | {"WarmUpConfiguration": {}}
    looks = {WATCH: [(one, 0) for one in _looks(MONDAY, UNTIL)]}
    assert raised(alarm, looks, made=MONDAY, until=MONDAY + WEEK)
