"""Tells people: a card to chat where that is on, then the mail, which is the one that must arrive."""

from collections.abc import Callable

from chalicelib.errors import CostTrackerError
from chalicelib.jobs.ports import Channel
from chalicelib.messages.text import Message, with_remark


def tell(
    mail: Message, card: Callable[[], Message], notify: Channel, chat: Channel | None = None
) -> None:
    """Send the card, then the mail, which says so where chat did not get the card.

    Raises `DeliveryError` where the mail could not be sent.
    """
    if chat is not None:
        try:
            chat.send("", card().text)
        except Exception as error:  # noqa: BLE001 - whatever happens to chat, the mail goes out
            reason = error.explanation() if isinstance(error, CostTrackerError) else repr(error)
            mail = with_remark(mail, f"Chat did not get this: {reason}")
    notify.send(mail.subject, mail.text)
