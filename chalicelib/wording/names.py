"""What services, accounts and movers are called in a sentence: short, and safe to print."""

from collections.abc import Mapping

from chalicelib.insights.movers import Mover
from chalicelib.service_names import short_name
from chalicelib.wording.lines import one_line

LONGEST_NAME = 40


def service_name(service: str) -> str:
    """A service's short name, safe to print in a line."""
    return one_line(short_name(service), LONGEST_NAME)


def place(service: str, account: str, names: Mapping[str, str]) -> str:
    """Where a cost is, by the dimensions that were told apart: `EC2 compute in Production`."""
    where = one_line(names.get(account) or account, LONGEST_NAME)
    return " in ".join(filter(None, (service_name(service) if service else "", where)))


def mover_name(mover: Mover, names: Mapping[str, str]) -> str:
    """What moved: `EC2 compute in Production`."""
    return place(mover.service, mover.account, names)
