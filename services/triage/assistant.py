"""A second opinion on decisions that went on alone with little margin. Off unless an endpoint is set.

A handler only keeps the question. The job asks outside of any transaction, and what comes of it is written and said
in one. While the assistant is away, wrong or slow every decision stands as it was.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from libs.contracts.vocabulary import FeedbackId
from libs.runtime.ids import uuid7
from libs.runtime.log import get_logger
from libs.runtime.run import Run
from libs.runtime.tx import Tx

from .clients import Answered, AskOutcome, AssistantClient, NoAnswerInTime, NotReached, Refused
from .domain import Decision
from .domain.advice import Advice, Doubt, Outcome, Sent, advice_in, doubt_of, is_worth_asking, sent_of
from .parts import TriageParts
from .store import KeptFeedback, Question, QuestionStore, Recorded, TriageStore
from .telling import tell

log = get_logger()

JOB: Final = "ask_assistant"
_MOST_TRIES: Final = 2
_PAUSE: Final = timedelta(minutes=1)
_IN_TIME: Final = timedelta(hours=1)
"""Later the case has long been in somebody's hands."""
_TO_RECORD: Final = timedelta(seconds=30)
"""What a lease has left when the call's time is over."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question in hand, with the words it is put with."""

    question: Question
    lease_id: UUID
    sent: Sent


def ask(event_id: UUID, feedback_id: FeedbackId, decision: Decision, kept: KeptFeedback, tx: Tx[TriageParts]) -> None:
    """Keep a question about a decision that is worth asking about, if there is anybody to ask."""
    if tx.parts.assistant is None or not is_worth_asking(decision, tx.parts.settings.assistant_below):
        return
    if not any(text.strip() for text in kept.texts):
        return  # a photo alone: there are no words to judge or to quote
    QuestionStore(tx.session).ask(event_id, feedback_id, len(kept.texts), tx.now)
    tx.wake(JOB)


async def ask_assistant(run: Run[TriageParts]) -> bool:
    """Put a few waiting questions to the assistant at the same time: claim, call, record."""
    client = run.parts.assistant
    if client is None:
        return False
    claimed, asked = await _claim(run)
    done = await asyncio.gather(*(_consult(run, client, one) for one in asked), return_exceptions=True)
    for failure in done:
        if isinstance(failure, BaseException):
            raise failure
    # An assistant that is not there is not asked again at once.
    return claimed == run.parts.settings.assistant_parallel and all(done)


async def _claim(run: Run[TriageParts]) -> tuple[int, Sequence[_Asked]]:
    """How many questions were taken up, and those of them that still make sense."""
    settings, lease_id = run.parts.settings, uuid7()
    lease = timedelta(seconds=settings.assistant_timeout_s) + _TO_RECORD
    asked: list[_Asked] = []
    ended: list[Outcome] = []
    async with run.begin() as tx:
        store = QuestionStore(tx.session)
        claimed = await store.claim(tx.now, lease, lease_id, settings.assistant_parallel)
        kept = await store.kept([one.feedback_id for one in claimed]) if claimed else {}
        for question in claimed:
            words = kept.get(question.feedback_id)
            if words is None or len(words.texts) != question.messages:
                outcome = Outcome.OUTDATED
            elif tx.now - question.asked_at > _IN_TIME:
                outcome = Outcome.LATE
            elif question.attempts > _MOST_TRIES:  # whoever asked was stopped each time
                outcome = Outcome.NO_ANSWER
            else:
                asked.append(_Asked(question, lease_id, sent_of("\n".join(words.texts))))
                continue
            await store.end(question, lease_id, outcome, tx.now)
            ended.append(outcome)
    _count(run, *ended)
    return len(claimed), asked


async def _consult(run: Run[TriageParts], client: AssistantClient, asked: _Asked) -> bool:
    """Ask, and record what comes of it; whether the assistant was there."""
    reply = await client.ask(asked.sent.text)
    async with run.begin() as tx:
        outcome = await _record(reply, client, asked, tx)
    if outcome is not None:
        _count(run, outcome)
    return not isinstance(reply, NotReached)


async def _record(reply: AskOutcome, client: AssistantClient, asked: _Asked, tx: Tx[TriageParts]) -> Outcome | None:
    """What came of a question; None when it will be asked again, or is no longer ours."""
    store, question = QuestionStore(tx.session), asked.question
    match reply:
        case NotReached():
            await store.put_off(question, asked.lease_id, tx.now + _PAUSE, question.attempts - 1)
            return None
        case NoAnswerInTime() if question.attempts < _MOST_TRIES:
            await store.put_off(question, asked.lease_id, tx.now + _PAUSE, question.attempts)
            return None
        case NoAnswerInTime():
            outcome = Outcome.NO_ANSWER
        case Refused(status):
            log.warning("assistant_refuses", status=status)
            outcome = Outcome.REFUSED
        case Answered(content):
            advice = advice_in(content, asked.sent)
            if isinstance(advice, Advice):
                return await _follow(advice, client, asked, tx)
            outcome = advice
    return outcome if await store.end(question, asked.lease_id, outcome, tx.now) else None


async def _follow(advice: Advice, client: AssistantClient, asked: _Asked, tx: Tx[TriageParts]) -> Outcome | None:
    """Say the decision again as the advice changes it, if it does; None when the question is no longer ours."""
    weighed = await _weighed(advice, asked.question, tx)
    if isinstance(weighed, Outcome):
        ours = await QuestionStore(tx.session).end(asked.question, asked.lease_id, weighed, tx.now)
        return weighed if ours else None
    decision, recorded = weighed
    outcome = Outcome.HELD_BACK if decision.sensitive else Outcome.DOUBTED
    if not await QuestionStore(tx.session).end(asked.question, asked.lease_id, outcome, tx.now):
        return None
    version = f"{decision.model_version}+{client.version}"
    decision = replace(decision, model_version=version)
    said = tell(asked.question.feedback_id, decision, recorded.near_duplicates, tx)
    TriageStore(tx.session).record(said.event_id, said, tx.now)
    log.info("advice_followed", feedback_id=str(said.feedback_id), outcome=outcome, model=version)
    return outcome


async def _weighed(advice: Advice, question: Question, tx: Tx[TriageParts]) -> tuple[Decision, Recorded] | Outcome:
    """What is decided with the doubt that advice raises, beside what was; or why nothing changes."""
    store = QuestionStore(tx.session)
    # Locked, as by whoever adds to the feedback: what is said here is decided on all there is of it.
    words = (await store.kept([question.feedback_id], lock=True)).get(question.feedback_id)
    recorded = await store.recorded(question.event_id)
    if words is None or words.received_at is None or recorded is None or len(words.texts) != question.messages:
        return Outcome.OUTDATED
    classifier = tx.parts.classifier
    text, on = "\n".join(words.texts), words.received_at.astimezone(tx.parts.zone).date()
    decided = classifier.decide(text, on, words.place_id)
    if decided.model_version != recorded.model_version:
        return Outcome.OUTDATED
    doubt = doubt_of(decided, advice)
    return (classifier.decide(text, on, words.place_id, doubt), recorded) if isinstance(doubt, Doubt) else doubt


def _count(run: Run[TriageParts], *outcomes: Outcome) -> None:
    for outcome in outcomes:
        run.parts.meters.advice.labels(outcome).inc()
