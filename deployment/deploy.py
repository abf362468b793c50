"""Put one stage into an AWS account, or bring it up to date; every step can be repeated.

The order matters: the key before the stack that trusts it, the stack before the functions that use
its topics, the functions before what is set on them. A run that was interrupted is simply repeated.
"""

import os
from collections.abc import Callable, Mapping

from chalicelib.delivery.links import link_place
from chalicelib.settings import APP, Settings
from chalicelib.wiring import topic_arn
from deployment.account import (
    ROOT,
    Account,
    DeployError,
    function_names,
    stack_tags,
    stage_settings,
)
from deployment.functions import (
    deploy_functions,
    refuse_to_mix,
    send_failures_to_notify_topic,
)
from deployment.parameters import for_the_stack, plain, refuse_unheard
from deployment.roles import make_roles
from deployment.signing_key import SLOTS, Slot, forget_key, make_key, other, public_key
from deployment.stack import Stack
from deployment.tags import tag_the_rest

TEMPLATE = ROOT / "infra/template.yaml"
Say = Callable[[str], None]

DONE = """\
Deployed: stage {stage} in account {account} (us-east-1).
  functions   {functions}
  site        https://{site}/ (opens with signed links only)
  mails to    {email}, once the subscription is confirmed
  alarms at   {amounts} US dollars of estimated charges in a month

Do now:
  1. Open the mail "AWS Notification - Subscription Confirmation" and confirm it.
  2. In the AWS console, Billing and Cost Management > Billing preferences > Alert preferences:
     switch on "Receive CloudWatch billing alerts", if it is not. Only then do cost alarms work.
  3. See that everything is in place:          python cli.py doctor --stage {stage}
  4. Have a report now, not only next Monday:  python cli.py run --stage {stage}

Cost: nothing at idle. With Cost Explorer at $0.01 a request, the weekly report takes $0.09 a month for one
account and $0.13 for an organisation, more where answers have several pages; each explained alarm takes
$0.01 to $0.02. Remove it all: python cli.py destroy --stage {stage}"""


def deploy(
    stage: str,
    account: Account,
    *,
    email: str | None = None,
    stack_parameters: Mapping[str, str] | None = None,
    boundary: str | None = None,
    say: Say = print,
) -> None:
    """Make or update the stack and the functions of a stage; raises `DeployError` with the next step.

    `stack_parameters` are parameters of infra/template.yaml; what is not given stays as it is.
    `boundary` is the ARN of the permissions boundary that the functions' roles get; NO_BOUNDARY takes it away.
    """
    settings = stage_settings(stage)
    refuse_unheard(settings, os.environ)
    ssm = account.session.client("ssm")
    refuse_to_mix(account, settings)
    stack = own_stack(account, settings, say)
    before = stack.parameters()
    template = TEMPLATE.read_text()
    given = _given(email, stack_parameters, before)
    types = stack.parameter_types(template)
    _refuse_unknown(given, types)
    slot = _slot_in_use(before)
    say("1/4 Key that signs links")
    key = public_key(ssm, settings, slot) or _new_key(account, settings, slot, before)
    parameters = {
        **before,
        **for_the_stack(given, types),
        **_from_settings(settings),
        "LinkKeyInUse": slot,
        _key_parameter(slot): key,
    }
    say("2/4 Stack (the first time CloudFront takes about five minutes)")
    if not stack.apply(template, parameters, stack_tags(settings)):
        say("  nothing to change")
    say("3/4 Functions")
    make_roles(account, settings, boundary)
    deploy_functions(account, settings, say)
    say("4/4 Failure messages and subscription")
    tag_the_rest(account, settings)
    send_failures_to_notify_topic(account, settings)
    _check_subscription(account, settings)
    say(_summary(account, settings, stack.parameters()))


def rotate_key(stage: str, account: Account, *, finish: bool, say: Say = print) -> None:
    """Sign new links with a new key; with `finish`, drop the old one, which ends every older link."""
    settings = stage_settings(stage)
    ssm = account.session.client("ssm")
    stack = own_stack(account, settings, say)
    before = stack.parameters()
    if not before:
        raise DeployError(
            f"There is no stack {settings.root} yet.",
            next_step=f"Run: python cli.py deploy --stage {stage} --email ADDRESS",
        )
    slot = _slot_in_use(before)
    template = TEMPLATE.read_text()
    tags = stack_tags(settings)
    if finish:
        stack.apply(template, before | {_key_parameter(other(slot)): ""}, tags)
        forget_key(ssm, settings, other(slot))
        say("Links signed with the earlier key open nothing any more.")
        return
    if before.get(_key_parameter(other(slot))):
        raise DeployError(
            "An earlier change of keys is not finished.",
            next_step=f"Run first: python cli.py rotate-key --stage {stage} --finish",
        )
    forget_key(ssm, settings, other(slot))  # what an interrupted rotation may have left
    key = make_key(ssm, settings, other(slot))
    changed = {_key_parameter(other(slot)): key, "LinkKeyInUse": other(slot)}
    stack.apply(template, before | changed, tags)
    say(
        f"New links are signed with the new key. When the last older link has expired "
        f"({settings.link_days} days), or now to end them all: "
        f"python cli.py rotate-key --stage {stage} --finish"
    )


def listening(account: Account, settings: Settings) -> bool:
    """Whether the function that explains alarms is subscribed to the topic alarms arrive on."""
    topic = topic_arn(account.id, settings.alarms_topic)
    pages = account.session.client("sns").get_paginator("list_subscriptions_by_topic")
    return any(
        one["Protocol"] == "lambda" and one["Endpoint"].endswith(f":{settings.root}-explain_alarm")
        for page in pages.paginate(TopicArn=topic)
        for one in page["Subscriptions"]
    )


def own_stack(account: Account, settings: Settings, say: Say) -> Stack:
    """The stage's stack; raises `DeployError` where a stack of that name is somebody else's."""
    stack = Stack(account.session.client("cloudformation"), settings.root, say)
    application, stage = stack.tags().get("application", APP), stack.parameters().get("Stage")
    if application != APP or stage not in (None, settings.stage):
        raise DeployError(
            f"The stack {stack.name} in account {account.id} was made for application {application}, "
            f"stage {stage}; this is application {APP}, stage {settings.stage}.",
            next_step="See what it is in the CloudFormation console (us-east-1), or use another stage.",
        )
    return stack


def _new_key(account: Account, settings: Settings, slot: Slot, before: Mapping[str, str]) -> str:
    if before.get(_key_parameter(slot)):
        raise DeployError(
            "The private key that signs links is gone from the parameter store.",
            next_step=f"Make another: python cli.py rotate-key --stage {settings.stage}",
        )
    return make_key(account.session.client("ssm"), settings, slot)


def _slot_in_use(parameters: Mapping[str, str]) -> Slot:
    return SLOTS[1] if parameters.get("LinkKeyInUse") == SLOTS[1] else SLOTS[0]


def _key_parameter(slot: Slot) -> str:
    return f"LinkPublicKey{slot.upper()}"


def _given(
    email: str | None, stack_parameters: Mapping[str, str] | None, before: Mapping[str, str]
) -> dict[str, str]:
    if not (email or before.get("Email")):
        raise DeployError(
            "Nobody would get the reports.", next_step="Give an address: --email you@example.com"
        )
    return {**(stack_parameters or {}), **({"Email": email} if email else {})}


def _refuse_unknown(given: Mapping[str, str], known: Mapping[str, str]) -> None:
    for name in given:
        if name not in known:
            raise DeployError(
                f"The stack has no parameter {name!r}.",
                next_step=f"The parameters are: {', '.join(sorted(known))}.",
            )


def _from_settings(settings: Settings) -> dict[str, str]:
    return {"Stage": settings.stage, "MonthlyBudget": plain(settings.monthly_budget)}


def _check_subscription(account: Account, settings: Settings) -> None:
    if not listening(account, settings):
        raise DeployError(
            f"The function that explains alarms does not listen to the topic {settings.alarms_topic}.",
            next_step="Run the same command again; Chalice then subscribes it anew.",
        )


def _summary(account: Account, settings: Settings, parameters: Mapping[str, str]) -> str:
    return DONE.format(
        stage=settings.stage,
        account=account.id,
        functions=", ".join(function_names(settings)),
        site=link_place(account.session.client("ssm"), settings).host,
        email=parameters["Email"],
        amounts=parameters.get("AlarmAmounts", "").replace(",", ", "),
    )
