"""An assistant that is slow, gone or overtaken, and processes that die asking it: no question is asked for ever."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from services.triage.assistant import ask_assistant
from services.triage.jobs import forget_texts
from services.triage.tables import assistant_questions
from tests.service.triage.advice import ADVERT, PUSHED, Sit, counted, outcomes
from tests.service.triage.desk import Desk
from tests.service.triage.endpoint import Endpoint, fails_with, says


class TestTrouble:
    async def test_one_that_does_not_answer_in_time_is_asked_once_more_and_then_no_more(
        self, sit: Sit, endpoint: Endpoint
    ) -> None:
        desk = await sit(assistant_timeout_s=0.05)

        async def think(_: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError

        await desk.hear(desk.received(ADVERT))
        with endpoint.answering(think):
            await ask_assistant(desk.run)
            assert await outcomes(desk) == [None]
            await ask_assistant(desk.run)
            assert len(endpoint.texts) == 1
            desk.later(minutes=1)
            await ask_assistant(desk.run)
        assert await outcomes(desk) == ["no_answer"]
        desk.later(minutes=10)
        await ask_assistant(desk.run)
        assert len(endpoint.texts) == 2
        assert len(await desk.said()) == 1

    async def test_one_that_is_back_the_second_time_is_followed(self, sit: Sit, endpoint: Endpoint) -> None:
        desk = await sit()
        await desk.hear(desk.received(ADVERT))
        with endpoint.answering(fails_with(503)):
            await ask_assistant(desk.run)
        desk.later(minutes=1)
        await ask_assistant(desk.run)
        assert await outcomes(desk) == ["doubted"]

    async def test_one_that_is_not_there_is_tried_for_an_hour(self, sit: Sit, endpoint: Endpoint) -> None:
        desk = await sit(assistant_parallel=1)

        async def refuse(request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("on purpose", request=request)

        await desk.hear(desk.received(ADVERT))
        with endpoint.answering(refuse):
            for _ in range(4):
                # Nothing more at once, although as many as possible were taken.
                assert not await ask_assistant(desk.run)
                desk.later(minutes=15)
            desk.later(seconds=1)
            await ask_assistant(desk.run)
        assert len(endpoint.texts) == 4
        assert await outcomes(desk) == ["late"]
        assert counted(desk, "late") == 1

    async def test_two_processes_ask_once(self, sit: Sit, endpoint: Endpoint) -> None:
        desk, other = await sit(), await sit()
        event = desk.received(ADVERT)
        await desk.hear(event)
        await other.hear(event)
        await asyncio.gather(ask_assistant(desk.run), ask_assistant(other.run))
        await ask_assistant(other.run)
        assert len(endpoint.texts) == 1
        assert len(await desk.said()) == 2

    async def test_a_process_that_dies_before_it_records_leaves_the_question_to_another(
        self, sit: Sit, endpoint: Endpoint
    ) -> None:
        desk, other = await sit(), await sit()
        await desk.hear(desk.received(ADVERT))
        await _die_while_asking(desk, endpoint)
        assert not await ask_assistant(other.run)
        desk.later(seconds=desk.run.parts.settings.assistant_timeout_s + 30)
        await ask_assistant(other.run)
        assert len(endpoint.texts) == 2
        assert (len(await desk.said()), await outcomes(desk)) == (2, ["doubted"])

    async def test_a_question_that_twice_saw_its_process_die_is_given_up(self, sit: Sit, endpoint: Endpoint) -> None:
        desk = await sit()
        await desk.hear(desk.received(ADVERT))
        for _ in range(2):
            await _die_while_asking(desk, endpoint)
            desk.later(minutes=2)
        await ask_assistant(desk.run)
        assert (len(endpoint.texts), await outcomes(desk)) == (2, ["no_answer"])

    async def test_an_answer_that_comes_after_the_lease_changes_nothing_any_more(
        self, sit: Sit, endpoint: Endpoint
    ) -> None:
        desk, other = await sit(), await sit()

        async def be_overtaken(request: httpx.Request) -> httpx.Response:
            desk.later(minutes=2)
            with endpoint.answering(says(PUSHED)):
                await ask_assistant(other.run)
            return await says(PUSHED, sensitive=True)(request)

        await desk.hear(desk.received(ADVERT))
        with endpoint.answering(be_overtaken):
            await ask_assistant(desk.run)
        assert [one.sensitive for one in await desk.said()] == [False, False]
        assert await outcomes(desk) == ["doubted"]
        assert counted(desk, "held_back") == 0

    async def test_who_is_late_has_no_say_while_another_asks(self, sit: Sit, endpoint: Endpoint) -> None:
        desk, other = await sit(), await sit()
        reached, may_answer = asyncio.Event(), asyncio.Event()
        asking: list[asyncio.Task[bool]] = []

        async def wait(request: httpx.Request) -> httpx.Response:
            reached.set()
            await may_answer.wait()
            return await says(PUSHED)(request)

        async def be_late(request: httpx.Request) -> httpx.Response:
            desk.later(minutes=2)
            endpoint.answer = wait
            asking.append(asyncio.create_task(ask_assistant(other.run)))
            await asyncio.wait_for(reached.wait(), 10)
            return await says(PUSHED, sensitive=True)(request)

        await desk.hear(desk.received(ADVERT))
        endpoint.answer = be_late
        await ask_assistant(desk.run)
        assert (len(await desk.said()), await outcomes(desk)) == (1, [None])
        may_answer.set()
        await asyncio.gather(*asking)
        assert ([one.sensitive for one in await desk.said()], await outcomes(desk)) == ([False, False], ["doubted"])

    async def test_with_the_words_their_questions_are_forgotten(self, sit: Sit, endpoint: Endpoint) -> None:
        desk = await sit()
        answered, in_hand = desk.another(), desk.another()
        await desk.hear(answered.received(ADVERT))
        await ask_assistant(desk.run)

        async def forget(request: httpx.Request) -> httpx.Response:
            desk.later(days=91)
            await forget_texts(desk.run)
            return await says(PUSHED)(request)

        await desk.hear(in_hand.received(ADVERT))
        with endpoint.answering(forget):
            await ask_assistant(desk.run)
        assert await desk.rows(assistant_questions) == []
        assert len([one for one in await desk.said() if one.feedback_id == in_hand.feedback_id]) == 1

    async def test_another_model_put_to_work_keeps_the_assistant(self, sit: Sit) -> None:
        desk = await sit()
        before = desk.run.parts
        await desk.run.prepare_parts()
        assert desk.run.parts is not before
        assert desk.run.parts.assistant is before.assistant
        await desk.hear(desk.received(ADVERT))
        await ask_assistant(desk.run)
        assert counted(desk, "doubted") == 1


async def _die_while_asking(desk: Desk, endpoint: Endpoint) -> None:
    reached = asyncio.Event()

    async def think(_: httpx.Request) -> httpx.Response:
        reached.set()
        await asyncio.Event().wait()
        raise AssertionError

    with endpoint.answering(think):
        working = asyncio.create_task(ask_assistant(desk.run))
        await asyncio.wait_for(reached.wait(), 10)
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working
    assert timedelta(0) < (await desk.rows(assistant_questions))[0]["not_before"] - desk.clock.now()
