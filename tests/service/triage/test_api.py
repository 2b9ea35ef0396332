"""`POST /api/v1/classify`: a text in, everything decided out, nothing stored."""

import pytest

from services.triage.tables import classifications, feedbacks
from tests.service.triage.desk import BIRTH, LANG, OUTBOX, Desk

PATH = "/api/v1/classify"


async def test_a_text_is_answered_with_everything_decided(desk: Desk) -> None:
    answer = await desk.http.post(PATH, json={"text": BIRTH})
    assert answer.status_code == 200
    decision = answer.json()
    assert decision["matters"][0]["matter"] == "HT01"
    assert (decision["agency_span"], decision["agency_start"], decision["agency_end"]) == ("phường Láng", 0, 11)
    assert {"decision": "matter", "rule": "demanded:CA01", "words": "hộ khẩu", "start": 24, "end": 31} in decision[
        "reasons"
    ]


async def test_several_are_answered_in_their_order(desk: Desk) -> None:
    answer = await desk.http.post(PATH, json=[{"text": "alo"}, {"text": BIRTH}, {"text": "cảm ơn nhiều nhé"}])
    assert [one["disposition"] for one in answer.json()] == ["insufficient", "in_scope", "out_of_scope_other"]


async def test_the_day_and_the_confirmed_commune_count(desk: Desk) -> None:
    asked = {"text": "Sở Kế hoạch và Đầu tư ngâm hồ sơ quá hẹn 20 ngày", "on": "2025-02-01", "place_id": LANG}
    decision = (await desk.http.post(PATH, json=asked)).json()
    assert decision["accused_unit"] == [{"agency_id": "HN-SKHDT", "score": 0.9}]
    assert decision["places"] == [{"place_id": LANG, "score": 1.0}]


async def test_nothing_is_stored(desk: Desk) -> None:
    await desk.http.post(PATH, json=[{"text": BIRTH}] * 3)
    assert [await desk.rows(table) for table in (feedbacks, classifications, OUTBOX)] == [[], [], []]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": None},
        {"text": "a" * 50_001},
        {"text": "alo", "on": "hôm qua"},
        {"text": "alo", "phone": "0912345678"},
        [],
        [{"text": "alo"}] * 101,
        "alo",
    ],
)
async def test_what_cannot_be_read_is_refused_without_repeating_it(desk: Desk, body: object) -> None:
    answer = await desk.http.post(PATH, json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "0912345678" not in answer.text


async def test_half_a_character_is_no_fault_of_the_citizen(desk: Desk) -> None:
    body = b'{"text": "\\ud83d ph\\u01b0\\u1eddng L\\u00e1ng qu\\u00e1 h\\u1eb9n 9 ng\\u00e0y"}'
    answer = await desk.http.post(PATH, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 200
    assert answer.json()["agency_start"] == 2


async def test_a_very_long_text_is_answered(desk: Desk) -> None:
    answer = await desk.http.post(PATH, json={"text": "😀" * 50_000})
    assert answer.json()["disposition"] == "insufficient"
