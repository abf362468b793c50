"""AWS Cost Anomaly Detection, as SNS and EventBridge deliver it, older and newer.

Format: https://docs.aws.amazon.com/cost-management/latest/userguide/view-anomalies.html and
https://docs.aws.amazon.com/cost-management/latest/userguide/cad-eventbridge.html; the names begin
with a capital where somebody passes on what the API (GetAnomalies) answers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from chalicelib.costs import Scope
from chalicelib.signals.reading import (
    first_number,
    lower_keys,
    mapping_of,
    mappings_of,
    moment,
    number,
    text_of,
)


@dataclass(frozen=True, slots=True)
class RootCause:
    """One cause that Cost Anomaly Detection names; any part may be empty.

    `contribution` is its share of the impact, in money; None where the message has none (older ones).
    """

    service: str
    account: str
    account_name: str
    region: str
    usage_type: str
    contribution: Decimal | None = None


@dataclass(frozen=True, slots=True)
class AnomalyNotice:
    """An unusual cost that AWS Cost Anomaly Detection reports (in US dollars).

    `impact` is what was spent above what was expected, `most` the largest such amount of one day;
    older messages have only these two. `precise` is False where `scope` is wider than the causes.
    """

    anomaly_id: str
    subject: str
    account: str
    since: datetime | None
    until: datetime | None
    actual: Decimal | None
    expected: Decimal | None
    impact: Decimal | None
    currency: str
    root_causes: tuple[RootCause, ...]
    scope: Scope
    details_link: str
    most: Decimal | None = None
    monitor: str = ""
    account_name: str = ""
    precise: bool = True

    @property
    def day(self) -> date | None:
        """The last day that is unusual."""
        last = self.until or self.since
        return last.date() if last else None


def read_anomaly_notice(body: Mapping[str, Any]) -> AnomalyNotice | None:
    """The anomaly that a message is about; None where it is about none."""
    detail = body.get("detail")
    within = detail if isinstance(detail, dict) else body  # the form EventBridge delivers
    if not {"anomalyId", "AnomalyId"} & within.keys():
        return None
    found: Mapping[str, Any] = lower_keys(within)
    impact = mapping_of(found, "impact")
    # SNS and EventBridge spell this field differently.
    subject = text_of(found, "dimensionalValue", "dimensionValue")
    causes = tuple(map(_cause, mappings_of(found, "rootCauses")))
    actual, expected = (
        number(impact.get("totalActualSpend")),
        number(impact.get("totalExpectedSpend")),
    )
    over = actual - expected if actual is not None and expected is not None else None
    scope, precise = _scope(causes, subject)
    return AnomalyNotice(
        anomaly_id=text_of(found, "anomalyId"),
        subject=subject,
        account=text_of(found, "accountId"),
        since=moment(text_of(found, "anomalyStartDate")),
        until=moment(text_of(found, "anomalyEndDate")),
        actual=actual,
        expected=expected,
        impact=first_number((impact.get("totalImpact"), over, impact.get("maxImpact"))),
        currency="USD",
        root_causes=causes,
        scope=scope,
        details_link=text_of(found, "anomalyDetailsLink"),
        most=number(impact.get("maxImpact")),
        monitor=text_of(found, "monitorName"),
        account_name=text_of(found, "accountName"),
        precise=precise,
    )


def _cause(body: Mapping[str, Any]) -> RootCause:
    return RootCause(
        service=text_of(body, "service"),
        account=text_of(body, "linkedAccount"),
        account_name=text_of(body, "linkedAccountName"),
        region=text_of(body, "region"),
        usage_type=text_of(body, "usageType"),
        contribution=first_number(
            (mapping_of(body, "impact").get("contribution"), body.get("contribution"))
        ),
    )


def _scope(causes: tuple[RootCause, ...], subject: str) -> tuple[Scope, bool]:
    """The services and, where there is only one, the account that the causes name; and whether that is all.

    Without a cause there is the subject: an account, a service, or a tag's or category's value.
    """
    if not causes:
        is_account = re.fullmatch(r"\d{12}", subject)
        return (Scope(account=subject) if is_account else Scope(unmatched=subject)), True
    services = tuple(sorted({cause.service for cause in causes}))
    accounts = {cause.account for cause in causes}
    scope = Scope(
        account=accounts.pop() if len(accounts) == 1 else "",
        services=services if all(services) else (),
    )
    pairs = {(cause.account, cause.service) for cause in causes}
    crossed = len({account for account, _ in pairs}) * len({service for _, service in pairs})
    precise = len(pairs) == crossed and not any(each.usage_type or each.region for each in causes)
    return scope, precise
