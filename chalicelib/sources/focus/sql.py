"""The question that a report asks of FOCUS charges, as one SQL text for every engine."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from chalicelib.costs import OTHERS, REDUCTIONS, Period, month_start
from chalicelib.sources.focus.labels import label_kinds, label_value, text

MOST_NAMES = 500
MOST_PAIRS = 500
"""Accounts, and pairs of account and service, beyond these are added to `OTHERS`; so are label values."""

DOUBLE_SCALE = 10
"""Decimal places kept of a cost that is stored as a double, as AWS does. AWS prices to ten places,
and a double holds no more than that of amounts up to 900,000."""

DECIMAL_SCALE = 20
"""Decimal places kept of a cost that is stored as text or as a decimal."""

NO_SERVICE = "(no service name)"
"""The service of charges that name none."""

SQL = Path(__file__).with_name("facts.sql")


@dataclass(frozen=True, slots=True)
class FocusQuery:
    """What a report made on `today` asks of FOCUS charges.

    `label` is `tag:KEY` or `category:NAME`. `currency` and `provider` keep only the charges in one
    currency, or of one provider; "" keeps all. `category_column` says that there is a column for
    cost categories, as in FOCUS 1.0 exports of AWS; they are looked for among the tags, too.
    """

    today: date
    label: str = ""
    currency: str = ""
    provider: str = ""
    category_column: bool = True

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
            no_service=text(NO_SERVICE),
            label=label_value(self.label, self.category_column),
            label_kinds=label_kinds(self.label, self.category_column),
            label_shown="COALESCE(label, label_kinds)" if self.label else "NULL",
            label_set="(recent_day, label, service)," if self.label else "",
            months_from=self.months.start,
            services_from=self.days.start,
            recent_from=self.recent.start,
            today=self.today,
            reductions=", ".join(text(category) for category in sorted(REDUCTIONS)),
            most_pairs=MOST_PAIRS,
            most_names=MOST_NAMES,
            others=text(OTHERS),
        )

    def _narrowed(self, partition: str) -> str:
        conditions = [partition] if partition else []
        if self.currency:
            conditions.append(f"BillingCurrency = {text(self.currency)}")
        if self.provider:
            conditions.append(f"ProviderName = {text(self.provider)}")
        return " AND ".join(conditions) or "TRUE"
