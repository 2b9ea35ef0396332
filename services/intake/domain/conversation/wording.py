"""The words of the conversation: a message of the province's file, its choices, and how both become a reply."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ..reading import chosen_number, plain, tidy, without_courtesy
from .outcome import Reply, ReplyButton

MAX_REPLY: Final = 2_000
"""Units: code points of composed text. Source: Zalo's limit for a consultation message (zalo.md 3.1)."""
MAX_TITLE: Final = 25
MAX_BUTTONS: Final = 5

_PLACEHOLDER: Final = re.compile(r"\{\{ (\w+) \}\}")


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer on offer: what it means, how it is titled, and the words that say the same."""

    choice_id: str
    title: str
    typed: frozenset[str] = frozenset()

    def is_meant_by(self, reply: str) -> bool:
        """Whether a whole folded reply is this choice."""
        return reply == plain(self.title) or reply in self.typed


@dataclass(frozen=True, slots=True)
class Message:
    """One message of conversation.toml."""

    key: str
    text: str
    choices: tuple[Choice, ...] = ()

    def with_choices(self, found: Iterable[Choice] = (), without: Collection[str] = ()) -> tuple[Choice, ...]:
        """The choices as they are shown: those found for this citizen first, then the message's own."""
        own = tuple(choice for choice in self.choices if choice.choice_id not in without)
        room = MAX_BUTTONS - len(own)
        return (*tuple(found)[:room], *own)


@dataclass(frozen=True, slots=True)
class Texts:
    """All messages and commands of a province, and what never changes within them."""

    messages: Mapping[str, Message]
    commands: Mapping[str, frozenset[str]]
    constants: Mapping[str, str] = field(default_factory=dict)
    """Values every message may use: the office's name, the address of the privacy notice."""
    code_prefix: str = ""

    def message(self, key: str) -> Message:
        """The message of that key.

        Raises:
            KeyError: there is none; the loader checks that all the engine says are there.
        """
        return self.messages[key]

    def is_command(self, command: str, text: str) -> bool:
        """Whether a whole reply is this command."""
        reply = plain(text)
        words = self.commands.get(command, frozenset())
        return reply in words or without_courtesy(reply) in words

    def words_for(self, choice_id: str) -> frozenset[str]:
        """Every folded word that means a choice, in whichever message it is offered."""
        choices = [one for message in self.messages.values() for one in message.choices if one.choice_id == choice_id]
        return frozenset(word for choice in choices for word in (plain(choice.title), *choice.typed))

    def reply(self, key: str, values: Mapping[str, str], choices: Iterable[Choice] = ()) -> Reply:
        """A message with its values filled in and its choices listed below."""
        shown = tuple(choices)
        options = "".join(f"\n{number}. {choice.title}" for number, choice in enumerate(shown, start=1))
        text = filled(self.message(key).text, {**self.constants, **values})
        room = MAX_REPLY - len(options)
        if len(text) > room:
            text = text[: room - 1].rstrip() + "…"
        return Reply(text + options, tuple(ReplyButton(choice.title) for choice in shown))


def filled(template: str, values: Mapping[str, str]) -> str:
    """A template with its values in place, a line with an empty value left out. Values are inserted as they are."""
    lines = []
    for line in template.strip("\n").split("\n"):
        names = _PLACEHOLDER.findall(line)
        if all(values.get(name) for name in names):
            lines.append(_PLACEHOLDER.sub(lambda match: tidy(values[match[1]]), line))
    return unicodedata.normalize("NFC", "\n".join(lines))


def choice_of(choices: Iterable[Choice], text: str) -> Choice | None:
    """The choice a reply means: by its number, its title or a word for it, politeness aside."""
    shown = tuple(choices)
    number = chosen_number(text)
    if number is not None and number[0] <= len(shown):
        chosen = shown[number[0] - 1]
        if not number[1] or chosen.is_meant_by(number[1]):
            return chosen
    reply = plain(text)
    for said in (reply, without_courtesy(reply)):
        for choice in shown:
            if choice.is_meant_by(said):
                return choice
    return None


def shortened(text: str, limit: int) -> str:
    """A text cut at a word, with "…" when something was left out.

    Units: code points.
    """
    text = tidy(text)
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ", limit // 2)
    return (cut[:space] if space > 0 else cut).rstrip(" ,;:.-\n") + "…"
