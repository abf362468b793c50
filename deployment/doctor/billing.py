"""The billing metric: whether AWS publishes it, by what, how fresh it is, and the switch that it hangs on.

The switch can be read and set by the SDK since July 2026; an older one at this desk does not know it.
https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_billing_GetBillingPreferences.html
"""

from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, UnknownServiceError

from chalicelib.costs.charges_so_far import Name
from chalicelib.sources.billing_metric import BillingMetric
from deployment.account import Account
from deployment.doctor.examination import Examination, Result

FRESH = timedelta(hours=24)
FEATURE = "BILLING_ALERTS"
BY_HAND = (
    'Switch on "Receive CloudWatch billing alerts" (Billing and Cost Management > Billing '
    "preferences > Alert preferences) as the account that pays; it takes a quarter of an hour."
)
BY_COMMAND = f"Run: cct doctor --fix. Or by hand: {BY_HAND}"


def _billing_metric(at: Examination) -> Result:
    metric = BillingMetric(at.account.session.client("cloudwatch"))
    known = metric.watched()
    if not known:
        what = "AWS publishes no billing metric here, so no cost alarm can fire and nothing burning is seen"
        yield "broken", what, _step(at)
        return
    totals = [each for each in known if not each.account and not each.service]
    services = [each for each in known if each.service and not each.account]
    accounts = [each for each in known if each.account and not each.service]
    if not totals or not services:
        missing = "no total" if not totals else "nothing by service"
        yield "broken", f"the billing metric has {missing}", BY_HAND
        return
    by_account = f"{len(accounts)} accounts" if accounts else "no accounts (only a payer sees them)"
    yield "ok", f"there is one, of {len(services)} services and {by_account}", ""
    yield from _freshness(at, metric, totals)


def _freshness(at: Examination, metric: BillingMetric, totals: list[Name]) -> Result:
    """A value asked for costs a thousandth of a cent."""
    reading = metric.read(totals, at.now + timedelta(hours=1))
    last = max((value.time for series in reading.series for value in series.values), default=None)
    if last is not None and at.now - last < FRESH:
        yield "ok", f"its last value is of {last:%Y-%m-%d %H:%M} UTC", ""
        return
    when = "older than two weeks" if last is None else f"of {last:%Y-%m-%d %H:%M} UTC"
    step = (
        "AWS lets it stand still for up to three days; if it goes on, see that it is switched on."
    )
    yield "look", f"its last value is {when}", step


def _step(at: Examination) -> str:
    return (
        BY_COMMAND
        if any(value == "DISABLED" for value in _switches(at.account).values())
        else BY_HAND
    )


def _switches(account: Account) -> dict[str, str]:
    """The keys of the preference and whether each is on; nothing where SDK or account cannot say."""
    try:
        client: Any = account.session.client("billing")
        found = client.get_billing_preferences(features=[FEATURE])["billingPreferences"]
        return {one["key"]: one["value"] for one in found}
    except (ClientError, BotoCoreError, UnknownServiceError, AttributeError, KeyError):
        return {}


def switch_on(account: Account) -> str:
    """Switch the metric on where it is off, and say what was done; nothing else is changed."""
    off = [key for key, value in _switches(account).items() if value == "DISABLED"]
    if not off:
        return f"Nothing was changed: the switch is on, or cannot be read here. By hand: {BY_HAND}"
    client: Any = account.session.client("billing")
    client.update_billing_preferences(
        feature=FEATURE, billingPreferencesPerKey=[{"key": key, "value": "ENABLED"} for key in off]
    )
    return "The billing metric is switched on; AWS takes a quarter of an hour to publish it."


CHECKS = (_billing_metric,)
