"""What a signal is about, in words: services and accounts, or all of it."""

from collections.abc import Mapping

from chalicelib.costs import Scope
from chalicelib.wording.lines import listed, one_line
from chalicelib.wording.names import service_name

NAME_LENGTH = 80


def place(scope: Scope, names: Mapping[str, str]) -> str:
    """What a scope is about: `EC2 in Production`, `data` (a label); empty for everything."""
    services = list(dict.fromkeys(_plain(service) for service in scope.services))
    account = one_line(names.get(scope.account) or scope.account, 40)
    if scope.unmatched:
        services = [one_line(scope.unmatched, 40)]
    label = one_line(scope.label, 40)
    return " in ".join(filter(None, (listed(services), label, account)))


def _plain(service: str) -> str:
    return service_name(service).removesuffix(" compute").removesuffix(" other")


def bill_of(scope: Scope, names: Mapping[str, str]) -> str:
    """The same as the beginning of a sentence: `Your AWS bill`, `Account Production`, `EC2`."""
    who = place(scope, names)
    if not who:
        return "Your AWS bill"
    alone = not (scope.services or scope.unmatched or scope.label)
    return f"Account {who}" if alone else who


def whole(scope: Scope, names: Mapping[str, str]) -> str:
    """What figures are about where they are wider than the signal: `the whole bill`, `EC2`."""
    who = place(Scope(scope.account, scope.services, "", scope.label), names)
    return who or "the whole bill"
