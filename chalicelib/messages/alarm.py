"""The mails that answer a cost signal: the answer first, the table, the link, then where it came from."""

from collections.abc import Mapping
from decimal import Decimal

from chalicelib.costs import ZERO, Costs, Period, Scope
from chalicelib.explanation import Explanation
from chalicelib.insights.movers import Mover
from chalicelib.messages.text import (
    Message,
    clip,
    message,
    safe_text,
    section,
    subject_line,
    table,
)
from chalicelib.money import money, signed_money
from chalicelib.signals import Alarm, AlarmState, AnomalyNotice, BudgetNotice, Signal, Unknown
from chalicelib.wording.certainty import anomaly_sentence, completeness_line
from chalicelib.wording.changes import WHOLE, compared, mover_row
from chalicelib.wording.lines import listed, one_line
from chalicelib.wording.month_end import month_end
from chalicelib.wording.names import mover_name, service_name
from chalicelib.wording.periods import day, days

MOST_ROWS = 6
MOST_MOVERS = 4
MOST_DAYS = 7
RAW_BYTES = 200_000
NAME_LENGTH = 80
LONGEST_VALUE = 1024
"""A description may have so many characters (CloudWatch API, PutMetricAlarm); runbooks stand at their end."""

COMPARISONS = {
    "GreaterThanThreshold": "above",
    "GreaterThanOrEqualToThreshold": "at or above",
    "LessThanThreshold": "below",
    "LessThanOrEqualToThreshold": "at or below",
}

BUDGET_SIDES = {"<": "below", "=": "at"}


def explained(signal: Signal, explanation: Explanation, link: str, original: Message) -> Message:
    """The mail that answers: what costs it, compared with what, and where the month ends."""
    return message(
        headline_subject(signal) or original.subject,
        [
            "\n".join([headline(signal, explanation.facts.account_names), *answer(explanation)]),
            cost_table(explanation),
            mover_table(explanation),
            link,
            section("About these figures", *remarks(explanation, signal)),
            section("Why you get this", *origin(signal)),
        ],
    )


def passed_on(signal: Signal, original: Message) -> Message:
    """A signal that needs no answer, in one line: an alarm that ended, or one that is not on costs."""
    if isinstance(signal, Alarm):
        return message(original.subject or headline_subject(signal), [_state_line(signal)])
    return message(original.subject, [headline(signal, {}), "\n".join(origin(signal))])


def forwarded(signal: Signal, original: Message, missing: str) -> Message:
    """The original message under one line that says what could not be added, and what mends it."""
    first = headline(signal, {})
    line = one_line(f"What is behind it could not be added: {missing}")
    raw = clip(safe_text(original.text), RAW_BYTES)
    return message(
        original.subject or headline_subject(signal),
        ["\n".join(filter(None, (first, line))), "\n".join(["THE MESSAGE AS IT CAME", raw])],
    )


def unchanged(original: Message) -> Message:
    """The original message, altered only where a mail could not carry it."""
    return Message(subject_line(original.subject), safe_text(original.text))


# What happened


def headline_subject(signal: Signal) -> str:
    """The subject of the mail, from what the signal says; empty for a message we cannot read."""
    match signal:
        case Alarm():
            amount = money(signal.amount, signal.currency)
            past = money(signal.threshold, signal.currency)
            name = one_line(signal.name, NAME_LENGTH)
            if signal.state is not AlarmState.ALARM or not signal.about_costs:
                return f"{signal.state}: {name}"
            if signal.amount is None or signal.threshold is None:
                return f"Cost alarm: {name}"
            return f"Cost alarm: {amount}, {_side(signal)} {past} ({name})"
        case BudgetNotice(amount=None):
            return f"Budget alert: {one_line(signal.name, NAME_LENGTH)}"
        case BudgetNotice():
            amount = money(signal.amount, signal.currency)
            verb = "expected" if signal.is_forecast else "spent"
            return f"Budget {one_line(signal.name, 40)}: {amount} {verb}"
        case AnomalyNotice():
            return (
                f"Unusual cost: {signed_money(signal.impact or ZERO, signal.currency)}"
                f" in {_anomaly_place(signal, {})}"
            )
        case Unknown():
            return ""


def headline(signal: Signal, names: Mapping[str, str]) -> str:
    """What happened, in one sentence; empty for a message we cannot read."""
    match signal:
        case Alarm():
            return _alarm_headline(signal, names)
        case BudgetNotice():
            return _budget_headline(signal)
        case AnomalyNotice():
            return _anomaly_headline(signal, names)
        case Unknown():
            return ""


def _alarm_headline(alarm: Alarm, names: Mapping[str, str]) -> str:
    limit = money(alarm.threshold, alarm.currency)
    amount = money(alarm.amount, alarm.currency)
    if alarm.amount is None:
        at = f" It is set at {limit}." if alarm.threshold is not None else ""
        return f'The {_kind(alarm)} "{one_line(alarm.name, NAME_LENGTH)}" went off.{at}'
    if alarm.formula:
        return f"The alarm's formula stands at {amount}, {_side(alarm)} its limit of {limit}."
    who = place(alarm.scope, names)
    past = f"{_side(alarm)} the alarm's {limit}"
    if who:
        account = "" if alarm.scope.services or alarm.scope.unmatched else "Account "
        month = f"in {alarm.charged_at:%B}" if alarm.charged_at else "this month"
        return f"{account}{who} has cost {amount} {month}, {past}."
    month = f"for {alarm.charged_at:%B}" if alarm.charged_at else "this month"
    return f"Your AWS bill {month} stands at {amount}, {past}."


def _budget_headline(notice: BudgetNotice) -> str:
    name = one_line(notice.name, NAME_LENGTH)
    if not notice.counts_money:
        return f'The budget "{name}" passed its alert; it does not count money.'
    if notice.amount is None or notice.threshold is None:
        return f'The budget "{name}" passed its alert.'
    budgeted = money(notice.budgeted, notice.currency)
    amount = money(notice.amount, notice.currency)
    limit = money(notice.threshold, notice.currency)
    verb = "is expected to reach" if notice.is_forecast else "has reached"
    side = BUDGET_SIDES.get(notice.comparison, "above")
    allows = f"; it allows {budgeted}" if notice.budgeted != notice.threshold else ""
    return f'The budget "{name}" {verb} {amount}, {side} its alert at {limit}{allows}.'


def _anomaly_headline(notice: AnomalyNotice, names: Mapping[str, str]) -> str:
    since = f" since {day(notice.since.date())}" if notice.since else ""
    sums = (
        f": {money(notice.actual, notice.currency)} instead of "
        f"{money(notice.expected, notice.currency)}"
        if notice.actual is not None and notice.expected is not None
        else ""
    )
    where = _anomaly_place(notice, names)
    return f"AWS finds the cost of {where} unusual{since}{sums}."


def _anomaly_place(notice: AnomalyNotice, names: Mapping[str, str]) -> str:
    known = {
        cause.account: cause.account_name for cause in notice.root_causes if cause.account_name
    }
    subject = one_line(notice.subject, NAME_LENGTH)
    return place(notice.scope, {**known, **names}) or subject or "this account"


def _state_line(alarm: Alarm) -> str:
    name = one_line(alarm.name, NAME_LENGTH)
    when = f" ({alarm.time:%d %B %Y %H:%M} UTC)" if alarm.time else ""
    match alarm.state:
        case AlarmState.OK:
            return f'The {_kind(alarm)} "{name}" is OK again{when}.{_limit(alarm)}'
        case AlarmState.INSUFFICIENT_DATA:
            return f'The {_kind(alarm)} "{name}" has too little data to judge{when}.{_limit(alarm)}'
        case AlarmState.ALARM:
            reason = one_line(alarm.reason, 600)
            return f'The alarm "{name}" ({alarm.metric}) went off{when}. {reason}'


def _kind(alarm: Alarm) -> str:
    return "composite alarm" if alarm.composite else "alarm"


def _limit(alarm: Alarm) -> str:
    if alarm.threshold is None or not alarm.about_costs:
        return ""
    return f" Its limit is {money(alarm.threshold, alarm.currency)}."


def _side(alarm: Alarm) -> str:
    return COMPARISONS.get(alarm.comparison, "past")


def place(scope: Scope, names: Mapping[str, str]) -> str:
    """What a scope is about, in words: `EC2 in Production`; empty for everything."""
    services = list(dict.fromkeys(_plain(service) for service in scope.services))
    account = one_line(names.get(scope.account) or scope.account, 40)
    if scope.unmatched:
        services = [one_line(scope.unmatched, 40)]
    return " in ".join(filter(None, (listed(services), account)))


def _plain(service: str) -> str:
    return service_name(service).removesuffix(" compute").removesuffix(" other")


# What is behind it


def answer(explanation: Explanation) -> list[str]:
    """What the costs say, a sentence to a line, the most important first."""
    if not explanation.facts.services.total().billed and not len(explanation.facts.services):
        return [f"Cost Explorer shows no costs for {days(explanation.month)} yet."]
    lines = [_comparison_line(explanation), _credit_line(explanation)]
    lines += map(anomaly_sentence, explanation.anomalies[:2])
    lines.append(month_end(explanation.projections, explanation.facts.currency))
    return [one_line(line) for line in lines if line]


def _comparison_line(explanation: Explanation) -> str:
    currency = explanation.facts.currency
    found = explanation.month_to_date
    if found is None:
        so_far = explanation.facts.services.during(explanation.month).total().billed
        return (
            f"No day of this month is complete yet; {days(explanation.month)} "
            f"stands at {money(so_far, currency)}."
        )
    said = compared(found.gross, currency, days(found.against))
    before = " before credits and refunds" if explanation.knows_credits else ""
    spent = money(found.gross.after, currency)
    return f"{days(found.period)} cost {spent}{before}: {said}{_cause(explanation)}."


def _cause(explanation: Explanation) -> str:
    """The largest move in the direction of the whole, where there is one."""
    found, moved = explanation.month_to_date, explanation.movers
    if found is None or moved is None:
        return ""
    rise = found.gross.amount > 0
    ranked = moved.by_account if _is_one(explanation) else moved.by_both or moved.by_service
    first = next((mover for mover in ranked if (mover.change.amount > 0) == rise), None)
    if first is None:
        return ""
    names = explanation.facts.account_names
    amount = signed_money(first.change.amount, explanation.facts.currency)
    return f", most of all {mover_name(first, names)} ({amount})"


def _is_one(explanation: Explanation) -> bool:
    return len(explanation.facts.services.by("service")) == 1


def _credit_line(explanation: Explanation) -> str:
    """What credits and refunds did to the bill, where the answer includes them."""
    found = explanation.month_to_date
    if found is None or not explanation.knows_credits:
        return ""
    currency, net, gross = explanation.facts.currency, found.net, found.gross
    paid, paid_before = gross.after - net.after, gross.before - net.before
    said = compared(net, currency, "then")
    return (
        f"Credits and refunds paid {money(paid, currency)} ({days(found.against)}: "
        f"{money(paid_before, currency)}); that leaves {money(net.after, currency)} to pay, {said}."
    )


# The tables


def cost_table(explanation: Explanation) -> str:
    """What it is made of: the top services against last month, or the last days of one service."""
    if not len(explanation.facts.services):
        return ""
    return _day_table(explanation) if _is_one(explanation) else _service_table(explanation)


def _service_table(explanation: Explanation) -> str:
    found = explanation.month_to_date
    period = found.period if found else explanation.month
    costs = explanation.facts.services
    now = _by_service(costs.gross(), period)
    before = _by_service(costs.gross(), found.against) if found else {}
    cents = abs(sum(now.values(), ZERO)) < WHOLE
    ranked = sorted(now.keys() | before.keys(), key=lambda name: (-now.get(name, ZERO), name))
    top, rest = ranked[:MOST_ROWS], ranked[MOST_ROWS:]
    groups = [(service_name(name), [name]) for name in top]
    if rest:
        groups.append((f"{len(rest)} more", rest))
    groups.append(("in all", ranked))
    rows = [
        (
            *_figures(
                sum((now.get(name, ZERO) for name in names), ZERO),
                sum((before.get(name, ZERO) for name in names), ZERO) if found else None,
                costs.currency,
                cents,
            ),
            label,
        )
        for label, names in groups
    ]
    against = f", change from {found.against.start:%B}" if found else ""
    return section(f"{days(period)}{against}", table(rows))


def _figures(now: Decimal, before: Decimal | None, currency: str, cents: bool) -> tuple[str, ...]:
    if before is None:
        return (money(now, currency, cents=cents),)
    change = signed_money(now - before, currency, cents=cents)
    return money(now, currency, cents=cents), change


def _day_table(explanation: Explanation) -> str:
    costs = explanation.facts.services
    last = Period.ending(costs.period.last_day, min(MOST_DAYS, len(costs.period)))
    settling = explanation.completeness.settling
    amounts = dict(zip(last, costs.gross().during(last).series(), strict=True))
    rows = [
        (
            money(amount, costs.currency),
            f"{moment:%a} {day(moment)}"
            + (" (settling)" if settling and moment in settling else ""),
        )
        for moment, amount in amounts.items()
        if amount is not None
    ]
    (service,) = costs.by("service")
    return section(f"{service_name(service)}, day by day", table(rows))


def mover_table(explanation: Explanation) -> str:
    """What changed most, by service and account; nothing where the first table says it all."""
    found, moved = explanation.month_to_date, explanation.movers
    if found is None or moved is None or _is_one(explanation):
        return ""
    ranked: tuple[Mover, ...] = moved.by_both or moved.by_service
    currency, names = explanation.facts.currency, explanation.facts.account_names
    cents = abs(found.gross.after) < WHOLE
    rows = [mover_row(mover, currency, names, cents=cents) for mover in ranked[:MOST_MOVERS]]
    return section("What changed most", table(rows)) if len(rows) > 1 else ""


def _by_service(costs: Costs, period: Period) -> dict[str, Decimal]:
    return {name: each.billed for name, each in costs.during(period).by("service").items()}


# The small print


def remarks(explanation: Explanation, signal: Signal) -> list[str]:
    """How far the figures reach: complete days, what is settling, scope, price."""
    facts = explanation.facts
    note = explanation.month_to_date.note if explanation.month_to_date else ""
    what = "Services and accounts are shown" if explanation.knows_credits else "All amounts are"
    return [
        completeness_line(explanation.completeness, facts.services),
        f"Month to date: {note}" if note else "",
        f"{what} before credits and refunds.",
        _scope_remark(explanation.scope, signal),
        _projection_remark(explanation),
        *facts.notes,
        f"This answer cost {money(facts.price.amount, 'USD')} ({facts.price.basis}).",
    ]


def _projection_remark(explanation: Explanation) -> str:
    """Why the month end differs a little from the one of the weekly report."""
    if explanation.projections.net is None:
        return ""
    first = explanation.facts.services.period.start
    return (
        f"The month end is projected from the days since {day(first)}; "
        "the weekly report looks back further, and may differ a little."
    )


def _scope_remark(scope: Scope, signal: Signal) -> str:
    if scope.unmatched:
        return (
            f"This is about {one_line(scope.unmatched, 60)}, which is no service's name in Cost "
            "Explorer, so the figures are for all services."
        )
    if isinstance(signal, BudgetNotice):
        return "A budget may cover only some services or accounts; the figures are for all of them."
    return ""


def origin(signal: Signal) -> list[str]:
    """The essentials of what arrived."""
    match signal:
        case Alarm():
            return _alarm_origin(signal)
        case BudgetNotice():
            return [f"AWS Budgets sent this{_of(signal.account)}.", *_pairs(signal.lines)]
        case AnomalyNotice():
            return _anomaly_origin(signal)
        case Unknown():
            return []


def _alarm_origin(alarm: Alarm) -> list[str]:
    when = f" on {day(alarm.time.date())} at {alarm.time:%H:%M} UTC" if alarm.time else ""
    went = f" went from {one_line(alarm.old_state, 40)} to" if alarm.old_state else " went to"
    where = f" in {one_line(alarm.region, 40)}" if alarm.region else ""
    pairs = (
        ("Description", alarm.description),
        ("Metric", alarm.metric),
        ("Formula", alarm.formula),
        ("Reason", alarm.reason),
    )
    return [
        f'CloudWatch {_kind(alarm)} "{one_line(alarm.name, 255)}"{went} {alarm.state}{when}'
        f"{where}{_of(alarm.account)}.",
        *_pairs(pairs),
    ]


def _anomaly_origin(notice: AnomalyNotice) -> list[str]:
    causes = [
        ", ".join(
            filter(
                None,
                (cause.service, cause.usage_type, cause.region, cause.account_name, cause.account),
            )
        )
        for cause in notice.root_causes
    ]
    pairs = [("Cause", cause) for cause in causes[:3]]
    return [
        f"AWS Cost Anomaly Detection sent this{_of(notice.account)}.",
        *_pairs((*pairs, ("Anomaly", notice.anomaly_id))),
        one_line(notice.details_link),
    ]


def _pairs(pairs: tuple[tuple[str, str], ...]) -> list[str]:
    return [
        f"{one_line(key, 40)}: {one_line(value, LONGEST_VALUE)}" for key, value in pairs if value
    ]


def _of(account: str) -> str:
    return f" for account {one_line(account, 40)}" if account else ""
