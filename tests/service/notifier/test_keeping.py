"""What rests is sealed, what cannot be said or opened is seen, what is old is removed."""

from dataclasses import replace
from datetime import timedelta

from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import func, select

from libs.contracts.vocabulary import CaseState, ReceiptStatus
from libs.seal import Sealer
from services.notifier.jobs import forget, measure_queue
from services.notifier.tables import cases, deliveries, early_receipts, messages, recipients
from tests.service.notifier.scene import Scene

ANSWER = "Giấy khai sinh số 12 đã được cấp."


async def rows(scene: Scene) -> dict[str, int]:
    """How many rows each table has."""
    async with scene.run.begin() as tx:
        return {
            table.name: int(await tx.session.scalar(select(func.count()).select_from(table)) or 0)
            for table in (messages, deliveries, early_receipts, cases, recipients)
        }


async def test_words_rest_sealed_before_and_after_they_are_put_together(at_work: Scene) -> None:
    await at_work.hears(at_work.resolved(5, ANSWER))
    (waiting,) = await at_work.stored()
    assert waiting.facts is not None
    assert ANSWER.encode() not in waiting.facts
    await at_work.knows_case()
    (ready,) = await at_work.stored()
    assert ready.facts is None
    assert ready.body is not None
    assert ANSWER.encode() not in ready.body
    assert ANSWER.encode() in at_work.run.parts.sealer.open_bytes(ready.body)


async def test_a_notice_that_cannot_be_said_is_seen_as_failed_and_holds_up_nobody(known: Scene) -> None:
    await known.hears(known.progressed(3, CaseState.EXTENDED), known.resolved(5))
    await known.sends()
    assert len(known.zalo.texts()) == 1
    assert ("extended", "failed", "wording:extended") in await known.outcomes()


async def test_a_reply_without_words_is_seen_as_failed(known: Scene) -> None:
    await known.hears(known.reply(1, "  "), known.reply(2, "Xin chào."))
    await known.sends()
    assert known.zalo.texts() == ["Xin chào."]
    assert ("reply", "failed", "wording:reply") in await known.outcomes()


async def test_while_a_key_is_missing_a_message_is_held_and_goes_out_when_it_is_back(known: Scene) -> None:
    await known.hears(known.reply(1, "Xin chào."))
    parts = known.run.parts
    known.run._parts = replace(parts, sealer=Sealer([SecretStr(Fernet.generate_key().decode())]))
    await known.sends()
    assert await known.outcomes() == [("reply", "held", "cannot_open")]
    known.run._parts = parts
    await known.passes(minutes=16)
    assert known.zalo.texts() == ["Xin chào."]


async def test_messages_go_after_a_year_and_people_nobody_writes_to_after_two(known: Scene) -> None:
    await known.hears(known.routed(2), known.reply(1, "Xin chào."))
    await known.sends()
    await known.receives()
    assert await forget(known.run) is False
    assert (await rows(known))["messages"] == 2
    known.clock.advance(timedelta(days=366))
    await forget(known.run)
    left = await rows(known)
    assert (left["messages"], left["deliveries"], left["recipients"], left["cases"]) == (0, 0, 1, 1)
    known.clock.advance(timedelta(days=366))
    await forget(known.run)
    assert set((await rows(known)).values()) == {0}


async def test_receipts_nobody_asked_for_are_kept_two_days(known: Scene) -> None:
    await known.hears(known.reply(1, "Xin chào."))
    await known.sends()
    (echo, *_) = await known.zalo.receipts(known.sender)
    await known.hears(echo.model_copy(update={"message_ref": "khong-ai-biet", "status": ReceiptStatus.DELIVERED}))
    assert (await rows(known))["early_receipts"] == 1
    known.clock.advance(timedelta(days=2, minutes=1))
    await forget(known.run)
    assert (await rows(known))["early_receipts"] == 0


async def test_the_age_of_the_oldest_message_is_what_is_measured(known: Scene) -> None:
    await known.hears(known.routed(2))
    known.clock.advance(timedelta(minutes=7))
    await measure_queue(known.run)
    sample = known.run.metrics.registry.get_sample_value
    assert sample("notifier_oldest_due_age_seconds") == 420
    assert sample("notifier_messages", {"state": "ready"}) == 1
