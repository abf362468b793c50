"""A CloudWatch alarm in words."""

from collections.abc import Mapping
from decimal import Decimal

from chalicelib.messages.alarm.places import NAME_LENGTH, bill_of, place
from chalicelib.money import money, percent
from chalicelib.signals import Alarm, AlarmState, Term, TermKind
from chalicelib.wording.lines import listed, one_line
from chalicelib.wording.periods import day

COMPARISONS = {
    "GreaterThanThreshold": "above",
    "GreaterThanOrEqualToThreshold": "at or above",
    "LessThanThreshold": "below",
    "LessThanOrEqualToThreshold": "at or below",
}
SECONDS = {
    Decimal(1): "a second",
    Decimal(60): "a minute",
    Decimal(3600): "an hour",
    Decimal(86400): "a day",
    Decimal(604800): "a week",
}
_ALARMS = "the alarm's "
MOST_CHILDREN = 5


def subject(alarm: Alarm) -> str:
    """The subject of the mail."""
    name = one_line(alarm.name, NAME_LENGTH)
    if alarm.state is not AlarmState.ALARM or not alarm.about_costs:
        return f"{alarm.state}: {name}"
    if alarm.amount is None or alarm.threshold is None:
        return f"Cost alarm: {name}"
    return f"Cost alarm: {figure(alarm, alarm.amount)}, {_past(alarm)} ({name})"


def headline(alarm: Alarm, names: Mapping[str, str]) -> str:
    """What happened, in one sentence."""
    if not alarm.about_costs or alarm.state is not AlarmState.ALARM:
        return state_line(alarm)
    name = one_line(alarm.name, NAME_LENGTH)
    if alarm.amount is None:
        at = (
            f" It is set at {figure(alarm, alarm.threshold)}."
            if alarm.threshold is not None
            else ""
        )
        return f'The {kind(alarm)} "{name}" went off{_because(alarm)}.{at}'
    if alarm.threshold is None:
        return f"{_stands(alarm, names)}; the alarm does not say its limit."
    return f"{_stands(alarm, names)}, {_past(alarm, _ALARMS)}."


def state_line(alarm: Alarm) -> str:
    """An alarm that needs no answer, in one line."""
    name = one_line(alarm.name, NAME_LENGTH)
    when = f" ({day(alarm.time)} {alarm.time:%Y %H:%M} UTC)" if alarm.time else ""
    match alarm.state:
        case AlarmState.OK:
            return f'The {kind(alarm)} "{name}" is OK again{when}.{_limit(alarm)}'
        case AlarmState.INSUFFICIENT_DATA:
            return f'The {kind(alarm)} "{name}" has too little data to judge{when}.{_limit(alarm)}'
        case AlarmState.ALARM:
            reason = one_line(alarm.reason, 600)
            watched = f" ({alarm.metric})" if alarm.metric else ""
            return f'The alarm "{name}"{watched} went off{when}. {reason}'


def origin(alarm: Alarm) -> list[str]:
    """The essentials of what arrived; the description whole, because runbooks stand at its end."""
    when = f" on {day(alarm.time.date())} at {alarm.time:%H:%M} UTC" if alarm.time else ""
    went = f" went from {one_line(alarm.old_state, 40)} to" if alarm.old_state else " went to"
    where = f" in {one_line(alarm.region, 40)}" if alarm.region else ""
    account = f" for account {one_line(alarm.account, 40)}" if alarm.account else ""
    pairs = (
        ("Description", alarm.description),
        ("Metric", alarm.metric),
        ("Formula", alarm.formula),
        ("In alarm", listed(alarm.children)),
        ("Reason", alarm.reason),
    )
    first = f'CloudWatch {kind(alarm)} "{one_line(alarm.name, 255)}"{went} {alarm.state}{when}'
    return [f"{first}{where}{account}.", *(f"{key}: {value}" for key, value in pairs if value)]


def kind(alarm: Alarm) -> str:
    """What sort of alarm it is."""
    return "composite alarm" if alarm.composite else "alarm"


def figure(alarm: Alarm, amount: Decimal | None) -> str:
    """An amount in what the alarm counts: money, a percentage, a number of a formula nobody can name."""
    if amount is None:
        return money(None, alarm.currency)
    term = alarm.term
    if term is None or alarm.band:
        return money(amount, alarm.currency)
    if term.kind is TermKind.SHARE and term.factor in (1, 100):
        return percent(amount / (100 if term.factor == 100 else 1))
    if term.kind is TermKind.RATE and term.factor in SECONDS:
        return f"{money(amount, alarm.currency)} {SECONDS[term.factor]}"
    if term.kind in (TermKind.OTHER, TermKind.SHARE, TermKind.RATE, TermKind.NUMBER):
        return f"{amount.normalize():,f}" if amount else "0"
    return money(amount, alarm.currency)


def _past(alarm: Alarm, whose: str = "") -> str:
    limit = figure(alarm, alarm.threshold)
    side = COMPARISONS.get(alarm.comparison, "past")
    if alarm.band:
        edge = "upper" if side == "above" else "lower"
        return f"{side} its usual range ({edge} edge {limit})"
    return f"{side} {whose}{limit}"


def _stands(alarm: Alarm, names: Mapping[str, str]) -> str:
    amount = figure(alarm, alarm.amount)
    term = alarm.term
    if term is not None and not alarm.is_bill:
        return _formula_stands(alarm, term, amount, names)
    if term is not None and term.kind is TermKind.SUM:
        return f"{_capital(_words(term, names))} have together cost {amount} {_in_month(alarm)}"
    who = bill_of(alarm.scope, names)
    if place(alarm.scope, names):
        return f"{who} has cost {amount} {_in_month(alarm)}"
    month = f"for {alarm.charged_at:%B}" if alarm.charged_at else "this month"
    return f"{who} {month} stands at {amount}"


def _in_month(alarm: Alarm) -> str:
    return f"in {alarm.charged_at:%B}" if alarm.charged_at else "this month"


def _formula_stands(alarm: Alarm, term: Term, amount: str, names: Mapping[str, str]) -> str:
    """A formula's value, said as what it comes to where people have words for it."""
    parts = [_words(part, names) for part in term.parts]
    when = _in_month(alarm)
    match term.kind:
        case TermKind.RATE if term.factor in SECONDS:
            return f"{_capital(parts[0])} grows by {amount}"
        case TermKind.GROWTH:
            return f"{_capital(parts[0])} grew by {amount} since the data point before"
        case TermKind.SHARE if term.factor in (1, 100):
            return f"{_capital(parts[0])} is {amount} of {parts[1]} {when}"
        case TermKind.GROUP:
            part = _words(Term(TermKind.METRIC, scope=term.scope), names)
            return f"One part of {part} comes to {amount} {when}"
        case TermKind.OTHER | TermKind.NUMBER | TermKind.RATE | TermKind.SHARE:
            return f"The alarm's formula stands at {amount}"
        case _:
            return f"{_capital(_words(term, names))} comes to {amount} {when}"


def _words(term: Term, names: Mapping[str, str]) -> str:
    """A formula as part of a sentence: `EC2 and RDS`, `your AWS bill without Tax`."""
    parts = [_words(part, names) for part in term.parts]
    match term.kind:
        case TermKind.METRIC if term.scope is not None:
            who = bill_of(term.scope, names)
            return (
                "your AWS bill" if who == "Your AWS bill" else who.replace("Account", "account", 1)
            )
        case TermKind.SUM:
            return listed(parts)
        case TermKind.DIFFERENCE:
            return f"{parts[0]} without {parts[1]}"
        case TermKind.SCALED:
            return f"{term.factor.normalize():,f} times {parts[0]}"
        case TermKind.LARGEST | TermKind.SMALLEST | TermKind.AVERAGE:
            return f"the {term.kind} of {listed(parts)}"
        case TermKind.GROWTH | TermKind.RATE:
            return f"the growth of {parts[0]}"
        case TermKind.SHARE:
            return f"the share of {parts[0]} in {parts[1]}"
        case _:
            return "another metric"


def _because(alarm: Alarm) -> str:
    if not alarm.children:
        return ""
    names = [f'"{one_line(child, NAME_LENGTH)}"' for child in alarm.children[:MOST_CHILDREN]]
    if more := len(alarm.children) - MOST_CHILDREN:
        names += [f"{more} more"] if more > 0 else []
    return f" because {listed(names)} {'is' if len(alarm.children) == 1 else 'are'} in alarm"


def _limit(alarm: Alarm) -> str:
    if alarm.threshold is None or not alarm.about_costs or alarm.composite:
        return ""
    return f" Its limit is {figure(alarm, alarm.threshold)}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
