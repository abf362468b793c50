"""One CloudFormation stack: make it, change it, remove it, and say what goes on meanwhile."""

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from deployment.account import DeployError

if TYPE_CHECKING:
    from types_boto3_cloudformation.client import CloudFormationClient
    from types_boto3_cloudformation.type_defs import StackTypeDef

POLL_SECONDS = 5.0
LONGEST_SECONDS = 3600.0  # a distribution takes five to ten minutes; CloudFormation gives up by itself after hours
NEVER_MADE = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED")
ROUTINE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE")


@dataclass
class Stack:
    """A stack by name; `say` hears one line per step, `sleep` waits between looks."""

    client: "CloudFormationClient"
    name: str
    say: Callable[[str], None]
    sleep: Callable[[float], None] = time.sleep
    _heard: set[str] = field(default_factory=set)
    _waited: float = 0.0

    def parameters(self) -> dict[str, str]:
        """What the stack was last deployed with; nothing if there is no stack."""
        stack = self._describe()
        if stack is None or stack["StackStatus"] in (*NEVER_MADE, "REVIEW_IN_PROGRESS"):
            return {}
        return {one["ParameterKey"]: one["ParameterValue"] for one in stack.get("Parameters", [])}

    def exists(self) -> bool:
        """Whether there is a stack of that name."""
        return self._describe() is not None

    def tags(self) -> dict[str, str]:
        """The stack's own tags; nothing if there is no stack."""
        stack = self._describe()
        return {one["Key"]: one["Value"] for one in stack.get("Tags", [])} if stack else {}

    def parameter_types(self, template: str) -> dict[str, str]:
        """Names of the parameters of a template, and the type of each."""
        known = self.client.get_template_summary(TemplateBody=template)["Parameters"]
        return {one["ParameterKey"]: one["ParameterType"] for one in known}

    def apply(self, template: str, parameters: Mapping[str, str], tags: Mapping[str, str]) -> bool:
        """Make or change the stack; whether anything changed. Raises `DeployError` with the first cause.

        Takes over what an earlier attempt left: an unfinished change is waited for, a stack that
        never came to be is removed, a bucket that outlived its stack is taken in.
        """
        exists = self._ready_for_change()
        names = self.parameter_types(template)
        self._remember_events()
        change = self.client.create_change_set(
            StackName=self.name,
            ChangeSetName=f"change-{uuid.uuid4().hex}",
            ChangeSetType="UPDATE" if exists else "CREATE",
            TemplateBody=template,
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in parameters.items()
                if name in names  # one that only an older template had would be refused
            ],
            Tags=[{"Key": name, "Value": value} for name, value in tags.items()],
            ImportExistingResources=True,
        )["Id"]
        if not self._has_changes(change):
            self.client.delete_change_set(ChangeSetName=change, StackName=self.name)
            return False
        self.client.execute_change_set(ChangeSetName=change, StackName=self.name)
        self._follow(("CREATE_COMPLETE", "UPDATE_COMPLETE"))
        return True

    def delete(self) -> bool:
        """Remove the stack; whether there was one. What it retains stays."""
        stack = self._describe()
        if stack is None:
            return False
        self._remember_events()
        self.client.delete_stack(StackName=self.name)
        self._follow(("DELETE_COMPLETE",), stack_id=stack["StackId"])
        return True

    def _ready_for_change(self) -> bool:
        stack = self._describe()
        while stack and stack["StackStatus"].endswith("_IN_PROGRESS"):
            if stack["StackStatus"] == "REVIEW_IN_PROGRESS":
                break
            self.say(f"  an earlier change is still going on: {stack['StackStatus']}")
            self._wait()
            stack = self._describe()
        if stack and stack["StackStatus"] in (*NEVER_MADE, "REVIEW_IN_PROGRESS"):
            self.say("  removing what a failed first attempt left")
            self.delete()
            return False
        if stack and stack["StackStatus"] in ("UPDATE_ROLLBACK_FAILED", "DELETE_FAILED"):
            raise DeployError(
                f"The stack {self.name} is stuck in {stack['StackStatus']}.",
                next_step="Open it in the CloudFormation console (us-east-1); it offers to go on from there.",
            )
        return stack is not None

    def _wait(self) -> None:
        if self._waited >= LONGEST_SECONDS:
            raise DeployError(
                f"The stack {self.name} is not finished after {LONGEST_SECONDS / 60:.0f} minutes.",
                next_step="Look at it in the CloudFormation console (us-east-1), then run the same command "
                "again; it goes on from here.",
            )
        self.sleep(POLL_SECONDS)
        self._waited += POLL_SECONDS

    def _has_changes(self, change: str) -> bool:
        while True:
            answer = self.client.describe_change_set(ChangeSetName=change, StackName=self.name)
            if answer["Status"] == "CREATE_COMPLETE":
                return True
            if answer["Status"] == "FAILED":
                break
            self._wait()
        reason = answer.get("StatusReason", "")
        if "didn't contain changes" in reason or "No updates" in reason:
            return False
        raise DeployError(f"CloudFormation refuses the change: {reason}")

    def _follow(self, good_ends: tuple[str, ...], stack_id: str = "") -> None:
        name = stack_id or self.name
        causes: list[str] = []
        while True:
            causes += self._tell_news(name)
            stack = self._describe(name)
            status = stack["StackStatus"] if stack else "DELETE_COMPLETE"
            if not status.endswith("_IN_PROGRESS"):
                break
            self._wait()
        causes += self._tell_news(name)
        if status not in good_ends:
            first = causes[0] if causes else f"the stack ended in {status}"
            raise DeployError(
                f"The stack {self.name} could not be changed: {first}",
                next_step="Mend the cause and run the same command again; it goes on from here.",
            )

    def _tell_news(self, name: str) -> list[str]:
        causes = []
        for event_id, resource, status, reason in self._events(name):
            if event_id in self._heard:
                continue
            self._heard.add(event_id)
            if status in ROUTINE:
                self.say(f"  {status:16} {resource}")
            elif status.endswith("_FAILED") and "cancelled" not in reason:
                self.say(f"  {status:16} {resource}: {reason}")
                causes.append(f"{resource}: {reason}")
        return causes

    def _remember_events(self) -> None:
        self._heard.update(event_id for event_id, *_ in self._events(self.name))

    def _events(self, name: str) -> list[tuple[str, str, str, str]]:
        try:
            pages = self.client.get_paginator("describe_stack_events").paginate(StackName=name)
            events = [event for page in pages for event in page["StackEvents"]]
        except ClientError:  # no such stack (any more): no news
            return []
        return [
            (
                event["EventId"],
                event.get("LogicalResourceId", ""),
                event.get("ResourceStatus", ""),
                event.get("ResourceStatusReason", ""),
            )
            for event in reversed(events)
        ]

    def _describe(self, name: str = "") -> "StackTypeDef | None":
        try:
            return self.client.describe_stacks(StackName=name or self.name)["Stacks"][0]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":  # there is no such stack
                return None
            raise
