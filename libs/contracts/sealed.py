"""What travels sealed: the cipher text as a type, and what is inside once it is opened.

The cipher is in `libs.seal`. Of its keys, only intake, notifier, routing (audited) and
portal_bridge hold them: outbox, broker, dead letters and backups see nothing but `Sealed`.
"""

from pydantic import BaseModel, ConfigDict

from .envelope import Sealed
from .vocabulary import Channel, PlaceId

__all__ = ["Button", "ChannelAddress", "Contacts", "ReplyBody", "Sealed"]


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True, hide_input_in_errors=True)


class ChannelAddress(_Plain):
    """Where a citizen can be reached on a channel."""

    channel: Channel
    address: str
    """Zalo: the citizen's user id for our Official Account."""


class Contacts(_Plain):
    """Who sent a feedback. Source: name, phone and commune are required to submit (domain rules 2.3)."""

    full_name: str = ""
    phone: str = ""
    """`84…`, digits only; empty only for a feedback marked incomplete."""
    residence_place_id: PlaceId | None = None
    residence: str = ""
    """The commune of residence as the citizen confirmed it, for people to read."""


class Button(_Plain):
    title: str
    """At most 25 characters; also listed in the text, so that it can be typed."""
    payload: str = ""
    """What comes back as the citizen's message when tapped."""
    url: str | None = None
    """A page to open instead."""


class ReplyBody(_Plain):
    """What to say in the conversation."""

    text: str
    buttons: tuple[Button, ...] = ()
