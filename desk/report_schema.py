"""Writes docs/report.schema.json, the description of the report's JSON, from the view model.

python -m desk.report_schema
"""

import json
import sys
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args, get_type_hints

from chalicelib.dashboard.json_form import json_name
from chalicelib.dashboard.view import View

PATH = Path("docs/report.schema.json")

FOCUS = {
    "BilledCost": "FOCUS BilledCost: what the invoice says. Before credits and refunds.",
    "EffectiveCost": "FOCUS EffectiveCost: commitments spread over the time they cover. Before credits and refunds.",
    "ServiceName": "FOCUS ServiceName. Empty where services are not told apart.",
    "SubAccountId": "FOCUS SubAccountId: the AWS account number. Empty where accounts are not told apart.",
    "SubAccountName": "FOCUS SubAccountName; the number where the source knows no name.",
    "ChargeCategory": "FOCUS ChargeCategory, or the source's own name for what FOCUS has none for.",
    "ChargePeriodStart": "FOCUS ChargePeriodStart: the first UTC day.",
    "ChargePeriodEnd": "FOCUS ChargePeriodEnd: the UTC day after the last one.",
    "BillingPeriodStart": "FOCUS BillingPeriodStart: the first day of the month.",
    "BillingPeriodEnd": "FOCUS BillingPeriodEnd: the first day of the month after.",
    "BillingCurrency": "FOCUS BillingCurrency of all amounts but the run's price; empty without costs.",
}
"""Columns of the FOCUS specification that the report uses under their own names."""

TYPES: dict[type, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    Decimal: {"type": "number"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
}


def schema() -> str:
    """The schema as JSON text."""
    parts: dict[str, Any] = {}
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Report of CloudCostTracker",
        "description": (
            "Everything one page shows. Amounts are exact sums, each rounded to the cent by itself; "
            "ratios are fractions of one. Periods are half-open: their end is the day after."
        ),
    } | _object(View, parts)
    return json.dumps(whole | {"$defs": dict(sorted(parts.items()))}, indent=2) + "\n"


def _object(model: type, parts: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(model)
    described = {json_name(each.name): hints[each.name] for each in fields(model)}
    return {
        "type": "object",
        "description": " ".join((model.__doc__ or "").split()),
        "properties": {name: _property(name, hint, parts) for name, hint in described.items()},
        "required": list(described),
        "additionalProperties": False,
    }


def _property(name: str, hint: Any, parts: dict[str, Any]) -> dict[str, Any]:
    found = _type(hint, parts)
    return found | {"description": FOCUS[name]} if name in FOCUS else found


def _type(hint: Any, parts: dict[str, Any]) -> dict[str, Any]:
    if hint in TYPES:
        return TYPES[hint]
    if isinstance(hint, type) and is_dataclass(hint):
        parts.setdefault(hint.__name__, None)
        parts[hint.__name__] = parts[hint.__name__] or _object(hint, parts)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    if type(None) in get_args(hint):
        return {"anyOf": [_type(_known(get_args(hint)), parts), {"type": "null"}]}
    return {"type": "array", "items": _type(get_args(hint)[0], parts)}


def _known(choices: Iterable[Any]) -> Any:
    return next(each for each in choices if each is not type(None))


if __name__ == "__main__":
    PATH.write_text(schema(), encoding="utf-8")
    sys.stdout.write(f"{PATH}\n")
