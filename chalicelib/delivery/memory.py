"""What one run tells the next: one short text in one parameter of the SSM parameter store."""

import logging
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import DeliveryError

if TYPE_CHECKING:
    from types_boto3_ssm.client import SSMClient

log = logging.getLogger(__name__)

MOST_BYTES = 4096
"""What a parameter of the free kind holds."""


class SsmMemory:
    """One parameter; the run that first has something to remember makes it."""

    def __init__(self, client: "SSMClient", name: str) -> None:
        self._client = client
        self._name = name

    def recall(self) -> str:
        """What was kept last; nothing where there is none, or where it cannot be read."""
        try:
            return self._client.get_parameter(Name=self._name)["Parameter"]["Value"]
        except (ClientError, BotoCoreError, KeyError) as error:
            log.info("Nothing is remembered in %s: %s", self._name, type(error).__name__)
            return ""

    def keep(self, text: str) -> None:
        """Replace what was kept; raises `DeliveryError`."""
        try:
            self._client.put_parameter(Name=self._name, Value=text, Type="String", Overwrite=True)
        except (ClientError, BotoCoreError) as error:
            raise DeliveryError(
                f"What was told could not be kept in {self._name}: {error}",
                next_step="It is told again by the next run. Check the stack: python cli.py doctor",
            ) from error
