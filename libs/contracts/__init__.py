"""What services may know of each other: the envelope, the events, the vocabulary, the catalogue."""

from .catalogue import CATALOGUE, EXCHANGE, Entry, heard_by, hearers_of, said_by
from .envelope import Event
from .sealed import Button, ChannelAddress, Contacts, ReplyBody, Sealed

__all__ = [
    "CATALOGUE",
    "EXCHANGE",
    "Button",
    "ChannelAddress",
    "Contacts",
    "Entry",
    "Event",
    "ReplyBody",
    "Sealed",
    "heard_by",
    "hearers_of",
    "said_by",
]
