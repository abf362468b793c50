"""A finding in words: what happened, why, how sure that is, and where to look."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from chalicelib.costs import Period
from chalicelib.findings import Certainty, Finding, FindingKind
from chalicelib.insights.comparison import change
from chalicelib.money import money, percent, rough_money
from chalicelib.wording.fees import LONG_AGO
from chalicelib.wording.lines import capital, one_line
from chalicelib.wording.names import place
from chalicelib.wording.periods import day, days
from chalicelib.wording.why import because, sentence

HOW_SURE = {
    Certainty.SURE: "counted",
    Certainty.LIKELY: "beyond what its past explains",
    Certainty.POSSIBLE: "a change, though not beyond its past",
}

LEVELS = frozenset(
    {
        FindingKind.RISE,
        FindingKind.STEP,
        FindingKind.HIGHER,
        FindingKind.FALL,
        FindingKind.WHOLE_ACCOUNT,
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words.

    `headline` is one clause without a full stop, for a verdict or a subject; `sentence` has every
    figure; `short` is what and how much, for a list in a line; `why` is a sentence, and
    `because` the same as a clause, "" where nobody asked; `look` says where more stands.
    """

    finding: Finding
    place: str
    headline: str
    short: str
    sentence: str
    why: str
    because: str
    how_sure: str
    look: str

    @property
    def line(self) -> str:
        """What happened and why, in one line."""
        return one_line(" ".join(filter(None, (self.sentence, self.why))))


def told(found: Finding, currency: str, names: Mapping[str, str]) -> Told:
    """The finding in words, with the names that accounts have."""
    said = _Words(found, currency, names)
    headline, whole = said.both()
    clause = because(found, currency)
    return Told(
        finding=found,
        place=said.place,
        headline=headline,
        short=said.short(),
        sentence=whole,
        why=sentence(clause),
        because=clause,
        how_sure=HOW_SURE[found.certainty],
        look=_look(found),
    )


class _Words:
    """The words of one finding, put together from the same few pieces."""

    def __init__(self, found: Finding, currency: str, names: Mapping[str, str]) -> None:
        self.found = found
        self.currency = currency
        self.names = names
        self.place = self._place()

    def _place(self) -> str:
        found = self.found
        where = place(found.service, found.account, self.names)
        if found.kind is FindingKind.FEE and found.category:
            return where or found.category
        return where or {
            FindingKind.BUDGET: "The budget",
            FindingKind.CREDITS: "Credits",
            FindingKind.REFUND: "A refund",
            FindingKind.LATE_DATA: "The data",
            FindingKind.DISAGREEMENT: "Two questions",
        }.get(found.kind, "Usage as a whole")

    def both(self) -> tuple[str, str]:
        """The headline and the sentence."""
        match self.found.kind:
            case _ if self.found.kind in LEVELS:
                return self._moved() if self.found.against else self._level()
            case FindingKind.SPIKE:
                return self._spike()
            case FindingKind.NEW | FindingKind.ENDED | FindingKind.RENAMED:
                return self._came_or_went()
            case FindingKind.FEE | FindingKind.REFUND | FindingKind.CREDITS:
                return self._paid_apart()
            case _:
                return self._about_the_report()

    def short(self) -> str:
        """What and how much, for a list in a line: `Bedrock (+$128)`."""
        amount = self.found.amount
        if self.found.kind is FindingKind.BUDGET:
            return f"the budget ({self._rough(amount)} over)"
        sign = "+" if amount > 0 else ""
        return f"{self.place} ({sign}{rough_money(amount, self.currency)})"

    # The pieces

    def _money(self, amount: Decimal) -> str:
        return money(amount, self.currency)

    def _rough(self, amount: Decimal) -> str:
        return rough_money(abs(amount), self.currency)

    @property
    def _period(self) -> Period:
        assert self.found.period is not None  # noqa: S101 (whoever asks has a dated kind)
        return self.found.period

    @property
    def _more(self) -> str:
        return "more" if self.found.amount > 0 else "less"

    def _a_day(self, amount: Decimal) -> Decimal:
        return amount / len(self._period)

    def _level(self) -> tuple[str, str]:
        """A cost whose level is another since some day: against what its past let expect."""
        found, since = self.found, day(self._period.start)
        headline = f"{self.place} costs {self._rough(self._a_day(found.amount))} {self._more} a day since {since}"
        now, usual = self._money(self._a_day(found.now)), self._money(self._a_day(found.before))
        off = f"{self._money(abs(found.amount))} {self._more} than expected so far"
        if found.kind is not FindingKind.RISE:
            return (
                headline,
                f"{self.place} costs about {now} a day since {since} instead of {usual}: {off}.",
            )
        off = off.removesuffix(" so far")
        return (
            headline,
            f"{self.place} has been rising since {since}: {self._money(found.now)} so far, {off}.",
        )

    def _moved(self) -> tuple[str, str]:
        """A cost that differs from that of an earlier period of the same length."""
        found = self.found
        assert found.against is not None  # noqa: S101
        than = f"than {_days_before(self._period, found.against)}"
        moved = change(found.before, found.now)
        share = f" ({percent(abs(moved.ratio))})" if moved.ratio is not None else ""
        whole = share if found.kind is FindingKind.WHOLE_ACCOUNT else ""
        headline = f"{self.place} cost {self._rough(found.amount)}{whole} {self._more} {than}"
        amounts = f"{self._money(found.now)}, {self._money(abs(found.amount))}{share}"
        return headline, f"{self.place} cost {amounts} {self._more} {than}."

    def _spike(self) -> tuple[str, str]:
        found, when = self.found, days(self._period)
        on = f"on {when}" if len(self._period) == 1 else f"from {when}"
        headline = f"{self.place} cost {self._rough(found.amount)} {self._more} than expected {on}"
        off = f"{self._money(abs(found.amount))} {self._more} than expected"
        return headline, f"{self.place} cost {self._money(found.now)} {on}, {off}."

    def _came_or_went(self) -> tuple[str, str]:
        found, since = self.found, day(self._period.start)
        now, before = self._money(found.now), self._money(found.before)
        if found.kind is FindingKind.NEW:
            return (
                f"{self.place} is new: {self._rough(found.now)} since {since}",
                f"{self.place} is new: {now} since {since}.",
            )
        if found.kind is FindingKind.RENAMED:
            was = place(found.was, found.account, self.names)
            said = f"{was} is now called {self.place}"
            beside = f"{now} on its first {_so_many(self._period)}, {before} a week before"
            return said, f"{said}, since {since}: {beside}."
        if found.against:
            than = _days_before(self._period, found.against)
            return (
                f"{self.place} ended ({self._rough(found.before)} less)",
                f"{self.place} ended: nothing from {days(self._period)}, after {before} in {than}.",
            )
        return (
            f"{self.place} ended on {since} ({self._rough(found.amount)} less)",
            f"{self.place} ended: nothing since {since}, where {before} was to be expected.",
        )

    def _paid_apart(self) -> tuple[str, str]:
        """Fees, refunds and credits: compared with their own last time."""
        found = self.found
        when = f" on {day(found.period.start)}" if found.period and len(found.period) == 1 else ""
        now, before = self._money(found.now), self._money(found.before)
        if found.kind is FindingKind.REFUND:
            return self._refunded(when)
        if found.kind is FindingKind.CREDITS:
            paid = f"{self._money(abs(found.before))} before, {self._money(abs(found.now))} now"
            return (
                f"credits pay {self._rough(found.amount)} {'less' if found.amount > 0 else 'more'}",
                f"Credits paid {paid}.",
            )
        name = (
            f"the fee of {self.place}" if found.category not in ("Tax", "Support") else self.place
        )
        last = f", after {before} {self._last_time()}" if found.against else ""
        if not found.before:
            return f"{name} is new: {now}{when}", f"{capital(name)} is new: {now}{when}."
        if not found.now:
            gone = f"{name} did not come again"
            return gone, f"{capital(gone)}{last or f', after {before}'}."
        return (
            f"{name} is {self._rough(found.amount)} {self._more} than last time",
            f"{capital(name)} is {now}{when}{last or f', after {before}'}.",
        )

    def _last_time(self) -> str:
        """When a fee came last: the day, or the month where that is long ago."""
        assert self.found.against is not None  # noqa: S101
        last = self.found.against.start
        long_ago = (self._period.start - last).days > LONG_AGO
        return f"in {last:%B %Y}" if long_ago else f"on {day(last)}"

    def _refunded(self, when: str) -> tuple[str, str]:
        """A refund beside what it was paid for, or a correction."""
        found = self.found
        back = self._money(abs(found.now))
        if found.now > 0:
            said = f"a correction of {self.place}{when} adds {back}"
            return said, f"{capital(said)}."
        if found.against is None:
            said = f"{back} of {self.place} came back{when}"
            return said, f"{said} as a refund."
        what = "purchase" if found.category == "Purchase" else "charge"
        paid = f"the {what} of {self.place} of {day(found.against.start)}"
        if abs(found.before + found.now) <= abs(found.before) / 100:
            said = f"{paid} was refunded{when}"
            return said, f"{capital(said)}: {back}."
        said = f"{back} of {paid} was refunded{when}"
        return said, f"{said}: it was {self._money(found.before)}."

    def _about_the_report(self) -> tuple[str, str]:
        """Budget, late data, questions that disagree."""
        found = self.found
        now, before = self._money(found.now), self._money(found.before)
        if found.kind is FindingKind.BUDGET:
            verb = "is heading" if found.certainty is Certainty.SURE else "may end up"
            over = f"{self._period.start:%B} {verb} {self._rough(found.amount)} over the budget of"
            return f"{over} {self._rough(found.before)}", (
                f"{over} {self._rough(found.before)}: {self._rough(found.now)} are expected."
            )
        if found.kind is FindingKind.LATE_DATA:
            since = day(self._period.start)
            said = f"the data of {days(self._period)} is late"
            return said, f"{capital(said)}: what is missing since {since} is unknown, not zero."
        month = f"{self._period.start:%B %Y}"
        said = f"two questions about {month} differ by {self._money(abs(found.amount))}"
        return said, f"{capital(said)}: the sum of days is {now}, the month {before}."


def _so_many(period: Period) -> str:
    return "day" if len(period) == 1 else f"{len(period)} days"


def _days_before(period: Period, against: Period) -> str:
    if len(period) == len(against) and against.end == period.start:
        return "the seven days before" if len(period) == 7 else f"the {len(period)} days before"
    return days(against)


def _look(found: Finding) -> str:
    match found.kind:
        case FindingKind.BUDGET:
            return "the month above"
        case FindingKind.CREDITS | FindingKind.REFUND:
            return "Credits below"
        case FindingKind.LATE_DATA | FindingKind.DISAGREEMENT:
            return "About these figures"
        case FindingKind.FEE:
            return "Fees below"
        case _:
            return "its course in the chart below"
