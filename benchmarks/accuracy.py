"""How well the projection and the anomaly detection do; writes docs/accuracy.md.

    python -m benchmarks.accuracy

Accounts and injected events are generated with fixed seeds, so the figures come out the same each
time; only time and memory depend on the machine.
"""

import math
import random
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from benchmarks.accounts import CHARACTERS, Account, accounts
from chalicelib.costs import (
    Amounts,
    Charge,
    ChargeCategory,
    CostFacts,
    Costs,
    Granularity,
    Key,
    Period,
    Price,
    month_start,
)
from chalicelib.insights.anomalies import FOLLOWING, RECENT_DAYS
from chalicelib.insights.course import median, spread
from chalicelib.insights.episodes import episodes
from chalicelib.insights.projection import projections
from chalicelib.report import build_report
from chalicelib.settings import Settings

ACCOUNTS = 240
SEED = 2026
FLOOR = 10.0
DOCUMENT = Path(__file__).parent.parent / "docs" / "accuracy.md"


@dataclass
class Trials:
    """Projections beside what came, from one day of the month."""

    errors: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    inside: list[bool] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)

    def error(self, method: str) -> float:
        """The median absolute percentage error of a method."""
        return median(self.errors[method])

    def coverage(self) -> float:
        """The share of outcomes inside the 80 % interval."""
        return sum(self.inside) / len(self.inside)


def backtest() -> tuple[dict[int, Trials], dict[str, Trials]]:
    """Project every account's last month from each of its days; by day, and by character on day 10."""
    by_day: dict[int, Trials] = defaultdict(Trials)
    by_character: dict[str, Trials] = defaultdict(Trials)
    for account in accounts(ACCOUNTS, SEED, months=5):
        costs = account.costs(account.month.end, since=month_start(account.month.start, -3))
        for days in range(1, len(account.month)):
            groups = [by_day[days]]
            if days == 10:
                groups.append(by_character[account.character])
                if not any(key.category == ChargeCategory.TAX for key in costs.cells):
                    groups.append(by_character["all without tax"])
            _project(account, costs, days, groups)
    return by_day, by_character


def _project(account: Account, costs: Costs, days: int, groups: Sequence[Trials]) -> None:
    month = account.month
    known = Period(costs.period.start, month.start + timedelta(days=days))
    projection = projections(costs.during(known), known.end, known.last_day).net
    truth = float(costs.during(month).total().billed)
    if projection is None or not truth:
        raise ValueError("Every generated account has a history and a bill", account)
    before = Period.month_of(month_start(month.start, -1))
    guesses = {
        "ours": float(projection.expected),
        "run-rate": float(projection.so_far) / days * len(month),
        "last month": float(costs.during(before).total().billed),
    }
    for trials in groups:
        for method, guess in guesses.items():
            trials.errors[method].append(abs(guess / truth - 1))
        trials.inside.append(float(projection.low) <= truth <= float(projection.high))
        trials.widths.append(float(projection.high - projection.low) / abs(truth))


type Alarm = tuple[int, int]
type Rule = Callable[[Sequence[float], date, range], list[Alarm]]

SIZES = (1.5, 2.0, 3.0, 4.0, 6.0, 10.0)
SHAPES = ("spike", "step", "drift")
WATCHED = 91  # three months of weekly reports
HISTORY = 110  # what a report knows: three months and the current one, on average


def ours(row: Sequence[float], start: date, ends: range) -> list[Alarm]:
    """What the weekly reports that end before each of `ends` tell."""
    alarms = []
    for end in ends:
        first = max(0, end - HISTORY)
        for each in episodes(row[first:end], start + timedelta(days=first)):
            recent = each.until + first >= end - RECENT_DAYS
            if recent and each.excess >= FLOOR:
                alarms.append((each.since + first, each.until + first))
    return alarms


def z_score(row: Sequence[float], start: date, ends: range) -> list[Alarm]:
    """Days more than three standard deviations above the mean of the seven days before."""

    def limit(week: Sequence[float]) -> float:
        mean = sum(week) / 7
        return mean + 3 * math.sqrt(sum((day - mean) ** 2 for day in week) / 6)

    return _days_above(row, ends, limit)


def percentage(row: Sequence[float], start: date, ends: range) -> list[Alarm]:
    """Days more than 30 % above the mean of the seven days before."""
    return _days_above(row, ends, lambda week: 1.3 * sum(week) / 7)


def _days_above(
    row: Sequence[float], ends: range, limit: Callable[[Sequence[float]], float]
) -> list[Alarm]:
    found = []
    for day in range(ends.start - 7, ends.stop - 1):
        week = row[day - 7 : day]
        if row[day] > limit(week) and row[day] - sum(week) / 7 >= FLOOR:
            found.append((day, day))
    return found


RULES: dict[str, Rule] = {
    "this project": ours,
    "7-day z-score above 3": z_score,
    "30 % above 7 days": percentage,
}


@dataclass
class Detections:
    """What one rule found and what it made up."""

    hits: dict[tuple[str, float], list[bool]] = field(default_factory=lambda: defaultdict(list))
    false: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def recall(self, shapes: Sequence[str], sizes: Sequence[float]) -> float:
        """The share of injected events that were found."""
        hits = [hit for shape in shapes for size in sizes for hit in self.hits[shape, size]]
        return sum(hits) / len(hits)

    def false_alarms(self, character: str = "") -> float:
        """False alarms per account in three months."""
        chosen = [character] if character else list(CHARACTERS)
        return sum(self.false[each] for each in chosen) / (ACCOUNTS / len(CHARACTERS) * len(chosen))


def detection() -> dict[str, Detections]:
    """Three months of weekly reports on quiet accounts, and the same with one event each."""
    results = {name: Detections() for name in RULES}
    for number, account in enumerate(accounts(ACCOUNTS, SEED, months=8)):
        rows = {
            name: row
            for name, row in account.rows.items()
            if name[1] not in FOLLOWING and name[0] != account.changed
        }
        start, length = account.period.start, len(account.period)
        ends = range(length - WATCHED + 7, length + 1, 7)
        for name, rule in RULES.items():
            for row in rows.values():
                results[name].false[account.character] += len(_separate(rule(row, start, ends)))
        for event in _events(rows, length, random.Random(f"event {number}")):
            for name, rule in RULES.items():
                reports = range(event.first + 1, min(event.last + 8, length) + 1, 7)
                hit = any(
                    since <= event.last + 1 and until >= event.first
                    for since, until in rule(event.row, start, reports)
                )
                results[name].hits[event.shape, event.size].append(hit)
    return results


@dataclass
class Event:
    """A row with something injected into it, from `first` to `last`."""

    shape: str
    size: float
    row: list[float]
    first: int
    last: int


def _events(
    rows: dict[tuple[str, str], list[float]], length: int, rng: random.Random
) -> Iterator[Event]:
    """One event of each shape and size in a daily service, where it is worth the floor in money.

    The size is in day-to-day spreads: the robust standard deviation of the change from one day to
    the next. A spike lasts one to three days, a step goes on, a drift reaches its size in 28 days.
    """
    daily = [row for row in rows.values() if all(day > 0 for day in row)]
    for size in SIZES:
        for shape in SHAPES:
            row = list(rng.choice(daily))
            first, spike = rng.randrange(length - 80, length - 40), rng.choice((1, 2, 3))
            unit = size * spread([b - a for a, b in zip(row[-150:], row[-149:], strict=False)])
            last = first + (spike - 1 if shape == "spike" else 34)
            excess = 0.0
            for day in range(first, last + 1 if shape == "spike" else length):
                added = unit * (min(1.0, (day - first + 1) / 28) if shape == "drift" else 1.0)
                row[day] += added
                excess += added
            if excess >= FLOOR:
                yield Event(shape, size, row, first, last)


def _separate(alarms: Sequence[Alarm]) -> list[Alarm]:
    """Alarms with overlapping and neighbouring ones put together: they are one alarm to a reader."""
    merged: list[Alarm] = []
    for since, until in sorted(alarms):
        if merged and since <= merged[-1][1] + 2:
            merged[-1] = (merged[-1][0], max(until, merged[-1][1]))
        else:
            merged.append((since, until))
    return merged


def scale() -> list[tuple[int, float, float]]:
    """CPU seconds and peak megabytes of one report of 250, 500 and 1,000 services, 400 days each."""
    rows = []
    for services in (250, 500, 1000):
        facts = _large(services, 400)
        began = time.process_time()
        build_report(facts, Settings(), datetime(2026, 11, 23, tzinfo=UTC))
        seconds = time.process_time() - began
        tracemalloc.start()
        build_report(facts, Settings(), datetime(2026, 11, 23, tzinfo=UTC))
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        rows.append((services, seconds, peak))
    return rows


def _large(services: int, days: int) -> CostFacts:
    today, rng = date(2026, 11, 23), random.Random(SEED)
    period = Period(today - timedelta(days=days), today)
    charges = []
    for number in range(services):
        size = 20 * rng.paretovariate(1.2)
        for day in period:
            amount = Decimal(round(size * rng.uniform(0.9, 1.1), 4))
            key = Key(day, f"Service {number}", "", ChargeCategory.USAGE)
            charges.append(Charge(key, Amounts(amount, amount, amount), "USD"))
    table = Costs.of(charges, period=period, known={"service", "category"})
    monthly = (
        Charge(Key(month_start(each.key.day), "", "1", each.key.category), each.amounts, "USD")
        for each in charges
        if each.key.day >= month_start(today, -13)
    )
    months = Costs.of(
        monthly,
        period=Period(month_start(today, -13), today),
        known={"account", "category"},
        granularity=Granularity.MONTHLY,
    )
    return CostFacts(today, table, months, None, {}, Price(Decimal(0), "", 0), "generated")


def document() -> str:
    """The text of docs/accuracy.md with fresh figures."""
    by_day, by_character = backtest()
    found = detection()
    ten, ours_found = by_day[10], found["this project"]
    pooled = [hit for trials in by_day.values() for hit in trials.inside]
    coverage, recall = sum(pooled) / len(pooled), ours_found.recall(SHAPES, SIZES[2:])
    ratio = ten.error("ours") / ten.error("run-rate")
    sizes = scale()
    growth = sizes[-1][1] / sizes[0][1]
    return DOCUMENT_TEXT.format(
        accounts=ACCOUNTS,
        projections=len(pooled),
        ratio=f"{ratio:.2f}",
        ratio_met=_met(ratio <= 0.5),
        coverage=f"{coverage:.0%}",
        coverage_met=_met(0.75 <= coverage <= 0.85),
        recall=f"{recall:.3f}",
        recall_met=_met(recall >= 0.95),
        false=f"{ours_found.false_alarms():.2f}",
        false_met=_met(ours_found.false_alarms() <= 1),
        days=_table(
            ["complete days", "this project", "run-rate", "as last month", "in interval", "width"],
            [
                [
                    str(day),
                    *_errors(by_day[day]),
                    f"{by_day[day].coverage():.0%}",
                    _width(by_day[day]),
                ]
                for day in (1, 3, 5, 7, 10, 15, 20, 25)
            ],
        ),
        characters=_table(
            ["account", "this project", "run-rate", "as last month", "in interval"],
            [
                [name, *_errors(by_character[name]), f"{by_character[name].coverage():.0%}"]
                for name in (*CHARACTERS, "all without tax")
            ],
        ),
        recalls=_table(
            ["rule", *(f"{size:g}x" for size in SIZES), "3x and more", "false alarms"],
            [
                [
                    name,
                    *(f"{result.recall(SHAPES, [size]):.2f}" for size in SIZES),
                    f"{result.recall(SHAPES, SIZES[2:]):.3f}",
                    f"{result.false_alarms():.2f}",
                ]
                for name, result in found.items()
            ],
        ),
        shapes=_table(
            ["this project", *(f"{size:g}x" for size in SIZES), "3x and more"],
            [
                [
                    shape,
                    *(f"{ours_found.recall([shape], [size]):.2f}" for size in SIZES),
                    f"{ours_found.recall([shape], SIZES[2:]):.3f}",
                ]
                for shape in SHAPES
            ],
        ),
        false_alarms=_table(
            ["account", *found],
            [
                [character, *(f"{each.false_alarms(character):.2f}" for each in found.values())]
                for character in CHARACTERS
            ],
        ),
        precisions=", ".join(f"{name}: {_precision(result):.2f}" for name, result in found.items()),
        scale=_table(
            ["services", "CPU seconds", "peak MB"],
            [[f"{n:,}", f"{seconds:.2f}", f"{peak:.0f}"] for n, seconds, peak in sizes],
        ),
        growth=f"{growth:.1f}",
    )


def _errors(trials: Trials) -> list[str]:
    return [f"{trials.error(method):.1%}" for method in ("ours", "run-rate", "last month")]


def _width(trials: Trials) -> str:
    return f"{median(trials.widths):.1%}"


def _precision(result: Detections) -> float:
    """With one event of three spreads or more in each account in the three months."""
    recall = result.recall(SHAPES, SIZES[2:])
    return recall / (recall + result.false_alarms())


def _met(met: bool) -> str:
    return "met" if met else "missed"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


DOCUMENT_TEXT = """# How accurate the projection and the anomalies are

Written by `python -m benchmarks.accuracy`; run it again to reproduce every figure. The seeds are
fixed, so only time and memory depend on the machine.

| Target | Measured | |
| --- | ---: | --- |
| Projection on day 10: median error at most half of plain run-rate's | {ratio} of it | {ratio_met} |
| 80 % interval holds 75 to 85 % of the outcomes | {coverage} | {coverage_met} |
| Anomalies of three day-to-day spreads or more: recall at least 0.95 | {recall} | {recall_met} |
| At most one false alarm per account in three months | {false} | {false_met} |

## What it is measured on

{accounts} generated accounts (`benchmarks/accounts.py`), thirty of each of eight characters: steady,
growing (3 to 25 % a month), weekday-heavy, batchy (jobs on random days), a step in the largest
service, a new service, a credit that ends, fees on the first of the month. Each has 5 to 12
services of very different size, noise of 3 to 12 % that remembers 40 % of yesterday's, and every
second one pays tax on the first. Steps, new services and ends of credits come on a random day from
three weeks before the projected month to its end, so about half of them lie in the future of a
projection made in the middle of the month; nothing can foresee those.

Generated accounts are kinder than real ones in one way (their noise has one law) and harsher in
another (three in eight change abruptly in or just before the month). No public series of real AWS
bills was at hand that covers four months by day and service (the FOCUS project's sample file holds
1,000 rows of one month), so the figures say how the methods compare, and what to expect when an
account behaves like one of these.

## Projection

The constants of the method (half-life of ten days, how much the interval is widened, and the like)
were set on accounts of other seeds. Error is the median absolute percentage error of the net month
total; all three methods know the same complete days. Run-rate is month to date, divided by days,
times days in the month. {projections:,} projections, from every day of the month but the last.

{days}

On day 10, by character of the account:

{characters}

- Most of run-rate's error is tax and fees on the first: it multiplies them by three on day 10. The
  last line leaves out every account that pays tax.
- The interval covers its share over all accounts and days, not in each kind: it is wide for
  accounts that only stray, and too narrow where a step, a new service or the end of a credit is
  still to come. In the first days of a month, with most still to come, it falls short of its share.
- Where a credit is about to end, the net total is far off until it has; the gross total is not.

## Anomalies

Weekly reports over three months, judged by what each of them tells (the last two weeks, at least
$10 above expectation). Size is the excess a day in day-to-day spreads: the robust standard
deviation (1.4826 times the median absolute deviation) of the change from one day to the next. A
spike lasts one to three days, a step stays, a drift reaches its size after four weeks and stays.
Events worth less than $10 in all are left out. Found means that a report tells of it within a week
after it (a step or drift: within five weeks). A service that changes by its account's own
character is not watched for false alarms. Recall by size, and false alarms per account in three
months:

{recalls}

By shape:

{shapes}

Precision, with one event of three spreads or more per account in the three months: {precisions}.

False alarms per account in three months, by character:

{false_alarms}

- Spikes of exactly three spreads are often missed, and must be: the target speaks of three spreads
  or more, and near three a single day looks like the largest of the several hundred ordinary days
  that an account's services have in three months. A threshold low enough to catch them all would
  break the limit on false alarms. A step of that size adds up within days and is found.
- Growing accounts have most false alarms, most of them drifts: where a trend is not yet beyond
  doubt, what grows lies above what was expected of it four weeks ago.
- The two simple rules adapt to a step or drift within a week, and so miss what lasts.

## Time and memory

One report (`build_report`) of 400 days of so many services, on a shared two-core machine. Four times
the services take {growth} times the CPU time: growth is linear.

{scale}
"""


def main() -> None:
    """Measure, and write the document."""
    DOCUMENT.write_text(document(), encoding="utf-8")
    print(f"Wrote {DOCUMENT}")


if __name__ == "__main__":
    main()
