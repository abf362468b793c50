"""A notice of AWS Cost Anomaly Detection in words."""

from collections.abc import Mapping

from chalicelib.messages.alarm.places import NAME_LENGTH, place
from chalicelib.money import money, signed_money
from chalicelib.signals import AnomalyNotice, RootCause
from chalicelib.wording.lines import listed, one_line
from chalicelib.wording.names import place as where
from chalicelib.wording.periods import day

MOST_NAMED = 4


def subject(notice: AnomalyNotice, names: Mapping[str, str]) -> str:
    """The subject of the mail."""
    amount = signed_money(notice.impact, notice.currency) if notice.impact is not None else ""
    about = _about(notice, names)
    return f"Unusual cost: {amount} in {about}" if amount else f"Unusual cost in {about}"


def headline(notice: AnomalyNotice, names: Mapping[str, str]) -> str:
    """What happened, with every cause that AWS names."""
    said = f"AWS finds the cost of {_about(notice, names)} unusual{_when(notice)}{_sums(notice)}."
    named = [_cause(each, notice, names) for each in notice.root_causes[:MOST_NAMED]]
    if (left := len(notice.root_causes) - MOST_NAMED) > 0:
        named.append(f"{left} more")
    causes = listed(list(filter(None, named)))
    return f"{said} Behind it: {causes}." if causes else said


def origin(notice: AnomalyNotice) -> list[str]:
    """The essentials of what arrived; every cause on a line."""
    account = " ".join(filter(None, (notice.account, notice.account_name)))
    monitor = f", monitor {one_line(notice.monitor, NAME_LENGTH)}" if notice.monitor else ""
    sent = f" for account {one_line(account, NAME_LENGTH)}" if account else ""
    return [
        f"AWS Cost Anomaly Detection sent this{sent}{monitor}.",
        *(f"Cause: {_in_full(each, notice)}" for each in notice.root_causes),
        f"Anomaly: {notice.anomaly_id}",
        notice.details_link,
    ]


def _about(notice: AnomalyNotice, names: Mapping[str, str]) -> str:
    return (
        place(notice.scope, {**_names(notice), **names})
        or one_line(notice.subject, NAME_LENGTH)
        or one_line(notice.monitor, NAME_LENGTH)
        or "this account"
    )


def _names(notice: AnomalyNotice) -> dict[str, str]:
    return {each.account: each.account_name for each in notice.root_causes if each.account_name}


def _when(notice: AnomalyNotice) -> str:
    if notice.since is None:
        return ""
    if notice.until and notice.until.date() == notice.since.date():
        return f" on {day(notice.since.date())}"
    return f" since {day(notice.since.date())}"


def _sums(notice: AnomalyNotice) -> str:
    """What was spent instead of what; older messages know only what was too much."""
    currency = notice.currency
    if notice.actual is not None and notice.expected is not None:
        return f": {money(notice.actual, currency)} instead of {money(notice.expected, currency)}"
    if notice.impact is None:
        return ""
    way = "more" if notice.impact >= 0 else "less"
    over = f": {money(abs(notice.impact), currency)} {way} than expected"
    most = notice.most if notice.most != notice.impact else None
    return f"{over}, {money(most, currency)} of it on one day" if most else over


def _cause(cause: RootCause, notice: AnomalyNotice, names: Mapping[str, str]) -> str:
    """A cause as far as the sentence before it has not said it, with its share where it is known."""
    known = {**_names(notice), **names}
    several = len(notice.root_causes) > 1
    who = where(cause.service, cause.account, known) if several else ""
    what = " in ".join(filter(None, (one_line(cause.usage_type, 60), one_line(cause.region, 30))))
    text = ", ".join(filter(None, (who, what)))
    if not text or cause.contribution is None:
        return text
    return f"{text} ({signed_money(cause.contribution, notice.currency)})"


def _in_full(cause: RootCause, notice: AnomalyNotice) -> str:
    parts = (cause.service, cause.usage_type, cause.region, cause.account_name, cause.account)
    share = (
        f"{signed_money(cause.contribution, notice.currency)} of the impact"
        if cause.contribution is not None
        else ""
    )
    return ", ".join(filter(None, (*parts, share)))
