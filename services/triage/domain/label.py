"""What a person decided a feedback is about: the answer a model is measured by, and learns from."""

from dataclasses import dataclass
from typing import Final

from libs.contracts.vocabulary import Disposition, Field, Kind, MatterCode, Nature

from .verdict import WITH_FIELD

DECISIONS: Final = ("disposition", "kind", "nature", "field")


@dataclass(frozen=True, slots=True)
class Label:
    """One person's decision; None where nothing was said or nothing applies."""

    disposition: Disposition
    kind: Kind | None = None
    nature: Nature | None = None
    field: Field | None = None
    matter: MatterCode | None = None

    def of(self, decision: str) -> str | None:
        """What it says of one of the four decisions that are learned."""
        said: str | None = getattr(self, decision)
        return said


def label_of(
    disposition: Disposition,
    kind: Kind | None = None,
    nature: Nature | None = None,
    field: Field | None = None,
    matter: MatterCode | None = None,
) -> Label:
    """A label without what does not apply to its disposition: kind and nature are of `in_scope` alone.

    Source: services/triage/corpus/guide.md, the table of labels.
    """
    in_scope = disposition is Disposition.IN_SCOPE
    with_field = disposition in WITH_FIELD
    return Label(
        disposition,
        kind=kind if in_scope else None,
        nature=nature if in_scope else None,
        field=field if with_field else None,
        matter=matter if with_field else None,
    )
