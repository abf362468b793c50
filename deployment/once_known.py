"""Steps that AWS refuses for a moment, because something new is not known everywhere in it yet."""

import time
from collections.abc import Callable

from botocore.exceptions import ClientError

WAITS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between attempts: a new role is known within seconds, seldom after a minute."""
BUSY = ("ResourceConflictException", "ConcurrentModification", "ResourceInUseException")
UNKNOWN_YET = ("does not have permission", "cannot be assumed", "valid principal")


def once_known[T](step: Callable[[], T], sleep: Callable[[float], None] = time.sleep) -> T:
    """The answer of a step, repeated for a minute while AWS says what it says of things just made."""
    for wait in WAITS:
        try:
            return step()
        except ClientError as error:
            if not passes(error):
                raise
        sleep(wait)
    return step()


def passes(error: ClientError) -> bool:
    """Whether this is what AWS says when something new is not known everywhere yet."""
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if code in BUSY:
        return True
    return code == "InvalidParameterValueException" and any(one in message for one in UNKNOWN_YET)
