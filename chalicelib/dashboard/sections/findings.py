"""The findings: one ranked list, each with its words and its course."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.costs import CostFacts, Costs, Period
from chalicelib.dashboard.rounding import cents
from chalicelib.report import Report
from chalicelib.wording.findings import Told
from chalicelib.wording.story import Story

FINDINGS_LISTED = 50
WITH_COURSE = 20
"""Findings whose course is carried; those below are small."""
DAYS = 90


@dataclass(frozen=True, slots=True)
class Course:
    """What the finding's service or account cost on each day, before credits; None where unknown."""

    charge_period_start: date
    amounts: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding. `before` and `now` are totals of its period; `amount` is what it is worth, and
    positive where more is to be paid."""

    kind: str
    place: str
    headline: str
    sentence: str
    why: str
    certainty: str
    how_sure: str
    look: str
    service_name: str
    sub_account_id: str
    sub_account_name: str
    charge_category: str
    charge_period_start: date | None
    charge_period_end: date | None
    against_start: date | None
    against_end: date | None
    before: Decimal
    now: Decimal
    amount: Decimal
    course: Course | None


def findings_of(report: Report, story: Story) -> tuple[FindingRow, ...]:
    """The story's findings with what a page can show of them."""
    return tuple(
        _row(report.facts, each, with_course=n < WITH_COURSE)
        for n, each in enumerate(story.findings[:FINDINGS_LISTED])
    )


def _row(facts: CostFacts, told: Told, *, with_course: bool) -> FindingRow:
    found = told.finding
    return FindingRow(
        kind=found.kind.value,
        place=told.place,
        headline=told.headline,
        sentence=told.sentence,
        why=told.why,
        certainty=found.certainty.value,
        how_sure=told.how_sure,
        look=told.look,
        service_name=found.service,
        sub_account_id=found.account,
        sub_account_name=facts.account_name(found.account),
        charge_category=found.category,
        charge_period_start=found.period.start if found.period else None,
        charge_period_end=found.period.end if found.period else None,
        against_start=found.against.start if found.against else None,
        against_end=found.against.end if found.against else None,
        before=cents(found.before),
        now=cents(found.now),
        amount=cents(found.amount),
        course=_course(facts, found.service, found.account) if with_course else None,
    )


def _course(facts: CostFacts, service: str, account: str) -> Course | None:
    """The daily cost of what the finding is about; None where it is about no service or account."""
    if account and facts.accounts is not None:
        costs = facts.accounts.where("account", {account})
    elif service:
        costs = facts.services.gross()
    else:
        return None
    if service:
        costs = costs.where("service", {service})
    whole = costs.period
    period = whole.intersection(Period.ending(whole.last_day, DAYS)) or whole
    return Course(period.start, _amounts(costs, period))


def _amounts(costs: Costs, period: Period) -> tuple[Decimal | None, ...]:
    series = costs.during(period).series()
    return tuple(None if each is None else cents(each) for each in series)
