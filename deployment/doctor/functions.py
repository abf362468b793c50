"""The functions: their last runs, where failures go, what their roles may do, and where else they are."""

from collections.abc import Iterator
from datetime import timedelta

from chalicelib.wiring import topic_arn
from deployment.account import function_names, function_policies
from deployment.doctor.examination import Examination, Result
from deployment.strays import strays


def _functions(at: Examination) -> Result:
    lambda_ = at.account.session.client("lambda")
    for function in function_names(at.settings):
        try:
            lambda_.get_function_configuration(FunctionName=function)
        except lambda_.exceptions.ResourceNotFoundException:
            yield "broken", f"{function} is not deployed", f"Run: {at.redeploy}"
            continue
        yield from _last_runs(at, function)
        yield from _failure_destination(at, function)


def _last_runs(at: Examination, function: str) -> Result:
    runs, errors = (_sum_of(at, function, metric) for metric in ("Invocations", "Errors"))
    if errors:
        command = f"aws logs tail /aws/lambda/{function} --since 8d --region us-east-1"
        yield "look", f"{function} failed {errors} of {runs} times in the last 8 days", command
    else:
        yield "ok", f"{function} ran {runs} times in the last 8 days, without a failure", ""


def _failure_destination(at: Examination, function: str) -> Result:
    lambda_ = at.account.session.client("lambda")
    try:
        config = lambda_.get_function_event_invoke_config(FunctionName=function)
        destination = config["DestinationConfig"]["OnFailure"].get("Destination")
    except (lambda_.exceptions.ResourceNotFoundException, KeyError):
        destination = None
    if destination != topic_arn(at.account.id, at.settings.notify_topic):
        yield "broken", f"failures of {function} are sent to nobody", f"Run: {at.redeploy}"


def _sum_of(at: Examination, function: str, metric: str) -> int:
    points = at.account.session.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=metric,
        Dimensions=[{"Name": "FunctionName", "Value": function}],
        StartTime=at.now - timedelta(days=8),
        EndTime=at.now,
        Period=86400,
        Statistics=["Sum"],
    )["Datapoints"]
    return int(sum(point["Sum"] for point in points))


def _permissions(at: Examination) -> Result:
    for function, policy in function_policies(at.settings).items():
        refused = list(_refused(at, function, policy))
        for action, decision in refused:
            what = f"{function} may not {action}: {decision}"
            step = f"Run: {at.redeploy}; if it stays, ask who keeps your organisation's policies."
            yield "broken", what, step
        if not refused:
            yield "ok", f"{function} may do what its policy file says, action by action", ""


def _refused(
    at: Examination, function: str, policy: list[tuple[list[str], list[str]]]
) -> Iterator[tuple[str, str]]:
    iam = at.account.session.client("iam")
    for actions, resources in policy:
        answers = iam.simulate_principal_policy(
            PolicySourceArn=f"arn:aws:iam::{at.account.id}:role/{function}",
            ActionNames=actions,
            ResourceArns=[for_example(one, at.account.id) for one in resources],
            ContextEntries=[
                {
                    "ContextKeyName": key,
                    "ContextKeyValues": [at.account.id],
                    "ContextKeyType": "string",
                }
                for key in ("aws:ResourceAccount", "aws:PrincipalAccount")
            ],
        )["EvaluationResults"]
        for answer in answers:
            if answer["EvalDecision"] != "allowed":
                yield answer["EvalActionName"], answer["EvalDecision"]


def for_example(resource: str, account_id: str) -> str:
    """A resource that a pattern of a policy stands for, in this account."""
    own = resource.replace("${aws:PrincipalAccount}", account_id).replace(
        ":*:", f":{account_id}:", 1
    )
    return own.removesuffix("*") + "example" if own.endswith(("/*", ":*")) else own


def _other_regions(at: Examination) -> Result:
    found = strays(at.account, at.settings)
    for stray in found:
        step = f"Run: python cli.py destroy --stage {at.settings.stage} --strays; this one stays."
        yield "broken", f"{', '.join(stray.names)} in {stray.region}", step
    if not found:
        yield "ok", "nothing of this stage is in another Region", ""


CHECKS = (_functions, _permissions, _other_regions)
