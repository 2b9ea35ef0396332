"""Ratings of template messages, as they are posted and as they are listed."""

import json
from dataclasses import dataclass

from simulators.zalo_oa.database import Database
from simulators.zalo_oa.event import Wire


@dataclass(frozen=True, slots=True)
class Rating:
    """One citizen's one to five on one template message."""

    message_id: str
    tracking_id: str  # empty when the message was sent by user id
    template_id: str
    rate: int
    note: str
    feedbacks: tuple[str, ...]
    submitted_at: int

    def as_event(self) -> Wire:
        """The ``message`` of ``user_feedback``."""
        part: Wire = {
            "rating_type": "csat",
            "option": "five_emotions",
            "note": self.note,
            "rate": self.rate,
            "submit_time": str(self.submitted_at),
            "msg_id": self.message_id,
            "feedbacks": list(self.feedbacks),
        }
        if self.tracking_id:
            part["tracking_id"] = self.tracking_id
        return part

    def as_listed(self) -> Wire:
        """One row of ``/rating/get``, which spells the same facts differently."""
        return {
            "rating_type": "csat",
            "option": "five_emotions",
            "note": self.note,
            "rate": self.rate,
            "submitDate": str(self.submitted_at),
            "msgId": self.message_id,
            "feedbacks": list(self.feedbacks),
            "trackingId": self.tracking_id,
        }


class Ratings:
    """Keeps what citizens rated."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, rating: Rating) -> None:
        """Keep one rating."""
        with self._database.transaction():
            self._database.execute(
                "INSERT INTO ratings (message_id, tracking_id, template_id, rate, note, feedbacks, submitted_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                rating.message_id,
                rating.tracking_id,
                rating.template_id,
                rating.rate,
                rating.note,
                json.dumps(rating.feedbacks, ensure_ascii=False),
                rating.submitted_at,
            )

    def of_template(self, template_id: str, from_ms: int, to_ms: int) -> list[Rating]:
        """The ratings of one template between two instants, oldest first."""
        rows = self._database.execute(
            "SELECT * FROM ratings WHERE template_id = ? AND submitted_at BETWEEN ? AND ? ORDER BY id",
            template_id,
            from_ms,
            to_ms,
        )
        return [
            Rating(
                row["message_id"],
                row["tracking_id"],
                row["template_id"],
                row["rate"],
                row["note"],
                tuple(json.loads(row["feedbacks"])),
                row["submitted_at"],
            )
            for row in rows
        ]
