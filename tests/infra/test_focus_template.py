"""The optional FOCUS stack and its policies, line by line; then each line broken, to see it noticed."""

import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cfnlint.api
import pytest

from chalicelib.settings import Settings
from chalicelib.sources.focus.athena import TABLE
from tests.infra.stack import ACCOUNT, ROOT, load_template, rendered

TEMPLATE = ROOT / "infra/focus.yaml"
POLICIES = ROOT / ".chalice/policies"
STAGES = ("dev", "prod")
REMOVED = object()
HERE = {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}


@dataclass
class Focus:
    """The stack as it would be deployed for a stage, and the policy for a stage."""

    template: dict[str, Any]
    policies: dict[str, dict[str, Any]]

    def properties(self, name: str, stage: str = "dev") -> dict[str, Any]:
        made: dict[str, Any] = rendered(self.template | {"Conditions": {}}, {"Stage": stage})
        found: dict[str, Any] = made["Resources"][name]["Properties"]
        return found

    def statements(self, effect: str) -> list[dict[str, Any]]:
        document = self.properties("BucketPolicy")["PolicyDocument"]
        return [each for each in document["Statement"] if each["Effect"] == effect]


@pytest.fixture(scope="module")
def focus() -> Focus:
    return load()


def load() -> Focus:
    return Focus(
        load_template(TEMPLATE),
        {stage: read_policy(f"focus/{stage}-weekly_report.json") for stage in STAGES},
    )


def read_policy(path: str) -> dict[str, Any]:
    policy: dict[str, Any] = json.loads((POLICIES / path).read_text())
    return policy


def test_the_template_has_no_mistake_that_cloudformation_would_find():
    found = cfnlint.api.lint_file(TEMPLATE, config={"regions": ["us-east-1"]})
    assert [f"{each.rule.id} {each.message}" for each in found] == []


def test_the_bucket_is_closed_encrypted_and_stays(focus: Focus):
    bucket = focus.properties("Bucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    resource = focus.template["Resources"]["Bucket"]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == (
        "RetainExceptOnCreate",
        "Retain",
    )


def test_results_expire(focus: Focus):
    [rule] = [
        rule
        for rule in focus.properties("Bucket")["LifecycleConfiguration"]["Rules"]
        if "ExpirationInDays" in rule
    ]
    assert (rule["Prefix"], rule["Status"], rule["ExpirationInDays"]) == ("results/", "Enabled", 1)


def test_only_exports_of_this_account_are_written_and_only_below_export(focus: Focus):
    looks, writes = focus.statements("Allow")
    assert looks["Action"] == "s3:GetBucketPolicy"
    assert (writes["Action"], writes["Resource"]) == ("s3:PutObject", "${Bucket.Arn}/export/*")
    for statement in (looks, writes):
        assert statement["Principal"] == {
            "Service": ["bcm-data-exports.amazonaws.com", "billingreports.amazonaws.com"]
        }
        assert statement["Condition"] == {
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
            "ArnLike": {
                "aws:SourceArn": [
                    f"arn:aws:bcm-data-exports:us-east-1:{ACCOUNT}:export/*",
                    f"arn:aws:cur:us-east-1:{ACCOUNT}:definition/*",
                ]
            },
        }


def test_the_bucket_is_closed_without_tls(focus: Focus):
    [deny] = focus.statements("Deny")
    assert (deny["Principal"], deny["Action"]) == ("*", "s3:*")
    assert deny["Resource"] == [{"Fn::GetAtt": ["Bucket", "Arn"]}, "${Bucket.Arn}/*"]
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_each_refresh_takes_the_place_of_the_one_before(focus: Focus):
    output = _destination(focus)["S3OutputConfigurations"]
    assert output["Overwrite"] == "OVERWRITE_REPORT"
    assert (output["Format"], output["Compression"]) == ("PARQUET", "PARQUET")


def test_the_table_finds_what_the_export_writes(focus: Focus):
    export = focus.properties("Export")["Export"]
    table = focus.properties("Table")["TableInput"]
    written = f"s3://${{Bucket}}/{_destination(focus)['S3Prefix']}/{export['Name']}/data/"
    assert table["StorageDescriptor"]["Location"] == written
    place = table["Parameters"]["storage.location.template"]
    assert place == written + "BILLING_PERIOD=${!billing_period}"
    assert table["PartitionKeys"] == [{"Name": "billing_period", "Type": "string"}]
    assert table["Parameters"]["projection.enabled"] == "true"


def test_the_table_has_the_columns_of_the_export_in_athenas_spelling(focus: Focus):
    statement = focus.properties("Export")["Export"]["DataQuery"]["QueryStatement"]
    exported = re.findall(r"\w+", statement.removeprefix("SELECT").split(" FROM ")[0])
    columns = focus.properties("Table")["TableInput"]["StorageDescriptor"]["Columns"]
    assert [each["Name"] for each in columns] == [name.lower() for name in exported]
    types = {each["Name"]: each["Type"] for each in columns}
    assert {types[name] for name in ("billedcost", "effectivecost", "listcost")} == {"double"}
    assert types["chargeperiodstart"] == "timestamp"
    assert types["tags"] == "map<string,string>"


def test_the_query_names_only_columns_of_the_table(focus: Focus):
    sql = (ROOT / "chalicelib/sources/focus/facts.sql").read_text()
    columns = focus.properties("Table")["TableInput"]["StorageDescriptor"]["Columns"]
    named = set(re.findall(r"\b[A-Z][a-z]+[A-Z]\w+", sql.split("WITH")[1]))
    assert len(named) > 10
    assert {name.lower() for name in named} <= {each["Name"] for each in columns}


def test_nobody_asks_through_the_workgroup_without_a_limit(focus: Focus):
    configuration = focus.properties("Workgroup")["WorkGroupConfiguration"]
    assert configuration["EnforceWorkGroupConfiguration"] is True
    assert configuration["BytesScannedCutoffPerQuery"] == 20_000_000_000


def test_results_are_encrypted_and_stay_in_this_account(focus: Focus):
    result = focus.properties("Workgroup")["WorkGroupConfiguration"]["ResultConfiguration"]
    assert result == {
        "OutputLocation": "s3://${Bucket}/results/",
        "ExpectedBucketOwner": ACCOUNT,
        "EncryptionConfiguration": {"EncryptionOption": "SSE_S3"},
    }


def test_the_stack_makes_what_the_code_looks_for(focus: Focus):
    for stage in STAGES:
        settings = Settings(stage=stage)
        name = focus.properties("Database", stage)["DatabaseInput"]["Name"]
        assert name == {"Fn::Join": ["_", ["cloud", "cost", "tracker", stage]]}
        assert settings.focus_database == f"cloud_cost_tracker_{stage}"
        assert focus.properties("Workgroup", stage)["Name"] == settings.focus_workgroup
        assert focus.properties("Table", stage)["TableInput"]["Name"] == TABLE


def test_the_function_may_read_the_export_and_do_nothing_more_with_it(focus: Focus):
    for stage in STAGES:
        own = read_policy(f"{stage}-weekly_report.json")["Statement"]
        shared = [each for each in own if each["Sid"] != "ReadCosts"]
        extra = [each for each in focus.policies[stage]["Statement"] if each not in shared]
        assert [each for each in focus.policies[stage]["Statement"] if each in shared] == shared
        assert {each["Sid"]: (each["Action"], each["Resource"]) for each in extra} == _extra(stage)
        for each in extra:
            assert each["Effect"] == "Allow"
            if ":*:" in str(each["Resource"]):
                assert each["Condition"] == HERE


def _extra(stage: str) -> dict[str, tuple[str | list[str], str | list[str]]]:
    settings = Settings(stage=stage)
    bucket = f"arn:aws:s3:::{settings.root}-focus-${{aws:PrincipalAccount}}"
    glue, database = "arn:aws:glue:us-east-1:*", settings.focus_database
    queries = ("GetQueryExecution", "GetQueryResults", "StartQueryExecution", "StopQueryExecution")
    return {
        "AskTheExport": (
            [f"athena:{action}" for action in queries],
            f"arn:aws:athena:us-east-1:*:workgroup/{settings.focus_workgroup}",
        ),
        "FindTheDatabase": (
            "glue:GetDatabase",
            [f"{glue}:catalog", f"{glue}:database/{database}"],
        ),
        "FindTheTable": (
            "glue:GetTable",
            [f"{glue}:catalog", f"{glue}:database/{database}", f"{glue}:table/{database}/{TABLE}"],
        ),
        "ReadTheExport": ("s3:GetObject", f"{bucket}/export/*"),
        "KeepTheResult": (["s3:GetObject", "s3:PutObject"], f"{bucket}/results/*"),
        "ListTheBucket": (["s3:GetBucketLocation", "s3:ListBucket"], bucket),
    }


def _destination(focus: Focus) -> dict[str, Any]:
    found: dict[str, Any] = focus.properties("Export")["Export"]["DestinationConfigurations"][
        "S3Destination"
    ]
    return found


RESOURCES = "template/Resources"
BUCKET = f"{RESOURCES}/Bucket/Properties"
POLICY = f"{RESOURCES}/BucketPolicy/Properties/PolicyDocument/Statement"
WORKGROUP = f"{RESOURCES}/Workgroup/Properties/WorkGroupConfiguration"
TABLE_INPUT = f"{RESOURCES}/Table/Properties/TableInput"
OUTPUT = f"{RESOURCES}/Export/Properties/Export/DestinationConfigurations/S3Destination"
ANY_ACCOUNT = {"ArnLike": {"aws:SourceArn": ["arn:aws:bcm-data-exports:us-east-1:*:export/*"]}}

CLOSED = test_the_bucket_is_closed_encrypted_and_stays
WRITERS = test_only_exports_of_this_account_are_written_and_only_below_export
COLUMNS = test_the_table_has_the_columns_of_the_export_in_athenas_spelling
REFRESH = test_each_refresh_takes_the_place_of_the_one_before
RESULTS = test_results_are_encrypted_and_stay_in_this_account
GRANTED = test_the_function_may_read_the_export_and_do_nothing_more_with_it

BREAKS: tuple[tuple[str, Any, Callable[[Focus], None]], ...] = (
    (f"{BUCKET}/PublicAccessBlockConfiguration/BlockPublicPolicy", False, CLOSED),
    (f"{BUCKET}/PublicAccessBlockConfiguration/IgnorePublicAcls", REMOVED, CLOSED),
    (f"{BUCKET}/OwnershipControls/Rules/0/ObjectOwnership", "ObjectWriter", CLOSED),
    (f"{RESOURCES}/Bucket/DeletionPolicy", "Delete", CLOSED),
    (f"{BUCKET}/LifecycleConfiguration/Rules/0/Status", "Disabled", test_results_expire),
    (f"{POLICY}/1/Principal", "*", WRITERS),
    (f"{POLICY}/1/Condition", REMOVED, WRITERS),
    (f"{POLICY}/1/Condition", ANY_ACCOUNT, WRITERS),
    (f"{POLICY}/1/Resource", {"Fn::Sub": "${Bucket.Arn}/*"}, WRITERS),
    (f"{POLICY}/0/Action", "s3:*", WRITERS),
    (f"{POLICY}/2/Condition", REMOVED, test_the_bucket_is_closed_without_tls),
    (f"{OUTPUT}/S3OutputConfigurations/Overwrite", "CREATE_NEW_REPORT", REFRESH),
    (f"{OUTPUT}/S3Prefix", "other", test_the_table_finds_what_the_export_writes),
    (f"{TABLE_INPUT}/Parameters/projection.enabled", "false", test_the_table_finds_what_the_export_writes),
    (f"{TABLE_INPUT}/StorageDescriptor/Columns/1/Type", "string", COLUMNS),
    (f"{TABLE_INPUT}/StorageDescriptor/Columns/37/Name", "service", test_the_query_names_only_columns_of_the_table),
    (f"{WORKGROUP}/EnforceWorkGroupConfiguration", False, test_nobody_asks_through_the_workgroup_without_a_limit),
    (f"{WORKGROUP}/BytesScannedCutoffPerQuery", REMOVED, test_nobody_asks_through_the_workgroup_without_a_limit),
    (f"{WORKGROUP}/ResultConfiguration/EncryptionConfiguration", REMOVED, RESULTS),
    (f"{RESOURCES}/Workgroup/Properties/Name", "primary", test_the_stack_makes_what_the_code_looks_for),
    ("policies/prod/Statement/0/Resource", "*", GRANTED),
    ("policies/dev/Statement/1/Condition", REMOVED, GRANTED),
    ("policies/dev/Statement/2/Action", "s3:*", GRANTED),
)  # fmt: skip


@pytest.mark.parametrize(("path", "value", "noticed_by"), BREAKS)
def test_a_broken_line_is_noticed(path: str, value: Any, noticed_by: Callable[[Focus], None]):
    with pytest.raises((AssertionError, KeyError, ValueError)):
        noticed_by(_broken(load(), path, value))


def test_every_line_above_has_a_break_it_must_notice():
    takes_the_stack = {
        name
        for name, each in globals().items()
        if name.startswith("test_") and "focus" in getattr(each, "__annotations__", {})
    }
    assert takes_the_stack == {test.__name__ for *_, test in BREAKS}


def _broken(focus: Focus, path: str, value: Any) -> Focus:
    broken = copy.deepcopy(focus)
    *way, last = path.split("/")
    place: Any = vars(broken)
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if value is REMOVED:
        del place[last]
    else:
        place[int(last) if isinstance(place, list) else last] = value
    return broken
