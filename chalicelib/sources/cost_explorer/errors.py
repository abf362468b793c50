"""Turns what boto3 raises about Cost Explorer into errors that say the next step."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from chalicelib.errors import (
    AccessDeniedError,
    BeyondHistoryError,
    CostExplorerNotEnabledError,
    CostSourceError,
    DataNotReadyError,
    PermanentSourceError,
    ThrottledError,
    UnreachableError,
    UnreadableAnswerError,
)

ACTION = "ce:GetCostAndUsage"
THROTTLING = {"LimitExceededException", "ThrottlingException", "TooManyRequestsException"}
CREDENTIAL_ERRORS = (
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)
BAD_CREDENTIALS = {
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "UnrecognizedClientException",
}


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raise a `CostSourceError` for whatever boto3 raises inside."""
    try:
        yield
    except ClientError as error:
        raise _translated(error) from error
    except CREDENTIAL_ERRORS as error:
        raise AccessDeniedError(
            f"No usable AWS credentials were found: {error}",
            next_step="Sign in (`aws sso login`, or `aws configure`) and name the profile.",
        ) from error
    except BotoCoreError as error:
        raise UnreachableError(f"Cost Explorer did not answer: {error}") from error
    except (AttributeError, TypeError, ValueError) as error:  # from the parser inside boto3
        raise UnreadableAnswerError(
            f"Cost Explorer's answer does not have the documented form: {error}."
        ) from error


def _translated(error: ClientError) -> CostSourceError:
    code = error.response.get("Error", {}).get("Code", "")
    message = error.response.get("Error", {}).get("Message", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in ("AccessDeniedException", "AccessDenied"):
        return _denied(message)
    if code in BAD_CREDENTIALS:
        return AccessDeniedError(
            f"AWS does not accept these credentials: {message}",
            next_step="Sign in again (`aws sso login`, or `aws configure`).",
        )
    if code == "DataUnavailableException":
        return DataNotReadyError(f"Cost Explorer has no data yet: {message}")
    if code in THROTTLING or status == 429:
        return ThrottledError("Cost Explorer refused too many requests, also after retries.")
    if code == "ValidationException" and "14 months" in message:
        return BeyondHistoryError(
            f"Cost Explorer keeps 14 months of history: {message}",
            next_step="Ask for a later start, or switch on multi-year data in Cost Explorer.",
        )
    if status >= 500:
        return UnreachableError(f"Cost Explorer failed on its side ({code or status}).")
    return PermanentSourceError(
        f"Cost Explorer refused the request ({code}): {message}",
        next_step="Report this with the message above.",
    )


def _denied(message: str) -> CostSourceError:
    # The same code means two things; only the text tells them apart.
    if "not enabled for cost explorer" in message.lower():
        return CostExplorerNotEnabledError("Cost Explorer is not enabled for this account.")
    action = re.search(r"perform:\s*([\w-]+:\w+)", message)
    name = action.group(1) if action else ACTION
    return AccessDeniedError(
        f"AWS denied {name}: {message}",
        next_step=f"Allow {name} for this identity; the policy files in .chalice/ show how.",
    )
