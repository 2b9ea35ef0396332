"""What other systems may ask of triage: how it would decide about a text. Nothing is stored."""

import asyncio
import re
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from libs.contracts.vocabulary import PlaceId

from .domain import Classifier, Decision
from .parts import RunDep

MOST_TEXTS: Final = 100
LONGEST_TEXT: Final = 50_000

_LONE_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")

router = APIRouter(prefix="/api/v1", tags=["classify"])


def without_lone_surrogates(text: object) -> object:
    """A text that can be written as UTF-8; every code point keeps its place."""
    return _LONE_SURROGATE.sub("\ufffd", text) if isinstance(text, str) else text


class TextToClassify(BaseModel):
    """A citizen's words, and what is known beside them."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    text: Annotated[str, BeforeValidator(without_lone_surrogates), Field(max_length=LONGEST_TEXT)]
    on: date | None = None
    """The day the text was written: names of places and agencies are read as of that day. Today by default."""
    place_id: Annotated[str, Field(max_length=64)] | None = None
    """The commune the sender confirmed; it wins over any the text names."""


Texts = Annotated[list[TextToClassify], Field(min_length=1, max_length=MOST_TEXTS)]


@router.post("/classify")
async def classify(asked: TextToClassify | Texts, run: RunDep) -> Decision | list[Decision]:
    """Decide about one text, or about several in the order given: everything decided, with its reasons."""
    parts = run.parts
    today = run.clock.now().astimezone(parts.zone).date()
    texts = asked if isinstance(asked, list) else [asked]
    # In threads: a hundred long texts must not keep this process from hearing events.
    decided = [await asyncio.to_thread(_decide, parts.classifier, one, today) for one in texts]
    return decided if isinstance(asked, list) else decided[0]


def _decide(classifier: Classifier, asked: TextToClassify, today: date) -> Decision:
    return classifier.decide(asked.text, asked.on or today, PlaceId(asked.place_id) if asked.place_id else None)
