"""A believable organisation's costs, the same every time, and a large one for measuring.

The sample tells the stories a report should notice, all as of `SAMPLE_NOW`; `STORIES` dates them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from chalicelib.costs import ZERO, Period, month_start
from simulation.ledger import Entry, Ledger, Sums
from simulation.sample_usage import COVERED, FEES, LARGE, USAGE, Usage, parts
from simulation.scaled_ledger import ScaledLedger

SAMPLE_NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
"""A Monday morning, when the weekly report runs."""

SAMPLE_PERIOD = Period(date(2025, 9, 1), SAMPLE_NOW.date())

PRODUCTION, STAGING, DATA = "123456789012", "210987654321", "345678901234"
ACCOUNT_NAMES = {PRODUCTION: "production", STAGING: "staging", DATA: "data platform"}

EC2 = "Amazon Elastic Compute Cloud - Compute"
RDS = "Amazon Relational Database Service"
CLOUDFRONT = "Amazon CloudFront"
S3 = "Amazon Simple Storage Service"
CLOUDWATCH = "AmazonCloudWatch"
OPENSEARCH = "Amazon OpenSearch Service"
BEDROCK = "Amazon Bedrock"
REGISTRAR = "Amazon Registrar"
SUPPORT = "AWS Support (Business)"
SAVINGS_PLANS = "Savings Plans for AWS Compute usage"
TAX = "Tax"


@dataclass(frozen=True)
class Stories:
    """When what happens in the sample."""

    savings_plan_begins: date = date(2026, 2, 1)
    credit_granted: date = date(2026, 3, 1)
    credit: Decimal = Decimal(7500)
    opensearch_last_day: date = date(2026, 11, 10)
    runaway_begins: date = date(2026, 11, 14)
    bedrock_begins: date = date(2026, 11, 16)


STORIES = Stories()


@dataclass(frozen=True)
class _Service:
    """What a service costs a month at the beginning, how that grows, and what a weekend day costs."""

    name: str
    month: float
    growth: float  # per month
    weekend: float  # of a weekday
    shares: tuple[float, float, float]  # production, staging, data platform
    team: str = ""


_SERVICES = (
    _Service(EC2, 2900, 0.012, 0.86, (0.68, 0.17, 0.15), "storefront"),
    _Service(RDS, 1300, 0.010, 0.99, (0.72, 0.13, 0.15), "storefront"),
    _Service("EC2 - Other", 760, 0.015, 0.92, (0.6, 0.15, 0.25), "platform"),
    _Service(S3, 540, 0.025, 1.0, (0.35, 0.05, 0.6), "data"),
    _Service(CLOUDFRONT, 330, 0.015, 1.12, (1, 0, 0), "storefront"),
    _Service("Amazon ElastiCache", 350, 0.005, 1.0, (0.85, 0.15, 0), "storefront"),
    _Service("Amazon DynamoDB", 260, 0.015, 0.9, (0.8, 0.1, 0.1), "storefront"),
    _Service(OPENSEARCH, 290, 0.0, 1.0, (0, 0, 1), "data"),
    _Service("AWS Lambda", 170, 0.02, 0.7, (0.7, 0.2, 0.1), "storefront"),
    _Service(CLOUDWATCH, 150, 0.01, 0.95, (0.6, 0.25, 0.15), "platform"),
    _Service("AWS Glue", 240, 0.02, 0.3, (0, 0, 1), "data"),
    _Service("Amazon Athena", 90, 0.02, 0.25, (0, 0, 1), "data"),
    _Service("Amazon Elastic Load Balancing", 140, 0.0, 1.0, (0.7, 0.3, 0), "platform"),
    _Service(
        "Amazon Elastic Container Service for Kubernetes", 146, 0.0, 1.0, (0.5, 0.5, 0), "platform"
    ),
    _Service("Amazon Virtual Private Cloud", 95, 0.005, 1.0, (0.5, 0.3, 0.2), "platform"),
    _Service("Amazon Kinesis", 70, 0.01, 0.95, (0.3, 0, 0.7), "data"),
    _Service("AWS Secrets Manager", 18, 0.01, 1.0, (0.5, 0.4, 0.1), "platform"),
    _Service("Amazon Route 53", 12, 0.01, 0.95, (0.9, 0.1, 0), "platform"),
    _Service("AWS Key Management Service", 11, 0.01, 0.9, (0.5, 0.2, 0.3), "platform"),
    _Service("Amazon Simple Queue Service", 6, 0.01, 0.85, (0.8, 0.2, 0), "storefront"),
    _Service("AWS CloudTrail", 0, 0.0, 1.0, (0.4, 0.3, 0.3)),
    _Service(BEDROCK, 780, 0.0, 0.75, (0.4, 0, 0.6), "data"),
)
_TEAMS = {service.name: service.team for service in _SERVICES}

PRIVATE_RATES = {CLOUDFRONT: Decimal("0.20"), S3: Decimal("0.08")}
"""Negotiated discounts by service."""

_SAVINGS_PLAN_DAY = Decimal(28)  # what the commitment costs a day
_SAVINGS_PLAN_PRICE = Decimal("0.72")  # of the on-demand price
_RESERVED_DATABASES_DAY = Decimal("9.6")
_CREDIT_SHARE = Decimal("0.46")  # of production's compute and databases
_SUPPORT_RATE, _TAX_RATE = Decimal("0.06"), Decimal("0.075")
_REFUNDS = {
    date(2026, 8, 18): (RDS, PRODUCTION, Decimal("-84.2250000000")),
    date(2026, 11, 4): (CLOUDFRONT, PRODUCTION, Decimal("-37.9100000000")),
}
_DOMAIN_RENEWALS = {date(2025, 10, 7), date(2026, 10, 7)}
_DETAILED_FROM = date(2026, 8, 1)  # before, a service is all of one usage type: nobody asks
_SETTLING = {1: 0.45, 2: 0.85}  # how much of the last and the second last day has arrived


def sample_ledger() -> Ledger:
    """Three accounts, 26 services, September 2025 to the eve of `SAMPLE_NOW`; about $10,000 a month."""
    return Ledger(_Sample().entries(), ACCOUNT_NAMES)


def large_ledger(
    accounts: int = 1000, services: int = 100, days: int = 90, *, today: date
) -> Ledger:
    """Many accounts that each use a quarter of the services, for `days` days up to `today`.

    Amounts are skewed as in real organisations; every account pays tax and gets a small credit.
    """
    random = Random(f"{accounts} {services}")
    numbers = [str(100_000_000_000 + 7_777_777 * n) for n in range(accounts)]
    names = [f"Amazon Service {n:03}" for n in range(services)]
    weights = {day: 90 + day.day % 20 for day in Period.ending(today - timedelta(days=1), days)}
    return ScaledLedger(
        (entry for account in numbers for entry in _large_account(account, names, random)),
        weights,
        {number: f"account {n:04}" for n, number in enumerate(numbers)},
    )


def _large_account(account: str, services: list[str], random: Random) -> Iterator[Entry]:
    day = SAMPLE_PERIOD.start
    for service in random.sample(services, -(-len(services) // 4)):
        amount = _exact(0.02 * random.paretovariate(1.3))
        yield _entry(day, service, account, "Usage", (amount,) * 4, LARGE)
        if service == services[0]:
            credit = -amount / 4
            yield _entry(day, service, account, "Credit", (credit,) * 4)
    yield _entry(day, TAX, account, "Tax", (_exact(0.01 + random.random() / 100),) * 4)


class _Sample:
    """Walks through the days once, keeping what the next day depends on."""

    def __init__(self) -> None:
        self.random = Random("CloudCostTracker")
        self.credit_left = STORIES.credit
        self.usage = defaultdict[tuple[date, str], Decimal](Decimal)  # by month and account

    def entries(self) -> Iterator[Entry]:
        for day in SAMPLE_PERIOD:
            if day.day == 1:
                yield from self._fees(day)
            for service in _SERVICES:
                for account, share in zip(ACCOUNT_NAMES, service.shares, strict=True):
                    if share and _in_use(service, day):
                        amount = self._usage(service, account, share, day)
                        self.usage[month_start(day), account] += amount
                        logs = _exact(_runaway(service, account, day) * arrived(day))
                        yield from self._charges(day, service.name, account, amount, logs)
            yield from _reserved_databases(day)
            yield from _one_offs(day)

    def _usage(self, service: _Service, account: str, share: float, day: date) -> Decimal:
        """A day's usage at list price."""
        months = (day.year - SAMPLE_PERIOD.start.year) * 12 + day.month - SAMPLE_PERIOD.start.month
        level = service.month / 30.4 * share * (1 + service.growth) ** months
        level *= service.weekend if day.weekday() >= 5 else 1
        level *= self.random.uniform(0.96, 1.04)
        level += _runaway(service, account, day)
        return _exact(level * arrived(day))

    def _charges(
        self, day: date, service: str, account: str, usage: Decimal, logs: Decimal
    ) -> Iterator[Entry]:
        """How usage at list price is charged: covered by a plan, discounted, paid by credit."""
        if service == EC2 and account == PRODUCTION and day >= STORIES.savings_plan_begins:
            covered = min(usage, _rounded(_SAVINGS_PLAN_DAY / _SAVINGS_PLAN_PRICE))
            effective = _rounded(covered * _SAVINGS_PLAN_PRICE)
            usage -= covered
            sums = (covered, covered, effective, effective)
            yield _entry(day, service, account, "SavingsPlanCoveredUsage", sums, COVERED)
            sums = (-covered, -covered, ZERO, ZERO)
            yield _entry(day, service, account, "SavingsPlanNegation", sums, COVERED)
        rate = PRIVATE_RATES.get(service, ZERO)
        discount = _rounded(usage * rate)
        net = usage - discount
        for kind, amount in _by_usage_type(day, service, usage, logs):
            less = discount if amount == usage else _rounded(amount * rate)
            discount -= less
            usage -= amount
            sums = (amount, amount - less, amount, amount - less)
            yield _entry(day, service, account, "Usage", sums, kind)
            if less:
                sums = (-less, ZERO, -less, ZERO)
                yield _entry(day, service, account, "Private Rate Card Discount", sums, kind)
        if service in (EC2, RDS) and account == PRODUCTION:
            yield from self._credits(day, service, account, net)

    def _credits(self, day: date, service: str, account: str, net: Decimal) -> Iterator[Entry]:
        if day >= STORIES.credit_granted and self.credit_left:
            credit = min(self.credit_left, _rounded(net * _CREDIT_SHARE))
            self.credit_left -= credit
            yield _entry(day, service, account, "Credit", (-credit,) * 4)

    def _fees(self, day: date) -> Iterator[Entry]:
        """What appears on the first of a month; support and tax follow the month before."""
        days = len(Period.month_of(day))
        before = month_start(day, -1)
        usage = {a: self.usage.get((before, a)) or Decimal(2400) for a in ACCOUNT_NAMES}
        support = max(Decimal(100), _rounded(sum(usage.values()) * _SUPPORT_RATE))
        yield _entry(day, SUPPORT, PRODUCTION, "Support fee", (support,) * 4)
        for account, amount in usage.items():
            yield _entry(day, TAX, account, "Tax", (_rounded(amount * _TAX_RATE),) * 4)
        reserved = _RESERVED_DATABASES_DAY * days
        yield _entry(day, RDS, PRODUCTION, "RIFee", (reserved, reserved, ZERO, ZERO))
        if day >= STORIES.savings_plan_begins:
            plan = _SAVINGS_PLAN_DAY * days
            yield _entry(
                day, SAVINGS_PLANS, PRODUCTION, "SavingsPlanRecurringFee", (plan, plan, ZERO, ZERO)
            )


def arrived(day: date) -> float:
    """The share of a day's charges that Cost Explorer has taken in by `SAMPLE_NOW`."""
    return _SETTLING.get((SAMPLE_PERIOD.end - day).days, 1)


def _by_usage_type(
    day: date, service: str, amount: Decimal, logs: Decimal
) -> Iterable[tuple[Usage, Decimal]]:
    whole = parts(service, amount, logs)
    return whole if day >= _DETAILED_FROM else [(USAGE[service][0], amount)]


def _in_use(service: _Service, day: date) -> bool:
    if service.name == OPENSEARCH:
        return day <= STORIES.opensearch_last_day
    return service.name != BEDROCK or day >= STORIES.bedrock_begins


def _runaway(service: _Service, account: str, day: date) -> float:
    """Debug logging left on in staging: more of it every day."""
    days = (day - STORIES.runaway_begins).days
    runs = service.name == CLOUDWATCH and account == STAGING and days >= 0
    return 18 + 7 * days if runs else 0


def _reserved_databases(day: date) -> Iterator[Entry]:
    price = _RESERVED_DATABASES_DAY
    yield _entry(day, RDS, PRODUCTION, "DiscountedUsage", (ZERO, ZERO, price, price))


def _one_offs(day: date) -> Iterator[Entry]:
    if day in _REFUNDS:
        service, account, amount = _REFUNDS[day]
        yield _entry(day, service, account, "Refund", (amount,) * 4)
    if day in _DOMAIN_RENEWALS:
        yield _entry(day, REGISTRAR, PRODUCTION, "Other out-of-cycle charges", (Decimal(15),) * 4)


_QUANTIFIED = ("Usage", "SavingsPlanCoveredUsage")  # the rest would count the same hours twice


def _entry(
    day: date,
    service: str,
    account: str,
    record_type: str,
    sums: Sums,
    kind: Usage | None = None,
) -> Entry:
    labels = {}
    if team := _TEAMS.get(service):
        labels["tag:team"] = team
    if service not in (TAX, SUPPORT):
        labels["category:Environment"] = "Non-production" if account == STAGING else "Production"
    if kind is None:
        usage_type = FEES.get(record_type, "")
        return Entry(day, service, account, record_type, *sums, labels, usage_type)
    used = kind.quantity(sums[0]) if record_type in _QUANTIFIED else ZERO
    what = kind.usage_type, used, kind.unit, kind.resource.format(account=account)
    return Entry(day, service, account, record_type, *sums, labels, *what)


def _exact(amount: float) -> Decimal:
    """An amount with ten decimals, as Cost Explorer gives them."""
    return Decimal(round(amount * 10**10)).scaleb(-10)


_TENTH_DECIMAL = Decimal(1).scaleb(-10)


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(_TENTH_DECIMAL)
