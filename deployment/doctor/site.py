"""The bucket, the site, its links and its reports."""

from datetime import datetime, timedelta

from chalicelib.delivery.links import LinkKey, link_key, link_place, signed_url
from chalicelib.settings import SITE_PREFIX
from deployment.doctor.examination import Examination, Result
from deployment.signing_key import SLOTS, public_key

LATE = timedelta(days=8)  # a week, and a day for a run that is being repeated
FORBIDDEN = 403


def _bucket(at: Examination) -> Result:
    s3, bucket = at.account.session.client("s3"), at.settings.bucket(at.account.id)
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    status = s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]
    if len(block) == 4 and all(block.values()) and not status["IsPublic"]:
        yield "ok", f"{bucket} refuses all public access", ""
    else:
        yield "broken", f"{bucket} is not closed", f"Run: {at.redeploy}, then look who changed it."


def _site(at: Examination) -> Result:
    host = link_place(at.account.session.client("ssm"), at.settings).host
    unsigned = at.fetch(f"https://{host}/index.html")
    if unsigned == FORBIDDEN:
        yield "ok", f"https://{host}/ refuses a request without signature", ""
    else:
        what = f"https://{host}/ answers {unsigned} to a request without signature, not 403"
        yield "broken", what, f"Run: {at.redeploy}, and see TrustedKeyGroups of the distribution."


def _signed_link(at: Examination) -> Result:
    key = link_key(at.account.session.client("ssm"), at.settings)
    yield from _key_is_trusted(at, key)
    if not _last_report(at):
        return
    status = at.fetch(signed_url("index.html", at.now + timedelta(minutes=5), key))
    if status == 200:
        yield "ok", "opens the last report", ""
    else:
        step = f"If the key was just changed, wait five minutes; else run: {at.redeploy}"
        yield "broken", f"a signed link to the last report answers {status}", step


def _key_is_trusted(at: Examination, key: LinkKey) -> Result:
    encoded = at.account.session.client("cloudfront").get_public_key(Id=key.key_id)["PublicKey"][
        "PublicKeyConfig"
    ]["EncodedKey"]
    ssm = at.account.session.client("ssm")
    ours = [public_key(ssm, at.settings, slot) for slot in SLOTS]
    if encoded.strip() in [one.strip() for one in ours if one]:
        yield "ok", f"the key in the parameter store belongs to CloudFront's key {key.key_id}", ""
    else:
        step = f"Run: python cli.py rotate-key --stage {at.settings.stage}"
        yield "broken", f"the key in the parameter store is not CloudFront's key {key.key_id}", step


def _reports(at: Examination) -> Result:
    last = _last_report(at)
    if last is None:
        yield "look", "there is none yet; the first comes next Monday, 07:00 UTC", _run_now(at)
    elif at.now - last > LATE:
        yield "broken", f"the last one is {(at.now - last).days} days old", _run_now(at)
    else:
        yield "ok", f"the last one is of {last:%Y-%m-%d %H:%M} UTC", ""


def _last_report(at: Examination) -> datetime | None:
    pages = at.account.session.client("s3").get_paginator("list_objects_v2")
    found = pages.paginate(
        Bucket=at.settings.bucket(at.account.id), Prefix=f"{SITE_PREFIX}reports/"
    )
    return max(
        (one["LastModified"] for page in found for one in page.get("Contents", [])), default=None
    )


def _run_now(at: Examination) -> str:
    return f"To make one now: python cli.py run --stage {at.settings.stage}"


CHECKS = (_bucket, _site, _signed_link, _reports)
