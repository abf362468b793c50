"""How rules do on the accounts of `benchmarks/kinds.py`: figures by kind.

    python -m benchmarks.by_kind --train --accounts 4 --only found,false,month

`--train` takes the accounts that constants may be chosen on; without it, those of the printed
table.
"""

import argparse
import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from benchmarks.billed import Account
from benchmarks.injected import FLOOR, RISES, SHAPES, SIZES, Event, events
from benchmarks.kinds import KINDS, REPORT_SEED, TRAIN_SEED, accounts
from chalicelib.costs import Costs, Period, month_start
from chalicelib.insights.anomalies import RECENT_DAYS, anomalies
from chalicelib.insights.course import median, quantile
from chalicelib.insights.episodes import episodes
from chalicelib.insights.projection import Projection, projections

HISTORY = 110
"""Days that a report knows of a row: three months and, on average, half of the current one."""
PATIENCE = {"spike": 7, "plateau": 7}
"""Days after its last day within which an event counts as found; others: 35 days from the first."""
CHECKPOINTS = (5, 10, 15, 20)


@dataclass(frozen=True)
class Telling:
    """What the first report that tells of an event says: its kind, and by how many days it is off."""

    kind: str
    off: int


type Told = tuple[int, int, str, bool]
"""Positions of the first and last day, the kind in words, and whether it is a rise."""
type Rule = Callable[[Sequence[float], date, int], list[Told]]


def ours(row: Sequence[float], start: date, end: int) -> list[Told]:
    """What a weekly report that knows the days before `end` tells of this row."""
    first = max(0, end - HISTORY)
    return [
        (each.since + first, each.until + first, str(each.kind), each.excess > 0)
        for each in episodes(row[first:end], start + timedelta(days=first))
        if each.until + first >= end - RECENT_DAYS and abs(each.excess) >= FLOOR
    ]


def first_telling(event: Event, rule: Rule, start: date, phase: int) -> Telling | None:
    """What the first weekly report that finds the event says of it, None where none does."""
    stop = event.last + PATIENCE.get(event.shape, 0) + 1
    for end in range(event.first + 1 + phase, min(stop, len(event.row)) + 1, 7):
        for since, until, kind, rise in rule(event.row, start, end):
            same_way = rise == (event.shape != "fall")
            if same_way and since <= event.last + 1 and until >= event.first:
                return Telling(kind, since - event.first)
    return None


TRUE_KINDS = {
    "spike": {"spike", "higher"},
    "plateau": {"higher", "spike"},
    "step": {"step", "higher"},
    "slow rise": {"drift", "higher"},
    "fall": {"lower"},
}
"""The words that are true of an event when it is first told; "higher" is, of what goes on."""


@dataclass
class Found:
    """First tellings by kind, shape and size; None where an event was missed."""

    by: dict[tuple[str, str, float], list[Telling | None]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def of(
        self, shapes: Iterable[str], sizes: Iterable[float], kinds: Iterable[str] = KINDS
    ) -> list[Telling | None]:
        """All first tellings of these shapes, sizes and kinds of account."""
        sizes, kinds = tuple(sizes), tuple(kinds)
        return [
            each
            for shape in shapes
            for size in sizes
            for kind in kinds
            for each in self.by[kind, shape, size]
        ]


def found(chosen: Sequence[Account], rule: Rule = ours) -> Found:
    """Whether, when and as what a rule tells the injected events."""
    result = Found()
    for number, account in enumerate(chosen):
        for phase, event in enumerate(events(account, number)):
            telling = first_telling(event, rule, account.period.start, phase % 7)
            result.by[event.kind, event.shape, event.size].append(telling)
    return result


def false_alarms(chosen: Sequence[Account]) -> dict[str, list[int]]:
    """What weekly reports of a quarter tell of accounts in which nothing happened, by kind."""
    counts: dict[str, list[int]] = defaultdict(list)
    for account in chosen:
        told: set[tuple[str, str, date, date]] = set()
        costs = account.costs()
        for week in range(13):
            end = account.period.start + timedelta(days=180 + 7 * week)
            known = costs.during(Period(end - timedelta(days=HISTORY), end))
            for each in anomalies(known, None, end - timedelta(days=1), floor=Decimal(int(FLOOR))):
                told.add((each.service, str(each.kind), each.since, each.until))
        counts[account.kind].append(_separate(told))
    return counts


def _separate(told: Iterable[tuple[str, str, date, date]]) -> int:
    """Tellings of one service with overlapping or neighbouring days are one to a reader."""
    last: dict[str, date] = {}
    count = 0
    for service, _, since, until in sorted(told, key=lambda each: (each[0], each[2])):
        if service not in last or since > last[service] + timedelta(days=2):
            count += 1
        last[service] = max(until, last.get(service, until))
    return count


@dataclass
class Months:
    """Month ends as projected and as they came: errors by method, and the interval."""

    errors: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    inside: list[bool] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)


def naive(costs: Costs, known: Period, month: Period) -> dict[str, float]:
    """Simple ways to guess a month's total."""
    totals = costs.during(known).by_day()
    row = [float(totals[day].billed) if day in totals else 0.0 for day in known]
    done = known.end.day - 1
    so_far, left = sum(row[len(row) - done :]), len(month) - done
    before = Period.month_of(month_start(month.start, -1))
    last = (before.start - known.start).days
    return {
        "run-rate": so_far / done * len(month),
        "last month": sum(row[last : last + len(before)]),
        "last week": so_far + sum(row[-7 + n % 7] for n in range(left)),
        "last month's rest": so_far + sum(row[last + done : last + len(before)]),
        "four weeks": so_far + sum(row[-28:]) / 28 * left,
    }


def months(chosen: Sequence[Account]) -> dict[str, Months]:
    """Three months of each account, projected from four days of each."""
    result: dict[str, Months] = defaultdict(Months)
    for number, account in enumerate(chosen):
        costs = account.costs()
        first = month_start(account.period.start, 4 + number % 3)
        for ahead in (0, 2, 4):
            month = Period.month_of(month_start(first, ahead))
            truth = float(costs.during(month).total().billed)
            for done in CHECKPOINTS:
                end = month.start + timedelta(days=done)
                known = Period(month_start(month.start, -3), end)
                projection = projections(costs.during(known), end, known.last_day).net
                if projection is None or abs(truth) < 0.05:
                    continue
                _score(
                    result[account.kind],
                    truth,
                    projection,
                    naive(costs, known, month),
                    costs,
                    month,
                )
    return result


def _score(
    group: Months,
    truth: float,
    projection: Projection,
    guesses: dict[str, float],
    costs: Costs,
    month: Period,
) -> None:
    scale = max(abs(truth), 0.2 * float(costs.during(month).gross().total().billed))
    guesses["ours"] = float(projection.expected)
    for method, guess in guesses.items():
        group.errors[method].append(abs(guess - truth) / scale)
    group.inside.append(float(projection.low) - 0.005 <= truth <= float(projection.high) + 0.005)
    group.widths.append(float(projection.high - projection.low) / scale)


def share(values: Sequence[bool]) -> float:
    """The share that is true; not a number where there is none."""
    return sum(values) / len(values) if values else math.nan


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--accounts", type=int, default=4)
    parser.add_argument("--only", default="found,false,month")
    parser.add_argument("--kinds", default="")
    options = parser.parse_args()
    seed = TRAIN_SEED if options.train else REPORT_SEED
    kinds = tuple(options.kinds.split(",")) if options.kinds else ()
    chosen = list(accounts(options.accounts, seed, kinds=kinds))
    parts = {
        "found": lambda: _print_found(found(chosen)),
        "false": lambda: _print_false(false_alarms(chosen)),
        "month": lambda: _print_months(months(chosen)),
    }
    for name in options.only.split(","):
        began = time.process_time()
        parts[name]()
        print(f"{name}: {time.process_time() - began:.1f} CPU seconds\n")


def _print_false(counts: dict[str, list[int]]) -> None:
    print("false alarms per account and quarter (wanted: at most 1.0 in each kind, 0.5 over all)")
    for kind, each in counts.items():
        print(f"{kind:20} {sum(each) / len(each):5.2f} of {len(each)} accounts")
    every = [n for each in counts.values() for n in each]
    print(f"{'all':20} {sum(every) / len(every):5.2f}")


def _print_months(groups: dict[str, Months]) -> None:
    print("month end: error of ours, 90th percentile of the best naive guess, 80 % interval")
    everything = Months()
    for kind, group in groups.items():
        errors = group.errors["ours"]
        simple = {m: quantile(e, 0.9) for m, e in group.errors.items() if m != "ours"}
        best = min(simple, key=lambda m: simple[m])
        print(
            f"{kind:18} n={len(errors):4} median {median(errors):6.1%} "
            f"90th {quantile(errors, 0.9):6.1%} (naive {simple[best]:6.1%}: {best}) "
            f"inside {share(group.inside):4.0%} width {median(group.widths):6.1%}"
        )
        everything.inside += group.inside
        for method, each in group.errors.items():
            everything.errors[method] += each
    print(f"all: inside {share(everything.inside):.0%}")
    for method, each in everything.errors.items():
        print(f"  {method:18} median {median(each):.1%} 90th {quantile(each, 0.9):.1%}")


def _print_found(result: Found) -> None:
    for shape in SHAPES:
        print(shape)
        for size in SIZES:
            tellings = result.of([shape], [size])
            hits = [each for each in tellings if each]
            print(
                f"  {size:4g} n={len(tellings):3} recall {share([bool(e) for e in tellings]):.2f}"
                f" +-1 {share([abs(e.off) <= 1 for e in hits]):.2f}"
                f" +-2 {share([abs(e.off) <= 2 for e in hits]):.2f}"
                f" median {median([float(abs(e.off)) for e in hits]):.0f}"
                f" kind {share([e.kind in TRUE_KINDS[shape] for e in hits]):.2f}",
                dict(Counter(each.kind for each in hits)),
            )
    rises = result.of(RISES, SIZES[1:])
    print(f"rises of 3+: recall {share([bool(e) for e in rises]):.3f} of {len(rises)}")
    for kind in KINDS:
        rises = result.of(RISES, SIZES[1:], [kind])
        falls = result.of(["fall"], SIZES[1:], [kind])
        if rises:
            print(
                f"   {kind:20} {share([bool(e) for e in rises]):.2f} of {len(rises)}; "
                f"falls {share([bool(e) for e in falls]):.2f} of {len(falls)}"
            )


if __name__ == "__main__":
    main()
