"""Signed links, checked the way CloudFront documents that it checks them."""

import base64
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from chalicelib.delivery.links import SignedLinks
from chalicelib.settings import Settings

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
PAGE = "reports/2026-W48.html"
KEY = ec.generate_private_key(ec.SECP256R1())
SETTINGS = Settings(stage="prod")


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class Parameters:
    """An SSM client that knows a few parameters."""

    exceptions = SimpleNamespace(ParameterNotFound=ClientError)

    def __init__(self, **values: str) -> None:
        self.values = {f"/cloud-cost-tracker/prod/{name}": text for name, text in values.items()}
        self.reads: list[str] = []

    def get_parameter(self, *, Name: str, WithDecryption: bool) -> dict[str, dict[str, str]]:  # noqa: N803
        self.reads.append(Name)
        if Name not in self.values:
            raise ClientError({"Error": {"Code": "ParameterNotFound"}}, "GetParameter")
        return {"Parameter": {"Value": self.values[Name]}}


def place(key_id: str = "K2JCJMDEHXQW5F") -> str:
    private_key = "/cloud-cost-tracker/prod/link-key"
    return json.dumps({"domain": "d1.cloudfront.net", "key_id": key_id, "private_key": private_key})


def set_up() -> Parameters:
    return Parameters(**{"links": place(), "link-key": pem(KEY)})


def cloudfront(url: str, now: datetime, public_key: ec.EllipticCurvePublicKey) -> str:
    """What CloudFront does with a request: "served", or why it answers 403."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if not {"Expires", "Signature", "Key-Pair-Id"} <= query.keys():
        return "no signature"
    resource = f"{parts.scheme}://{parts.netloc}{parts.path}"
    policy = (
        f'{{"Statement":[{{"Resource":"{resource}",'
        f'"Condition":{{"DateLessThan":{{"AWS:EpochTime":{query["Expires"]}}}}}}}]}}'
    )
    signature = query["Signature"].translate(str.maketrans("-_~", "+=/"))
    digest = SHA256() if query.get("Hash-Algorithm") == "SHA256" else SHA1()  # noqa: S303
    try:
        public_key.verify(base64.b64decode(signature), policy.encode(), ec.ECDSA(digest))
    except InvalidSignature:
        return "bad signature"
    return "served" if now.timestamp() < int(query["Expires"]) else "expired"


def link(now: datetime = NOW, settings: Settings = SETTINGS) -> str:
    return SignedLinks(set_up(), settings).to(PAGE, now)  # type: ignore[arg-type]


def test_cloudfront_serves_the_page_the_link_names():
    assert link().startswith(f"https://d1.cloudfront.net/{PAGE}?")
    assert cloudfront(link(), NOW, KEY.public_key()) == "served"


def test_a_link_opens_the_page_for_as_long_as_the_settings_say_and_not_a_second_longer():
    url = link(settings=replace(SETTINGS, link_days=3))
    end = NOW + timedelta(days=3)
    assert cloudfront(url, end - timedelta(seconds=1), KEY.public_key()) == "served"
    assert cloudfront(url, end, KEY.public_key()) == "expired"


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        (lambda url: url.replace("W48", "W47"), "bad signature"),
        (lambda url: url.replace("d1.", "d2."), "bad signature"),
        (lambda url: url.replace("Expires=1", "Expires=2"), "bad signature"),
        (lambda url: url.replace("&Hash-Algorithm=SHA256", ""), "bad signature"),
        (lambda url: url.partition("?")[0], "no signature"),
    ],
    ids=["another page", "another host", "a later expiry", "no hash algorithm", "unsigned"],
)
def test_a_changed_link_opens_nothing(change: Callable[[str], str], answer: str):
    assert cloudfront(change(link()), NOW, KEY.public_key()) == answer


def test_a_link_signed_with_another_key_opens_nothing():
    stranger = ec.generate_private_key(ec.SECP256R1())
    assert cloudfront(link(), NOW, stranger.public_key()) == "bad signature"


@given(path=st.text(min_size=1, max_size=60).map(lambda text: text.strip("/")).filter(bool))
@hypothesis_settings(deadline=None, max_examples=40)
def test_any_path_gives_a_link_that_cloudfront_serves(path: str):
    url = SignedLinks(set_up(), SETTINGS).to(path.encode("utf-8", "replace").decode(), NOW)  # type: ignore[arg-type]
    assert cloudfront(url, NOW, KEY.public_key()) == "served"


def test_the_link_is_one_word_that_mail_programs_recognise_whole():
    assert len(link()) < 260
    assert not set(link()) & set(" <>\"'()[]{}|\\^`")
    assert link()[-1].isalnum()


@pytest.mark.parametrize(
    "parameters",
    [
        Parameters(),
        Parameters(links="not json"),
        Parameters(links="[]"),
        Parameters(links=place(key_id="")),
        Parameters(links=place()),
        Parameters(**{"links": place(), "link-key": "not a key"}),
        Parameters(
            **{"links": place(), "link-key": pem(rsa.generate_private_key(65537, key_size=2048))}
        ),
    ],
    ids=["no stack", "no json", "no object", "no key id", "no key", "broken key", "rsa key"],
)
def test_where_no_link_can_be_made_the_message_says_how_to_get_one(
    parameters: Parameters, caplog: pytest.LogCaptureFixture
):
    sentence = SignedLinks(parameters, SETTINGS).to(PAGE, NOW)  # type: ignore[arg-type]
    assert "https://" not in sentence
    assert "python cli.py doctor --stage prod" in sentence
    assert "No signed link" in caplog.text


def test_links_that_are_switched_off_read_nothing_and_say_so():
    parameters = set_up()
    sentence = SignedLinks(parameters, replace(SETTINGS, links=False)).to(PAGE, NOW)  # type: ignore[arg-type]
    assert "CCT_LINKS=off" in sentence
    assert parameters.reads == []


def test_neither_link_nor_key_is_logged(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    broken = Parameters(**{"links": place(), "link-key": pem(KEY).replace("BEGIN", "BEGUN")})
    SignedLinks(broken, SETTINGS).to(PAGE, NOW)  # type: ignore[arg-type]
    assert "Signature=" in link()
    assert "Signature=" not in caplog.text
    assert pem(KEY).splitlines()[1] not in caplog.text


def test_the_key_is_read_once_for_several_links():
    parameters = set_up()
    links = SignedLinks(parameters, SETTINGS)  # type: ignore[arg-type]
    links.to(PAGE, NOW)
    links.to("index.html", NOW)
    assert len(parameters.reads) == 2
