"""The emulator follows Cost Explorer's rules; each is asked for through the real boto3."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulation.ledger import Ledger
from simulation.sample import large_ledger
from tests.simulation.conftest import TODAY, by, entry, one_of, sums

type Ask = Callable[..., Any]


def refusal(ask: Ask, *period: str, **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        ask(*period, **parameters)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def all_pages(client: Any, request: dict[str, Any]) -> dict[tuple[str, ...], Decimal]:
    found: dict[tuple[str, ...], Decimal] = {}
    token: dict[str, str] = {}
    while True:
        answer = client.get_cost_and_usage(**request, **token)
        page = sums(answer)
        assert not found.keys() & page.keys()
        found |= page
        if "NextPageToken" not in answer:
            return found
        token = {"NextPageToken": answer["NextPageToken"]}


def test_the_end_of_a_period_is_exclusive(ask: Ask) -> None:
    assert sums(ask("2026-10-30", "2026-10-31")) == {("2026-10-30",): Decimal(10)}


def test_without_grouping_the_total_is_filled_also_where_nothing_was_spent(ask: Ask) -> None:
    results = ask("2026-10-29", "2026-10-31")["ResultsByTime"]
    assert results[0]["Total"] == {"UnblendedCost": {"Amount": "0", "Unit": "USD"}}
    assert [result["Groups"] for result in results] == [[], []]


def test_with_grouping_the_total_is_empty_and_the_grouping_is_echoed(ask: Ask) -> None:
    answer = ask(GroupBy=by("SERVICE"))
    assert all(result["Total"] == {} for result in answer["ResultsByTime"])
    assert answer["GroupDefinitions"] == by("SERVICE")


def test_a_day_without_charges_has_a_result_without_groups(ask: Ask) -> None:
    results = ask("2026-10-29", "2026-10-31", GroupBy=by("SERVICE"))["ResultsByTime"]
    assert [len(result["Groups"]) for result in results] == [0, 1]


def test_two_groupings_come_back_as_two_keys_in_the_order_asked(ask: Ask) -> None:
    answer = ask("2026-10-31", "2026-11-01", GroupBy=by("LINKED_ACCOUNT", "SERVICE"))
    assert list(sums(answer)) == [
        ("2026-10-31", "111", "Compute"),
        ("2026-10-31", "222", "Storage"),
    ]


def test_three_groupings_are_refused(ask: Ask) -> None:
    code, _ = refusal(ask, GroupBy=by("SERVICE", "LINKED_ACCOUNT", "RECORD_TYPE"))
    assert code == "ValidationException"


def test_months_are_cut_to_the_period_asked_for(ask: Ask) -> None:
    results = ask("2026-10-31", "2026-11-02", Granularity="MONTHLY")["ResultsByTime"]
    assert [result["TimePeriod"] for result in results] == [
        {"Start": "2026-10-31", "End": "2026-11-01"},
        {"Start": "2026-11-01", "End": "2026-11-02"},
    ]


def test_the_open_month_is_estimated(ask: Ask) -> None:
    results = ask("2026-10-31", "2026-11-02")["ResultsByTime"]
    assert [result["Estimated"] for result in results] == [False, True]


def test_one_request_carries_several_metrics(ask: Ask) -> None:
    metrics = ["UnblendedCost", "NetUnblendedCost", "AmortizedCost", "NetAmortizedCost"]
    answer = ask("2026-10-30", "2026-10-31", Metrics=metrics)
    total = answer["ResultsByTime"][0]["Total"]
    assert [total[metric]["Amount"] for metric in metrics] == ["10", "9", "5", "0.5"]


def test_what_has_no_quantity_has_no_unit(ask: Ask) -> None:
    answer = ask("2026-10-30", "2026-10-31", Metrics=["UsageQuantity"])
    assert answer["ResultsByTime"][0]["Total"]["UsageQuantity"] == {"Amount": "0", "Unit": "N/A"}


@pytest.fixture
def used(connect: Callable[..., Any]) -> Ask:
    """Asks about a day on which an account used gigabytes and hours of one service."""
    base = entry("2026-11-01", "EC2 - Other", "1", "Usage", "4.8")
    kinds = [("EU-NatGateway-Bytes", "100", "GB"), ("EU-NatGateway-Hours", "24", "Hrs")]
    entries = [
        replace(base, usage_type=kind, quantity=Decimal(used), unit=unit)
        for kind, used, unit in kinds
    ]
    _, client = connect(Ledger([*entries, entry("2026-11-01", "Tax", "1", "Tax", "1")], {}))

    def get(**parameters: Any) -> Any:
        request = {
            "TimePeriod": {"Start": "2026-11-01", "End": "2026-11-02"},
            "Granularity": "DAILY",
            "Metrics": ["UnblendedCost", "UsageQuantity"],
        }
        return client.get_cost_and_usage(**(request | parameters))["ResultsByTime"][0]

    return get


def test_quantities_come_with_the_unit_of_their_usage_type(used: Ask) -> None:
    groups = used(GroupBy=by("SERVICE", "USAGE_TYPE"))["Groups"]
    assert [(g["Keys"][1], g["Metrics"]["UsageQuantity"]) for g in groups] == [
        ("EU-NatGateway-Bytes", {"Amount": "100", "Unit": "GB"}),
        ("EU-NatGateway-Hours", {"Amount": "24", "Unit": "Hrs"}),
        ("NoUsageType", {"Amount": "0", "Unit": "N/A"}),
    ]


def test_quantities_of_different_units_are_added_up_without_a_unit(used: Ask) -> None:
    assert used()["Total"]["UsageQuantity"] == {"Amount": "124", "Unit": "N/A"}


def test_a_filter_on_usage_types(used: Ask) -> None:
    total = used(Filter=one_of("USAGE_TYPE", "EU-NatGateway-Hours"))["Total"]
    assert total["UsageQuantity"] == {"Amount": "24", "Unit": "Hrs"}


@pytest.mark.parametrize("key", ["USAGE_TYPE_GROUP", "RESOURCE_ID", "BILLING_ENTITY"])
def test_what_aws_does_not_group_by_is_refused(used: Ask, key: str) -> None:
    with pytest.raises(ClientError, match="Group Definition dimension is invalid"):
        used(GroupBy=by("SERVICE", key))


def test_tiny_amounts_come_in_scientific_notation(ask: Ask) -> None:
    answer = ask("2026-10-31", "2026-11-01", GroupBy=by("SERVICE"))
    storage = answer["ResultsByTime"][0]["Groups"][1]
    assert storage["Metrics"]["UnblendedCost"]["Amount"] == "1E-7"


def test_the_unit_is_the_ledgers_currency(connect: Callable[..., Any]) -> None:
    _, client = connect(Ledger([entry("2026-11-01", "Compute", "1", "Usage", "1")], {}, "CNY"))
    answer = client.get_cost_and_usage(
        TimePeriod={"Start": "2026-11-01", "End": "2026-11-02"},
        Granularity="DAILY",
        Metrics=["UnblendedCost"],
    )
    assert answer["ResultsByTime"][0]["Total"]["UnblendedCost"]["Unit"] == "CNY"


def test_tags_come_back_as_key_dollar_value_and_untagged_as_key_dollar(ask: Ask) -> None:
    answer = ask("2026-10-31", "2026-11-02", GroupBy=by("team", kind="TAG"))
    assert list(sums(answer)) == [
        ("2026-10-31", "team$data"),
        ("2026-10-31", "team$web"),
        ("2026-11-01", "team$"),
    ]


def test_cost_categories_come_back_the_same_way(ask: Ask) -> None:
    answer = ask("2026-11-02", "2026-11-03", GroupBy=by("Env", kind="COST_CATEGORY"))
    assert list(sums(answer)) == [("2026-11-02", "Env$"), ("2026-11-02", "Env$Test")]


def test_names_of_the_accounts_on_a_page_come_with_it(ask: Ask) -> None:
    answer = ask("2026-11-01", "2026-11-02", GroupBy=by("SERVICE", "LINKED_ACCOUNT"))
    assert answer["DimensionValueAttributes"] == [
        {"Value": "111", "Attributes": {"description": "production"}}
    ]
    assert ask(GroupBy=by("SERVICE"))["DimensionValueAttributes"] == []


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (one_of("SERVICE", "Compute"), 65),
        (one_of("LINKED_ACCOUNT", "222"), "40.0000001"),
        ({"Not": one_of("RECORD_TYPE", "Credit", "Refund")}, "73.0000001"),
        ({"And": [one_of("SERVICE", "Compute"), one_of("LINKED_ACCOUNT", "222")]}, 40),
        ({"Or": [one_of("SERVICE", "Tax"), one_of("RECORD_TYPE", "Credit")]}, -2),
        ({"Not": {"Or": [one_of("SERVICE", "Tax"), one_of("SERVICE", "Storage")]}}, 65),
        ({"Tags": {"Key": "team", "Values": ["web", "none"]}}, 25),
        ({"Tags": {"Key": "team", "MatchOptions": ["ABSENT"]}}, 43),
        ({"CostCategories": {"Key": "Env", "Values": ["Test"]}}, 40),
        (one_of("SERVICE", "compute"), 0),  # a value that does not exist is no error
    ],
)
def test_filters_combine(ask: Ask, expression: dict[str, Any], expected: object) -> None:
    answer = ask(Granularity="DAILY", Filter=expression)
    assert sum(sums(answer).values()) == Decimal(str(expected))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"Filter": one_of("SERVICE", "a") | {"Not": one_of("SERVICE", "b")}},
            "Expression has more than one roots",
        ),
        ({"Filter": {"And": [one_of("SERVICE", "a")]}}, "And expression must have at least 2 oper"),
        ({"Filter": {"Dimensions": {"Key": "SERVICE"}}}, "Values are required"),
        (
            {
                "Filter": {
                    "Dimensions": {
                        "Key": "SERVICE",
                        "Values": ["a"],
                        "MatchOptions": ["CONTAINS"],
                    }
                }
            },
            "MatchOptions",
        ),
        ({"Filter": one_of("CHARGE_TYPE", "Credit")}, "Dimension is invalid"),
        ({"GroupBy": by("CHARGE_TYPE")}, "Group Definition dimension is invalid. Valid values"),
        ({"GroupBy": by("SERVICE", kind="LINKED_ACCOUNT")}, "Group Definition type is invalid."),
        ({"GroupBy": by("REGION")}, "The emulator's ledger holds no REGION"),
        ({"Metrics": ["Cost"]}, "Metrics"),
        ({"Metrics": []}, "Metrics"),
        ({"Granularity": "WEEKLY"}, "Granularity WEEKLY"),
        ({"Granularity": "HOURLY"}, "Valid format is yyyy-MM-ddThh:mm:ssZ."),
    ],
)
def test_wrong_requests_are_refused_with_a_reason(
    ask: Ask, parameters: dict[str, Any], message: str
) -> None:
    code, text = refusal(ask, **parameters)
    assert code == "ValidationException"
    assert message in text


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        ("2026-11-02", "2026-11-02", "Start date (and hour) should be before end date (and hour)"),
        ("2026-11-24", "2026-11-25", "start date must be equal to or no later than the current"),
        ("2026-11-01", "2026-12-02", "end date past the beginning of next month"),
        ("2025-09-22", "2025-10-01", "You haven't enabled historical data beyond 14 months."),
        ("2026-11-1", "2026-11-02", "Time period is invalid."),
        ("2026-02-30", "2026-11-02", "Time period is invalid."),
    ],
)
def test_wrong_periods_are_refused_with_a_reason(
    ask: Ask, start: str, end: str, message: str
) -> None:
    code, text = refusal(ask, start, end)
    assert code == "ValidationException"
    assert text.startswith(message)


def test_fourteen_months_back_and_the_first_of_next_month_are_just_allowed(ask: Ask) -> None:
    answer = ask("2025-09-23", "2026-12-01", Granularity="MONTHLY")
    assert len(answer["ResultsByTime"]) == 15


def test_a_period_goes_on_on_the_next_page(small: Ledger, connect: Callable[..., Any]) -> None:
    _, client = connect(small, page_size=1)
    request: dict[str, Any] = {
        "TimePeriod": {"Start": "2026-10-31", "End": "2026-11-01"},
        "Granularity": "DAILY",
        "Metrics": ["UnblendedCost"],
        "GroupBy": by("SERVICE"),
    }
    first = client.get_cost_and_usage(**request)
    second = client.get_cost_and_usage(**request, NextPageToken=first["NextPageToken"])
    assert sums(first) == {("2026-10-31", "Compute"): Decimal(20)}
    assert sums(second) == {("2026-10-31", "Storage"): Decimal("1E-7")}
    assert "NextPageToken" not in second


def test_an_answer_that_just_fits_has_no_next_page(
    small: Ledger, connect: Callable[..., Any]
) -> None:
    _, client = connect(small, page_size=2)
    answer = client.get_cost_and_usage(
        TimePeriod={"Start": "2026-10-31", "End": "2026-11-01"},
        Granularity="DAILY",
        Metrics=["UnblendedCost"],
        GroupBy=by("SERVICE"),
    )
    assert "NextPageToken" not in answer


@pytest.mark.parametrize("page_size", [1, 2, 3, 5, 100])
def test_pages_of_any_size_add_up_to_the_ledger(
    small: Ledger, connect: Callable[..., Any], page_size: int
) -> None:
    _, client = connect(small, page_size=page_size)
    request: dict[str, Any] = {
        "TimePeriod": {"Start": "2026-10-01", "End": "2026-11-23"},
        "Granularity": "MONTHLY",
        "Metrics": ["UnblendedCost"],
        "GroupBy": by("SERVICE", "LINKED_ACCOUNT"),
    }
    assert sum(all_pages(client, request).values()) == sum(each.unblended for each in small.entries)


def test_a_token_with_another_request_is_refused(
    small: Ledger, connect: Callable[..., Any]
) -> None:
    _, client = connect(small, page_size=1)
    request: dict[str, Any] = {
        "TimePeriod": {"Start": "2026-10-31", "End": "2026-11-03"},
        "Granularity": "DAILY",
        "Metrics": ["UnblendedCost"],
    }
    token = client.get_cost_and_usage(**request)["NextPageToken"]
    changed = request | {"Metrics": ["AmortizedCost"]}
    with pytest.raises(client.exceptions.RequestChangedException):
        client.get_cost_and_usage(**changed, NextPageToken=token)


def test_a_token_that_was_never_handed_out_is_refused(ask: Ask) -> None:
    assert refusal(ask, NextPageToken="from elsewhere")[0] == "InvalidNextTokenException"
    assert refusal(ask, NextPageToken="MTIzNDU=")[0] == "InvalidNextTokenException"


@pytest.fixture
def values(small: Ledger, connect: Callable[..., Any]) -> Ask:
    _, client = connect(small, page_size=2)

    def get(dimension: str, **parameters: Any) -> Any:
        period = {"Start": "2026-10-30", "End": "2026-11-03"}
        return client.get_dimension_values(
            **({"TimePeriod": period, "Dimension": dimension} | parameters)
        )

    return get


def test_dimension_values_are_those_of_the_period(values: Ask) -> None:
    answer = values("SERVICE", TimePeriod={"Start": "2026-10-30", "End": "2026-10-31"})
    assert answer["DimensionValues"] == [{"Value": "Compute", "Attributes": {}}]
    assert (answer["ReturnSize"], answer["TotalSize"]) == (1, 1)


def test_accounts_have_their_names_as_description(values: Ask) -> None:
    assert values("LINKED_ACCOUNT")["DimensionValues"][1] == {
        "Value": "222",
        "Attributes": {"description": "staging"},
    }


def test_dimension_values_can_be_filtered_and_searched(values: Ask) -> None:
    found = values("RECORD_TYPE", Filter=one_of("LINKED_ACCOUNT", "222"))["DimensionValues"]
    assert [each["Value"] for each in found] == ["Usage"]
    assert values("SERVICE", SearchString="STOR")["TotalSize"] == 1


def test_dimension_values_page_too(values: Ask) -> None:
    first = values("SERVICE")
    second = values("SERVICE", NextPageToken=first["NextPageToken"])
    assert (first["ReturnSize"], second["ReturnSize"], first["TotalSize"]) == (2, 1, 3)


@pytest.mark.parametrize(
    ("dimension", "parameters"),
    [
        ("SERVICE", {"MaxResults": 1}),
        ("SERVICE", {"SearchString": "a", "SortBy": [{"Key": "UnblendedCost"}]}),
        ("CHARGE_TYPE", {}),
    ],
)
def test_wrong_questions_for_values_are_refused(
    values: Ask, dimension: str, parameters: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        values(dimension, **parameters)


def test_a_large_organisation_is_answered_page_by_page(connect: Callable[..., Any]) -> None:
    ledger = large_ledger(50, 20, 10, today=TODAY)
    emulator, client = connect(ledger, page_size=40)
    request: dict[str, Any] = {
        "TimePeriod": {"Start": "2026-11-20", "End": "2026-11-22"},
        "Granularity": "DAILY",
        "Metrics": ["UnblendedCost"],
    }
    total = sum(sums(client.get_cost_and_usage(**request)).values())
    request["GroupBy"] = by("LINKED_ACCOUNT", "SERVICE")
    assert sum(all_pages(client, request).values()) == total
    assert len(emulator.requests) == 1 + 2 * 50 * 6 // 40
