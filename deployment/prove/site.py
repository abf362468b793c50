"""Claims about the site: who can open a page, and by what."""

from datetime import timedelta
from typing import Any

import botocore
from botocore.config import Config
from botocore.exceptions import ClientError

from chalicelib.delivery.links import link_key, link_place, signed_url
from deployment.prove.claim import Claim, Found, Trial, holds_unless

REFUSED = 403
PAGE = "index.html"


def _bucket_is_closed(at: Trial) -> Found:
    nobody = at.client("s3", config=Config(signature_version=botocore.UNSIGNED))
    bucket, step = at.settings.bucket(at.account.id), f"Run: {at.redeploy}; see who opened it."
    try:
        nobody.get_object(Bucket=bucket, Key=f"site/{PAGE}")
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return status == REFUSED, f"{bucket} answers {status}", "" if status == REFUSED else step
    return False, f"anybody can read a page of {bucket}", step


def _unsigned_is_refused(at: Trial) -> Found:
    status = at.status_of(f"https://{_host(at)}/{PAGE}")
    step = f"Run: {at.redeploy}, and see TrustedKeyGroups of the distribution."
    return status == REFUSED, f"answers {status}", "" if status == REFUSED else step


def _altered_is_refused(at: Trial) -> Found:
    link = _link(at, minutes=5)
    other_page = link.replace(f"/{PAGE}?", "/reports/2000-W01.html?")
    start = link.index("Signature=") + len("Signature=") + 20
    other_signature = link[:start] + ("A" if link[start] != "A" else "B") + link[start + 1 :]
    seen = {
        "another page": at.status_of(other_page),
        "another signature": at.status_of(other_signature),
    }
    return _all_refused(seen, at)


def _expired_is_refused(at: Trial) -> Found:
    return _all_refused({"expired": at.status_of(_link(at, minutes=-5))}, at)


def _signed_is_opened(at: Trial) -> Found:
    status = at.status_of(_link(at, minutes=5))
    step = (
        f"Without a report yet: python cli.py run --stage {at.settings.stage}. After a change of keys: "
        "wait five minutes."
    )
    return status == 200, f"answers {status}", "" if status == 200 else step


def _plain_http_is_refused(at: Trial) -> Found:
    # Without a signature: a link must never cross the wire in clear, not even to try this.
    status = at.status_of(f"http://{_host(at)}/{PAGE}")
    fine = status in (REFUSED, 0)
    said = "the connection is refused" if status == 0 else f"answers {status}"
    return (
        fine,
        said,
        "" if fine else f"Run: {at.redeploy}; ViewerProtocolPolicy must be https-only.",
    )


def _distribution_is_ours(at: Trial) -> Found:
    config, wrong = _distribution(at), []
    for behaviour in (
        config["DefaultCacheBehavior"],
        *config.get("CacheBehaviors", {}).get("Items", []),
    ):
        groups = behaviour.get("TrustedKeyGroups", {})
        if not (groups.get("Enabled") and groups.get("Items")):
            wrong.append("a behaviour trusts no key group, so it is open")
        if behaviour["ViewerProtocolPolicy"] != "https-only":
            wrong.append(f"a behaviour allows {behaviour['ViewerProtocolPolicy']}")
    for origin in config["Origins"]["Items"]:
        if not origin.get("OriginAccessControlId"):
            wrong.append(f"the origin {origin['Id']} has no Origin Access Control")
    return holds_unless(wrong, "every behaviour and origin", f"Run: {at.redeploy}")


def _log_holds_no_link(at: Trial) -> Found:
    named = f"{at.settings.root}-access"
    pages = at.client("logs").get_paginator("describe_deliveries").paginate()
    ours = [
        one for page in pages for one in page["deliveries"] if one["deliverySourceName"] == named
    ]
    if not ours:
        return True, "no access log is kept", ""
    telling = {"cs-uri-query", "cs(Referer)", "cs(Cookie)"}
    wrong = [
        f"the log keeps {field}"
        for one in ours
        for field in sorted(telling & set(one.get("recordFields") or telling))
    ]
    return holds_unless(wrong, "neither query string nor referer", f"Run: {at.redeploy}")


def _host(at: Trial) -> str:
    return link_place(at.client("ssm"), at.settings).host


def _link(at: Trial, *, minutes: int) -> str:
    key = link_key(at.client("ssm"), at.settings)
    return signed_url(PAGE, at.now + timedelta(minutes=minutes), key)


def _all_refused(seen: dict[str, int], at: Trial) -> Found:
    wrong = [f"{what}: {status}" for what, status in seen.items() if status != REFUSED]
    return holds_unless(
        wrong,
        f"{', '.join(seen)}: 403",
        f"Run: {at.redeploy}; end all links: python cli.py rotate-key",
    )


def _distribution(at: Trial) -> dict[str, Any]:
    cloudfront = at.client("cloudfront")
    for page in cloudfront.get_paginator("list_distributions").paginate():
        for one in page["DistributionList"].get("Items", []):
            if one.get("Comment", "").startswith(f"{at.settings.root}: "):
                found: dict[str, Any] = cloudfront.get_distribution_config(Id=one["Id"])
                return dict(found["DistributionConfig"])
    raise KeyError(f"no distribution of {at.settings.root}")


CLAIMS = (
    Claim("The bucket is closed to everybody", "GET without credentials", _bucket_is_closed),
    Claim(
        "A page without a signature is refused", f"GET https://HOST/{PAGE}", _unsigned_is_refused
    ),
    Claim("An altered link is refused", "page or signature changed", _altered_is_refused),
    Claim("An expired link is refused", "a link that ended 5 minutes ago", _expired_is_refused),
    Claim("A signed link opens the page", "a link for 5 minutes", _signed_is_opened),
    Claim(
        "Plain HTTP is refused, not redirected", "GET http://HOST, unsigned", _plain_http_is_refused
    ),
    Claim("Origin access and keys are attached", "GetDistributionConfig", _distribution_is_ours),
    Claim("The access log holds no link", "DescribeDeliveries", _log_holds_no_link),
)
