"""AWS Cost Anomaly Detection.

Format: https://docs.aws.amazon.com/cost-management/latest/userguide/view-anomalies.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from chalicelib.costs import Scope
from chalicelib.signals.reading import mapping_of, mappings_of, moment, number, text_of


@dataclass(frozen=True, slots=True)
class RootCause:
    """One cause that Cost Anomaly Detection names; any part may be empty."""

    service: str
    account: str
    account_name: str
    region: str
    usage_type: str


@dataclass(frozen=True, slots=True)
class AnomalyNotice:
    """An unusual cost that AWS Cost Anomaly Detection reports (in US dollars)."""

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


def read_anomaly_notice(body: Mapping[str, Any]) -> AnomalyNotice | None:
    """The anomaly that a message is about; None where it is about none."""
    detail = body.get("detail")
    if isinstance(detail, dict) and "anomalyId" in detail:  # the form EventBridge delivers
        body = detail
    if "anomalyId" not in body:
        return None
    impact = mapping_of(body, "impact")
    # SNS and EventBridge spell this field differently.
    subject = text_of(body, "dimensionalValue") or text_of(body, "dimensionValue")
    causes = tuple(
        RootCause(
            service=text_of(each, "service"),
            account=text_of(each, "linkedAccount"),
            account_name=text_of(each, "linkedAccountName"),
            region=text_of(each, "region"),
            usage_type=text_of(each, "usageType"),
        )
        for each in mappings_of(body, "rootCauses")
    )
    return AnomalyNotice(
        anomaly_id=text_of(body, "anomalyId"),
        subject=subject,
        account=text_of(body, "accountId"),
        since=moment(text_of(body, "anomalyStartDate")),
        until=moment(text_of(body, "anomalyEndDate")),
        actual=number(impact.get("totalActualSpend")),
        expected=number(impact.get("totalExpectedSpend")),
        impact=number(impact.get("totalImpact")),
        currency="USD",
        root_causes=causes,
        scope=_cause_scope(causes, subject),
        details_link=text_of(body, "anomalyDetailsLink"),
    )


def _cause_scope(causes: tuple[RootCause, ...], subject: str) -> Scope:
    """The services and, where there is only one, the account that the causes name.

    Without a cause there is the subject: an account, a service, or a tag's or category's value.
    """
    if not causes:
        is_account = re.fullmatch(r"\d{12}", subject)
        return Scope(account=subject) if is_account else Scope(unmatched=subject)
    services = tuple(sorted({cause.service for cause in causes}))
    accounts = {cause.account for cause in causes}
    return Scope(
        account=accounts.pop() if len(accounts) == 1 else "",
        services=services if all(services) else (),
    )
