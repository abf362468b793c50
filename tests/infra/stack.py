"""What is deployed, as data: the template with its conditions resolved, the Chalice configuration, the policies."""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
ACCOUNT = "123456789012"
PUBLIC_KEY = "-----BEGIN PUBLIC KEY-----\nfirst\nlast\n-----END PUBLIC KEY-----\n"
PSEUDO = {"AWS::AccountId": ACCOUNT, "AWS::Region": "us-east-1", "AWS::Partition": "aws"}
GIVEN = {"Email": "costs@example.com", "LinkPublicKeyA": PUBLIC_KEY}
EVERYTHING = GIVEN | {
    "LinkPublicKeyB": PUBLIC_KEY,
    "DomainName": "costs.example.com",
    "CertificateArn": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/1",
    "MonthlyBudget": 500,
    "AnomalyMonitorArn": f"arn:aws:ce::{ACCOUNT}:anomalymonitor/1",
}
NOTHING = object()


@dataclass
class Project:
    """Everything that decides what exists in the account and who may do what."""

    template: dict[str, Any]
    sam: dict[str, Any]
    config: dict[str, Any]
    policies: dict[str, dict[str, Any]]

    def resources(
        self, kind: str = "", parameters: Mapping[str, Any] = EVERYTHING
    ) -> dict[str, dict[str, Any]]:
        """Properties of the resources of a kind by logical name, as a deployment would make them."""
        made = rendered(self.template, parameters)["Resources"]
        return {name: one for name, one in made.items() if one["Type"] == kind or not kind}

    def properties(
        self, kind: str, parameters: Mapping[str, Any] = EVERYTHING
    ) -> list[dict[str, Any]]:
        """Properties of the resources of a kind."""
        return [one["Properties"] for one in self.resources(kind, parameters).values()]


def load_project() -> Project:
    """The project as it is on disk."""
    return Project(
        template=load_template(ROOT / "infra/template.yaml"),
        sam=load_template(ROOT / "infra/sam.yaml"),
        config=json.loads((ROOT / ".chalice/config.json").read_text()),
        policies={
            path.stem: json.loads(path.read_text())
            for path in sorted((ROOT / ".chalice/policies").glob("*.json"))
        },
    )


def load_template(path: Path) -> dict[str, Any]:
    """A template with `!Tag` written out as `Fn::Tag`."""
    template: dict[str, Any] = yaml.load(path.read_text(), Loader=_Loader)  # noqa: S506  a safe loader
    return template


def rendered(template: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The template with parameters and conditions resolved; references to resources stay."""
    values = {name: each.get("Default", "") for name, each in template["Parameters"].items()}
    resolver = _Resolver(template["Conditions"], PSEUDO | values | dict(parameters))
    made = copy.deepcopy(dict(template))
    made["Resources"] = {
        name: resolver.resolve(resource)
        for name, resource in template["Resources"].items()
        if resolver.holds(resource.get("Condition"))
    }
    made["Outputs"] = resolver.resolve(template["Outputs"])
    return made


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short tags."""


def _tagged(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _tagged)


class _Resolver:
    def __init__(self, conditions: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        self._conditions = conditions
        self._values = values

    def holds(self, condition: str | None) -> bool:
        return condition is None or bool(self.resolve(self._conditions[condition]))

    def resolve(self, node: Any) -> Any:
        if isinstance(node, list):
            return [each for each in map(self.resolve, node) if each is not NOTHING]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            [(name, argument)] = node.items()
            function = getattr(self, "_" + name.removeprefix("Fn::").lower(), None)
            if function and (name == "Ref" or name.startswith("Fn::")):
                return function(argument)
        pairs = ((key, self.resolve(value)) for key, value in node.items())
        return {key: value for key, value in pairs if value is not NOTHING}

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NOTHING
        value = self._values.get(name, {"Ref": name})
        return value.split(",") if name == "AlarmAmounts" and isinstance(value, str) else value

    def _if(self, argument: list[Any]) -> Any:
        condition, yes, no = argument
        return self.resolve(yes if self.holds(condition) else no)

    def _sub(self, argument: str | list[Any]) -> str:
        text, extra = argument if isinstance(argument, list) else (argument, {})
        for name, value in (self._values | self.resolve(extra)).items():
            text = text.replace("${" + name + "}", value if isinstance(value, str) else str(value))
        return text

    def _equals(self, argument: list[Any]) -> bool:
        left, right = self.resolve(argument)
        return str(left) == str(right)

    def _not(self, argument: list[Any]) -> bool:
        return not self.resolve(argument[0])

    def _select(self, argument: list[Any]) -> Any:
        index, values = self.resolve(argument)
        return values[int(index)]

    def _split(self, argument: list[Any]) -> list[str]:
        separator, text = self.resolve(argument)
        return str(text).split(separator)
