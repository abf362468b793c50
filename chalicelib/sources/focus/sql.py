"""The question that a report asks of FOCUS charges, as one SQL text for every engine."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from chalicelib.costs import OTHERS, REDUCTIONS, UNTAGGED, Period, month_start
from chalicelib.errors import SettingError

MOST_NAMES = 500
MOST_PAIRS = 500
"""Accounts, and pairs of account and service, beyond these are added to `OTHERS`; so are label values."""

DOUBLE_SCALE = 10
"""Decimal places kept of a cost that is stored as a double, as AWS does. AWS prices to ten places,
and a double holds no more than that of amounts up to 900,000."""

DECIMAL_SCALE = 20
"""Decimal places kept of a cost that is stored as text or as a decimal."""

SQL = Path(__file__).with_name("facts.sql")
LABEL_COLUMNS = {"tag": "Tags", "category": "x_CostCategories"}


@dataclass(frozen=True, slots=True)
class FocusQuery:
    """What a report made on `today` asks of FOCUS charges.

    `label` is `tag:KEY` or `category:NAME`. `currency` and `provider` keep only the charges in one
    currency, or of one provider; "" keeps all.
    """

    today: date
    label: str = ""
    currency: str = ""
    provider: str = ""

    @property
    def days(self) -> Period:
        """What `CostFacts.services` covers."""
        return Period(month_start(self.today, -3), self.today)

    @property
    def months(self) -> Period:
        """What `CostFacts.months` covers, and so everything that is read."""
        return Period(month_start(self.today, -13), self.today)

    @property
    def recent(self) -> Period:
        """What `CostFacts.accounts` and `labels` cover."""
        return Period(month_start(self.today, -1), self.today)

    def sql(self, table: str, *, scale: int = DOUBLE_SCALE, partition: str = "") -> str:
        """The question about one table; `partition` is a condition that spares reading all of it.

        Raises `SettingError` when the label is neither a tag nor a cost category.
        """
        return SQL.read_text(encoding="utf-8").format(
            table=table,
            narrowed=self._narrowed(partition),
            scale=scale,
            label=_label(self.label),
            label_shown="label" if self.label else "NULL",
            label_set="(recent_day, label, service)," if self.label else "",
            months_from=self.months.start,
            services_from=self.days.start,
            recent_from=self.recent.start,
            today=self.today,
            reductions=", ".join(_text(category) for category in sorted(REDUCTIONS)),
            most_pairs=MOST_PAIRS,
            most_names=MOST_NAMES,
            others=_text(OTHERS),
        )

    def _narrowed(self, partition: str) -> str:
        conditions = [partition] if partition else []
        if self.currency:
            conditions.append(f"BillingCurrency = {_text(self.currency)}")
        if self.provider:
            conditions.append(f"ProviderName = {_text(self.provider)}")
        return " AND ".join(conditions) or "TRUE"


def label_column(label: str) -> str:
    """The FOCUS column that holds a label's values; raises `SettingError` for anything else."""
    kind, _, name = label.partition(":")
    if kind not in LABEL_COLUMNS or not name:
        raise SettingError(
            f"The label is {label!r}.",
            next_step="It should be `tag:KEY` or `category:NAME`, for example tag:team.",
        )
    return LABEL_COLUMNS[kind]


def _label(label: str) -> str:
    """An expression for one tag or cost category that both engines know.

    Looking a missing key up is an error in Trino. Some exports mark the user's own tags.
    """
    if not label:
        return "''"
    column, key = label_column(label), label.partition(":")[2]
    choices = " ".join(
        f"WHEN CONTAINS(MAP_KEYS({column}), {_text(name)}) THEN {column}[{_text(name)}]"
        for name in (key, f"user:{key}")
    )
    return f"COALESCE(NULLIF(CASE {choices} END, ''), {_text(UNTAGGED)})"


def _text(value: str) -> str:
    """A string literal."""
    return "'" + value.replace("'", "''") + "'"
