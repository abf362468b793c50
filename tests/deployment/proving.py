"""A deployment in moto on which every claim holds, and stand-ins for what moto does not do."""

import base64
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from chalicelib.settings import Settings
from deployment.account import Account, function_policies, read_config
from deployment.doctor import ALARMS
from deployment.prove import prove
from deployment.prove.claim import Proven
from deployment.signing_key import make_key
from tests.infra.stack import ACCOUNT, GIVEN, load_project

SETTINGS = Settings(stage="dev")
REPORT, EXPLAIN = (f"{SETTINGS.root}-{name}" for name in ("weekly_report", "explain_alarm"))
BUCKET = SETTINGS.bucket(ACCOUNT)
HOST = "d1.cloudfront.net"
TOPIC = "arn:aws:sns:us-east-1:{}:{}"
FUNCTION = "arn:aws:lambda:us-east-1:{}:function:{}"


@dataclass
class Deployed:
    """Every claim holds here; a test breaks one thing."""

    granted: list[str] = field(default_factory=list)
    """Actions that somebody gave the roles beside their policies."""
    denied: list[str] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    """What the site answers whatever is asked, by scheme or by kind of link."""
    report: str = "made"
    answer: str = "REPORT RequestId: 1"
    told: str = "AWS/SNS NumberOfMessagesPublished"
    public_key: str = ""
    more: "dict[str, type[StandIn]]" = field(default_factory=dict)
    distribution: dict[str, Any] = field(default_factory=lambda: distribution())

    def get_available_regions(self, _: str) -> list[str]:
        return ["us-east-1", "eu-west-1"]

    def client(self, service: str, region_name: str = "us-east-1", **more: Any) -> Any:
        real = boto3.client(service, region_name=region_name, **more)  # type: ignore[call-overload]
        stand_ins: dict[str, type[StandIn]] = {
            "iam": Iam,
            "lambda": Lambda,
            "cloudwatch": CloudWatch,
        }
        stand_ins["cloudfront"] = CloudFront
        stand_in = (stand_ins | self.more).get(service)
        return stand_in(self, real) if stand_in else real

    def prove(self, *, cheap: bool = False) -> list[Proven]:
        account = Account(ACCOUNT, "me", self)  # type: ignore[arg-type]
        return list(
            prove(account, SETTINGS, cheap=cheap, status_of=self.status_of, sleep=lambda _: None)
        )

    def status_of(self, address: str) -> int:
        """CloudFront, as far as it looks at links."""
        parts = urlsplit(address)
        if parts.scheme == "http":
            return self.statuses.get("http", 403)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if not query:
            return self.statuses.get("unsigned", 403)
        if int(query["Expires"]) < time.time():
            return self.statuses.get("expired", 403)
        if not self._fits(address.partition("?")[0], query):
            return self.statuses.get("altered", 403)
        return self.statuses.get("signed", 200)

    def _fits(self, resource: str, query: dict[str, str]) -> bool:
        condition = {"DateLessThan": {"AWS:EpochTime": int(query["Expires"])}}
        statement = {"Statement": [{"Resource": resource, "Condition": condition}]}
        text = query["Signature"].translate(str.maketrans("-_~", "+=/"))
        key = load_pem_public_key(self.public_key.encode())
        assert isinstance(key, ec.EllipticCurvePublicKey)
        signed = json.dumps(statement, separators=(",", ":")).encode()
        try:
            key.verify(base64.b64decode(text), signed, ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, ValueError):
            return False
        return True


class StandIn:
    """What moto does, but for the methods written out below."""

    def __init__(self, deployed: Deployed, real: Any) -> None:
        self.deployed, self.real = deployed, real

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


class Iam(StandIn):
    """Evaluates the policy files, as far as a list of patterns goes."""

    def simulate_principal_policy(self, **given: Any) -> dict[str, Any]:
        function = given["PolicySourceArn"].rpartition("/")[2]
        results = [
            {
                "EvalActionName": action,
                "EvalDecision": "allowed"
                if all(self._allowed(function, action, one) for one in given["ResourceArns"])
                else "implicitDeny",
            }
            for action in given["ActionNames"]
        ]
        return {"EvaluationResults": results}

    def _allowed(self, function: str, action: str, resource: str) -> bool:
        if action in self.deployed.denied:
            return False
        return action in self.deployed.granted or any(
            action in actions and any(_matches(one, resource) for one in resources)
            for actions, resources in function_policies(SETTINGS)[function]
        )


def _matches(pattern: str, resource: str) -> bool:
    return fnmatchcase(resource, pattern.replace("${aws:PrincipalAccount}", ACCOUNT))


class Lambda(StandIn):
    """Runs what the functions would do."""

    def invoke(self, **given: Any) -> dict[str, Any]:
        if json.loads(given["Payload"]) == {}:
            space, _, metric = self.deployed.told.partition(" ")
            name, value = {
                "AWS/SNS": ("TopicName", SETTINGS.notify_topic),
                "AWS/Lambda": ("FunctionName", REPORT),
            }.get(space, ("None", "none"))
            put_metric(space or "none", metric or "none", name, value)
            return {}
        if self.deployed.report == "failed":
            return {"FunctionError": "Unhandled"}
        if self.deployed.report == "made":
            s3 = boto3.client("s3", region_name="us-east-1")
            s3.put_object(Bucket=BUCKET, Key="site/index.html", Body=b"page")
        return {}


class CloudFront(StandIn):
    """Moto forgets which Origin Access Control an origin has."""

    def get_distribution_config(self, **given: Any) -> dict[str, Any]:
        self.real.get_distribution_config(**given)
        return {"DistributionConfig": self.deployed.distribution}


class CloudWatch(StandIn):
    """An alarm that is raised starts the function that explains it."""

    def set_alarm_state(self, **given: Any) -> None:
        self.real.set_alarm_state(**given)
        if given["StateValue"] == "ALARM" and self.deployed.answer:
            put_log(self.deployed.answer)


def put_metric(space: str, metric: str, name: str, value: str) -> None:
    boto3.client("cloudwatch", region_name="us-east-1").put_metric_data(
        Namespace=space,
        MetricData=[
            {
                "MetricName": metric,
                "Dimensions": [{"Name": name, "Value": value}],
                "Timestamp": datetime.now(UTC) + timedelta(minutes=3),
                "Value": 1.0,
            }
        ],
    )


def put_log(line: str) -> None:
    boto3.client("logs", region_name="us-east-1").put_log_events(
        logGroupName=f"/aws/lambda/{EXPLAIN}",
        logStreamName="1",
        logEvents=[{"timestamp": int(time.time() * 1000), "message": line}],
    )


def deploy() -> Deployed:
    """Make in moto what a deployment makes in an account."""
    put_topics()
    _functions()
    put_alarms()
    logs = client("logs")
    logs.create_log_group(logGroupName=f"/aws/lambda/{EXPLAIN}")
    logs.create_log_stream(logGroupName=f"/aws/lambda/{EXPLAIN}", logStreamName="1")
    return Deployed(public_key=_site())


def client(service: str) -> Any:
    return boto3.client(service, region_name="us-east-1")  # type: ignore[call-overload]


def put_topics() -> None:
    """Topics with the policies of the template, and who listens to them."""
    sns = client("sns")
    names = {"AlarmsTopicPolicy": SETTINGS.alarms_topic, "NotifyTopicPolicy": SETTINGS.notify_topic}
    resources = load_project().resources(parameters=GIVEN | {"Stage": "dev"})
    for policy, name in names.items():
        arn = sns.create_topic(Name=name)["TopicArn"]
        document = json.dumps(resources[policy]["Properties"]["PolicyDocument"])
        document = document.replace(json.dumps({"Ref": policy.removesuffix("Policy")}), f'"{arn}"')
        sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=document)
    notify, alarms = (TOPIC.format(ACCOUNT, name) for name in reversed(names.values()))
    sns.subscribe(TopicArn=notify, Protocol="email", Endpoint="costs@example.com")
    sns.subscribe(TopicArn=alarms, Protocol="lambda", Endpoint=FUNCTION.format(ACCOUNT, EXPLAIN))


def _functions() -> None:
    lambda_, events, iam = client("lambda"), client("events"), client("iam")
    role = iam.create_role(RoleName="role", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    for name, config in read_config()["lambda_functions"].items():
        function = f"{SETTINGS.root}-{name}"
        lambda_.create_function(
            FunctionName=function,
            Runtime="python3.12",
            Role=role,
            Handler=f"app.{name}",
            Code={"ZipFile": b"x"},
            Timeout=config["lambda_timeout"],
            MemorySize=config["lambda_memory_size"],
            Environment={"Variables": {"CCT_STAGE": "dev"}},
        )
        lambda_.put_function_event_invoke_config(
            FunctionName=function,
            DestinationConfig={
                "OnFailure": {"Destination": TOPIC.format(ACCOUNT, SETTINGS.notify_topic)}
            },
        )
        lambda_.add_permission(
            FunctionName=function,
            StatementId="own",
            Action="lambda:InvokeFunction",
            Principal="sns.amazonaws.com" if name == "explain_alarm" else "events.amazonaws.com",
            SourceArn=f"arn:aws:events:us-east-1:{ACCOUNT}:rule/own",
        )
    events.put_rule(Name=f"{REPORT}-event", ScheduleExpression="rate(7 days)")
    events.put_targets(
        Rule=f"{REPORT}-event", Targets=[{"Id": "1", "Arn": FUNCTION.format(ACCOUNT, REPORT)}]
    )


def put_alarms() -> None:
    """The alarms, and the metric they watch."""
    for name in ALARMS:
        client("cloudwatch").put_metric_alarm(
            AlarmName=f"{SETTINGS.root}-{name}",
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
        )
    put_metric("AWS/Billing", "EstimatedCharges", "Currency", "USD")


def _site() -> str:
    client("s3").create_bucket(Bucket=BUCKET)
    client("s3").put_object(Bucket=BUCKET, Key="site/index.html", Body=b"page")
    client("s3").put_bucket_acl(Bucket=BUCKET, ACL="private")
    public = make_key(client("ssm"), SETTINGS, "a")
    client("ssm").put_parameter(
        Name=f"{SETTINGS.parameters}links",
        Type="String",
        Value=json.dumps(
            {"domain": HOST, "key_id": "K2", "private_key": f"{SETTINGS.parameters}link-key-a"}
        ),
    )
    client("cloudfront").create_distribution(DistributionConfig=distribution())
    return public


def distribution(**changed: Any) -> dict[str, Any]:
    """The distribution's configuration; behaviour and origin as given."""
    return {
        "CallerReference": "1",
        "Comment": f"{SETTINGS.root}: cost reports",
        "Enabled": True,
        "Origins": {
            "Quantity": 1,
            "Items": [
                {
                    "Id": "site",
                    "DomainName": f"{BUCKET}.s3.us-east-1.amazonaws.com",
                    "OriginAccessControlId": changed.get("access", "E1"),
                    "S3OriginConfig": {"OriginAccessIdentity": ""},
                }
            ],
        },
        "DefaultCacheBehavior": {
            "TargetOriginId": "site",
            "ViewerProtocolPolicy": changed.get("protocol", "https-only"),
            "TrustedKeyGroups": changed.get(
                "groups", {"Enabled": True, "Quantity": 1, "Items": ["G1"]}
            ),
        },
    }
