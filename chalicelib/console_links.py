"""Links into the Cost Explorer console, already narrowed to what a finding is about.

The console keeps a report's definition in its address. AWS does not document the form; several
projects captured it, and nothing depends on it: a link that no longer fits opens the plain console.
"""

import json
from collections.abc import Sequence
from datetime import date
from urllib.parse import quote

from chalicelib.costs import Period

CONSOLE = (
    "https://us-east-1.console.aws.amazon.com/costmanagement/home?region=us-east-1#/cost-explorer"
)


def cost_explorer(period: Period, *, service: str | Sequence[str] = (), account: str = "") -> str:
    """A daily chart of a period by usage type, of the services and the account that are named."""
    services = [service] if isinstance(service, str) else list(service)
    filters = [
        _filter("RecordTypeV2", "Charge type", ["Credit", "Refund"], "EXCLUDES"),
        *([_filter("Service", "Service", services)] if any(services) else []),
        *([_filter("LinkedAccount", "Linked account", [account])] if account else []),
    ]
    parts = {
        "chartStyle": "STACK",
        "costAggregate": "netUnblendedCost",
        "startDate": _day(period.start),
        "endDate": _day(period.last_day),  # inclusive there
        "excludeForecasting": "true",
        "filter": json.dumps(filters, separators=(",", ":")),
        "futureRelativeRange": "CUSTOM",
        "granularity": "Daily",
        "groupBy": json.dumps(["UsageType"]),
        "historicalRelativeRange": "CUSTOM",
        "reportMode": "STANDARD",
        "showOnlyUncategorized": "false",
        "showOnlyUntagged": "false",
        "usageAggregate": "undefined",
        "useNormalizedUnits": "false",
    }
    return f"{CONSOLE}?" + "&".join(
        f"{name}={quote(text, safe=':,')}" for name, text in parts.items()
    )


def _filter(
    name: str, shown: str, values: list[str], operator: str = "INCLUDES"
) -> dict[str, object]:
    return {
        "dimension": {"id": name, "displayValue": shown},
        "operator": operator,
        "values": [{"value": each, "displayValue": each} for each in values],
    }


def _day(day: date) -> str:
    return day.isoformat()
