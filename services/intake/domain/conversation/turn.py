"""One move of a conversation while it is being thought out: what changes, what is to be said, what follows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from .outcome import Effect, Reply
from .place import PLACE_CHOICE, Places
from .state import Conversation, Draft, Person, Prompt, Question, Slot, State, Timing
from .wording import Choice, Texts, choice_of


@dataclass(frozen=True, slots=True)
class Ask:
    """A message that expects an answer."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)
    question: Question | None = None
    slot: Slot | None = None
    found: tuple[Choice, ...] = ()
    """Choices found for this citizen, before the message's own."""
    without: frozenset[str] = frozenset()
    """Choices of the message that would make no sense now."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The conversation so far in this move, and what it owes. Transitions take one and give the next."""

    conversation: Conversation
    now: datetime
    texts: Texts
    places: Places
    timing: Timing
    last_prompt: Prompt | None = None
    """What stood on the citizen's screen when this move began."""
    notes: tuple[Reply, ...] = ()
    effects: tuple[Effect, ...] = ()
    ask: Ask | None = None
    """Something particular to ask; otherwise what the draft lacks."""
    owes_question: bool = False
    """The citizen did something that must be answered."""
    told_more: bool = False
    """The citizen went on telling: a question they have not answered yet is not pressed at once."""
    new_files: int = 0

    @property
    def draft(self) -> Draft:
        """The open draft.

        Raises:
            ValueError: there is none; the transition table calls what needs one only when there is.
        """
        if self.conversation.draft is None:
            raise ValueError("no draft is open")
        return self.conversation.draft

    @property
    def prompt(self) -> Prompt | None:
        """What was last asked and has not been answered."""
        return self.conversation.prompt

    @property
    def question(self) -> Question | None:
        """What a message may be the answer to."""
        asked = self.ask or self.prompt
        return asked.question if asked else None

    @property
    def slot(self) -> Slot | None:
        """Which place a commune's name would answer."""
        asked = self.ask or self.prompt
        return asked.slot if asked else None

    def now_with(self, **changes: Any) -> "Turn":
        """The conversation changed."""
        return replace(self, conversation=replace(self.conversation, **changes))

    def draft_with(self, **changes: Any) -> "Turn":
        """The draft changed."""
        return self.now_with(draft=replace(self.draft, **changes))

    def person_with(self, **changes: Any) -> "Turn":
        """The sender of the draft changed."""
        return self.draft_with(person=replace(self.draft.person, **changes))

    def touched(self) -> "Turn":
        """The citizen added something to the draft."""
        return replace(self.draft_with(touched_at=self.now), told_more=True)

    def answered(self) -> "Turn":
        """What was asked has been answered: its choices no longer count, the next question is due."""
        return replace(self.now_with(prompt=None), ask=None, owes_question=True)

    def insisting(self) -> "Turn":
        """The question stands and is put again."""
        return replace(self, owes_question=True)

    def asking(self, ask: Ask) -> "Turn":
        """Ask something particular next; what was asked before counts no longer."""
        return replace(self.now_with(prompt=None), ask=ask, owes_question=True)

    def note(self, key: str, **values: str) -> "Turn":
        """Say something that expects no answer; the same thing once only, and nothing when a value is missing."""
        reply = self.texts.reply(key, values)
        return self if reply in self.notes or not reply.text else replace(self, notes=(*self.notes, reply))

    def effect(self, effect: Effect) -> "Turn":
        """Bring something about."""
        return replace(self, effects=(*self.effects, effect))

    def back_to_idle(self) -> "Turn":
        """No draft is open any more."""
        return replace(
            self.now_with(state=State.IDLE, draft=None, prompt=None, changing=None, quiet_until=None),
            ask=None,
            owes_question=False,
            new_files=0,
        )

    def choice(self, text: str) -> Choice | None:
        """The choice of what was last asked that a reply means."""
        if self.prompt is None:
            return None
        return choice_of(self._shown(self.prompt), text)

    def _shown(self, prompt: Prompt) -> list[Choice]:
        # Numbers mean what stood on the citizen's screen, also when the messages have changed since.
        message = self.texts.messages.get(prompt.key)
        own = {choice.choice_id: choice for choice in message.choices} if message else {}
        places = [one.removeprefix(PLACE_CHOICE) for one in prompt.shown if one.startswith(PLACE_CHOICE)]
        found = {choice.choice_id: choice for choice in self.places.choices(tuple(places))}
        return [own.get(one) or found.get(one) or Choice(one, "") for one in prompt.shown]


def same_person_with(person: Person, other: Person) -> Person:
    """A person with what another source tells; what that source does not know stays."""
    return Person(
        full_name=other.full_name or person.full_name,
        phone=other.phone or person.phone,
        residence=other.residence or person.residence,
        residence_place_id=other.residence_place_id if other.residence else person.residence_place_id,
    )
