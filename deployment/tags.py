"""The tags of the configuration, on what neither the stack nor Chalice gives them to."""

from chalicelib.settings import Settings
from deployment.account import Account, stack_tags
from deployment.signing_key import SLOTS, key_parameter


def tag_the_rest(account: Account, settings: Settings) -> None:
    """Tag the schedule and the keys; what is there already is tagged anew, because tags change."""
    tags = [{"Key": key, "Value": value} for key, value in stack_tags(settings).items()]
    events, ssm = account.session.client("events"), account.session.client("ssm")
    for rule in events.list_rules(NamePrefix=f"{settings.root}-")["Rules"]:
        events.tag_resource(ResourceARN=rule["Arn"], Tags=tags)  # type: ignore[arg-type]
    for slot in SLOTS:
        try:
            ssm.add_tags_to_resource(
                ResourceType="Parameter",
                ResourceId=key_parameter(settings, slot),
                Tags=tags,  # type: ignore[arg-type]
            )
        except ssm.exceptions.InvalidResourceId:
            continue  # an empty slot
