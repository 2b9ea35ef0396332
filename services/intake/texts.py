"""messages/conversation.toml made into what the conversation speaks with, checked when it is loaded."""

import re
from collections.abc import Mapping
from typing import Any, Final

from libs.launch.rows import BadRows

from .domain.conversation import Choice, Message, Texts
from .domain.conversation.choosing import CHOICES
from .domain.conversation.listening import COMMANDS
from .domain.conversation.wording import MAX_BUTTONS, MAX_REPLY, MAX_TITLE

SAID: Final = frozenset(
    {
        "greeting", "greeting_back", "help", "thanks", "unknown_kind", "not_vietnamese", "not_understood",
        "ask_content", "content_unclear", "ask_consent", "privacy_notice", "consent_refused",
        "ask_place", "location_received", "choose_commune", "choose_heir", "commune_unknown", "commune_vanished",
        "heir_noted", "place_outside_city", "place_left_open",
        "ask_name_phone", "ask_name", "ask_phone", "contact_invalid_name", "contact_invalid_phone", "ask_residence",
        "files_added", "ask_files", "too_many_files", "voice_received",
        "summary", "ask_what_to_change", "ask_new_content", "ask_publication", "changed",
        "filed", "filed_incomplete", "cancelled", "nothing_to_cancel", "reminder_unfinished",
        "supplement_or_new", "supplement_added",
        "lookup_found", "lookup_late", "lookup_list", "lookup_none", "lookup_nothing_filed", "lookup_needs_code",
        "lookup_wrong_phone", "lookup_dossier", "lookup_answered",
    }
)  # fmt: skip
"""The messages this program says. Others in the file belong to abilities it has not got yet."""

_PLACEHOLDER: Final = re.compile(r"\{\{ (\w+) \}\}")


def read_texts(content: Mapping[str, Any], *, code_prefix: str, office: str, notice_url: str = "") -> Texts:
    """The conversation's texts from the province's file.

    Buttons this program cannot act upon are left out: nobody is offered what nobody would do. Without the address of
    the notice on personal data it cannot be read, and its button goes too.

    Raises:
        BadRows: a message is missing, too long, or has a title or placeholder that cannot be.
    """
    messages = content.get("messages", {})
    missing = sorted(SAID.difference(messages))
    if missing:
        raise BadRows(f"conversation.toml lacks {', '.join(missing)}")
    placeholders = frozenset(content.get("placeholders", {}))
    able = CHOICES if notice_url else CHOICES - {"read_notice"}
    return Texts(
        messages={key: _message(key, table, placeholders, able) for key, table in messages.items()},
        commands={key: frozenset(content.get("commands", {}).get(key, {}).get("typed", ())) for key in COMMANDS},
        constants={"office": office, "link": notice_url},
        code_prefix=code_prefix,
    )


def _message(key: str, table: Mapping[str, Any], placeholders: frozenset[str], able: frozenset[str]) -> Message:
    text = table.get("text", "")
    if not isinstance(text, str) or not text.strip() or len(text) > MAX_REPLY // 2:
        raise BadRows(f"conversation.toml, {key}: no text, or one too long to leave room for values and choices")
    unknown = sorted(set(_PLACEHOLDER.findall(text)) - placeholders)
    if unknown:
        raise BadRows(f"conversation.toml, {key}: no such placeholder: {', '.join(unknown)}")
    buttons = table.get("buttons", ())
    too_long = [button["title"] for button in buttons if not 0 < len(button["title"]) <= MAX_TITLE]
    if too_long or len(buttons) > MAX_BUTTONS:
        raise BadRows(
            f"conversation.toml, {key}: more than {MAX_BUTTONS} buttons, or a title beyond {MAX_TITLE} letters"
        )
    choices = tuple(
        Choice(button["id"], button["title"], frozenset(button.get("typed", ())))
        for button in buttons
        if button["id"] in able
    )
    return Message(key, text, choices)
