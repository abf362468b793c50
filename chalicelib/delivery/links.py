"""Signed links: CloudFront opens a page to whoever holds one, until it expires.

A link carries its own permission: an expiry and a signature over the page's exact address, made with
a key whose public half the distribution trusts (ECDSA P-256 over SHA-256, canned policy). So a link is
as good as the page it opens, and never appears in a log line.

Source: "Create a signed URL using a canned policy", Amazon CloudFront Developer Guide.
"""

import base64
import json
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from chalicelib.errors import DeliveryError
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from types_boto3_ssm.client import SSMClient

log = logging.getLogger(__name__)

NO_LINK = (
    "There is no link to the dashboard in this message, because links are not set up or could not be "
    "signed. `python cli.py doctor --stage {stage}` says what is missing; "
    "`python cli.py link --stage {stage}` makes a link on demand."
)
LINKS_OFF = "Links are switched off (CCT_LINKS=off). `python cli.py link --stage {stage}` makes one on demand."
LINKS_PARAMETER = "links"


class LinkPlace(NamedTuple):
    """The site's host, CloudFront's id of the public key, the parameter that holds the private key."""

    host: str
    key_id: str
    private_key: str


class LinkKey(NamedTuple):
    """What signs links: the site's host, CloudFront's id of the public key, the private key as PEM."""

    host: str
    key_id: str
    private_pem: str


class SignedLinks:
    """Makes links to the pages of one stage's site, from the parameters that the stack left in SSM."""

    def __init__(self, ssm: "SSMClient", settings: Settings) -> None:
        self._ssm = ssm
        self._settings = settings
        self._key: LinkKey | None = None

    def to(self, path: str, now: datetime) -> str:
        """A link that lasts `link_days`, or a sentence that says how to get links. Never raises."""
        if not self._settings.links:
            return LINKS_OFF.format(stage=self._settings.stage)
        try:
            return self.lasting(path, now + timedelta(days=self._settings.link_days))
        except Exception as error:  # noqa: BLE001  a message without a link is better than no message
            # The kind of error only: its text might hold a part of the key.
            log.warning("No signed link: %s", type(error).__name__)
            return NO_LINK.format(stage=self._settings.stage)

    def lasting(self, path: str, expires: datetime) -> str:
        """A link that opens `path` until `expires`; raises `DeliveryError` where none can be made."""
        self._key = self._key or link_key(self._ssm, self._settings)
        return signed_url(path, expires, self._key)


def link_key(ssm: "SSMClient", settings: Settings) -> LinkKey:
    """Read what signs links; raises `DeliveryError` saying what is missing, without any of its text."""
    place = link_place(ssm, settings)
    return LinkKey(place.host, place.key_id, _parameter(ssm, place.private_key))


def link_place(ssm: "SSMClient", settings: Settings) -> LinkPlace:
    """Where the site is and which key signs, as the stack left it; raises `DeliveryError`."""
    try:
        place = json.loads(_parameter(ssm, settings.parameters + LINKS_PARAMETER))
        found = LinkPlace(place["domain"], place["key_id"], place["private_key"])
    except (ValueError, TypeError, KeyError):
        found = LinkPlace("", "", "")
    if not all(found):
        raise DeliveryError(
            "The stack names no key for signing links.",
            next_step=f"Run: python cli.py deploy --stage {settings.stage}",
        )
    return found


def signed_url(path: str, expires: datetime, key: LinkKey) -> str:
    """The address of `path` with its expiry and signature; CloudFront accepts no other path with them."""
    url = f"https://{key.host}/{quote(path)}"
    epoch = int(expires.timestamp())
    signature = _url_safe(_sign(canned_policy(url, epoch), key.private_pem))
    # Without Hash-Algorithm CloudFront assumes SHA-1 and refuses the signature.
    return f"{url}?Expires={epoch}&Signature={signature}&Key-Pair-Id={key.key_id}&Hash-Algorithm=SHA256"


def canned_policy(url: str, epoch: int) -> bytes:
    """The text that is signed; CloudFront builds the same from the request, so every byte counts."""
    condition = {"DateLessThan": {"AWS:EpochTime": epoch}}
    policy = {"Statement": [{"Resource": url, "Condition": condition}]}
    return json.dumps(policy, separators=(",", ":")).encode()


def _sign(text: bytes, private_pem: str) -> bytes:
    # Imported here: only the jobs that send a link pay for loading it.
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(private_pem.encode(), password=None)
    except ValueError:
        key = None
    if not isinstance(key, EllipticCurvePrivateKey):
        raise DeliveryError(
            "The private key in the parameter store is not an ECDSA key.",
            next_step="Make another: python cli.py rotate-key",
        )
    return key.sign(text, ECDSA(SHA256()))


def _url_safe(signature: bytes) -> str:
    return base64.b64encode(signature).decode().translate(str.maketrans("+=/", "-_~"))


def _parameter(ssm: "SSMClient", name: str) -> str:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    except (ClientError, BotoCoreError) as error:
        raise DeliveryError(
            f"The parameter {name} could not be read: {type(error).__name__}.",
            next_step="Check that the stack is deployed: python cli.py doctor",
        ) from error
