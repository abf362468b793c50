"""The verdict: is anything unusual, how much, why; in one or two sentences, and as a subject."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from chalicelib.costs import ZERO
from chalicelib.findings import Certainty, FindingKind
from chalicelib.insights.comparison import Change
from chalicelib.money import percent, rough_money
from chalicelib.wording.changes import more
from chalicelib.wording.findings import Told
from chalicelib.wording.lines import capital, listed, one_line

ALSO = 2
"""Findings that the verdict names after the first."""
SUBJECT_LENGTH = 99
NOTABLE_SHARE, NOTABLE_AMOUNT = Decimal("0.1"), Decimal(10)
"""A week that differs by a tenth and by ten units of money is not as usual, whatever its parts do."""
MOSTLY = Decimal("0.5")
"""Share of a change from which on one thing is most of it."""
AS_USUAL = "everything else is as usual"


@dataclass(frozen=True, slots=True)
class Week:
    """The last seven days as a verdict needs them.

    `said` has amount and change (`$2,123 last week, 22 % more`), `when` the days; `change` is what
    the percentage is of.
    """

    said: str
    amount: str
    when: str
    change: Change


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict, and the same as a subject of less than 100 characters."""

    verdict: str
    subject: str


def judge(findings: Sequence[Told], week: Week | None, so_far: str, currency: str) -> Judged:
    """The verdict on findings and week; `so_far` is said where no two weeks can be compared."""
    lead = _lead(findings)
    if lead:
        return Judged(_led(lead, week, currency), _fitting(_led_subjects(lead, week)))
    if week is None:
        said = f"Nothing unusual so far: {so_far}"
        return Judged(f"{said}.", _fitting(iter([said])))
    if _notable(week.change):
        whole = _whole(week, currency)
        return Judged(
            f"{whole} than the week before: {week.amount} in all. {_spread(findings, week.change)}",
            _fitting(iter([f"{whole}: {week.amount} ({week.when})"])),
        )
    said = f"Nothing unusual: {week.said}"
    subjects = iter([f"{said} ({week.when})", f"Nothing unusual ({week.when})"])
    return Judged(f"{said}.", _fitting(subjects))


def _lead(findings: Sequence[Told]) -> list[Told]:
    """What is unusual: what costs more first, then what costs less, each by money.

    A new name changes no cost, so it is told and leads nothing.
    """
    unusual = [
        each
        for each in findings
        if each.finding.certainty is not Certainty.POSSIBLE
        and each.finding.kind is not FindingKind.RENAMED
    ]
    return sorted(unusual, key=lambda each: each.finding.amount <= 0)


def _led(lead: list[Told], week: Week | None, currency: str) -> str:
    first, others = lead[0], lead[1:]
    why = f": {first.because}" if first.because else ""
    said = f"{capital(first.headline)}{why}."
    rest = _rest(lead, week, currency)
    if not others:
        return f"{said} {capital(rest)}."
    also = [each.short for each in others[:ALSO]]
    if len(others) > ALSO:
        also.append(f"{len(others) - ALSO} more")
    return f"{said} Also {listed(also)}; {rest}."


def _rest(lead: list[Told], week: Week | None, currency: str) -> str:
    """Whether the week is as usual but for what was named."""
    if week is None or not _notable(week.change):
        return AS_USUAL
    named = [each.finding.amount for each in lead if each.finding.period]
    same_way = sum((each for each in named if each * week.change.amount > 0), ZERO)
    if abs(same_way) >= MOSTLY * abs(week.change.amount):
        return AS_USUAL
    whole = _whole(week, currency)
    return f"{whole[0].lower()}{whole[1:]} than the week before"


def _notable(change: Change) -> bool:
    ratio = change.ratio
    return (
        ratio is not None and abs(ratio) >= NOTABLE_SHARE and abs(change.amount) >= NOTABLE_AMOUNT
    )


def _whole(week: Week, currency: str) -> str:
    change = week.change
    share = percent(abs(change.ratio)) if change.ratio is not None else ""
    return f"Last week cost {rough_money(abs(change.amount), currency)} {more(change)} ({share})"


def _spread(findings: Sequence[Told], change: Change) -> str:
    """What a week's change is made of."""
    same_way = [each for each in findings if each.finding.amount * change.amount > 0]
    if not same_way:
        return "No single service stands out."
    first = same_way[0]
    if abs(first.finding.amount) >= MOSTLY * abs(change.amount):
        return f"Most of it is {first.short}."
    return f"It is spread over many services; the largest change is {first.short}."


def _led_subjects(lead: list[Told], week: Week | None) -> Iterator[str]:
    """Subjects from the fullest to the shortest."""
    first = capital(lead[0].headline)
    if week is None:
        yield first
        return
    when = f"({week.when})"
    undated = first.rsplit(" since ", 1)[0]
    yield f"{first}; {week.said} {when}"
    yield f"{undated}; {week.said} {when}"
    yield f"{undated}; {week.amount} last week {when}"
    yield f"{undated} {when}"
    yield f"{lead[0].short} {when}"


def _fitting(subjects: Iterator[str]) -> str:
    """The fullest subject that fits, or the last one cut."""
    last = ""
    for last in subjects:
        if len(last) <= SUBJECT_LENGTH:
            return last
    return one_line(last, SUBJECT_LENGTH)
