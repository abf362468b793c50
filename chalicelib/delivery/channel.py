"""The SNS topics that messages leave by."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import DeliveryError

if TYPE_CHECKING:
    from types_boto3_sns.client import SNSClient
    from types_boto3_sns.type_defs import PublishInputTypeDef


class SnsTopic:
    """Sends messages to one topic."""

    def __init__(self, client: "SNSClient", topic_arn: str) -> None:
        self._client = client
        self._topic_arn = topic_arn

    def send(self, subject: str, text: str) -> None:
        """Send one message; an empty subject is left out. Raises `DeliveryError`."""
        message: PublishInputTypeDef = {"TopicArn": self._topic_arn, "Message": text}
        if subject:  # SNS refuses an empty one
            message["Subject"] = subject
        try:
            self._client.publish(**message)
        except (ClientError, BotoCoreError) as error:
            raise DeliveryError(
                f"A message could not be sent to {self._topic_arn}: {error}",
                next_step="Check that the stack is deployed: python cli.py doctor",
            ) from error
