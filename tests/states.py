"""The states that a report can be in, each as a small made-up account: what every rendering must tell well."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

from chalicelib.costs import Price
from chalicelib.report import Report, build_report
from chalicelib.settings import Settings
from simulation.ledger import Entry
from simulation.sample import SAMPLE_NOW, sample_ledger
from tests.dashboard.reports import TODAY, days_up_to, entry, large_report, report_of

SHOP, LAB = "111122223333", "444455556666"
EC2, S3, RDS, LAMBDA = (
    "Amazon Elastic Compute Cloud - Compute",
    "Amazon Simple Storage Service",
    "Amazon Relational Database Service",
    "AWS Lambda",
)
WEEKEND = Decimal("0.8")
TIDE = tuple(map(Decimal, ("1.00", "1.03", "0.98", "1.01", "0.97", "1.02", "0.99")))
"""How one day differs from another without anything having happened."""


def steady(
    service: str,
    a_day: str,
    *,
    days: int = 120,
    today: date = TODAY,
    account: str = SHOP,
    record_type: str = "Usage",
) -> Iterator[Entry]:
    """The same use every day, less on weekends, never quite alike."""
    for n, day in enumerate(days_up_to(today, days)):
        level = Decimal(a_day) * TIDE[n % 5] * (WEEKEND if day.weekday() > 4 else 1)
        level = level.quantize(Decimal("0.000001"))
        yield entry(day, level, service=service, account=account, record_type=record_type)


def jump(service: str, a_day: str, since: date, *, account: str = SHOP) -> Iterator[Entry]:
    """What comes on top of a steady use from one day on."""
    for day in days_up_to(TODAY, (TODAY - since).days):
        yield entry(day, a_day, service=service, account=account)


def no_data_yet() -> Report:
    return report_of([])


def first_days_of_an_account() -> Report:
    return report_of([*steady(EC2, "3.20", days=4), *steady(S3, "0.41", days=4)])


def first_days_of_a_month() -> Report:
    today = date(2026, 11, 2)
    made = datetime(2026, 11, 2, 7, tzinfo=UTC)
    return build_report(sample_ledger().facts(today), Settings(), made)


def no_credits() -> Report:
    jumped = jump(RDS, "31.40", date(2026, 11, 12))
    return report_of([*steady(EC2, "42"), *steady(RDS, "18"), *steady(S3, "6.5"), *jumped])


def all_paid_by_credits() -> Report:
    used = [*steady(EC2, "24"), *steady(S3, "3")]
    paid = [replace_amount(each, -1, "Credit") for each in used]
    return report_of([*used, *paid])


def no_access_to_detail() -> Report:
    """A member account whose role sees its own costs, and no accounts below it."""
    facts = sample_ledger().facts(SAMPLE_NOW.date())
    facts = replace(
        facts,
        accounts=None,
        price=Price(Decimal("0.02"), "2 requests at $0.01", 2),
        source="Cost Explorer",
        notes=("Detail by account is left out: it would take more requests than the limit of 25.",),
    )
    return build_report(facts, Settings(), SAMPLE_NOW)


def one_service() -> Report:
    return report_of(list(steady(LAMBDA, "0.37")))


def long_named_organisation() -> Report:
    names = {
        SHOP: "Bundesanstalt-für-Landwirtschaftsverwaltungsmodernisierung-Produktionsumgebung",
        LAB: "Rechtsschutzversicherungsgesellschaften-Qualitätssicherungsumgebung (Entwicklung)",
    }
    return report_of(
        [
            *steady(EC2, "118"),
            *steady("Amazon Managed Streaming for Apache Kafka Serverless", "61", account=LAB),
            *jump(
                "Amazon Managed Workflows for Apache Airflow Environment Executions",
                "27",
                date(2026, 11, 17),
                account=LAB,
            ),
        ],
        account_names=names,
        settings=Settings(monthly_budget=Decimal(5000)),
    )


def yen() -> Report:
    jumped = jump(RDS, "9100", date(2026, 11, 16))
    return report_of([*steady(EC2, "48210"), *steady(RDS, "7200"), *jumped], currency="JPY")


def right_to_left_names() -> Report:
    names = {SHOP: "متجر الإنتاج (eu-1)", LAB: "סביבת בדיקות"}
    return report_of(
        [
            *steady(EC2, "37"),
            *steady(S3, "11", account=LAB),
            *jump(S3, "22", date(2026, 11, 15), account=LAB),
        ],
        account_names=names,
    )


def replace_amount(charged: Entry, factor: int, record_type: str) -> Entry:
    """The same entry times a factor, as another type of record."""
    sums = (charged.unblended * factor,) * 4
    return Entry(charged.day, charged.service, charged.account, record_type, *sums)


STATES: dict[str, Callable[[], Report]] = {
    "no data yet": no_data_yet,
    "first days of an account": first_days_of_an_account,
    "first days of a month": first_days_of_a_month,
    "no credits": no_credits,
    "all paid by credits": all_paid_by_credits,
    "no access to detail": no_access_to_detail,
    "one service": one_service,
    "1,000 accounts": large_report,
    "a long-named organisation": long_named_organisation,
    "yen": yen,
    "right-to-left names": right_to_left_names,
}


@cache
def state(name: str) -> Report:
    """The report of one state, made once."""
    return STATES[name]()
