"""The private bucket that CloudFront reads the dashboard from."""

from typing import TYPE_CHECKING, TypedDict

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import DeliveryError
from chalicelib.settings import SITE_PREFIX

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

# CloudFront keeps a page five minutes, so that a rewritten one shows soon.
CACHE_CONTROL = "max-age=300"
WEEK = "week"
"""The tag of a page that holds the week it is of."""


class _Tags(TypedDict, total=False):
    Tagging: str


class S3Site:
    """Stores pages below the site prefix of one bucket, which must belong to `account_id`."""

    def __init__(self, client: "S3Client", bucket: str, account_id: str) -> None:
        self._client = client
        self._bucket = bucket
        self._account_id = account_id

    def publish(self, path: str, page: str, *, week: str = "") -> None:
        """Store an HTML page under `path`, replacing what is there; raises `DeliveryError`.

        With `week` (`2026-W48`), a page of a later week that is there stays.
        """
        if week and self._week(path) > week:
            return
        tags: _Tags = {"Tagging": f"{WEEK}={week}"} if week else {}
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=SITE_PREFIX + path,
                Body=page.encode(),
                ContentType="text/html; charset=utf-8",
                CacheControl=CACHE_CONTROL,
                **tags,
                # A bucket of the same name in a stranger's account never gets a page.
                ExpectedBucketOwner=self._account_id,
            )
        except (ClientError, BotoCoreError) as error:
            raise DeliveryError(
                f"The page {path} could not be stored in the bucket {self._bucket}: {error}",
                next_step="Check that the stack is deployed: python cli.py doctor",
            ) from error

    def _week(self, path: str) -> str:
        """The week of the page that is stored under `path`; "" where there is none, or nobody may look.

        It stands in a tag, which can be read without any right to read pages.
        """
        try:
            tags = self._client.get_object_tagging(
                Bucket=self._bucket, Key=SITE_PREFIX + path, ExpectedBucketOwner=self._account_id
            )["TagSet"]
        except (ClientError, BotoCoreError):
            return ""
        return next((tag["Value"] for tag in tags if tag["Key"] == WEEK), "")
