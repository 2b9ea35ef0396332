"""Zalo refuses, is silent, loses its answer, or is not there: nobody is told twice, nobody is forgotten."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from libs.contracts.vocabulary import CaseState
from libs.web import outbound
from libs.web.health import examine
from services.notifier.domain.attempt import SendOutcome
from services.notifier.domain.message import MessageState
from services.notifier.jobs import measure_queue
from services.notifier.parts import CHANNEL
from services.notifier.sending import take_next
from services.notifier.store.recipient import RecipientStore
from simulators.zalo_oa import message_api
from simulators.zalo_oa.refusal import Refusal
from tests.service.notifier.scene import HOA, Scene, scene
from tests.support.service import Runs


@pytest.fixture(autouse=True)
def _a_circuit_that_closes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    # The circuit counts real seconds; the scene's clock moves by hand.
    monkeypatch.setattr(outbound, "BREAK_FOR_S", 0.0)


@pytest.mark.parametrize("fault", ["api_500", "api_429", "api_rate_limited"])
async def test_a_refusal_that_says_later_is_tried_again_with_growing_waits(known: Scene, fault: str) -> None:
    known.zalo.suffers(**{fault: True})
    await known.hears(known.routed(2))
    await known.sends()
    assert known.zalo.texts() == []
    for _ in range(4):
        await known.passes(seconds=60)
    assert (await known.stored())[0].tries < 6
    known.zalo.suffers(**{fault: False})
    await known.passes(minutes=5)
    assert len(known.zalo.texts()) == 1
    assert [outcome for _, outcome, _ in await known.outcomes()] == ["sent"]


async def test_a_reply_answered_with_an_echo_after_all_is_not_said_again(known: Scene) -> None:
    known.zalo.suffers(api_answer_lost=1)
    await known.hears(known.routed(2))
    await known.sends()
    assert [outcome for _, outcome, _ in await known.outcomes()] == ["uncertain"]
    await known.receives()
    await known.passes(minutes=10)
    assert len(known.zalo.texts()) == 1
    assert await known.outcomes() == [
        ("routed", "uncertain", "net:no_answer"),
        ("routed", "sent", None),
        ("routed", "delivered", None),
    ]


async def test_an_echo_that_came_before_the_loss_was_noticed_counts_too(
    known: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    known.zalo.suffers(api_answer_lost=1)
    await known.hears(known.routed(2))
    zalo = known.run.parts.zalo
    original = zalo.send_text

    async def echo_first(*arguments: Any) -> SendOutcome:
        outcome = await original(*arguments)
        await known.receives()
        return outcome

    monkeypatch.setattr(zalo, "send_text", echo_first)
    await known.sends()
    await known.passes(minutes=10)
    assert len(known.zalo.texts()) == 1
    assert (await known.outcomes())[-1] == ("routed", "delivered", None)


async def test_without_an_echo_one_more_copy_is_risked_and_recorded_as_such(known: Scene) -> None:
    known.zalo.suffers(api_answer_lost=1, echo=False, received=False, seen=False)
    await known.hears(known.routed(2))
    await known.sends()
    await known.passes(seconds=59)
    assert len(known.zalo.texts()) == 1
    await known.passes(seconds=2)
    await known.passes(hours=1)
    assert len(known.zalo.texts()) == 2
    assert await known.outcomes() == [
        ("routed", "uncertain", "net:no_answer"),
        ("routed", "sent", "possible_duplicate"),
    ]


async def test_after_two_lost_answers_a_third_copy_is_never_sent(known: Scene) -> None:
    known.zalo.suffers(api_answer_lost=True, echo=False, received=False, seen=False)
    await known.hears(known.routed(2))
    await known.sends()
    known.run.parts.line.silent = False  # else Zalo is asked first whether it is there
    for _ in range(5):
        await known.passes(minutes=20)
        known.run.parts.line.silent = False
    assert len(known.zalo.texts()) == 2
    assert (await known.outcomes())[-1] == ("routed", "uncertain", "twice:net:no_answer")


async def test_a_late_echo_clears_up_what_two_lost_answers_left_open(known: Scene) -> None:
    known.zalo.suffers(api_answer_lost=2)
    await known.hears(known.routed(2))
    await known.sends()
    known.run.parts.line.silent = False
    await known.passes(seconds=61)
    assert (await known.outcomes())[-1] == ("routed", "uncertain", "twice:net:no_answer")
    await known.receives()
    assert ("routed", "sent", "possible_duplicate") in await known.outcomes()


@pytest.mark.parametrize("fault", ["api_silence", "api_slow_drip"])
async def test_silence_ends_within_the_time_limit_and_costs_no_further_message(runs: Runs, fault: str) -> None:
    waiting = await scene(runs, zalo_call_s=1.0)
    await waiting.knows_citizen()
    await waiting.knows_case()
    waiting.zalo.suffers(**{fault: True, "silence_s": 30, "drip_s": 30, "echo": False})
    await waiting.hears(waiting.routed(2))
    await waiting.sends()
    assert (await waiting.stored())[0].state == MessageState.UNCERTAIN
    # While nobody answers a harmless question, no message is put at risk.
    await waiting.passes(seconds=61)
    assert (await waiting.stored())[0].tries == 1
    waiting.zalo.suffers(**{fault: False})
    await waiting.passes(seconds=61)
    assert (await waiting.outcomes())[-1] == ("routed", "sent", "possible_duplicate")


async def test_one_citizen_s_silence_holds_up_nobody_else(known: Scene) -> None:
    known.zalo.suffers(api_answer_lost=1, echo=False)
    await known.hears(known.routed(2))
    await known.sends()
    known.sender = uuid4()
    known.zalo.meets("7000000000000000001")
    await known.knows_citizen("7000000000000000001")
    await known.hears(known.reply(1, "Xin chào."))
    await known.sends()
    assert known.zalo.texts("7000000000000000001") == ["Xin chào."]


async def test_whoever_died_while_sending_leaves_a_doubt_and_not_a_second_copy(known: Scene) -> None:
    await known.hears(known.routed(2))
    async with known.run.begin() as tx:  # claimed, sent, and the process is gone
        (recipient,) = await RecipientStore(tx.session).claim(CHANNEL, tx.now, timedelta(seconds=60), uuid4(), limit=5)
        envelope = await take_next(tx, recipient, uuid4())
    assert envelope is not None
    await known.run.parts.zalo.send_text("access-1", HOA, envelope.text)
    await known.passes(seconds=30)
    assert len(known.zalo.texts()) == 1
    await known.passes(seconds=31)
    assert (await known.outcomes()) == [("routed", "uncertain", "interrupted")]
    await known.receives()
    await known.passes(hours=1)
    assert len(known.zalo.texts()) == 1
    assert ("routed", "sent", None) in await known.outcomes()


async def test_outside_the_window_a_notice_is_held_until_the_citizen_writes(known: Scene) -> None:
    known.zalo.simulator.citizens.last_interaction_was(HOA, known.zalo.simulator.now_ms() - 8 * 86_400_000)
    await known.hears(known.routed(2))
    await known.passes(minutes=1)
    await known.hears(known.progressed(3, CaseState.IN_PROGRESS))
    await known.passes(days=1)
    assert [row.tries for row in await known.stored()] == [0, 0]
    assert await known.outcomes() == [("routed", "held", "zalo:-230"), ("in_progress", "held", "window")]
    known.zalo.meets(HOA)
    await known.hears(known.reply(1, "Xin chào."))
    await known.sends()
    texts = known.zalo.texts()
    assert texts[0] == "Xin chào."
    assert len(texts) == 3


async def test_a_held_notice_that_a_later_one_makes_pointless_is_never_sent(known: Scene) -> None:
    known.zalo.simulator.citizens.last_interaction_was(HOA, known.zalo.simulator.now_ms() - 8 * 86_400_000)
    await known.hears(known.routed(2))
    await known.sends()
    await known.hears(known.resolved(5))
    await known.sends()
    known.zalo.meets(HOA)
    await known.hears(known.reply(1, "Xin chào."))
    await known.sends()
    assert len(known.zalo.texts()) == 2
    assert ("routed", "superseded", "by:answered") in await known.outcomes()


async def test_an_old_reply_held_until_the_citizen_writes_gives_way_to_the_new_one(known: Scene) -> None:
    known.zalo.simulator.citizens.last_interaction_was(HOA, known.zalo.simulator.now_ms() - 8 * 86_400_000)
    await known.hears(known.reply(1, "Ông/bà có muốn tiếp tục không?"))
    await known.sends()
    await known.passes(days=2)
    known.zalo.meets(HOA)
    await known.hears(known.reply(2, "Xin chào."))
    await known.sends()
    assert known.zalo.texts() == ["Xin chào."]
    assert ("reply", "superseded", "conversation_went_on") in await known.outcomes()


async def test_nothing_billed_is_sent_where_the_city_does_not_want_it(runs: Runs) -> None:
    thrifty = await scene(runs, send_billed=False)
    await thrifty.knows_citizen()
    await thrifty.knows_case()
    await thrifty.passes(hours=49)
    await thrifty.hears(thrifty.routed(2))
    await thrifty.sends()
    assert thrifty.zalo.texts() == []
    assert await thrifty.outcomes() == [("routed", "held", "billed_window")]


async def test_nobody_is_woken_by_a_notice(known: Scene) -> None:
    await known.passes(hours=14)  # 23:00
    await known.hears(known.routed(2))
    await known.sends()
    assert known.zalo.texts() == []
    await known.passes(hours=6, minutes=59)
    assert known.zalo.texts() == []
    await known.passes(minutes=2)
    assert len(known.zalo.texts()) == 1


async def test_who_has_just_written_at_night_is_told_at_night(known: Scene) -> None:
    await known.passes(hours=14)
    await known.hears(known.reply(1, "Đã nhận."), known.routed(2))
    await known.sends()
    assert len(known.zalo.texts()) == 2


async def test_an_account_that_needs_a_person_stops_sending_alarms_and_heals_by_itself_once_mended(
    known: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = _refuse_with(monkeypatch, -224)
    await known.hears(known.routed(2), known.reply(1, "Xin chào."))
    await known.sends()
    assert refusing.calls == 1, "the second message was not even tried"
    await measure_queue(known.run)
    assert known.run.metrics.registry.get_sample_value("notifier_alarm", {"what": "zalo_stopped"}) == 1
    checks = {check.name: check for check in await examine(known.run)}
    assert (checks["zalo"].state, checks["zalo"].detail) == ("degraded", "stopped: zalo:-224")
    await known.passes(minutes=16)
    assert refusing.calls == 2, "one message goes ahead to see"
    refusing.mended = True
    await known.passes(minutes=16)
    assert len(known.zalo.texts()) == 2
    await measure_queue(known.run)
    assert known.run.metrics.registry.get_sample_value("notifier_alarm", {"what": "zalo_stopped"}) == 0


async def test_out_of_quota_a_message_waits_for_the_next_day(known: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing = _refuse_with(monkeypatch, -211)
    await known.hears(known.routed(2))
    await known.passes(hours=2)
    assert refusing.calls == 1
    assert await known.outcomes() == [("routed", "held", "zalo:-211")]
    refusing.mended = True
    await known.passes(hours=22)
    assert len(known.zalo.texts()) == 1


async def test_a_message_zalo_will_never_take_fails_and_the_next_goes_out(
    known: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = _refuse_with(monkeypatch, -248)
    await known.hears(known.reply(1, "Một câu."))
    await known.sends()
    refusing.mended = True
    await known.hears(known.reply(2, "Hai câu."))
    await known.sends()
    assert known.zalo.texts() == ["Hai câu."]
    assert ("reply", "failed", "zalo:-248") in await known.outcomes()
    failures = known.run.metrics.registry.get_sample_value("notifier_failed_with_alarm_total", {"reason": "zalo:-248"})
    assert failures == 1


async def test_a_flood_of_closings_leaves_at_the_agreed_pace_and_a_reply_overtakes_them(runs: Runs) -> None:
    busy = await scene(runs, send_per_s=5.0)
    people = [f"70000000000000000{number:02d}" for number in range(30)]
    for user_id in people:
        busy.zalo.meets(user_id)
        busy.sender, busy.feedback = uuid4(), uuid4()
        await busy.knows_citizen(user_id)
        await busy.knows_case()
        await busy.hears(busy.progressed(9, CaseState.CLOSED))
    await busy.sends()
    assert len(busy.zalo.texts(None)) == 5
    await busy.hears(busy.reply(1, "Xin chào."))
    await busy.passes(seconds=1)
    assert "Xin chào." in busy.zalo.texts(people[-1])
    for _ in range(10):
        await busy.passes(seconds=1)
    assert [len(busy.zalo.texts(user_id)) for user_id in people[:-1]] == [1] * 29


class _Refusing:
    def __init__(self, code: int) -> None:
        self.code, self.calls, self.mended = code, 0, False


def _refuse_with(monkeypatch: pytest.MonkeyPatch, code: int) -> _Refusing:
    """The platform refuses every consultation message with this code until it is mended."""
    refusing, original = _Refusing(code), message_api._check_window

    def check(*arguments: Any) -> None:
        if refusing.mended:
            original(*arguments)
            return
        refusing.calls += 1
        raise Refusal(code, "refused on purpose")

    monkeypatch.setattr(message_api, "_check_window", check)
    return refusing
