"""Which findings are asked about, and what the answers say about them."""

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.costs import ALL_SERVICES, OTHERS, ChargeCategory, Place, Usage, UsageQuestion
from chalicelib.findings import Certainty, Finding, FindingKind
from chalicelib.insights.drivers import Driver, Window, drivers_of
from chalicelib.report import Report

MOST_SERVICES = 5
"""Services that are asked about because much money moved."""
MOST_UNUSUAL = 10
"""Services that are asked about because they are unusual, those above included."""
MOST_QUESTIONS = 2

ADDED_UP = frozenset({ALL_SERVICES, OTHERS})
"""What stands for many services or accounts, and can be asked about under no name."""

EXPLAINABLE = frozenset(
    {
        FindingKind.RISE,
        FindingKind.STEP,
        FindingKind.HIGHER,
        FindingKind.SPIKE,
        FindingKind.NEW,
        FindingKind.ENDED,
        FindingKind.FALL,
    }
)
"""Changes of usage. A fee is one amount, and has no usage types that could say more."""


def questions(report: Report) -> tuple[UsageQuestion, ...]:
    """What to ask so that the findings that matter can be explained; none where nothing does.

    The largest findings of at most five services, and what is unusual besides. One question holds a
    service once; a service that is told in two accounts makes a second one.
    """
    if report.facts.scope.label:  # usage types are not asked for by label
        return ()
    asked = _chosen(report)
    left = list(dict.fromkeys(_place(report, each) for each in asked))
    found: list[UsageQuestion] = []
    while left and len(found) < MOST_QUESTIONS:
        by_service: dict[str, Place] = {}
        for place in left:
            by_service.setdefault(place.service, place)
        places = tuple(by_service.values())
        left = [place for place in left if place not in places]
        days = [_window(each).days for each in asked if _place(report, each) in places]
        start, end = min(each.start for each in days), max(each.end for each in days)
        start = max(start, report.facts.services.period.start)
        found.append(UsageQuestion(replace(days[0], start=start, end=end), places))
    return tuple(found)


def explained(report: Report, answers: Iterable[tuple[UsageQuestion, Usage]]) -> Report:
    """The report with the drivers of those findings that the answers are about."""
    known = {place: usage for question, usage in answers for place in question.places}
    findings = tuple(
        replace(each, drivers=_drivers(each, _place(report, each), known))
        if _place(report, each) in known and _may_be_explained(each)
        else each
        for each in report.findings
    )
    return replace(report, findings=findings)


def _drivers(found: Finding, place: Place, known: dict[Place, Usage]) -> tuple[Driver, ...]:
    window, usage = _window(found), known[place]
    if not window.covered_by(usage.covered):
        return ()
    return drivers_of(usage.rows, place, window, found.amount)


def _chosen(report: Report) -> list[Finding]:
    chosen: list[Finding] = []
    services: set[str] = set()
    for each in filter(_may_be_explained, report.findings):
        unusual = each.certainty is not Certainty.POSSIBLE
        room = len(services) < (MOST_UNUSUAL if unusual else MOST_SERVICES)
        if each.service in services or room:
            services.add(each.service)
            chosen.append(each)
    return chosen


def _may_be_explained(found: Finding) -> bool:
    if not found.service or not found.period or {found.service, found.account} & ADDED_UP:
        return False
    return found.kind in EXPLAINABLE and found.category in ("", ChargeCategory.USAGE)


def _place(report: Report, found: Finding) -> Place:
    return Place(found.service, found.account or report.facts.scope.account)


def _window(found: Finding) -> Window:
    assert found.period is not None  # noqa: S101 (only dated findings are asked about)
    return Window.of(found.period, found.against)
