"""What the machine ends without a person: said to the citizen at once, and only once for each of them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.contracts.events import FeedbackSupplemented, Progressed, Refused, Routed
from libs.contracts.vocabulary import (
    CaseState,
    Disposition,
    FeedbackId,
    RefusalReason,
    SenderId,
    SupplementReason,
    Urgency,
)
from libs.runtime.ids import uuid7
from services.routing import tables as t
from services.routing.app import SERVICE
from services.routing.domain.review import Label
from tests.service.routing.city import MINUTE, City, classification, received
from tests.service.routing.review import decided
from tests.support.service import Runs, Workbench

SPAM = {"disposition": Disposition.SPAM_ADS, "kind": None}
LOOK_UP = {"disposition": Disposition.STATUS_LOOKUP, "kind": None}


def supplement(feedback_id: UUID) -> FeedbackSupplemented:
    return FeedbackSupplemented(
        key=feedback_id,
        feedback_id=FeedbackId(feedback_id),
        sender_id=SenderId(uuid4()),
        reason=SupplementReason.CITIZEN,
        text="Không phải quảng cáo, tôi hỏi thật.",
    )


async def of(city: City, sender: UUID, **classified: Any) -> UUID:
    """A feedback of one sender, classified."""
    feedback_id = uuid7()
    await city.hear(received(feedback_id, sender_id=SenderId(sender), code=f"HN-PA-261123-{uuid4().hex[:5]}-K"))
    await city.hear(classification(feedback_id, **classified))
    return feedback_id


@pytest.mark.parametrize(
    ("classified", "reason"),
    [
        (SPAM, RefusalReason.TCH10),
        ({"disposition": Disposition.INQUIRY, "kind": None}, RefusalReason.TCH03),
        (
            {"disposition": Disposition.OUT_OF_SCOPE_OTHER, "kind": None, "refusal": RefusalReason.TCH12},
            RefusalReason.TCH12,
        ),
    ],
)
async def test_a_refusal_says_that_no_person_has_read_and_how_one_is_reached(
    city: City, classified: dict[str, Any], reason: RefusalReason
) -> None:
    feedback_id = await city.opened(**classified)

    told, refused = await city.said()
    assert (told.state, told.case_seq) == (CaseState.RECEIVED, 1)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.case_seq) == (reason, 2)
    assert "trả lời tự động" in refused.explanation
    assert "nhắn lại" in refused.explanation

    case = await city.case(feedback_id)
    assert (case["state"], case["refusal_reason"], case["office_reason"]) == ("refused", reason, None)
    assert case["ended_alone_at"] == case["ended_at"] is not None
    assert next(rule["rule"] for rule in case["rules"] if not rule["held"]) == "in_scope"
    assert [line["what"] for line in await city.rows(t.timeline, feedback_id)] == ["opened", "refused"]


async def test_a_look_up_is_closed_for_intake_to_answer(city: City) -> None:
    feedback_id = await city.opened(**LOOK_UP)
    _, closed = await city.said()
    assert isinstance(closed, Progressed)
    assert (closed.state, closed.reason) == (CaseState.CLOSED, "status_lookup")
    case = await city.case(feedback_id)
    assert (case["state"], case["refusal_reason"]) == ("closed", None)
    assert case["ended_alone_at"] is not None


async def test_who_writes_again_is_read_by_a_person(city: City) -> None:
    sender = uuid4()
    await of(city, sender, **SPAM)
    again = await of(city, sender, **SPAM)
    case = await city.case(again)
    assert (case["state"], case["office_reason"], case["suggested_refusal"]) == ("received", "wrote_again", "TCH10")
    assert [type(event) for event in await city.said(again)] == [Progressed]


async def test_what_its_sender_adds_is_read_by_a_person(city: City) -> None:
    feedback_id = await city.opened(**SPAM)
    before = len(await city.said())
    await city.hear(supplement(feedback_id))
    (told,) = (await city.said())[before:]
    assert (told.state, told.case_seq) == (CaseState.RECEIVED, 3)
    case = await city.case(feedback_id)
    assert (case["state"], case["office_reason"], case["ended_at"]) == ("received", "wrote_again", None)
    assert case["refusal_reason"] is None

    city.clock.advance(MINUTE)
    await city.hear(classification(feedback_id, **SPAM))
    assert (await city.case(feedback_id))["office_reason"] == "wrote_again", "it is not ended again"
    city.clock.advance(MINUTE)
    await city.hear(classification(feedback_id))
    assert (await city.case(feedback_id))["state"] == "assigned", "unless it proves to be a feedback"


@pytest.mark.parametrize(
    ("doubt", "state", "desk"),
    [
        ({"needs_review": True}, "received", "office"),
        ({"sensitive": True}, "received", "office_sensitive"),
        ({}, "received", "office"),
    ],
    ids=["a doubt", "a suspicion", "the same once more"],
)
async def test_a_later_word_of_triage_opens_what_no_person_has_read(
    city: City, doubt: dict[str, Any], state: str, desk: str
) -> None:
    """An assistant's doubt comes afterwards, and so may the classification of what was added before."""
    feedback_id = await city.opened(**SPAM)
    city.clock.advance(MINUTE)
    await city.hear(classification(feedback_id, **SPAM, **doubt))
    case = await city.case(feedback_id)
    assert (case["state"], case["desk"], case["ended_at"], case["refusal_reason"]) == (state, desk, None, None)
    assert [event.case_seq for event in await city.said()] == [1, 2, 3]


async def test_what_was_added_before_the_machine_ended_it_is_not_lost(city: City) -> None:
    feedback_id = uuid7()
    await city.hear(received(feedback_id))
    await city.hear(supplement(feedback_id))
    await city.hear(classification(feedback_id, **SPAM))
    city.clock.advance(MINUTE)
    await city.hear(classification(feedback_id))
    assert [type(event) for event in await city.said()] == [Progressed, Refused, Progressed, Routed]
    assert (await city.case(feedback_id))["state"] == "assigned"


async def test_what_a_person_saw_to_be_an_advert_stays_ended(city: City) -> None:
    feedback_id = await city.opened(**SPAM)
    await city.hear(supplement(feedback_id))
    city.clock.advance(MINUTE)
    await decided(city, feedback_id, Label(Disposition.SPAM_ADS))
    before = await city.case(feedback_id)
    await city.hear(supplement(feedback_id))
    assert await city.case(feedback_id) == before
    assert before["state"] == "refused"


async def test_what_is_handled_here_goes_its_way_all_the_same(city: City) -> None:
    sender = uuid4()
    await of(city, sender, **LOOK_UP)
    assert [type(event) for event in await city.said(await of(city, sender))] == [Progressed, Routed]


async def test_another_sender_and_another_month_begin_anew(city: City) -> None:
    sender = uuid4()
    await of(city, sender, **SPAM)
    assert (await city.case(await of(city, uuid4(), **SPAM)))["state"] == "refused"
    city.clock.advance(timedelta(days=31))
    assert (await city.case(await of(city, sender, **SPAM)))["state"] == "refused"


@pytest.mark.parametrize(
    "classified",
    [{"needs_review": True}, {"sensitive": True}, {"urgency": Urgency.HIGH}],
    ids=["in doubt", "sensitive", "in danger"],
)
async def test_what_is_not_plain_waits_for_a_person(city: City, classified: dict[str, Any]) -> None:
    feedback_id = await city.opened(**SPAM, **classified)
    case = await city.case(feedback_id)
    assert (case["state"], case["ended_at"], case["suggested_refusal"]) == ("received", None, "TCH10")


async def test_a_city_may_let_the_machine_end_nothing(city: City, runs: Runs) -> None:
    careful = replace(city, run=await runs(SERVICE, clock=city.clock, ends_alone=""))
    feedback_id = await careful.opened(**SPAM)
    assert (await careful.case(feedback_id))["office_reason"] == "not_in_scope"


def test_nobody_can_let_the_machine_end_what_is_in_scope(bench: Workbench) -> None:
    with pytest.raises(ValueError, match="only inquiry"):
        bench.settings(SERVICE, ends_alone="spam_ads,in_scope")
