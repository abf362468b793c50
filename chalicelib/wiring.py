"""Builds the real parts and hands them to a job; the only place that does.

Clients are made at first use and kept, because an invocation usually finds a warm process; each
job imports only what it needs, because an alarm should not wait for the dashboard's modules.
"""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.errors import SettingError
from chalicelib.settings import PREFIX, Settings

if TYPE_CHECKING:
    from botocore.config import Config
    from botocore.session import Session

    from chalicelib.costs import CostFacts
    from chalicelib.jobs.explain_alarm import NarrowSource
    from chalicelib.jobs.ports import FactSource

# Everything is deployed where billing alarms exist.
REGION = "us-east-1"

# Retry mode and timeouts are ours, because the SDK in the Lambda runtime is not: older ones do not
# retry Cost Explorer's throttling at all, and wait a whole minute for an answer.
ATTEMPTS = 5
CONNECT_SECONDS = 5
READ_SECONDS = 30
BURNING_PARAMETER = "burning"
"""The last part of the name of the parameter that holds what was told."""


def publish_weekly_report(event: dict[str, Any]) -> None:
    """Run the weekly job for a scheduled event; the event carries the time and the account."""
    from chalicelib.delivery.channel import SnsTopic
    from chalicelib.delivery.links import SignedLinks
    from chalicelib.delivery.site import S3Site
    from chalicelib.jobs.weekly_report import publish_weekly_report as publish

    settings, wrong = _settings()
    account_id = event["account"]
    notify, chat = (
        SnsTopic(client("sns"), topic_arn(account_id, topic))
        for topic in (settings.notify_topic, settings.chat_topic)
    )
    with _no_search_for_cycles():
        publish(
            datetime.fromisoformat(event["time"]),
            settings,
            source=_Refused(wrong) if wrong else fact_source(settings),
            site=S3Site(client("s3"), settings.bucket(account_id), account_id),
            links=SignedLinks(client("ssm"), settings),
            notify=notify,
            chat=chat if settings.chat else None,
        )


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Answers of Cost Explorer are trees; searching them for cycles took a fifth of a run's CPU."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def explain_alarm(event: dict[str, Any], context: Any) -> None:
    """Run the alarm job for an event; Lambda's context says how long it may take."""
    from chalicelib.delivery.channel import SnsTopic
    from chalicelib.delivery.links import SignedLinks
    from chalicelib.jobs.explain_alarm import explain_alarms
    from chalicelib.jobs.never_lost import Exits

    settings, wrong = _settings()
    account_id = _account_of(event, context)
    notify = topic_arn(account_id, settings.notify_topic)
    chat = topic_arn(account_id, settings.chat_topic)
    with _no_search_for_cycles():
        explain_alarms(
            event,
            datetime.now(UTC),
            settings,
            source=lambda left: _alarm_source(settings, wrong, left),
            links=lambda: SignedLinks(client("ssm"), settings),
            exits=Exits(
                notify=SnsTopic(client("sns"), notify),
                chat=SnsTopic(client("sns"), chat) if settings.chat else None,
                own_topics=(notify, chat),
                right_topic=settings.alarms_topic,
                seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
            ),
        )


def watch_charges(event: dict[str, Any], context: Any) -> None:
    """Run the watch for a scheduled event; with wrong settings it watches by the defaults.

    The weekly report's mail says what is wrong with them.
    """
    from chalicelib.delivery.memory import SsmMemory
    from chalicelib.jobs.watch_charges import watch_charges as watch
    from chalicelib.sources.billing_metric import BillingMetric

    settings, _ = _settings()
    notify, chat = (
        _UnopenedTopic(topic_arn(event["account"], topic))
        for topic in (settings.notify_topic, settings.chat_topic)
    )
    with _no_search_for_cycles():
        watch(
            datetime.fromisoformat(event["time"]),
            settings,
            metric=BillingMetric(
                client("cloudwatch"), lambda: context.get_remaining_time_in_millis() / 1000
            ),
            memory=SsmMemory(client("ssm"), settings.parameters + BURNING_PARAMETER),
            notify=notify,
            chat=chat if settings.chat else None,
        )


class _UnopenedTopic:
    """A topic whose client is made when there is something to send: nearly every look ends without."""

    def __init__(self, arn: str) -> None:
        self._arn = arn

    def send(self, subject: str, text: str) -> None:
        """Send one message; raises `DeliveryError`."""
        from chalicelib.delivery.channel import SnsTopic

        SnsTopic(client("sns"), self._arn).send(subject, text)


def _account_of(event: dict[str, Any], context: Any) -> str:
    """The account this runs in: that of the topic the event came by, else that of the function."""
    try:
        arn = event["Records"][0]["Sns"]["TopicArn"]
    except (KeyError, IndexError, TypeError):
        arn = getattr(context, "invoked_function_arn", "")
    return ([*str(arn).split(":"), *[""] * 5])[4]


def _settings() -> tuple[Settings, SettingError | None]:
    """The settings, or the defaults and what is wrong: with wrong ones, too, a mail can say so."""
    try:
        return Settings.from_env(os.environ), None
    except SettingError as error:
        return Settings(stage=os.environ.get(f"{PREFIX}STAGE") or "dev"), error


class _Refused:
    """A source that gives the one answer that wrong settings allow."""

    def __init__(self, wrong: SettingError) -> None:
        self._wrong = wrong

    def facts(self, today: date) -> "CostFacts":
        """Raise what is wrong."""
        raise self._wrong


def _alarm_source(
    settings: Settings, wrong: SettingError | None, seconds_left: Callable[[], float]
) -> "NarrowSource":
    if wrong is not None:
        raise wrong
    from chalicelib.sources.cost_explorer import CostExplorer

    return CostExplorer(
        client("ce"),
        max_requests=settings.max_requests,
        label=settings.label,
        by_label=False,
        seconds_left=seconds_left,
    )


def fact_source(settings: Settings) -> "FactSource":
    """The source of costs that the settings name."""
    if settings.source == "focus":
        from chalicelib.sources.focus.athena import FocusAthena

        return FocusAthena(
            client("athena"),
            database=settings.focus_database,
            workgroup=settings.focus_workgroup,
            label=settings.label,
            currency=settings.currency,
        )
    from chalicelib.sources.cost_explorer import CostExplorer

    return CostExplorer(client("ce"), max_requests=settings.max_requests, label=settings.label)


def topic_arn(account_id: str, topic: str) -> str:
    """The ARN of a topic of this deployment."""
    return f"arn:aws:sns:{REGION}:{account_id}:{topic}"


@cache
def client(service: str) -> Any:
    """The one client of a service, with explicit retries and timeouts."""
    return _session().create_client(service, region_name=REGION, config=client_config())


@cache
def _session() -> "Session":
    """The session beneath boto3's: boto3's own loads a transfer manager that is not used here."""
    from botocore.session import get_session

    return get_session()


def client_config() -> "Config":
    """Retries and timeouts of every client."""
    from botocore.config import Config

    return Config(
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
    )
