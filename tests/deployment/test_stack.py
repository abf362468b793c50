"""Making, changing and removing the stack, also after something went wrong."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deployment.account import DeployError
from deployment.stack import Stack

NO_CHANGES = "The submitted information didn't contain changes."


class CloudFormation:
    """One stack that goes through a given course of states."""

    def __init__(
        self,
        *states: str,
        change: tuple[str, str] = ("CREATE_COMPLETE", ""),
        events: tuple[str, ...] = (),
    ) -> None:
        self.states = list(states)
        self.change = change
        self.events = events
        self.calls: list[str] = []
        self.parameters: list[dict[str, str]] = []
        self.takes_in = False

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if state == "none":
            raise ClientError({"Error": {"Code": "ValidationError"}}, "DescribeStacks")
        return {"Stacks": [{"StackStatus": state, "StackId": "arn:stack", "Parameters": []}]}

    def get_template_summary(self, **_: Any) -> dict[str, Any]:
        return {"Parameters": [{"ParameterKey": "Email", "ParameterType": "String"}]}

    def create_change_set(self, **given: Any) -> dict[str, Any]:
        self.calls.append(f"change {given['ChangeSetType']}")
        self.parameters = given["Parameters"]
        self.takes_in = given["ImportExistingResources"]
        return {"Id": "change"}

    def describe_change_set(self, **_: Any) -> dict[str, Any]:
        return {"Status": self.change[0], "StatusReason": self.change[1]}

    def get_paginator(self, _: str) -> "CloudFormation":
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        executed = any(call in ("execute_change_set", "delete_stack") for call in self.calls)
        events = [event.split(" ", 2) for event in self.events if executed]
        return [
            {
                "StackEvents": [
                    {
                        "EventId": f"{name}{status}",
                        "LogicalResourceId": name,
                        "ResourceStatus": status,
                        "ResourceStatusReason": reason,
                    }
                    for status, name, reason in reversed(events)
                ]
            }
        ]

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda **_: self.calls.append(name)


def apply(client: CloudFormation) -> tuple[bool, list[str]]:
    said: list[str] = []
    stack = Stack(client, "cloud-cost-tracker-dev", said.append, sleep=lambda _: None)  # type: ignore[arg-type]
    return stack.apply("template", {"Email": "a@b.c", "Gone": "1"}, {}), said


def test_a_stack_is_made_where_there_is_none():
    client = CloudFormation("none", "CREATE_IN_PROGRESS", "CREATE_COMPLETE")
    assert apply(client)[0]
    assert client.calls == ["change CREATE", "execute_change_set"]


def test_a_bucket_that_outlived_its_stack_is_taken_in():
    client = CloudFormation("none", "CREATE_COMPLETE")
    apply(client)
    assert client.takes_in


def test_a_stack_is_changed_where_there_is_one():
    client = CloudFormation("CREATE_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE")
    assert apply(client)[0]
    assert client.calls == ["change UPDATE", "execute_change_set"]


def test_a_parameter_that_the_template_no_longer_has_is_left_out():
    client = CloudFormation("CREATE_COMPLETE")
    apply(client)
    assert client.parameters == [{"ParameterKey": "Email", "ParameterValue": "a@b.c"}]


def test_nothing_to_change_changes_nothing():
    client = CloudFormation("CREATE_COMPLETE", change=("FAILED", NO_CHANGES))
    assert not apply(client)[0]
    assert client.calls == ["change UPDATE", "delete_change_set"]


def test_a_change_that_is_refused_says_why():
    client = CloudFormation("CREATE_COMPLETE", change=("FAILED", "Parameter Email is bad"))
    with pytest.raises(DeployError, match="Parameter Email is bad"):
        apply(client)


def test_progress_is_told_and_the_first_cause_of_a_failure_named():
    client = CloudFormation(
        *("none", "CREATE_IN_PROGRESS", "ROLLBACK_COMPLETE"),
        events=(
            "CREATE_COMPLETE Bucket -",
            "CREATE_FAILED Distribution the domain is taken",
            "CREATE_FAILED Links Resource creation cancelled",
            "DELETE_COMPLETE Bucket -",
        ),
    )
    with pytest.raises(DeployError, match="Distribution: the domain is taken") as caught:
        apply(client)
    assert "run the same command again" in caught.value.next_step


def test_each_resource_is_told_once():
    client = CloudFormation(
        *("none", "CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"),
        events=("CREATE_COMPLETE Bucket -",),
    )
    assert apply(client)[1] == ["  CREATE_COMPLETE  Bucket"]


def test_a_change_that_is_still_going_on_is_waited_for():
    client = CloudFormation("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE")
    changed, said = apply(client)
    assert changed
    assert "an earlier change is still going on" in said[0]


def test_a_stack_that_never_came_to_be_is_removed_first():
    client = CloudFormation(
        *("ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE", "DELETE_IN_PROGRESS", "DELETE_COMPLETE"),
        "CREATE_COMPLETE",
    )
    apply(client)
    assert client.calls == ["delete_stack", "change CREATE", "execute_change_set"]


def test_a_stack_whose_first_change_was_never_begun_is_removed_first():
    client = CloudFormation(
        *("REVIEW_IN_PROGRESS", "REVIEW_IN_PROGRESS", "DELETE_COMPLETE", "CREATE_COMPLETE"),
    )
    apply(client)
    assert client.calls == ["delete_stack", "change CREATE", "execute_change_set"]


def test_a_change_that_never_ends_is_not_waited_for_for_ever():
    with pytest.raises(DeployError, match="not finished after 60 minutes") as caught:
        apply(CloudFormation("UPDATE_IN_PROGRESS"))
    assert "CloudFormation console" in caught.value.next_step


@pytest.mark.parametrize("state", ["UPDATE_ROLLBACK_FAILED", "DELETE_FAILED"])
def test_a_stack_that_only_the_console_can_mend_says_so(state: str):
    with pytest.raises(DeployError, match=state) as caught:
        apply(CloudFormation(state))
    assert "CloudFormation console" in caught.value.next_step


def test_removing_what_is_not_there_is_no_error():
    client = CloudFormation("none")
    assert not Stack(client, "cloud-cost-tracker-dev", print).delete()  # type: ignore[arg-type]
    assert client.calls == []
