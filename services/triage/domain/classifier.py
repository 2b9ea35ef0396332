"""What any classifier of triage offers, whether it reads keywords or was trained."""

from datetime import date
from typing import Protocol

from libs.contracts.vocabulary import PlaceId

from .decision import Decision


class Classifier(Protocol):
    """Decides what a text is about. Built once from its rows or its model; then pure and safe to share."""

    @property
    def model_version(self) -> str:
        """Changes whenever the same text might be decided otherwise."""

    def decide(self, text: str, on: date, known_place: PlaceId | None = None) -> Decision:
        """Decide about one text written on a day, for the commune its sender confirmed, if any.

        Never raises, whatever the text: where nothing can be seen it says so.
        """
