"""What credits do, and for which services."""

from dataclasses import dataclass
from decimal import Decimal

from chalicelib.dashboard.rounding import cents
from chalicelib.report import Report


@dataclass(frozen=True, slots=True)
class CoveredRow:
    """One service and what credits paid for it in the last 30 complete days."""

    service_name: str
    paid: Decimal


@dataclass(frozen=True, slots=True)
class CreditsView:
    """What credits do, and for which services; `asked` is False where nobody could tell them apart."""

    asked: bool
    state: str
    warning: str
    covered: tuple[CoveredRow, ...]


def credits_of(report: Report) -> CreditsView:
    """The state of the credits and the ten services they pay most for."""
    return CreditsView(
        asked=report.facts.credits_asked,
        state=report.credits.state.value,
        warning=report.credits.warning,
        covered=tuple(CoveredRow(name, cents(paid)) for name, paid in report.credits.covered[:10]),
    )
