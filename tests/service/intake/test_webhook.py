"""What Zalo can rely on at our door."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from services.intake.domain.zalo_event import CitizenMessage
from services.intake.jobs import forget
from services.intake.tables import channel_event_keys
from tests.service.intake.conftest import Door
from tests.service.intake.posting import CITIZEN, Post, message, signed
from tests.support.clock import FixedClock

SAMPLES = [
    Post(Path("tests/zalo_events", vector["file"]).read_bytes(), vector["headers"])
    for vector in json.loads(Path("tests/zalo_signature_vectors.json").read_text("utf-8"))["vectors"]
    if "recipe" not in vector and not vector["file"].startswith("console_test")
]
OpenDoor = Callable[..., Awaitable[Door]]


async def test_every_sample_signed_by_an_independent_hand_is_kept_as_it_came(door: Door) -> None:
    for sample in SAMPLES:
        answer = await door.post(sample)
        assert (answer.status_code, answer.content) == (200, b""), sample.raw
    kept = {door.run.parts.sealer.open_bytes(row.body) for row in await door.stored()}
    assert kept == {sample.raw for sample in SAMPLES}


async def test_what_rests_in_the_database_tells_neither_who_wrote_nor_what(door: Door) -> None:
    await door.post(signed(message("Tôi là Hoa")))
    async with door.run.begin() as tx:
        rows = [
            str(row)
            for table in ("channel_events", "channel_event_keys")
            for row in await tx.session.execute(text(f"SELECT t::text FROM intake.{table} t"))
        ]
    assert len(rows) == 2
    assert not any(CITIZEN in row or "Hoa" in row or "486f61" in row for row in rows)


async def test_messages_of_one_citizen_carry_the_same_key_and_those_of_another_another(door: Door) -> None:
    for number, citizen in enumerate((CITIZEN, CITIZEN, "1")):
        await door.post(signed(message(msg_id=f"m{number}", sender={"id": citizen})))
    keys = [row.sender_key for row in await door.stored()]
    assert keys[0] == keys[1] != keys[2]
    assert {len(key) for key in keys} == {32}


async def test_a_thousand_deliveries_of_one_event_are_one_event(open_door: OpenDoor) -> None:
    door = await open_door(store_within_s=20)
    post = signed(message())
    again = Post(post.raw, {**post.headers, "num_retry": "1"})
    gate = asyncio.Semaphore(32)

    async def deliver(number: int) -> int:
        async with gate:
            return (await door.post(again if number % 2 else post)).status_code

    assert set(await asyncio.gather(*(deliver(number) for number in range(1_000)))) == {200}
    assert await door.count() == 1


async def test_a_burst_of_different_events_is_stored_whole_in_fewer_commits(open_door: OpenDoor) -> None:
    door = await open_door(store_within_s=20)
    answers = await asyncio.gather(*(door.post(signed(message(msg_id=f"m{number}"))) for number in range(300)))
    assert {answer.status_code for answer in answers} == {200}
    assert await door.count() == 300
    assert door.run.parts.meters.commits._value.get() < 150


async def test_without_grouping_every_event_has_a_commit_of_its_own(open_door: OpenDoor) -> None:
    door = await open_door(group_commits=False, store_within_s=20, database_wait_s=20)
    answers = await asyncio.gather(*(door.post(signed(message(msg_id=f"m{number}"))) for number in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert await door.count() == 50
    assert door.run.parts.meters.commits._value.get() == 50


async def test_two_replicas_that_get_the_same_events_at_once_store_each_once(open_door: OpenDoor) -> None:
    doors = [await open_door(store_within_s=20), await open_door(store_within_s=20)]
    posts = [signed(message(msg_id=f"m{number}")) for number in range(200)]
    answers = await asyncio.gather(*(door.post(post) for post in posts for door in doors))
    assert {answer.status_code for answer in answers} == {200}
    assert await doors[0].count() == 200


async def test_a_seen_receipt_with_one_new_message_is_new_and_with_none_is_a_repetition(door: Door) -> None:
    def seen(*refs: str) -> Post:
        return signed(message(event_name="user_seen_message", message={"msg_ids": refs}))

    for refs in (("a", "b"), ("b",), ("a", "b"), ("b", "c")):
        assert (await door.post(seen(*refs))).status_code == 200
    assert await door.count() == 2


async def test_an_event_is_read_from_the_store_as_it_was_sent(door: Door) -> None:
    await door.post(signed(message("Chào, cho tôi hỏi")))
    [row] = await door.stored()
    assert door.reads(row) == CitizenMessage(CITIZEN, "m1", "Chào, cho tôi hỏi")
    assert (row.state, row.event_name, row.event_at) == ("new", "user_send_text", row.received_at)


async def test_while_the_rows_key_is_held_by_somebody_else_the_answer_is_busy_in_a_second(door: Door) -> None:
    post, other = signed(message(msg_id="held")), signed(message(msg_id="free"))
    await door.post(post)
    async with door.run.begin() as tx:
        key = await tx.session.scalar(select(channel_event_keys.c.key))
        await tx.session.execute(channel_event_keys.delete())
    async with door.run.begin() as tx:
        await tx.session.execute(channel_event_keys.insert().values(key=key, event_id="0" * 32, kept_at=tx.now))
        started = asyncio.get_running_loop().time()
        held, _ = await asyncio.gather(door.post(post), door.post(other))
        assert asyncio.get_running_loop().time() - started < 2
        assert (held.status_code, held.headers["retry-after"]) == (503, "5")
        await tx.session.rollback()
    assert (await door.post(post)).status_code == 200
    assert (await door.post(other)).status_code == 200
    assert await door.count() == 3


async def test_while_no_connection_is_free_the_answer_is_busy_and_sending_again_is_enough(open_door: OpenDoor) -> None:
    door = await open_door(database_pool_size=1)
    posts = [signed(message(msg_id=f"m{number}")) for number in range(20)]
    async with door.run.begin() as tx:
        await tx.session.execute(text("SELECT 1"))
        started = asyncio.get_running_loop().time()
        answers = await asyncio.gather(*(door.post(post) for post in posts))
        assert asyncio.get_running_loop().time() - started < 2
        assert {(answer.status_code, answer.headers["retry-after"]) for answer in answers} == {(503, "5")}
    assert {(await door.post(post)).status_code for post in posts} == {200}
    assert await door.count() == 20


async def test_a_look_at_the_address_is_answered_and_echoes_nothing(door: Door) -> None:
    answer = await door.http.get("/webhooks/zalo", params={"hub.challenge": "1158201444"})
    assert answer.status_code == 200
    assert "1158201444" not in answer.text
    assert (await door.http.head("/webhooks/zalo")).status_code == 200


async def test_ten_wrong_signatures_in_a_row_raise_the_alarm_and_a_right_one_ends_it(door: Door) -> None:
    wrong = Post(b'{"timestamp":"1"}', {"X-ZEvent-Signature": "mac=" + "0" * 64})
    alarm = door.run.metrics.alarm.labels("zalo_signature")
    for _ in range(9):
        await door.post(wrong)
    assert alarm._value.get() == 0
    await door.post(wrong)
    assert alarm._value.get() == 1
    await door.post(signed(message()))
    assert alarm._value.get() == 0


async def test_during_a_reset_of_the_secret_both_signatures_count(open_door: OpenDoor) -> None:
    door = await open_door(zalo_oa_secret_key="khoa-moi", zalo_former_oa_secret_key="vi-du-oa-secret-chi-de-kiem-thu")
    assert (await door.post(signed(message()))).status_code == 200


async def test_keys_are_kept_for_all_redeliveries_and_forgotten_afterwards(door: Door, clock: FixedClock) -> None:
    post = signed(message())
    await door.post(post)
    clock.advance(timedelta(days=8))
    await forget(door.run)
    await door.post(post)
    assert await door.count() == 1
    clock.advance(timedelta(days=7))
    await forget(door.run)
    async with door.run.begin() as tx:
        assert (await tx.session.execute(select(channel_event_keys))).all() == []


@pytest.mark.parametrize("verification", ["", "KwJrAbC_-12"])
async def test_the_domain_is_proved_with_the_code_that_was_set(open_door: OpenDoor, verification: str) -> None:
    door = await open_door(zalo_site_verification=verification)
    meta = f'<meta name="zalo-platform-site-verification" content="{verification}">'
    file = await door.http.get(f"/zalo_verifier{verification}.html")
    front = await door.http.get("/")
    assert front.status_code == 200
    if verification:
        assert file.status_code == 200
        assert meta in file.text
        assert meta in front.text
    else:
        assert file.status_code == 404
        assert "zalo-platform-site-verification" not in front.text
    assert (await door.http.get("/zalo_verifierOther.html")).status_code == 404
