"""What a question about costs is narrowed to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """One account and some services; empty means all of them.

    `unmatched` is a service that cannot be asked for by that name, so that the scope is wider than
    what is meant until an answer shows whether there is such a service. `label` is a value of the
    tag or cost category that the `label` setting names.
    """

    account: str = ""
    services: tuple[str, ...] = ()
    unmatched: str = ""
    label: str = ""


EVERYTHING = Scope()
