"""A conversation as it rests between messages: JSON with the version of its form. It is stored sealed."""

import json
from typing import Final

from pydantic import TypeAdapter, ValidationError

from .state import Conversation

VERSION: Final = 1
"""Raised when an older program could misread what this one writes. A field with a default does not raise it."""

_ADAPTER: Final = TypeAdapter(Conversation)


class NewerConversation(Exception):
    """It was written by a newer version of this program: leave it to that one."""


class DamagedConversation(Exception):
    """It cannot be read; the transcript still holds what was said."""


def dump_conversation(conversation: Conversation) -> bytes:
    """A conversation as bytes, to be sealed and stored."""
    return json.dumps(
        {"version": VERSION, "conversation": _ADAPTER.dump_python(conversation, mode="json")}, ensure_ascii=False
    ).encode()


def load_conversation(stored: bytes) -> Conversation:
    """The conversation that was stored.

    Raises:
        NewerConversation: a newer program wrote it.
        DamagedConversation: it is not a conversation.
    """
    try:
        envelope = json.loads(stored)
        if envelope["version"] > VERSION:
            raise NewerConversation(f"version {envelope['version']}")
        return _ADAPTER.validate_python(envelope["conversation"], strict=False)
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        # The text of the original error would hold what the citizen wrote.
        raise DamagedConversation(type(error).__name__) from None
