"""What a deployment under another Region left there: `chalice deploy` takes whatever Region is set."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.settings import Settings
from chalicelib.wiring import REGION
from deployment.account import Account, function_names

AT_ONCE = 8


@dataclass(frozen=True)
class Stray:
    """Functions and rules of a stage in a Region where nothing of it belongs."""

    region: str
    names: tuple[str, ...]


def strays(account: Account, settings: Settings) -> list[Stray]:
    """What is found of a stage outside its Region; a Region we may not look into is passed over.

    Regions that the account has not switched on refuse every question, and can hold nothing.
    """
    regions = [one for one in account.session.get_available_regions("lambda") if one != REGION]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = pool.map(lambda region: _in_region(account, settings, region), regions)
    return [Stray(region, names) for region, names in zip(regions, found, strict=True) if names]


def _in_region(account: Account, settings: Settings, region: str) -> tuple[str, ...]:
    lambda_ = account.session.client("lambda", region_name=region)
    events = account.session.client("events", region_name=region)
    names = []
    try:
        rules = events.list_rules(NamePrefix=f"{settings.root}-")["Rules"]
        names += [f"rule {rule['Name']}" for rule in rules]
        for function in function_names(settings):
            try:
                lambda_.get_function_configuration(FunctionName=function)
            except lambda_.exceptions.ResourceNotFoundException:
                continue
            names.append(f"function {function}")
    except (ClientError, BotoCoreError):
        return tuple(names)
    return tuple(names)
