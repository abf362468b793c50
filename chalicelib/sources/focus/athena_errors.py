"""Turns what Athena and boto3 report into errors that say the next step."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import (
    AccessDeniedError,
    CostSourceError,
    DataNotReadyError,
    ExportMissingError,
    NotFocusError,
    QueryFailedError,
    ScanLimitError,
    ThrottledError,
    UnreachableError,
)

DEPLOY = "Deploy infra/focus.yaml for this stage; docs/sources.md says how."


def failure_of(execution: Any) -> CostSourceError:
    """What an execution that did not succeed means, and what mends it."""
    status = execution["Status"]
    message = status.get("StateChangeReason") or status.get("AthenaError", {}).get(
        "ErrorMessage", ""
    )
    for pattern, meaning in _FAILURES:
        if re.search(pattern, message, re.IGNORECASE):
            return meaning(message)
    if status.get("AthenaError", {}).get("Retryable"):
        return UnreachableError(f"Athena failed on its side: {message}")
    return QueryFailedError(
        f"Athena could not answer: {message or status['State']}",
        next_step="Report this with the message above.",
    )


def _denied(message: str) -> AccessDeniedError:
    action = re.search(r"perform:?\s*([\w-]+:\w+)", message)
    name = action[1] if action else "access"
    return AccessDeniedError(
        f"AWS denied {name}: {message}",
        next_step="Give the function the policy for FOCUS; docs/sources.md says which file.",
    )


def _missing(message: str) -> ExportMissingError:
    return ExportMissingError(f"There is no FOCUS table to ask: {message}", next_step=DEPLOY)


def _over_limit(message: str) -> ScanLimitError:
    return ScanLimitError(
        f"The query was stopped at the workgroup's limit: {message}",
        next_step="Raise the parameter ScanLimitBytes of infra/focus.yaml.",
    )


def _not_focus(message: str) -> NotFocusError:
    return NotFocusError(f"The table lacks a FOCUS column: {message}", next_step=DEPLOY)


def _changing(message: str) -> DataNotReadyError:
    return DataNotReadyError(
        f"AWS was replacing the export while it was read: {message}",
        next_step="Nothing to do: the next attempt usually succeeds.",
    )


_FAILURES: tuple[tuple[str, Callable[[str], CostSourceError]], ...] = (
    (r"bytes scanned limit", _over_limit),
    (
        r"access ?denied|not authorized|insufficient (permissions|privileges)|PERMISSION_DENIED",
        _denied,
    ),
    (
        r"(TABLE|SCHEMA|CATALOG|DATABASE)_NOT_FOUND|(table|schema|database) .*does not exist",
        _missing,
    ),
    (r"COLUMN_NOT_FOUND|column .*cannot be resolved", _not_focus),
    (r"NoSuchKey|HIVE_FILE_NOT_FOUND|HIVE_FILESYSTEM_ERROR.*(no such|not found)", _changing),
)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raise a `CostSourceError` for whatever boto3 raises inside."""
    try:
        yield
    except ClientError as error:
        raise _meaning(error) from error
    except BotoCoreError as error:
        raise UnreachableError(f"Athena did not answer: {error}") from error


def _meaning(error: ClientError) -> CostSourceError:
    code = error.response.get("Error", {}).get("Code", "")
    message = error.response.get("Error", {}).get("Message", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in ("AccessDeniedException", "AccessDenied"):
        return _denied(message)
    if code == "TooManyRequestsException" or status == 429 or "throttl" in code.lower():
        return ThrottledError("Athena refused too many requests, also after retries.")
    if code == "InvalidRequestException" and "workgroup" in message.lower():
        return _missing(message)
    if status >= 500:
        return UnreachableError(f"Athena failed on its side ({code or status}).")
    return QueryFailedError(
        f"Athena refused the request ({code}): {message}",
        next_step="Report this with the message above.",
    )
