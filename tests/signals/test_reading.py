"""What the forms of cost signals mean once they are read."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from chalicelib.costs import EVERYTHING, Scope
from chalicelib.service_names import same_name, services_of_metric, short_name
from chalicelib.signals import Alarm, AlarmState, AnomalyNotice, BudgetNotice, Unknown, read_message
from tests.signals.events import NAMES, first_message

READ_AS = {
    "alarm": Alarm,
    "anomaly": AnomalyNotice,
    "budget": BudgetNotice,
    "not": Unknown,
    "two": Alarm,
}


def alarm(name: str) -> Alarm:
    signal = read_message(*first_message(name))
    assert isinstance(signal, Alarm)
    return signal


def changed(**changes: object) -> Alarm:
    """The billing alarm with other fields; None takes a field away."""
    body = json.loads(first_message("alarm_bill")[1])
    for field, value in changes.items():
        body[field] = value
        if value is None:
            del body[field]
    signal = read_message(None, json.dumps(body))
    assert isinstance(signal, Alarm)
    return signal


def budget_with(**lines: str) -> BudgetNotice:
    text = first_message("budget_actual")[1]
    for name, value in lines.items():
        key = name.replace("_", " ")
        text = "\n".join(
            f"{key}: {value}" if line.startswith(f"{key}:") else line for line in text.splitlines()
        )
    signal = read_message(None, text)
    assert isinstance(signal, BudgetNotice)
    return signal


@pytest.mark.parametrize("name", NAMES)
def test_every_stored_event_is_read_as_what_it_is(name: str) -> None:
    assert isinstance(read_message(*first_message(name)), READ_AS[name.partition("_")[0]])


def test_an_alarm_says_amount_limit_and_place() -> None:
    found = alarm("alarm_bill")
    assert (found.state, found.old_state) == (AlarmState.ALARM, "OK")
    assert (found.amount, found.threshold, found.currency) == (
        Decimal("8020.14"),
        Decimal("8000.0"),
        "USD",
    )
    assert (found.scope, found.region, found.account) == (EVERYTHING, "us-east-1", "123456789012")
    assert found.time == datetime(2026, 11, 23, 6, 58, 40, 871000, tzinfo=UTC)


def test_amounts_are_exact() -> None:
    found = changed(
        Trigger={"MetricName": "EstimatedCharges", "Namespace": "AWS/Billing", "Threshold": 0.1},
        NewStateReason="Threshold Crossed: 1 datapoint [0.30000000000000004 (23/11/26 00:58:00)]",
    )
    assert (found.threshold, found.amount) == (Decimal("0.1"), Decimal("0.30000000000000004"))


@pytest.mark.parametrize(
    ("reason", "amount"),
    [
        ("1 datapoint [21.5 (14/10/20 14:13:00)] was greater", "21.5"),
        ("3 out of the last 3 datapoints [9.5 (a), 8.5 (b), 7.5 (c)] were greater", "9.5"),
        ("[1.2345678E7 (14/10/20 14:13:00)] was greater", "12345678"),
        ("[-3.0 (14/10/20 14:13:00)] was less", "-3.0"),
        ("Insufficient Data: 1 datapoint was unknown.", None),
        ("no datapoints were received for 1 period and 1 missing datapoint was treated", None),
        ("", None),
    ],
)
def test_the_amount_is_the_newest_data_point_of_the_reason(reason: str, amount: str | None) -> None:
    assert changed(NewStateReason=reason).amount == (Decimal(amount) if amount else None)


def test_a_scope_is_read_from_the_metrics_dimensions() -> None:
    assert alarm("alarm_account").scope == Scope(account="210987654321")
    assert alarm("alarm_one_service").scope == Scope(services=("AmazonCloudWatch",))
    assert alarm("alarm_service").scope == Scope(
        services=("Amazon Elastic Compute Cloud - Compute", "EC2 - Other")
    )


def test_a_service_without_a_known_name_is_said_to_be_so() -> None:
    scope = alarm("alarm_service_not_known").scope
    assert scope == Scope(unmatched="AmazonQuantumBatch")


def test_an_alarm_on_a_formula_finds_the_billing_metric_in_it() -> None:
    found = alarm("alarm_formula")
    assert found.formula == "IF(RATE(bill)>0,RATE(bill)*86400,0)"
    assert (found.metric, found.about_costs) == ("AWS/Billing EstimatedCharges", True)
    assert (found.amount, found.threshold) == (Decimal("431.7"), Decimal("400.0"))


def test_a_composite_alarm_counts_as_one_on_costs_but_names_no_amount() -> None:
    found = alarm("alarm_composite")
    assert (found.composite, found.about_costs) == (True, True)
    assert (found.amount, found.threshold, found.scope) == (None, None, EVERYTHING)


def test_an_old_alarm_without_arn_keeps_the_regions_display_name() -> None:
    found = alarm("alarm_old")
    assert (found.region, found.description) == ("US - N. Virginia", "")


def test_fields_nobody_knows_yet_change_nothing() -> None:
    assert alarm("alarm_new_fields") == alarm("alarm_bill")


def test_an_alarm_on_another_metric_is_not_about_costs() -> None:
    assert not alarm("alarm_other_metric").about_costs


def test_a_threshold_of_zero_is_zero_and_not_missing() -> None:
    trigger = {"MetricName": "EstimatedCharges", "Namespace": "AWS/Billing", "Threshold": 0}
    assert changed(Trigger=trigger).threshold == 0


@pytest.mark.parametrize("field", ["AlarmArn", "Trigger", "NewStateReason", "StateChangeTime"])
def test_an_alarm_without_a_field_is_still_an_alarm(field: str) -> None:
    assert changed(**{field: None}).name == "monthly-bill-over-8000"


@pytest.mark.parametrize("value", [[], {"a": 1}, 3, True, "", "x" * 2000])
@pytest.mark.parametrize("field", ["Trigger", "NewStateReason", "StateChangeTime", "AlarmArn"])
def test_an_alarm_with_a_field_of_another_kind_is_still_an_alarm(field: str, value: object) -> None:
    assert changed(**{field: value}).state is AlarmState.ALARM


def test_a_state_nobody_knows_is_passed_on_as_it_is() -> None:
    body = json.loads(first_message("alarm_bill")[1]) | {"NewStateValue": "SLEEPING"}
    assert isinstance(read_message(None, json.dumps(body)), Unknown)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e99", '"1e999999"', "true", "[1]"])
def test_a_threshold_that_is_no_amount_of_money_is_none(number: str) -> None:
    text = first_message("alarm_bill")[1].replace('"Threshold": 8000.0', f'"Threshold": {number}')
    found = read_message(None, text.replace("threshold (8000.0)", "threshold"))
    assert isinstance(found, Alarm)
    assert found.threshold is None


def test_a_budget_notice_is_read_from_its_lines_not_its_prose() -> None:
    found = read_message(None, first_message("budget_actual")[1])
    assert isinstance(found, BudgetNotice)
    assert (found.name, found.account) == ("Whole company", "123456789012")
    assert (found.amount, found.threshold, found.budgeted) == (
        Decimal("7931.93"),
        Decimal("7600.00"),
        Decimal("9500.00"),
    )
    assert (found.currency, found.is_forecast, found.counts_money) == ("USD", False, True)


def test_a_forecast_is_told_from_what_was_spent() -> None:
    found = read_message(*first_message("budget_forecast"))
    assert isinstance(found, BudgetNotice)
    assert (found.is_forecast, found.amount) == (True, Decimal("10480.17"))
    assert found.threshold == Decimal("9500.00")  # and not the percentage behind it


@pytest.mark.parametrize(
    ("written", "amount", "currency"),
    [
        ("$7,931.93", "7931.93", "USD"),
        ("EUR 12.50", "12.50", "EUR"),
        ("12.50 GBP", "12.50", "GBP"),
        ("$0", "0", "USD"),
    ],
)
def test_budgets_in_any_currency_are_read(written: str, amount: str, currency: str) -> None:
    found = budget_with(ACTUAL_Amount=written, Budgeted_Amount=written)
    assert (found.amount, found.currency) == (Decimal(amount), currency)


def test_a_budget_of_usage_does_not_count_money() -> None:
    found = read_message(*first_message("budget_usage"))
    assert isinstance(found, BudgetNotice)
    assert not found.counts_money


def test_a_budget_notice_without_its_block_is_passed_on_as_it_is() -> None:
    assert read_message("AWS Budgets: x", "AWS Budget Notification\nNew wording.") == Unknown()


def test_both_spellings_of_an_anomalys_dimension_are_read() -> None:
    from_sns = read_message(*first_message("anomaly"))
    from_eventbridge = read_message(*first_message("anomaly_eventbridge"))
    assert isinstance(from_sns, AnomalyNotice)
    assert isinstance(from_eventbridge, AnomalyNotice)
    assert from_sns.subject == from_eventbridge.subject == "AmazonCloudWatch"
    assert from_sns.anomaly_id == from_eventbridge.anomaly_id


def test_an_anomaly_says_what_was_spent_and_what_was_expected() -> None:
    found = read_message(*first_message("anomaly"))
    assert isinstance(found, AnomalyNotice)
    assert (found.actual, found.expected, found.impact) == (
        Decimal("411.62"),
        Decimal("41.03"),
        Decimal("370.59"),
    )
    assert found.scope == Scope(account="210987654321", services=("AmazonCloudWatch",))
    assert found.since == datetime(2026, 11, 14, tzinfo=UTC)


def test_an_anomaly_of_several_causes_is_about_all_of_them() -> None:
    body = json.loads(first_message("anomaly")[1])
    body["rootCauses"].append({"service": "AWS Glue", "linkedAccount": "345678901234"})
    found = read_message(None, json.dumps(body))
    assert isinstance(found, AnomalyNotice)
    assert found.scope == Scope(services=("AWS Glue", "AmazonCloudWatch"))


def test_an_anomaly_of_an_account_without_causes_is_about_that_account() -> None:
    body = json.loads(first_message("anomaly")[1])
    body |= {"rootCauses": [], "dimensionalValue": "210987654321"}
    found = read_message(None, json.dumps(body))
    assert isinstance(found, AnomalyNotice)
    assert found.scope == Scope(account="210987654321")


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "3", '"AlarmName"', "{", "[" * 100_000, '{"a":' * 100_000, "9" * 9000],
)
def test_json_of_any_other_shape_is_passed_on_as_it_is(text: str) -> None:
    assert read_message(None, text) == Unknown()


def test_metric_names_of_services_lead_to_cost_explorers_names() -> None:
    assert services_of_metric("awslambda") == ("AWS Lambda",)
    assert services_of_metric("AmazonNothing") == ()
    assert same_name("AmazonBedrock", ["AWS Glue", "Amazon Bedrock"]) == "Amazon Bedrock"
    assert same_name("", ["AWS Glue"]) == ""


def test_short_names_fit_a_phone() -> None:
    assert short_name("Amazon Elastic Compute Cloud - Compute") == "EC2 compute"
    assert short_name("AWS Glue") == "Glue"
    assert short_name("Tax") == "Tax"
    assert short_name("") == "not named"


def test_a_message_inside_the_envelope_of_another_topic_is_read() -> None:
    subject, text = first_message("alarm_bill")
    wrapped = json.dumps({"Type": "Notification", "Subject": subject, "Message": text})
    assert read_message(None, wrapped) == read_message(subject, text)
    twice = json.dumps({"Type": "Notification", "Message": wrapped})
    assert isinstance(read_message(None, twice), Unknown)
