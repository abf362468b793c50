"""Where a FOCUS export keeps the values of one tag or cost category, in SQL that every engine reads.

AWS Data Exports put keys of several kinds into the one column `Tags`, each kind under a prefix of its
own: https://docs.aws.amazon.com/cur/latest/userguide/table-dictionary-focus-1-2-aws.html
"""

from collections.abc import Iterable

from chalicelib.costs import UNTAGGED
from chalicelib.errors import SettingError

TAG_KINDS = ("resourceTags/", "accountTag/", "userAttribute/", "iamPrincipal/")
CATEGORY_KIND = "costCategory/"

type Place = tuple[str, str]
"""A column that is a map, and a key in it."""


def label_of(label: str) -> tuple[str, str]:
    """The kind, `tag` or `category`, and the name; raises `SettingError` for anything else."""
    kind, _, name = label.partition(":")
    if kind not in ("tag", "category") or not name:
        raise SettingError(
            f"The label is {label!r}.",
            next_step="It should be `tag:KEY` or `category:NAME`, for example tag:team.",
        )
    return kind, name


def places_of(label: str, category_column: bool) -> list[list[Place]]:
    """Where the values of a label may stand: one list for each kind of key it may be."""
    kind, name = label_of(label)
    if kind == "category":
        column = [("x_CostCategories", name)] if category_column else []
        return [[*column, ("Tags", CATEGORY_KIND + name)]]
    if name.startswith((*TAG_KINDS, CATEGORY_KIND)):
        return [[("Tags", name)]]
    resource, *others = TAG_KINDS
    # Some exports mark the tags that users made themselves.
    own = [name, f"user:{name}", f"{resource}user:{name}", resource + name]
    return [[("Tags", key) for key in own], *([("Tags", prefix + name)] for prefix in others)]


def label_value(label: str, category_column: bool) -> str:
    """An expression for the value that a charge carries; nothing to look up gives the empty string."""
    if not label:
        return "''"
    choices = " ".join(
        f"WHEN {_has(place)} THEN {place[0]}[{text(place[1])}]"
        for places in places_of(label, category_column)
        for place in places
    )
    return f"COALESCE(NULLIF(CASE {choices} END, ''), {text(UNTAGGED)})"


def label_kinds(label: str, category_column: bool) -> str:
    """An expression for the kinds of key that a charge carries the label under, as digits."""
    if not label:
        return "''"
    return " || ".join(
        f"CASE WHEN {' OR '.join(map(_has, places))} THEN '{number}' ELSE '' END"
        for number, places in enumerate(places_of(label, category_column))
    )


def refuse_ambiguity(label: str, kinds: Iterable[str]) -> None:
    """Raise `SettingError` where charges carry a label under keys of several kinds."""
    found = sorted({digit for digits in kinds for digit in digits})
    if len(found) < 2:
        return
    names = [TAG_KINDS[int(digit)] + label_of(label)[1] for digit in found]
    raise SettingError(
        f"Keys of {len(names)} kinds are called {label_of(label)[1]} in the export: {', '.join(names)}.",
        next_step=f"Say which one is meant, for example tag:{names[0]}.",
    )


def _has(place: Place) -> str:
    """Looking a missing key up is an error in Trino."""
    column, key = place
    return f"CONTAINS(MAP_KEYS({column}), {text(key)})"


def text(value: str) -> str:
    """A string literal."""
    return "'" + value.replace("'", "''") + "'"
