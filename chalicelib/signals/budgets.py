"""AWS Budgets notifications: plain text with a block of `Key: value` lines.

The prose around the block changes (older and newer, monthly, daily); where a line of the block is
missing, the prose still has it. AWS documents no format. What a notification can say is what the
Budgets API lets one ask for: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Notification.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from chalicelib.costs import EVERYTHING, Scope
from chalicelib.signals.amounts import Amount, amount_of, comma_is_decimal, plain_signs
from chalicelib.signals.budget_labels import Label, block_of, comparison_in, filters_of

HEADING = "AWS Budget"
SUBJECT = "AWS Budget"
LONGEST = 20_000
"""Characters of a message among which a notice's block must stand."""
_ACCOUNT = re.compile(r"^\D{0,40}\b(\d{12})\b", re.MULTILINE)
_DATE = re.compile(r"([A-Z][a-z]+ \d{1,2}, \d{4})")
_PROSE = re.compile(
    r"(?P<type>actual|forecasted) (?P<what>cost|usage|[\w ]{2,40}?) associated with your "
    r"(?P<name>.{1,300}?) budget is (?P<side>greater than|less than|equal to) (?P<threshold>\S+(?: \w+)?)",
    re.IGNORECASE | re.DOTALL,
)
_PROSE_AMOUNT = re.compile(r"associated with this budget is (\S+?)\.?(?:\s|$)", re.IGNORECASE)
_FORECAST = re.compile(
    "forecast|progno|pr[ée]v|previ|pron[óo]st|proyect|projet|v[oó]rspel|tahmin|予測|预测|預測|예측|예상",
    re.IGNORECASE,
)


class TimeUnit(StrEnum):
    """How long a budget's period is; CUSTOM where its text names none that is known."""

    DAILY = "daily"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ANNUALLY = "annual"
    CUSTOM = "custom"


class BudgetKind(StrEnum):
    """What a budget counts."""

    COST = "cost"
    USAGE = "usage"
    UTILIZATION = "utilization"
    COVERAGE = "coverage"


_PERIODS: Mapping[TimeUnit, tuple[str, ...]] = {
    TimeUnit.DAILY: (
        *("per day", "yesterday", "daily", "current day", "for the day", "der aktuelle tag"),
        *("gestern", "ayer,", "ontem", "昨日", "어제"),
    ),
    TimeUnit.QUARTERLY: (
        *("current quarter", "quarterly", "per quarter", "quartal", "trimestre", "四半期", "季度"),
    ),
    TimeUnit.ANNUALLY: (
        "current year",
        "annual",
        "yearly",
        "per year",
        "laufende jahr",
        "año en curso",
    ),
    TimeUnit.CUSTOM: ("custom period",),
}
"""What a notice says of the period, by the words that only it has."""


@dataclass(frozen=True, slots=True)
class BudgetNotice:
    """A budget that passed, or is expected to pass, one of its thresholds.

    `lines` holds the notice's own `Key: value` pairs. The currency is "" for budgets that count no
    money; their amounts are in `unit` (`%`, `GB-Month`). `comparison` is the sign before the
    threshold: `>`, `<` or `=` (Budgets API, Notification), "" where the notice has none. `scope` is
    what the notice says the budget is filtered by, as far as costs can be narrowed; `labels` are
    its tags and cost categories (`tag:team`, value), `others` its further filters in words.
    `sent_on` is the day in the notice's heading; `day` the day that the amount is of.
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
    kind: BudgetKind = BudgetKind.COST
    unit: str = ""
    time_unit: TimeUnit = TimeUnit.MONTHLY
    is_forecast: bool = False
    sent_on: date | None = None
    scope: Scope = EVERYTHING
    labels: tuple[tuple[str, str], ...] = ()
    others: tuple[str, ...] = ()

    @property
    def counts_money(self) -> bool:
        """Whether the budget is one of costs."""
        return bool(self.currency) and self.kind is BudgetKind.COST

    @property
    def day(self) -> date | None:
        """The day whose period the amount is of: a daily budget speaks of the day before."""
        if self.sent_on and self.time_unit is TimeUnit.DAILY:
            return self.sent_on - timedelta(days=1)
        return self.sent_on


def read_budget_notice(text: str) -> BudgetNotice | None:
    """Read the block of `Key: value` lines, and the prose for what the block lacks.

    Labels are known in English whatever their case; a translated block is read by what its lines
    hold and by their order, as far as that is beyond doubt. None where no budget is named.
    """
    pairs, values = block_of(text)
    prose = _PROSE.search(text)
    name = values.get(Label.NAME) or (prose["name"].strip() if prose else "")
    if not name:
        return None
    threshold = values.get(Label.THRESHOLD) or (prose["threshold"] if prose else "")
    stated = _PROSE_AMOUNT.search(text)
    spent = values.get(Label.AMOUNT) or (stated.group(1) if stated else "")
    written = (values.get(Label.BUDGETED, ""), threshold, spent)
    comma = comma_is_decimal(written)
    budgeted, limit, amount = (amount_of(each, comma=comma) for each in written)
    alert_type = values.get(Label.ALERT, prose["type"] if prose else "")
    filters = filters_of(pairs)
    kind = _kind(values.get(Label.TYPE, ""), prose["what"] if prose else "")
    units = [each.unit for each in (budgeted, amount, limit) if each and each.unit]
    money = next((unit for unit in units if unit != "%"), "")
    account = _ACCOUNT.search(text)
    return BudgetNotice(
        name=name,
        account=account.group(1) if account else "",
        budget_type=values.get(Label.TYPE, ""),
        alert_type=alert_type,
        budgeted=budgeted.value if budgeted else None,
        threshold=_threshold(limit, budgeted, threshold, kind),
        amount=amount.value if amount else None,
        currency=money if kind is BudgetKind.COST else "",
        lines=pairs,
        comparison=comparison_in(threshold) or comparison_in(prose["side"] if prose else ""),
        kind=kind,
        unit=_unit(kind, units, spent or threshold),
        time_unit=_time_unit(text),
        is_forecast=bool(_FORECAST.search(alert_type or _amount_label(pairs))),
        sent_on=_sent_on(text),
        scope=filters.scope,
        labels=filters.labels,
        others=filters.others,
    )


def _amount_label(pairs: Sequence[tuple[str, str]]) -> str:
    return pairs[-1][0] if pairs else ""


def _threshold(
    limit: Amount | None, budgeted: Amount | None, written: str, kind: BudgetKind
) -> Decimal | None:
    """The limit in the unit of the budget: a bare percentage is one of what is budgeted."""
    if limit is None or limit.unit != "%" or kind is not BudgetKind.COST:
        return limit.value if limit else None
    return budgeted.value * limit.value / 100 if budgeted and budgeted.unit != "%" else None


def _kind(budget_type: str, what: str) -> BudgetKind:
    said = f"{budget_type} {what}".lower()
    if "utili" in said or "auslastung" in said:
        return BudgetKind.UTILIZATION
    if "coverage" in said or "abdeckung" in said:
        return BudgetKind.COVERAGE
    return BudgetKind.USAGE if "usage" in said or "nutzung" in said else BudgetKind.COST


def _unit(kind: BudgetKind, units: Sequence[str], written: str) -> str:
    if kind is BudgetKind.COST:
        return ""
    if kind is not BudgetKind.USAGE:
        return "%"
    found = re.search(r"\d[\d.,]*\s*([A-Za-z%][\w%/ -]*)", written)
    return found.group(1).strip() if found else ""


def _time_unit(text: str) -> TimeUnit:
    """The budget's period, in the words of the prose or of a line of its own."""
    said = text.lower()
    prose = _without_names(said)
    return next(
        (unit for unit, signs in _PERIODS.items() if any(sign in prose for sign in signs)),
        TimeUnit.MONTHLY,
    )


def _without_names(said: str) -> str:
    """The text without the budget's name, which may say `daily` and mean nothing by it."""
    kept = [line for line in said.splitlines() if not line.strip().startswith("budget name")]
    return re.sub(r"associated with your .{1,300}? budget is", "associated with", "\n".join(kept))


def _sent_on(text: str) -> date | None:
    found = _DATE.search(text[:200])
    if found is None:
        return None
    try:
        return datetime.strptime(found.group(1), "%B %d, %Y").date()  # noqa: DTZ007 - a day, as written
    except ValueError:
        return None


def looks_like_a_notice(subject: str, text: str) -> bool:
    """Whether a message may be a budget's: by its heading, its subject, or a block like theirs."""
    named = text.lstrip().startswith(HEADING) or subject.startswith(SUBJECT)
    return named or _is_translated(text)


def _is_translated(text: str) -> bool:
    return not text.lstrip().startswith(("{", "[")) and len([*_limits(text)]) == 1


def _limits(text: str) -> Iterator[str]:
    """Lines whose value begins with a comparison and an amount, as an alert threshold's does."""
    for line in plain_signs(text[:LONGEST]).splitlines():
        if re.match(r"[^:]{1,60}:\s*(?:>=?|<=?|=)\s*\S*\d", line.strip()):
            yield line
