"""The key pair that signs links: made here, its private half kept only in the parameter store."""

from typing import TYPE_CHECKING, Literal

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from chalicelib.settings import Settings
from deployment.account import stack_tags

if TYPE_CHECKING:
    from types_boto3_ssm.client import SSMClient

Slot = Literal["a", "b"]
SLOTS: tuple[Slot, Slot] = ("a", "b")


def key_parameter(settings: Settings, slot: Slot) -> str:
    """Name of the parameter that holds the private key of a slot."""
    return f"{settings.parameters}link-key-{slot}"


def other(slot: Slot) -> Slot:
    """The slot that is not this one."""
    return "b" if slot == "a" else "a"


def public_key(ssm: "SSMClient", settings: Settings, slot: Slot) -> str | None:
    """The public half (PEM) of the key in a slot, or None for an empty slot."""
    try:
        parameter = ssm.get_parameter(Name=key_parameter(settings, slot), WithDecryption=True)
    except ssm.exceptions.ParameterNotFound:
        return None
    return _public_half(parameter["Parameter"]["Value"])


def make_key(ssm: "SSMClient", settings: Settings, slot: Slot) -> str:
    """Fill an empty slot with a new key; the public half (PEM). A key that is there is never replaced."""
    private = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    ssm.put_parameter(
        Name=key_parameter(settings, slot),
        Description="Signs links to the cost reports. Whoever reads this opens every report.",
        Type="SecureString",
        Value=private.decode(),
        Overwrite=False,
        Tags=[{"Key": key, "Value": value} for key, value in stack_tags(settings).items()],
    )
    return _public_half(private.decode())


def forget_key(ssm: "SSMClient", settings: Settings, slot: Slot) -> None:
    """Empty a slot; nothing happens if it is empty."""
    ssm.delete_parameters(Names=[key_parameter(settings, slot)])


def _public_half(private_pem: str) -> str:
    public = load_pem_private_key(private_pem.encode(), password=None).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
