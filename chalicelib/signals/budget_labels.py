"""The block of a budget notice: which line is which, in any spelling or language, and its filters."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.costs import EVERYTHING, Scope
from chalicelib.service_names import services_of_metric
from chalicelib.signals.amounts import amount_of, plain_signs

_LINE = re.compile(r"([^:]{2,60}):\s+(\S.*)|([^:]{2,60}):(\S.*)")
_SIDE = re.compile(r"^\s*(>|<|=|≥|≤|&gt;|&lt;)")
_IN_WORDS = {
    ">": (
        "greater",
        "above",
        "over",
        "größer",
        "supérieur",
        "superior",
        "mayor",
        "maior",
        "maggiore",
    ),
    "<": ("less", "below", "under", "kleiner", "inférieur", "inferior", "menor", "minore"),
    "=": ("equal", "gleich", "égal", "igual", "uguale"),
}
MOST_LINES = 60


class Label(StrEnum):
    """A line of the block, by its English label in small letters."""

    NAME = "budget name"
    TYPE = "budget type"
    BUDGETED = "budgeted amount"
    ALERT = "alert type"
    THRESHOLD = "alert threshold"
    AMOUNT = "actual amount"


_ALSO = {
    "budget amount": Label.BUDGETED,
    "forecasted amount": Label.AMOUNT,
    "forecast amount": Label.AMOUNT,
    "threshold": Label.THRESHOLD,
    "notification type": Label.ALERT,
    "name": Label.NAME,
    "budget": Label.NAME,
}
_FILTERS = {
    "service": "service",
    "linked account": "account",
    "account": "account",
    "linkedaccount": "account",
    "member account": "account",
    "tag": "tag",
    "tagkeyvalue": "tag",
    "cost category": "category",
    "costcategory": "category",
    "region": "Region",
    "usage type": "usage type",
    "usagetype": "usage type",
    "usage type group": "usage type group",
    "instance type": "instance type",
    "availability zone": "availability zone",
    "az": "availability zone",
    "purchase option": "purchase option",
    "purchase type": "purchase option",
    "charge type": "charge type",
    "recordtype": "charge type",
    "operation": "operation",
    "api operation": "operation",
    "legal entity": "legal entity",
    "billing entity": "billing entity",
    "platform": "platform",
    "tenancy": "tenancy",
}
_WRAPPERS = (
    "filter",
    "filters",
    "cost filters",
    "budget filters",
    "budget filter",
    "budget scope",
    "scope",
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a budget is filtered by: what costs can be narrowed to, labels, and the rest in words."""

    scope: Scope = EVERYTHING
    labels: tuple[tuple[str, str], ...] = ()
    others: tuple[str, ...] = ()


def block_of(text: str) -> tuple[tuple[tuple[str, str], ...], dict[Label, str]]:
    """The `Key: value` lines of a notice, and which of them is what."""
    pairs = tuple(_pairs(text))
    known: dict[Label, str] = {}
    for key, value in pairs:
        label = _label(key)
        if label:
            known.setdefault(label, value)
    if Label.THRESHOLD in known and (Label.AMOUNT in known or Label.NAME in known):
        return pairs, known
    return pairs, _by_order(pairs) or known


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for line in text.replace("\uff1a", ": ").splitlines()[:MOST_LINES]:
        found = _LINE.fullmatch(line.strip())
        if found and "//" not in line.partition(":")[2][:3] and not line.lstrip().startswith("["):
            key, value = (found[1], found[2]) if found[1] else (found[3], found[4])
            yield key.strip(), value.strip()


def _plain(key: str) -> str:
    return " ".join(key.lower().replace("_", " ").split())


def _label(key: str) -> Label | None:
    plain = _plain(key)
    return Label(plain) if plain in Label else _ALSO.get(plain)


def _by_order(pairs: Sequence[tuple[str, str]]) -> dict[Label, str]:
    """A translated block: the line with a comparison is the threshold, and the others stand around it.

    AWS lists name, type, budgeted amount, alert type, threshold, amount.
    """
    limits = [
        n for n, (_, value) in enumerate(pairs) if comparison_in(value) and _has_amount(value)
    ]
    if len(limits) != 1 or limits[0] < 2 or limits[0] + 1 >= len(pairs):
        return {}
    at = limits[0]
    amounts = [n for n in range(at) if _has_amount(pairs[n][1])]
    if not _has_amount(pairs[at + 1][1]) or not amounts:
        return {}
    budgeted = amounts[-1]
    found = {
        Label.NAME: pairs[max(budgeted - 2, 0)][1],
        Label.BUDGETED: pairs[budgeted][1],
        Label.ALERT: f"{pairs[at - 1][1]} {pairs[at + 1][0]}"
        if at - 1 > budgeted
        else pairs[at + 1][0],
        Label.THRESHOLD: pairs[at][1],
        Label.AMOUNT: pairs[at + 1][1],
    }
    return found | ({Label.TYPE: pairs[budgeted - 1][1]} if budgeted >= 2 else {})


def _has_amount(value: str) -> bool:
    found = amount_of(value)
    return found is not None and bool(found.unit or re.fullmatch(r"\W*[\d.,]+(\s\S+)?", value))


def comparison_in(text: str) -> str:
    """`>`, `<` or `=` at the beginning of a threshold, as a sign or in words; "" where there is none."""
    found = _SIDE.match(plain_signs(text))
    if found:
        return {"≥": ">", "≤": "<", "&gt;": ">", "&lt;": "<"}.get(found.group(1), found.group(1))
    said = text.lower().replace("_", " ").split()
    return next(
        (
            sign
            for sign, words in _IN_WORDS.items()
            if any(each.startswith(words) for each in said[:3])
        ),
        "",
    )


def filters_of(pairs: Sequence[tuple[str, str]]) -> Filters:
    """The filters that a notice states, a line each or several in one line (`Filters: Service: Amazon S3`)."""
    services: list[str] = []
    accounts: list[str] = []
    labels: list[tuple[str, str]] = []
    others: list[str] = []
    for kind, value in _stated(pairs):
        values = [each.strip() for each in re.split(r"[,;]", value) if each.strip()]
        if kind == "service":
            services += values
        elif kind == "account":
            accounts += re.findall(r"\d{12}", value) or values
        elif kind in ("tag", "category"):
            labels += [_key_and_value(kind, each) for each in values]
        else:
            others.append(f"{kind} {', '.join(values)}")
    if len(accounts) > 1:
        others.append(f"accounts {', '.join(accounts)}")
    return Filters(_scope(services, accounts), tuple(labels), tuple(others))


def _stated(pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for key, value in pairs:
        plain = _plain(key)
        if plain in _WRAPPERS:
            yield from filter(None, map(_inner, re.split(r"\s*[;|]\s*", value)))
        elif plain in _FILTERS and plain != "account":  # a bare account is the budget's own
            yield _FILTERS[plain], value


def _inner(part: str) -> tuple[str, str] | None:
    """One filter of several in a line."""
    name, *rest = re.split(r"[:=]", part, maxsplit=1)
    if rest and _plain(name) in _FILTERS:
        return _FILTERS[_plain(name)], rest[0].strip()
    return None if part.strip().lower() in ("", "none", "-") else ("filter", part.strip())


def _key_and_value(kind: str, written: str) -> tuple[str, str]:
    """A label as the settings name it, and its value: `user:team$data` is (`tag:team`, `data`)."""
    key, *rest = re.split(r"[$=]|:\s", written.removeprefix("user:"), maxsplit=1)
    return f"{kind}:{key.strip()}", "".join(rest).strip()


def _scope(services: Sequence[str], accounts: Sequence[str]) -> Scope:
    account = accounts[0] if len(accounts) == 1 else ""
    known = [name for each in services for name in services_of_metric(each) or (each,)]
    if len(services) == 1 and not services_of_metric(services[0]):
        return Scope(account=account, unmatched=services[0])
    return Scope(account=account, services=tuple(dict.fromkeys(known)))
