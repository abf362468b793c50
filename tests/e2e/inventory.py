"""What there is of the tool in an account, and what there should be."""

from tests.e2e.account import Account

REPORT, WATCH, EXPLAIN = (
    f"cloud-cost-tracker-dev-{name}" for name in ("weekly_report", "watch_charges", "explain_alarm")
)
BUCKET = "cloud-cost-tracker-dev-site-123456789012"


def functions(account: Account) -> list[str]:
    """Names of the functions."""
    return sorted(
        one["FunctionName"] for one in account.client("lambda").list_functions()["Functions"]
    )


def what_is_there(account: Account) -> list[str]:
    """Everything in the account that the tool can have made, one line each."""
    client = account.client
    topics = client("sns").list_topics()["Topics"]
    subscriptions = client("sns").list_subscriptions()["Subscriptions"]
    parameters = client("ssm").describe_parameters()["Parameters"]
    log_groups = client("logs").describe_log_groups()["logGroups"]
    return sorted(
        [
            *(f"bucket {one['Name']}" for one in client("s3").list_buckets()["Buckets"]),
            *(f"function {name}" for name in functions(account)),
            *(f"role {one['RoleName']}" for one in client("iam").list_roles()["Roles"]),
            *(f"rule {one['Name']}" for one in client("events").list_rules()["Rules"]),
            *(f"topic {one['TopicArn'].rpartition(':')[2]}" for one in topics),
            *(
                f"{one['Protocol']} listens to {one['TopicArn'].rpartition(':')[2]}"
                for one in subscriptions
            ),
            *(f"parameter {one['Name']}" for one in parameters),
            *(f"log {one['logGroupName']}" for one in log_groups),
        ]
    )


def without_logs(account: Account) -> list[str]:
    """The same without log groups."""
    # CloudFormation removes the log groups with the stack; moto's leaves them.
    return [one for one in what_is_there(account) if not one.startswith("log ")]


COMPLETE = sorted(
    [
        f"bucket {BUCKET}",
        *(f"function {name}" for name in (REPORT, WATCH, EXPLAIN)),
        *(f"role {name}" for name in (REPORT, WATCH, EXPLAIN)),
        *(f"rule {name}-event" for name in (REPORT, WATCH)),
        *(f"topic cloud-cost-tracker-dev-{topic}" for topic in ("alarms", "notify", "chat")),
        "lambda listens to cloud-cost-tracker-dev-alarms",
        *(f"parameter /cloud-cost-tracker/dev/{name}" for name in ("links", "link-key-a")),
        *(f"log /aws/lambda/{name}" for name in (REPORT, WATCH, EXPLAIN)),
        "log /cloud-cost-tracker/dev/access",
    ]
)
