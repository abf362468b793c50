"""The form of what is known about usage types."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Service:
    """One service's usage types in plain words.

    `names` are the service's names in Cost Explorer and, where it differs, in FOCUS. A pattern in
    `phrases` is a usage type without its Region's code; `*` stands for anything, and `{}` in the
    phrase for what it stood for. The first pattern that fits is used. `causes` gives, for some of the
    patterns, a sentence that explains the charge as such. `source` is where AWS documents them.
    `everywhere` is set for a service that has no Regions, whose usage types bear no code.
    """

    names: tuple[str, ...]
    source: str
    phrases: Mapping[str, str]
    causes: Mapping[str, str] = field(default_factory=dict)
    everywhere: bool = False
