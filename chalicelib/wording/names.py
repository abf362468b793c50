"""What services, accounts and movers are called in a sentence: short, and safe to print."""

from collections.abc import Mapping
from unicodedata import bidirectional

from chalicelib.insights.movers import Mover
from chalicelib.service_names import short_name
from chalicelib.wording.lines import LEFT_TO_RIGHT, one_line

LONGEST_NAME = 40


def service_name(service: str) -> str:
    """A service's short name, safe to print in a line."""
    return _name(short_name(service))


def place(service: str, account: str, names: Mapping[str, str]) -> str:
    """Where a cost is, by the dimensions that were told apart: `EC2 compute in Production`."""
    where = _name(names.get(account) or account)
    return " in ".join(filter(None, (service_name(service) if service else "", where)))


def _name(text: str) -> str:
    name = one_line(text.replace(LEFT_TO_RIGHT, ""), LONGEST_NAME)
    turned = any(bidirectional(char) in ("R", "AL") for char in name)
    return name + LEFT_TO_RIGHT if turned else name


def mover_name(mover: Mover, names: Mapping[str, str]) -> str:
    """What moved: `EC2 compute in Production`."""
    return place(mover.service, mover.account, names)
