"""Asks why, once the report knows what matters; what cannot be had is left out, and the rest stands."""

from dataclasses import replace

from chalicelib.costs import Usage, UsageQuestion
from chalicelib.errors import CostSourceError
from chalicelib.jobs.ports import DriverSource
from chalicelib.report import Report
from chalicelib.why import explained, questions


def with_reasons(report: Report, source: object) -> Report:
    """The report with the drivers of what matters in it, and the price of asking; never raises.

    A source that knows no usage types (see `DriverSource`) is not asked. Where the cap on requests,
    the time or AWS says no, a note says so.
    """
    if not isinstance(source, DriverSource):
        return report
    answers: list[tuple[UsageQuestion, Usage]] = []
    notes: list[str] = []
    for question in questions(report):
        try:
            answers.append((question, source.usage(question)))
        except CostSourceError as error:
            notes.append(f"Why costs changed is left out. {error.explanation()}")
            break
    facts = replace(report.facts, price=source.price(), notes=(*report.facts.notes, *notes))
    return explained(replace(report, facts=facts), answers)
