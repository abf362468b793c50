"""What an operator can set, read once from the environment and validated; names that follow a rule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from typing import Any

from chalicelib.errors import SettingError

APP = "cloud-cost-tracker"
PREFIX = "CCT_"
SITE_PREFIX = "site/"
MOST_MONEY = 10**15
"""From here on a number is a slip of the keyboard, and too long to be rounded to cents."""
SOURCES = ("cost-explorer", "focus")


def _setting(default: Any, parse: Callable[[str], Any], example: str, meaning: str) -> Any:
    return field(default=default, metadata={"parse": parse, "example": example, "meaning": meaning})


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isdecimal() and least <= int(text) <= most):
            raise ValueError(f"a whole number from {least} to {most}")
        return int(text)

    return parse


def _amount(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number < MOST_MONEY:
        raise ValueError("an amount of money, zero or more")
    return number


def _times(text: str) -> Decimal:
    number = _amount(text)
    if number < 1:
        raise ValueError("a number, 1 or more")
    return number


def _stage(text: str) -> str:
    if not (text.isascii() and text.isalnum() and text == text.lower() and len(text) <= 16):
        raise ValueError("1 to 16 lower-case letters and digits")
    return text


def _source(text: str) -> str:
    if text not in SOURCES:
        raise ValueError("one of: " + ", ".join(SOURCES))
    return text


def _switch(text: str) -> bool:
    if text not in ("on", "off"):
        raise ValueError("on or off")
    return text == "on"


def _currency(text: str) -> str:
    if not (text.isascii() and text.isalpha() and text.isupper() and len(text) == 3):
        raise ValueError("a currency code of three capital letters")
    return text


def _label(text: str) -> str:
    kind, _, name = text.partition(":")
    if kind not in ("tag", "category") or not name:
        raise ValueError("tag:KEY or category:NAME")
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings; each is an environment variable with the prefix `CCT_` and a default.

    The environment variables live in `.chalice/config.json`. `metadata` of each field holds its
    parser, an example and its meaning; the README's table is checked against them.
    """

    stage: str = _setting(
        "dev", _stage, "prod", "Names everything in the account: one stage, one deployment."
    )
    source: str = _setting(
        "cost-explorer",
        _source,
        "focus",
        "Where costs come from: `cost-explorer`, or `focus` for a FOCUS export read through Athena.",
    )
    settling_days: int = _setting(
        2,
        _whole(0, 14),
        "3",
        "How many of the last days AWS is still filling in; they are shown but never compared.",
    )
    max_requests: int = _setting(
        25,
        _whole(1, 1000),
        "50",
        "Most paid requests one run may make ($0.01 each); large organisations get fewer names, exact totals.",
    )
    mover_floor: Decimal = _setting(
        Decimal(10), _amount, "25", "Smallest change, in money, that counts as a mover."
    )
    mover_percent: Decimal = _setting(
        Decimal(5), _amount, "10", "Smallest change, in per cent, that counts as a mover."
    )
    anomaly_floor: Decimal = _setting(
        Decimal(10),
        _amount,
        "50",
        "Smallest excess over the expected cost, in money, that counts as an anomaly.",
    )
    burn_floor: Decimal = _setting(
        Decimal(5),
        _amount,
        "50",
        "Smallest amount beyond the usual, in money, that is told within hours; it grows with the account.",
    )
    burn_factor: Decimal = _setting(
        Decimal("2.5"),
        _times,
        "4",
        "How many times its usual a service or account must cost to be told within hours.",
    )
    monthly_budget: Decimal = _setting(
        Decimal(0),
        _amount,
        "1200",
        "What a month may cost, shown beside the projection; 0 for none.",
    )
    links: bool = _setting(
        True, _switch, "off", "Whether mails carry a signed link to the dashboard."
    )
    link_days: int = _setting(
        8, _whole(1, 31), "3", "How many days a signed link opens the dashboard."
    )
    chat: bool = _setting(
        False,
        _switch,
        "on",
        "Whether digest and alarms also go to the chat topic, for Slack and Teams.",
    )
    label: str = _setting(
        "",
        _label,
        "tag:team",
        "One more dimension of the report: `tag:KEY` or `category:NAME`; empty for none.",
    )
    currency: str = _setting(
        "",
        _currency,
        "EUR",
        "The one currency to report, where a FOCUS export holds several; empty to refuse such a mix.",
    )

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> "Settings":
        """Read all settings; raises `SettingError` naming the variable, the value and an example.

        A variable with the prefix that is no setting is an error too, so that a typing mistake is
        noticed. An empty value means the default.
        """
        by_name = {PREFIX + each.name.upper(): each for each in fields(cls)}
        values: dict[str, Any] = {}
        for name, text in environment.items():
            if not name.startswith(PREFIX):
                continue
            if name not in by_name:
                known = ", ".join(sorted(by_name))
                raise SettingError(
                    f"{name} is not a setting.", next_step=f"The settings are: {known}."
                )
            if text.strip():
                values[by_name[name].name] = _parse(name, text.strip(), by_name[name].metadata)
        return cls(**values)

    @property
    def root(self) -> str:
        """What the names of everything in the account start with."""
        return f"{APP}-{self.stage}"

    @property
    def alarms_topic(self) -> str:
        """Name of the topic that cost alarms arrive on."""
        return f"{self.root}-alarms"

    @property
    def notify_topic(self) -> str:
        """Name of the topic that digests and explained alarms leave by."""
        return f"{self.root}-notify"

    @property
    def chat_topic(self) -> str:
        """Name of the topic that chat channels listen to."""
        return f"{self.root}-chat"

    @property
    def parameters(self) -> str:
        """Path of this stage's parameters in the SSM parameter store."""
        return f"/{APP}/{self.stage}/"

    @property
    def focus_database(self) -> str:
        """Name of the Glue database that describes the FOCUS export; hyphens would need quotes."""
        return self.root.replace("-", "_")

    @property
    def focus_workgroup(self) -> str:
        """Name of the Athena workgroup that asks the FOCUS export."""
        return f"{self.root}-focus"

    def bucket(self, account_id: str) -> str:
        """Name of the site's bucket in an account."""
        return f"{self.root}-site-{account_id}"


def _parse(name: str, text: str, metadata: Mapping[str, Any]) -> Any:
    try:
        return metadata["parse"](text)
    except ValueError as wanted:
        raise SettingError(
            f"{name} is {text!r}. It should be {wanted}.",
            next_step=f"For example: {name}={metadata['example']}",
        ) from None
