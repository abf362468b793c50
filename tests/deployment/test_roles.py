"""Roles, keys and the schedule get the boundary and the tags that Chalice does not know."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner
from moto import mock_aws

from chalicelib.settings import Settings
from cli import cli
from deployment.account import Account
from deployment.functions import send_failures_to_notify_topic
from deployment.once_known import WAITS, once_known
from deployment.roles import NO_BOUNDARY, make_roles
from deployment.signing_key import make_key
from deployment.tags import tag_the_rest

SETTINGS = Settings(stage="dev")
REPORT, EXPLAIN = (f"cloud-cost-tracker-dev-{name}" for name in ("weekly_report", "explain_alarm"))
BOUNDARY, OTHER = (f"arn:aws:iam::123456789012:policy/{name}" for name in ("Bound", "Other"))
OURS = [{"Key": "application", "Value": "cloud-cost-tracker"}]


@pytest.fixture
def account() -> Iterator[Account]:
    with mock_aws():
        yield Account("123456789012", "me", boto3.Session(region_name="us-east-1"))


def _boundaries(account: Account) -> dict[str, str | None]:
    iam = account.session.client("iam")
    roles = [iam.get_role(RoleName=name)["Role"] for name in (REPORT, EXPLAIN)]
    return {
        role["RoleName"]: role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        for role in roles
    }


def test_the_roles_are_made_with_the_boundary_and_the_tags(account: Account):
    make_roles(account, SETTINGS, BOUNDARY)
    assert _boundaries(account) == {REPORT: BOUNDARY, EXPLAIN: BOUNDARY}
    iam = account.session.client("iam")
    assert iam.list_role_tags(RoleName=REPORT)["Tags"] == OURS
    trust = iam.get_role(RoleName=REPORT)["Role"]["AssumeRolePolicyDocument"]
    assert trust["Statement"][0]["Principal"] == {"Service": "lambda.amazonaws.com"}  # type: ignore[index,call-overload,typeddict-item]


def test_without_one_there_is_no_boundary(account: Account):
    make_roles(account, SETTINGS)
    assert _boundaries(account) == {REPORT: None, EXPLAIN: None}


def test_a_boundary_stays_until_another_or_none_is_given(account: Account):
    make_roles(account, SETTINGS, BOUNDARY)
    make_roles(account, SETTINGS)
    assert _boundaries(account) == {REPORT: BOUNDARY, EXPLAIN: BOUNDARY}
    make_roles(account, SETTINGS, OTHER)
    assert _boundaries(account) == {REPORT: OTHER, EXPLAIN: OTHER}
    make_roles(account, SETTINGS, NO_BOUNDARY)
    assert _boundaries(account) == {REPORT: None, EXPLAIN: None}


def test_a_role_that_is_made_later_gets_the_boundary_of_its_sisters(account: Account):
    make_roles(account, SETTINGS, BOUNDARY)
    account.session.client("iam").delete_role(RoleName=EXPLAIN)
    make_roles(account, SETTINGS)
    assert _boundaries(account) == {REPORT: BOUNDARY, EXPLAIN: BOUNDARY}


def test_a_role_from_before_is_tagged_and_bounded_too(account: Account):
    iam = account.session.client("iam")
    iam.create_role(RoleName=REPORT, AssumeRolePolicyDocument="{}")
    make_roles(account, SETTINGS, BOUNDARY)
    assert _boundaries(account)[REPORT] == BOUNDARY
    assert iam.list_role_tags(RoleName=REPORT)["Tags"] == OURS


def test_the_schedule_and_the_keys_carry_the_tags(account: Account):
    events, ssm = account.session.client("events"), account.session.client("ssm")
    rule = events.put_rule(Name=f"{REPORT}-event", ScheduleExpression="rate(7 days)")["RuleArn"]
    make_key(ssm, SETTINGS, "a")
    key = f"{SETTINGS.parameters}link-key-a"
    made = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=key)["TagList"]
    assert made == OURS
    ssm.remove_tags_from_resource(ResourceType="Parameter", ResourceId=key, TagKeys=["application"])
    tag_the_rest(account, SETTINGS)
    assert events.list_tags_for_resource(ResourceARN=rule)["Tags"] == OURS
    tagged = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=key)["TagList"]
    assert tagged == OURS


@pytest.mark.parametrize("text", ["Bound", "arn:aws:iam::123456789012:role/Bound", BOUNDARY + " x"])
def test_what_is_no_policy_is_refused_as_a_boundary(text: str):
    result = CliRunner().invoke(cli, ["deploy", "--permissions-boundary", text])
    assert result.exit_code == 2
    assert "arn:aws:iam::111122223333:policy/NAME" in result.output


def _refusal(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "PutIt")


class _Slow:
    """AWS, as long as it does not know something new everywhere."""

    def __init__(self, refusals: int, error: ClientError) -> None:
        self.refusals, self.error, self.calls = refusals, error, 0

    def __call__(self, **_: Any) -> str:
        self.calls += 1
        if self.calls <= self.refusals:
            raise self.error
        return "done"


NEW_ROLE = _refusal(
    "InvalidParameterValueException",
    "The function's execution role does not have permissions to call Publish on the destination",
)


@pytest.mark.parametrize("error", [NEW_ROLE, _refusal("ResourceConflictException")])
def test_what_is_refused_because_it_is_new_is_tried_again_for_a_minute(error: ClientError):
    slept: list[float] = []
    assert once_known(_Slow(len(WAITS), error), slept.append) == "done"
    assert sum(slept) == 60


def test_what_stays_refused_is_told():
    slow = _Slow(100, NEW_ROLE)
    with pytest.raises(ClientError):
        once_known(slow, lambda _: None)
    assert slow.calls == len(WAITS) + 1


@pytest.mark.parametrize(
    "error", [_refusal("AccessDenied"), _refusal("InvalidParameterValueException", "no such topic")]
)
def test_what_will_not_pass_is_not_tried_again(error: ClientError):
    slow = _Slow(1, error)
    with pytest.raises(ClientError):
        once_known(slow, lambda _: None)
    assert slow.calls == 1


def test_where_failures_go_is_set_though_the_role_is_new():
    slow, slept = _Slow(1, NEW_ROLE), list[float]()

    class Session:
        def client(self, _: str) -> Any:
            return type("Lambda", (), {"put_function_event_invoke_config": staticmethod(slow)})

    account = Account("123456789012", "me", Session())  # type: ignore[arg-type]
    send_failures_to_notify_topic(account, SETTINGS, slept.append)
    assert (slow.calls, slept) == (4, [1.0])  # three functions, the first of them twice
