"""What goes on alone is shown for a second opinion: without what leads to a person, outside of any transaction."""

import httpx
import pytest

from libs.contracts.vocabulary import Disposition
from libs.runtime.bus import Delivery
from services.triage.assistant import ask_assistant
from services.triage.tables import assistant_questions
from tests.service.triage.advice import ADVERT, PUSHED, Sit
from tests.service.triage.desk import BIRTH, Desk
from tests.service.triage.endpoint import Endpoint, says
from tests.support.statements import statements_of


class TestOff:
    async def test_nobody_is_asked_and_nothing_is_kept_unless_an_endpoint_is_set(self, desk: Desk) -> None:
        await desk.hear(desk.received(ADVERT))
        with statements_of(desk.run) as sent:
            assert not await ask_assistant(desk.run)
        assert sent == []
        assert await desk.rows(assistant_questions) == []
        assert len(await desk.said()) == 1


class TestAsking:
    async def test_a_dismissal_is_shown_without_what_leads_to_a_person(self, sit: Sit, endpoint: Endpoint) -> None:
        desk = await sit()
        await desk.hear(desk.received(ADVERT))
        await ask_assistant(desk.run)
        assert endpoint.texts == [ADVERT.replace("0912 345 678", "0xxxxxxxxx")]

    async def test_what_is_sure_or_goes_to_a_person_anyhow_is_not_shown(self, sit: Sit, endpoint: Endpoint) -> None:
        desk = await sit()
        for text in (BIRTH, "ông Dũng cán bộ phường đã nhận của tôi 15 triệu", "phường Láng"):
            one = desk.another()
            await one.hear(one.received(text))
        said = await desk.said()
        assert [one.needs_review or one.sensitive for one in said] == [False, True, True]
        assert not await ask_assistant(desk.run)
        assert endpoint.texts == []

    async def test_where_there_are_no_words_nobody_is_asked(self, sit: Sit) -> None:
        desk = await sit()
        await desk.hear(desk.received(" \n"))
        assert [one.disposition for one in await desk.said()] == [Disposition.INSUFFICIENT]
        assert await desk.rows(assistant_questions) == []

    async def test_no_transaction_is_open_while_it_thinks(self, sit: Sit, endpoint: Endpoint) -> None:
        desk = await sit()
        open_meanwhile: list[int] = []

        async def look(request: httpx.Request) -> httpx.Response:
            open_meanwhile.append(desk.run.database.engine.pool.checkedout())  # type: ignore[attr-defined]
            return await says(PUSHED)(request)

        await desk.hear(desk.received(ADVERT))
        with endpoint.answering(look):
            await ask_assistant(desk.run)
        assert open_meanwhile == [0]

    async def test_the_job_goes_on_while_more_is_waiting(self, sit: Sit, endpoint: Endpoint) -> None:
        desk = await sit(assistant_parallel=2)
        for _ in range(3):
            one = desk.another()
            await one.hear(one.received(ADVERT))
        assert [await ask_assistant(desk.run), await ask_assistant(desk.run)] == [True, False]
        assert len(endpoint.texts) == 3

    @pytest.mark.usefixtures("unhurried")
    async def test_many_questions_are_kept_in_one_go(self, sit: Sit) -> None:
        desk = await sit()
        events = [one.received(ADVERT) for one in (desk.another() for _ in range(30))]
        with statements_of(desk.run) as sent:
            await desk.run.consumer.hear([Delivery(event.name, event.to_bytes()) for event in events])
        assert sum("assistant_questions" in statement for statement in sent) == 1
        assert len(await desk.rows(assistant_questions)) == 30
