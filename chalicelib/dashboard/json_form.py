"""The view as JSON: field names in PascalCase, amounts as numbers, days as ISO text."""

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any


def as_json(value: Any) -> Any:
    """A view, or a part of it, as JSON types: amounts as numbers, days and moments as ISO text."""
    if is_dataclass(value):
        return {json_name(each.name): as_json(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, tuple):
        return [as_json(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


def json_name(name: str) -> str:
    """A field's name in JSON: `billed_cost` is BilledCost."""
    return "".join(word.capitalize() for word in name.split("_"))
