"""One case in one transaction: what changes, what is said, what goes into its timeline, in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from libs.contracts.events import Progressed, Refused, Resolved, Routed, RuleConsidered
from libs.contracts.vocabulary import AgencyId, CaseState, Desk, Kind, RefusalReason, RoutedReason
from libs.runtime.log import get_logger
from libs.runtime.tx import Tx

from .domain import consideration
from .domain.assignment import NeedsOffice
from .domain.calendar import local_day
from .domain.case import Case
from .domain.consideration import Found
from .domain.deadline import Clock, ReplyDeadlines, reply_clock, reply_deadlines, start
from .domain.ending import LOOK_UP, Ending
from .domain.facts import Facts
from .domain.permission import Officer
from .domain.shield import accused_on
from .domain.workflow import CLOSED_STATES
from .parts import RoutingParts
from .store import CaseStore

log = get_logger()

Told = TypeVar("Told", Routed, Progressed, Refused, Resolved)


@dataclass(frozen=True, slots=True)
class Handover:
    """A case is given to an agency: to whom, why, and under which clock."""

    found: Found
    reason: RoutedReason
    kind: Kind | None
    rules: Sequence[consideration.RuleConsidered] = ()
    is_complex: bool = False
    note: str | None = None


class CaseFile:
    """A case taken in hand. `close` writes it, one version further."""

    def __init__(self, case: Case, tx: Tx[RoutingParts], by: Officer | None = None) -> None:
        self.case = case
        self.by = by
        """The officer at work; nobody: the machine."""
        self.store = CaseStore(tx.session)
        self.now: datetime = tx.now
        """When the transaction began; every clock started in it counts from here."""
        self._tx = tx
        self.province = tx.parts.province
        self._seq = case.case_seq
        self._changes: dict[str, Any] = {}

    def change(self, **columns: Any) -> None:
        """Change columns of the case."""
        self._changes.update(columns)

    def move(self, to: CaseState) -> None:
        """Move the case to a state."""
        self.change(state=to.value, ended_at=self.now if to in CLOSED_STATES else None)

    def say(self, event: type[Told], **fields: Any) -> Told:
        """Say an event about the case, numbered in order."""
        self._seq += 1
        return self._tx.emit(event(feedback_id=self.case.feedback_id, case_seq=self._seq, **fields))

    def tell_received(self) -> None:
        """Tell that the case is here, before anything else is told of it, once."""
        if self._seq == 0:
            self.say(Progressed, state=CaseState.RECEIVED)

    def note(self, what: str, note: str | None = None, **detail: Any) -> None:
        """Add a line to the timeline."""
        self.store.note(self.case.feedback_id, self.now, what, self.by, note, **detail)

    async def route(self, handover: Handover) -> None:
        """Give the case to an agency: its clocks start now, and everybody is told who answers and by when."""
        found = handover.found
        owed = reply_deadlines(
            handover.kind, self.now, self.province.clocks, self.province.calendar, is_complex=handover.is_complex
        )
        given = _given(handover, owed)
        self.tell_received()
        self._tell_routed(handover, owed)
        self.move(CaseState.ASSIGNED)
        nobody_there = found.desk is Desk.HEAD and not await self.store.has_head(found.agency.id)
        self.change(
            **given,
            office_copy=found.office_copy,
            covering_note=found.covering_note,
            unconfirmed=not found.confirmed,
            no_head=nobody_there,
            office_reason=None,
            suggested_refusal=None,
            proposed_agency=None,
            routed_at=self.now,
            warn_at=owed.reply.warn_at,
            act_by=owed.reply.due_at,
        )
        await self.end_assignment()
        self.store.begin_assignment(
            **given,
            feedback_id=self.case.feedback_id,
            case_seq=self._seq,
            agency_name=found.agency.name,
            reason=handover.reason.value,
            by=self.by.id if self.by else None,
            note=handover.note,
            at=self.now,
        )
        self.note("routed", handover.note, agency_id=found.agency.id, case_seq=self._seq, no_head=nobody_there)
        log.info("case_routed", feedback_id=str(self.case.feedback_id), agency=found.agency.id, desk=found.desk.value)

    def _tell_routed(self, handover: Handover, owed: ReplyDeadlines) -> None:
        found = handover.found
        self.say(
            Routed,
            agency_id=AgencyId(found.agency.id),
            agency_name=found.agency.short_name,
            desk=found.desk,
            due_at=owed.reply.due_at,
            reason=handover.reason,
            matter=found.matter,
            field=self._changes.get("field", self.case.field),
            kind=handover.kind,
            rules=tuple(RuleConsidered(**rule) for rule in _rows(handover.rules)),
        )

    async def stand_at_office(self, to: CaseState, why: NeedsOffice, since: datetime | None) -> None:
        """Put the case on the Office's desk, which has to decide within its own clock; `since` None: the clock of a
        case that stands there already runs on.
        """
        directory = self.province.directory
        if since is not None:
            clock = start(self.province.clocks[Clock.CLASSIFY], since, self.province.calendar)
            self.change(warn_at=clock.warn_at, act_by=clock.due_at)
        accused = self._changes.get("accused", self.case.guard.accused)
        nobody_there = directory.office_id in accused and not await self.store.has_head(directory.office_id)
        self.move(to)
        self.change(
            agency_id=directory.office_id,
            desk=why.desk.value,
            no_head=nobody_there,
            office_reason=why.reason.value,
            suggested_refusal=why.suggested_refusal.value if why.suggested_refusal else None,
            proposed_agency=why.proposed.id if why.proposed else None,
            rules=_rows(why.rules),
            office_copy=False,
            covering_note=False,
            unconfirmed=False,
            clock=None,
            routed_at=None,
            accept_by=None,
            due_at=None,
        )
        await self.end_assignment()
        self.note("at_office" if since else "stays_at_office", reason=why.reason.value, desk=why.desk.value)
        log.info("case_at_office", feedback_id=str(self.case.feedback_id), reason=why.reason.value)

    def close_shield(self, facts: Facts) -> None:
        """Keep what the shield depends on: it only ever closes, and the accused only grow more."""
        guard = self.case.guard
        self.change(
            sensitive=facts.suspected_denunciation,
            shielded=guard.shielded or facts.shielded,
            accused=sorted(guard.accused | accused_on(facts, self.province, local_day(self.now))),
            accused_post=facts.accused_post.value,
        )

    async def refuse(self, reason: RefusalReason, explanation: str = "", note: str | None = None) -> None:
        """Close the case as not handled here, and say so to the citizen."""
        self.tell_received()
        self.say(Refused, reason=reason, explanation=explanation)
        self.change(refusal_reason=reason.value)
        self.move(CaseState.REFUSED)
        await self.end_assignment()
        self.note("refused", note, reason=reason.value)

    async def end(self, ending: Ending, explanation: str = "") -> None:
        """Close the case as one no agency looks into."""
        if ending.refusal is not None:
            await self.refuse(ending.refusal, explanation)
            return
        self.tell_received()
        self.say(Progressed, state=CaseState.CLOSED, reason=LOOK_UP)
        self.move(CaseState.CLOSED)
        await self.end_assignment()
        self.note("look_up_answered")

    async def sender_was_answered_alone(self, within: timedelta) -> bool:
        """Whether the machine ended a case of the same sender lately, this one or another."""
        return await self.store.sender_was_answered_alone(self.case.feedback_id, self.now - within)

    async def end_alone(self, ending: Ending, rules: Sequence[consideration.RuleConsidered]) -> None:
        """End the case without a person; the citizen reads that it was so, and how a person is reached."""
        self.change(ended_alone_at=self.now, rules=_rows(rules))
        await self.end(ending, self._tx.parts.words.answered_by_machine)
        log.info("case_ended_alone", feedback_id=str(self.case.feedback_id), refusal=ending.refusal)

    async def end_assignment(self) -> None:
        """Note that the present agency no longer has the case, if one ever had it."""
        if self.case.case_seq:  # whoever was given the case, that was told, and what is told is numbered
            await self.store.end_assignment(self.case.feedback_id, self.now)

    async def close(self) -> None:
        """Write what changed, one version further.

        Raises:
            StaleWrite: somebody else changed the case in between.
        """
        await self.store.save(self.case, {**self._changes, "case_seq": self._seq})


def _given(handover: Handover, owed: ReplyDeadlines) -> dict[str, Any]:
    """What case and assignment both keep of a handover."""
    found = handover.found
    return {
        "agency_id": found.agency.id,
        "desk": found.desk.value,
        "matter": found.matter,
        "kind": handover.kind.value if handover.kind else None,
        "clock": reply_clock(handover.kind, is_complex=handover.is_complex).value,
        "rules": _rows(handover.rules),
        "accept_by": owed.accept.due_at,
        "due_at": owed.reply.due_at,
    }


def _rows(rules: Sequence[consideration.RuleConsidered]) -> list[dict[str, Any]]:
    return [{"rule": one.rule.value, "held": one.held, "because": one.because} for one in rules]
