"""Settings come from the environment; whatever is wrong is named, with an example."""

from dataclasses import fields
from decimal import Decimal

import pytest

from chalicelib.errors import SettingError
from chalicelib.settings import PREFIX, Settings

BAD_VALUES = {
    "CCT_STAGE": ["Prod", "-", "my stage", "a" * 17, "pröd"],
    "CCT_SOURCE": ["cur", "Focus"],
    "CCT_SETTLING_DAYS": ["-1", "15", "two", "1.5"],
    "CCT_MAX_REQUESTS": ["0", "1001", "many"],
    "CCT_MOVER_FLOOR": ["-1", "$10", "ten", "NaN", "Infinity"],
    "CCT_MOVER_PERCENT": ["-5", "5 %"],
    "CCT_ANOMALY_FLOOR": ["-1", "ten"],
    "CCT_BURN_FLOOR": ["-1", "five"],
    "CCT_BURN_FACTOR": ["0.5", "0", "2x"],
    "CCT_MONTHLY_BUDGET": ["-1", "1,200", "1e30"],
    "CCT_LINKS": ["yes", "ON", "1"],
    "CCT_LINK_DAYS": ["0", "32"],
    "CCT_CHAT": ["true"],
    "CCT_CURRENCY": ["dollar", "usd", "US"],
    "CCT_LABEL": ["team", "tag:", "tags:team", "category:"],
}


def test_without_any_variable_everything_has_a_default() -> None:
    assert Settings.from_env({"PATH": "/bin"}) == Settings()


def test_every_setting_can_be_set() -> None:
    settings = Settings.from_env(
        {
            "CCT_STAGE": "prod",
            "CCT_SOURCE": "focus",
            "CCT_SETTLING_DAYS": " 3 ",
            "CCT_MAX_REQUESTS": "50",
            "CCT_MOVER_FLOOR": "25.50",
            "CCT_MONTHLY_BUDGET": "1200",
            "CCT_LINKS": "off",
            "CCT_CHAT": "on",
            "CCT_LABEL": "tag:team",
        }
    )
    assert (settings.stage, settings.source, settings.settling_days) == ("prod", "focus", 3)
    assert (settings.mover_floor, settings.monthly_budget) == (Decimal("25.50"), 1200)
    assert (settings.links, settings.chat, settings.label) == (False, True, "tag:team")


def test_every_example_is_a_good_value() -> None:
    for each in fields(Settings):
        name = PREFIX + each.name.upper()
        settings = Settings.from_env({name: each.metadata["example"]})
        assert getattr(settings, each.name) != each.default, name


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in BAD_VALUES.items() for value in values]
)
def test_a_bad_value_is_named_with_an_example(name: str, value: str) -> None:
    with pytest.raises(SettingError) as refused:
        Settings.from_env({name: value})
    assert f"{name} is {value!r}" in str(refused.value)
    assert refused.value.next_step.startswith(f"For example: {name}=")


def test_every_setting_has_bad_values() -> None:
    assert BAD_VALUES.keys() == {PREFIX + each.name.upper() for each in fields(Settings)}


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("CCT_SETTLING_DAYS", "15", "a whole number from 0 to 14"),
        ("CCT_SETTLING_DAYS", "two", "a whole number from 0 to 14"),
        ("CCT_MOVER_FLOOR", "NaN", "an amount of money, zero or more"),
        ("CCT_MOVER_FLOOR", "ten", "an amount of money, zero or more"),
        ("CCT_SOURCE", "cur", "one of: cost-explorer, focus"),
        ("CCT_LINKS", "yes", "on or off"),
        ("CCT_STAGE", "Prod", "1 to 16 lower-case letters and digits"),
        ("CCT_LABEL", "team", "tag:KEY or category:NAME"),
    ],
)
def test_a_bad_value_is_told_what_it_should_be(name: str, value: str, wanted: str) -> None:
    with pytest.raises(SettingError, match=f"It should be {wanted}"):
        Settings.from_env({name: value})


def test_a_stage_may_be_a_number_as_in_the_template() -> None:
    assert Settings.from_env({"CCT_STAGE": "2"}).stage == "2"


def test_an_empty_value_means_the_default() -> None:
    assert Settings.from_env({"CCT_MAX_REQUESTS": "  ", "CCT_STAGE": ""}) == Settings()


def test_a_mistyped_name_is_noticed() -> None:
    with pytest.raises(SettingError, match="CCT_MAX_REQUEST is not a setting") as refused:
        Settings.from_env({"CCT_MAX_REQUEST": "5"})
    assert "CCT_MAX_REQUESTS" in refused.value.next_step


def test_all_names_in_the_account_follow_from_the_stage() -> None:
    settings = Settings(stage="prod")
    assert settings.alarms_topic == "cloud-cost-tracker-prod-alarms"
    assert settings.notify_topic == "cloud-cost-tracker-prod-notify"
    assert settings.chat_topic == "cloud-cost-tracker-prod-chat"
    assert settings.parameters == "/cloud-cost-tracker/prod/"
    assert settings.bucket("123456789012") == "cloud-cost-tracker-prod-site-123456789012"


def test_the_longest_bucket_name_is_one_that_s3_takes() -> None:
    assert len(Settings(stage="a" * 16).bucket("123456789012")) <= 63
