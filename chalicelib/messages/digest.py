"""The weekly digest: the one story in a few lines, the link, then the tables."""

from collections.abc import Mapping
from decimal import Decimal

from chalicelib.costs import ZERO, Costs, Period
from chalicelib.messages.text import Message, message, section, table
from chalicelib.money import money, signed_money
from chalicelib.report import Report
from chalicelib.wording.certainty import completeness_line
from chalicelib.wording.changes import WHOLE, mover_row
from chalicelib.wording.lines import one_line
from chalicelib.wording.names import service_name
from chalicelib.wording.periods import day, days
from chalicelib.wording.story import Story, more_on_page, story_of
from chalicelib.wording.to_pay import paid_by_credits

MOST_FINDINGS = 3
MOST_ROWS = 8
MOST_MOVERS = 6


def digest(report: Report, link: str) -> Message:
    """The report as a mail: verdict, findings with their why, week and month, link, then the tables."""
    story = story_of(report)
    if not story.week.sentence:
        return message(story.subject, [story.verdict, link, section("About", *_made(report))])
    return message(
        story.subject,
        [
            story.verdict,
            "\n".join(each.line for each in story.findings[:MOST_FINDINGS]),
            "\n".join(
                filter(None, (story.week.sentence, story.month.sentence, story.end, story.bill))
            ),
            link,
            _service_table(report),
            _mover_table(report),
            section("More findings", *_more_findings(story)),
            section("Credits", report.credits.warning),
            section("About these figures", story.basis, *_remarks(report)),
        ],
    )


def _more_findings(story: Story) -> list[str]:
    told = story.findings[MOST_FINDINGS:]
    return [*(each.line for each in told[:MOST_ROWS]), more_on_page(len(told) - MOST_ROWS)]


def _service_table(report: Report) -> str:
    week = report.last_week
    if week is None:
        return ""
    costs = report.fees.usage.gross()
    now, before = _by_service(costs, week.period), _by_service(costs, week.against)
    cents = abs(week.gross.after) < WHOLE
    ranked = sorted(now.keys() | before.keys(), key=lambda name: (-now.get(name, ZERO), name))
    groups = [(service_name(name), [name]) for name in ranked[:MOST_ROWS]]
    rest = ranked[MOST_ROWS:]
    if rest:
        groups.append((f"{len(rest)} more", rest))
    rows = [
        _row(label, _sum(now, names), _sum(before, names), report, cents=cents)
        for label, names in groups
    ]
    if week.fees.before or week.fees.after:
        rows.append(_row("fees", week.fees.after, week.fees.before, report, cents=cents))
    reductions = (week.net.after - week.gross.after, week.net.before - week.gross.before)
    if any(reductions):
        rows.append(_row("credits and refunds", *reductions, report, cents=cents))
    if paid_by_credits(week):
        rows.append(("nothing", "", "to pay in all"))
    else:
        rows.append(_row("in all", week.net.after, week.net.before, report, cents=cents))
    return section(f"{days(week.period)}, change in a week", table(rows))


def _row(
    label: str, now: Decimal, before: Decimal, report: Report, *, cents: bool
) -> tuple[str, ...]:
    currency = report.facts.currency
    return (
        money(now, currency, cents=cents),
        signed_money(now - before, currency, cents=cents),
        label,
    )


def _mover_table(report: Report) -> str:
    """What changed since last month: the week's own changes are in the lines at the top."""
    found, moved = report.month_to_date, report.month_movers
    if found is None or moved is None:
        return ""
    ranked = (moved.by_both or moved.by_service)[:MOST_MOVERS]
    cents = abs(found.gross.after) < WHOLE
    currency, names = report.facts.currency, report.facts.account_names
    rows = [mover_row(mover, currency, names, cents=cents) for mover in ranked]
    title = f"What changed most from {moved.against.start:%B}"
    return section(title, table(rows)) if rows else ""


def _remarks(report: Report) -> list[str]:
    note = report.month_to_date.note if report.month_to_date else ""
    return [
        completeness_line(report.completeness, report.facts.services),
        f"Month to date: {note}" if note else "",
        *_made(report),
    ]


def _made(report: Report) -> list[str]:
    price = report.facts.price
    return [
        *map(one_line, report.facts.notes),
        f"Made {day(report.generated_at.date())} {report.generated_at:%Y at %H:%M} UTC from "
        f"{report.facts.source}, for {money(price.amount, 'USD')} ({price.basis}).",
    ]


def _by_service(costs: Costs, period: Period) -> dict[str, Decimal]:
    return {name: each.billed for name, each in costs.during(period).by("service").items()}


def _sum(amounts: Mapping[str, Decimal], names: list[str]) -> Decimal:
    return sum((amounts.get(name, ZERO) for name in names), ZERO)
