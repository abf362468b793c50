"""AWS Budgets notifications: plain text with a block of `Key: value` lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from chalicelib.signals.reading import number

HEADING = "AWS Budget Notification"
SUBJECT = "AWS Budgets:"


@dataclass(frozen=True, slots=True)
class BudgetNotice:
    """A budget that passed, or is expected to pass, one of its thresholds.

    `lines` holds the notice's own `Key: value` pairs. `counts_money` is False for budgets of usage
    or coverage; their amounts have no currency. `comparison` is the sign before the threshold:
    `>`, `<` or `=` (Budgets API, Notification), "" where the notice has none.
    """

    name: str
    account: str
    budget_type: str
    alert_type: str
    budgeted: Decimal | None
    threshold: Decimal | None
    amount: Decimal | None
    currency: str
    lines: tuple[tuple[str, str], ...]
    comparison: str = ""

    @property
    def counts_money(self) -> bool:
        """Whether the budget is one of costs."""
        return bool(self.currency) and self.budget_type.lower() in ("", "cost")

    @property
    def is_forecast(self) -> bool:
        """Whether the amount is expected rather than spent."""
        return self.alert_type.upper().startswith("FORECAST")


def read_budget_notice(text: str) -> BudgetNotice | None:
    """Read the block of `Key: value` lines; the prose around it changes, the block does not."""
    pairs = tuple(_key_values(text))
    values = dict(pairs)
    if "Budget Name" not in values:
        return None
    account = re.search(r"AWS Account (\d{12})", text)
    amount_line = values.get("ACTUAL Amount") or values.get("FORECASTED Amount") or ""
    budgeted, currency = _money(values.get("Budgeted Amount", ""))
    return BudgetNotice(
        name=values["Budget Name"],
        account=account.group(1) if account else "",
        budget_type=values.get("Budget Type", ""),
        alert_type=values.get("Alert Type", ""),
        budgeted=budgeted,
        threshold=_money(values.get("Alert Threshold", ""))[0],
        amount=_money(amount_line)[0],
        currency=currency or _money(amount_line)[1],
        lines=pairs,
        comparison=values.get("Alert Threshold", "")[:1].strip("$0123456789"),
    )


def _key_values(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        found = re.match(r"((?:Budget|Budgeted|Alert|ACTUAL|FORECASTED) \w+):\s*(.*)", line.strip())
        if found:
            yield found.group(1), found.group(2).strip()


def _money(text: str) -> tuple[Decimal | None, str]:
    """Amount and currency of `$0.16`, `> $1,600.00 (80.0%)`, `EUR 12.50` or `12.50 EUR`."""
    found = re.search(r"(\$|[A-Z]{3} )?(-?\d[\d,]*(?:\.\d+)?)( [A-Z]{3}\b)?", text)
    if found is None:
        return None, ""
    sign, digits, code = found.groups()
    currency = "USD" if sign == "$" else (sign or code or "").strip()
    return number(digits.replace(",", "")), currency
