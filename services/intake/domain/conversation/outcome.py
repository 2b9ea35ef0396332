"""What a step of the conversation brings about. The worker carries it out in one transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from .state import Conversation, Draft, FileRef


@dataclass(frozen=True, slots=True)
class ReplyButton:
    """A button under a reply; pressing it sends its title as if it were typed."""

    title: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to the citizen. The choices stand in the text too, numbered."""

    text: str
    buttons: tuple[ReplyButton, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """The draft becomes a feedback: give it a code and say so (`told_filed`)."""

    draft: Draft
    incomplete: bool
    """The citizen never finished it: the Office's desk."""


@dataclass(frozen=True, slots=True)
class Supplement:
    """The citizen added something to a feedback already filed."""

    feedback_id: UUID
    text: str = ""
    files: tuple[FileRef, ...] = ()


@dataclass(frozen=True, slots=True)
class LookUp:
    """Answer with the state of a case, or of all cases of this citizen when no code was given."""

    code: str | None = None
    last_digits: str = ""
    """The end of the telephone number, typed beside the code of a case sent from another account."""


Effect: TypeAlias = File | Supplement | LookUp


@dataclass(frozen=True, slots=True)
class Step:
    """One move of a conversation."""

    conversation: Conversation
    replies: tuple[Reply, ...] = ()
    effects: tuple[Effect, ...] = ()
    wake_at: datetime | None = None
    """When to come back with `TimerFired` if nothing else happens before."""
