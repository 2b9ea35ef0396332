"""What a conversation remembers between two messages. Every value is frozen; the engine makes new ones."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from libs.contracts.vocabulary import FileKind, PlaceId, Visibility

from ..gist import Gist, gist_of
from ..reading import Part


class State(StrEnum):
    """Where a conversation stands: the rows of the transition table."""

    IDLE = "idle"
    GATHERING = "gathering"
    """A draft is open and something is still missing."""
    CONFIRMING = "confirming"
    """The summary was shown; a decision is awaited."""
    CHANGING = "changing"
    """A part of the summary is being changed."""
    SILENT = "silent"
    """A person of the office is writing: the bot listens and says nothing. Lies over one of the others."""


class Question(StrEnum):
    """What may have to be asked before a draft can be shown for confirmation, in this order."""

    JOIN = "join"
    """Does it belong to the case just filed?"""
    CONTENT = "content"
    CONSENT = "consent"
    PLACE = "place"
    CONTACT = "contact"
    RESIDENCE = "residence"


class Slot(StrEnum):
    """Which place an answer with a commune fills."""

    PLACE = "place"
    RESIDENCE = "residence"


@dataclass(frozen=True, slots=True)
class Timing:
    """Every duration and limit of a conversation; the service's settings fill it."""

    quiet: timedelta = timedelta(seconds=1.5)
    """How long no further photo must come before an album is answered."""
    order_slack: timedelta = timedelta(seconds=2)
    """Two messages of one moment may come in either order: only what is older counts as late."""
    ask_again_after: timedelta = timedelta(minutes=1)
    """A question is not repeated sooner while somebody is still telling."""
    ask_at_most: int = 4
    """How often one question is put in a row; then it waits for the reminder."""
    courtesies_at_most: int = 3
    """Replies to small talk within `courtesies_within`: two machines must not greet each other for ever."""
    courtesies_within: timedelta = timedelta(hours=1)
    silent_for: timedelta = timedelta(hours=12)
    remind_after: timedelta = timedelta(hours=20)
    incomplete_after: timedelta = timedelta(hours=72)
    join_within: timedelta = timedelta(hours=24)
    """How long after filing a further message is taken as possibly belonging to the same case."""
    files_at_most: int = 5
    long_text: int = 5_000
    """Units: characters. Longer texts are kept whole."""


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file the citizen sent; its bytes are fetched elsewhere, in their own time."""

    file_id: UUID
    kind: FileKind
    name: str = ""


@dataclass(frozen=True, slots=True)
class Location:
    """A point on the map, for officers to see."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Person:
    """Who sends: what is needed to accept a feedback."""

    full_name: str = ""
    phone: str = ""
    """`84…`, digits only."""
    residence: str = ""
    """Where they live, in their own words."""
    residence_place_id: PlaceId | None = None

    @property
    def is_complete(self) -> bool:
        """Whether nothing more has to be asked. Source: domain rules 2.3."""
        return bool(self.full_name and self.phone and self.residence)


@dataclass(frozen=True, slots=True)
class Several:
    """Several communes of today may be meant: the citizen chooses."""

    place_ids: tuple[PlaceId, ...]
    named: str
    """What they called it."""
    was_split: bool
    """The name is clear; the old commune has several heirs."""
    vanished: bool = False
    """The name was already gone in 2025; its heirs are only known by district."""


@dataclass(frozen=True, slots=True)
class Consent:
    """The answer to the notice on personal data, with what was asked and said: it is kept as proof."""

    asked_at: datetime
    given_at: datetime | None = None
    words: str = ""
    """What the citizen answered."""
    refused: bool = False


@dataclass(frozen=True, slots=True)
class FiledCase:
    """A feedback of this citizen that has its code."""

    feedback_id: UUID
    filed_at: datetime
    code: str = ""
    """Empty only between the engine's step and the allocation of the code in the same transaction."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A feedback being told. Its id becomes the feedback's: a draft can be filed once only."""

    draft_id: UUID
    begun_at: datetime
    touched_at: datetime
    """When the citizen last added something."""
    texts: tuple[str, ...] = ()
    files: tuple[FileRef, ...] = ()
    location: Location | None = None
    place_id: PlaceId | None = None
    place_doubt: Several | None = None
    """Named in the story, but more than one commune may be meant."""
    place_left_open: bool = False
    """The citizen does not know, or it concerns the whole city: officers will say."""
    place_attempts: int = 0
    person: Person = field(default_factory=Person)
    short_name_refused: bool = False
    """A one-word name was given and asked about once."""
    residence_attempts: int = 0
    residence_words: str = ""
    """Where they said they live, while the commune is still being asked about."""
    consent: Consent | None = None
    visibility: Visibility = Visibility.PRIVATE
    may_join: FiledCase | None = None
    content_asked: int = 0
    reminded_at: datetime | None = None

    @property
    def text(self) -> str:
        """The matter in the citizen's own words, several messages joined by a line break."""
        return "\n".join(self.texts)

    @property
    def has_substance(self) -> bool:
        """Whether there is something an officer could act upon."""
        return bool(self.files) or gist_of(self.text) is Gist.MATTER

    @property
    def is_agreed(self) -> bool:
        """Whether the citizen has consented to the use of contact details."""
        return self.consent is not None and self.consent.given_at is not None

    @property
    def is_refused(self) -> bool:
        """Whether the citizen declined: the draft rests, nothing is asked and nothing is filed."""
        return self.consent is not None and self.consent.refused


@dataclass(frozen=True, slots=True)
class Prompt:
    """What was last asked, with the choices as they were numbered on the citizen's screen."""

    key: str
    """The message of conversation.toml."""
    shown: tuple[str, ...]
    asked_at: datetime
    question: Question | None = None
    slot: Slot | None = None
    times: int = 1


@dataclass(frozen=True, slots=True)
class Courtesies:
    """Replies to small talk since an hour began."""

    since: datetime
    count: int


MOST_CASES_REMEMBERED: Final = 50


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that is remembered of one citizen's conversation, and nothing that is not needed for the next message."""

    state: State = State.IDLE
    draft: Draft | None = None
    prompt: Prompt | None = None
    changing: Part | None = None
    known: Person = field(default_factory=Person)
    """Contacts of an earlier feedback, offered in the next summary."""
    filed: tuple[FiledCase, ...] = ()
    silent_until: datetime | None = None
    quiet_until: datetime | None = None
    """An album may still be coming; the reply waits."""
    heard_at: datetime | None = None
    """The latest time the channel gave for a message of this citizen."""
    courtesies: Courtesies | None = None

    def standing(self, now: datetime) -> State:
        """The row of the transition table that applies now."""
        return State.SILENT if self.silent_until is not None and now < self.silent_until else self.state

    def with_case(self, case: FiledCase) -> "Conversation":
        """Remember a filed case, the oldest of many being forgotten."""
        others = tuple(one for one in self.filed if one.feedback_id != case.feedback_id)
        return replace(self, filed=(*others, case)[-MOST_CASES_REMEMBERED:])

    def latest_case(self, now: datetime, within: timedelta) -> FiledCase | None:
        """The case filed last, when that was not long ago."""
        return self.filed[-1] if self.filed and now - self.filed[-1].filed_at <= within else None
