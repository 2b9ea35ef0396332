"""Fingerprints of texts, and the feedbacks whose texts share a part of one."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Final, NamedTuple, Self

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Integer,
    RowMapping,
    Uuid,
    any_,
    bindparam,
    column,
    delete,
    func,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import FeedbackId, Field
from libs.runtime.db import append

from ..domain.likeness import MOST_COMPARED, Comparable, topics_of
from ..tables import classifications, feedbacks, fingerprints, supplements

MOST_OF_A_BAND: Final = 25
"""The newest that are looked at of those who share a band: of a chain letter there are thousands."""
_SHELF: Final = "fingerprints"

Bands = tuple[int, ...]


class Sought(NamedTuple):
    """A text near duplicates are sought of: whose it is, and what it is found by."""

    feedback_id: FeedbackId
    text: str
    bands: Bands


class Candidate(NamedTuple):
    """A feedback worth comparing, and how many bands it shares."""

    shared: int
    comparable: Comparable


@dataclass(slots=True)
class _Shelf:
    """What one transaction has read ahead, and the fingerprints it is about to write."""

    ahead: dict[Sought, list[Candidate]] = field(default_factory=dict)
    bands: dict[tuple[FeedbackId, str], Bands] = field(default_factory=dict)
    kept: dict[FeedbackId, Comparable] = field(default_factory=dict)
    by_band: dict[int, set[FeedbackId]] = field(default_factory=dict)

    @classmethod
    def of(cls, session: AsyncSession) -> Self:
        shelf: Self = session.info.setdefault(_SHELF, cls())
        return shelf


# Built once: these run for every event, and building a statement costs more than sending it.
_SOUGHT: Final = (
    func.unnest(bindparam("places", type_=ARRAY(Integer)), bindparam("bands", type_=ARRAY(BigInteger)))
    .table_valued(column("place", Integer), column("band", BigInteger), name="sought")
    .render_derived()
)
_NEWEST: Final = (
    select(fingerprints.c.feedback_id, fingerprints.c.received_at)
    .where(fingerprints.c.band == _SOUGHT.c.band, fingerprints.c.received_at >= bindparam("since"))
    .order_by(fingerprints.c.received_at.desc())
    .limit(MOST_OF_A_BAND)
    .lateral("newest")
)
_SHARING: Final = (
    select(
        _SOUGHT.c.place,
        _NEWEST.c.feedback_id,
        func.max(_NEWEST.c.received_at).label("received_at"),
        func.count().label("shared"),
    )
    .select_from(_SOUGHT.join(_NEWEST, true()))
    .group_by(_SOUGHT.c.place, _NEWEST.c.feedback_id)
    .subquery("sharing")
)
_BEST: Final = select(
    _SHARING,
    func.row_number()
    .over(
        partition_by=_SHARING.c.place,
        order_by=(_SHARING.c.shared.desc(), _SHARING.c.received_at.desc(), _SHARING.c.feedback_id.desc()),
    )
    .label("rank"),
).subquery("best")
_ADDED: Final = (
    select(supplements.c.text)
    .where(supplements.c.feedback_id == _BEST.c.feedback_id)
    .order_by(supplements.c.said_at, supplements.c.event_id)
    .scalar_subquery()
)
_CANDIDATES: Final = (
    select(
        _BEST.c.place,
        _BEST.c.feedback_id,
        _BEST.c.received_at,
        _BEST.c.shared,
        feedbacks.c.text,
        func.array(_ADDED, type_=ARRAY(feedbacks.c.text.type)).label("added"),
    )
    .join(feedbacks, feedbacks.c.feedback_id == _BEST.c.feedback_id)
    .where(_BEST.c.rank <= MOST_COMPARED + 1)  # one of them may be whoever asks
)
_DECIDED: Final = (
    select(
        classifications.c.feedback_id,
        classifications.c.decision["field"].astext.label("field"),
        classifications.c.decision["reasons"].label("reasons"),
    )
    .where(classifications.c.feedback_id == any_(bindparam("those", type_=ARRAY(Uuid))))
    .order_by(classifications.c.decided_at)
)
_KEEP: Final = (
    upsert(fingerprints)
    .from_select(
        ["band", "received_at", "feedback_id"],
        select(
            func.unnest(bindparam("bands", type_=ARRAY(BigInteger))),
            bindparam("at", type_=DateTime(timezone=True)),
            bindparam("whose", type_=Uuid),
        ),
    )
    .on_conflict_do_nothing()
)


class FingerprintStore:
    """Who wrote nearly the same, found by what texts share of their bands; nothing is ever merged."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._shelf = _Shelf.of(session)

    async def look_ahead(self, sought: Sequence[Sought], since: datetime) -> None:
        """Read for many texts at once what `candidates` will be asked."""
        self._shelf.bands.update(((one.feedback_id, one.text), one.bands) for one in sought)
        self._shelf.ahead.update(await self._read([one for one in sought if one.bands], since))

    def bands_ahead(self, feedback_id: FeedbackId, text: str) -> Bands | None:
        """The bands of a text that was looked for ahead; None when it was not."""
        return self._shelf.bands.get((feedback_id, text))

    async def candidates(self, sought: Sought, since: datetime) -> list[Comparable]:
        """The feedbacks since a moment that share most bands with a text, those of this transaction too."""
        if sought not in self._shelf.ahead:
            self._shelf.ahead.update(await self._read([sought], since))
        found = {one.comparable.feedback_id: one for one in self._ours(sought)}
        for one in self._shelf.ahead[sought]:
            # What this transaction says of a feedback is newer than what was read; old bands still lead to it.
            feedback_id = one.comparable.feedback_id
            found.setdefault(feedback_id, Candidate(one.shared, self._shelf.kept.get(feedback_id, one.comparable)))
        return [one.comparable for one in sorted(found.values(), key=_rank, reverse=True)[:MOST_COMPARED]]

    def keep(self, whose: Comparable, bands: Bands) -> None:
        """Keep by what a text is found; whatever the feedback was found by before still leads to it."""
        self._shelf.kept[whose.feedback_id] = whose
        for band in bands:
            self._shelf.by_band.setdefault(band, set()).add(whose.feedback_id)
        append(self._session, _KEEP, {"bands": bands, "at": whose.received_at, "whose": whose.feedback_id})

    async def forget(self, until: datetime, limit: int) -> int:
        """Delete fingerprints of feedbacks received until a moment; how many there were."""
        key = tuple(fingerprints.primary_key)
        old = select(*key).where(fingerprints.c.received_at <= until).limit(limit)
        deleted = await self._session.execute(delete(fingerprints).where(tuple_(*key).in_(old)).returning(key[0]))
        return len(deleted.all())

    def _ours(self, sought: Sought) -> list[Candidate]:
        by_band = self._shelf.by_band
        shared = Counter(chain.from_iterable(by_band[band] for band in sought.bands if band in by_band))
        shared.pop(sought.feedback_id, None)
        return [Candidate(count, self._shelf.kept[one]) for one, count in shared.items()]

    async def _read(self, sought: Sequence[Sought], since: datetime) -> dict[Sought, list[Candidate]]:
        """The feedbacks that share most bands with each; those who say the very same are asked for once."""
        places = {bands: place for place, bands in enumerate({one.bands: None for one in sought})}
        if not places:
            return {}
        asked = {
            "places": [place for bands, place in places.items() for _ in bands],
            "bands": [band for bands in places for band in bands],
            "since": since,
        }
        found: list[list[RowMapping]] = [[] for _ in places]
        for row in (await self._session.execute(_CANDIDATES, asked)).mappings():
            found[row["place"]].append(row)
        texts = {row["feedback_id"]: _text_of(row) for rows in found for row in rows}
        others = {
            row["feedback_id"]
            for one in sought
            for row in found[places[one.bands]]
            if texts[row["feedback_id"]] != one.text
        }
        decided = await self._decided(others)
        # One object for each, whoever asks: a text is cut into words once.
        known = {
            row["feedback_id"]: _comparable(row, texts[row["feedback_id"]], decided.get(row["feedback_id"]))
            for rows in found
            for row in rows
        }
        return {
            one: [
                Candidate(row["shared"], known[row["feedback_id"]])
                for row in found[places[one.bands]]
                if row["feedback_id"] != one.feedback_id and texts[row["feedback_id"]]
            ]
            for one in sought
        }

    async def _decided(self, feedback_ids: Collection[FeedbackId]) -> dict[FeedbackId, RowMapping]:
        """What was decided last about feedbacks; it need not be known of those who say the very same."""
        if not feedback_ids:
            return {}
        rows = await self._session.execute(_DECIDED, {"those": sorted(feedback_ids)})
        return {row["feedback_id"]: row for row in rows.mappings()}


def _text_of(row: RowMapping) -> str:
    return "\n".join(row["added"] if row["text"] is None else [row["text"], *row["added"]])


def _comparable(row: RowMapping, text: str, decided: RowMapping | None) -> Comparable:
    if decided is None:
        return Comparable(row["feedback_id"], row["received_at"], text)
    quoted = ((reason["decision"], reason["start"], reason["end"]) for reason in decided["reasons"])
    field = Field(decided["field"]) if decided["field"] else None
    return Comparable(row["feedback_id"], row["received_at"], text, field, topics_of(text, quoted))


def _rank(one: Candidate) -> tuple[int, datetime, FeedbackId]:
    return one.shared, one.comparable.received_at, one.comparable.feedback_id
