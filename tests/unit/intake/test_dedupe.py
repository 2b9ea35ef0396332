"""What makes two deliveries the same happening."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from libs.contracts.vocabulary import Channel
from services.intake.domain.dedupe import MAX_KEYS, dedupe_keys
from services.intake.domain.json_body import NotAnObject, read_object
from services.intake.domain.zalo import ZaloAccount
from services.intake.lookup_key import LookupKeys

OA, HOA = "2740116598031175526", "6143092758814407315"
ACCOUNT = ZaloAccount("4187308559620713842", OA)


def keys_of(body: dict[str, Any] | bytes) -> tuple[tuple[str, ...], ...]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    value = read_object(raw)
    assert not isinstance(value, NotAnObject)
    return dedupe_keys(raw, value, ACCOUNT)


def raw_key(raw: bytes) -> tuple[tuple[str, ...], ...]:
    return ((OA, "raw", sha256(raw).hexdigest()),)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("user_send_text", [(OA, "user_send_text", "96d3cdf3af1504609a07")]),
        ("user_send_image", [(OA, "user_send_image", "0a1b2c3d4e5f67891a2b")]),
        ("anonymous_send_text", [(OA, "anonymous_send_text", "0a3680df4457c913a058")]),
        ("oa_send_text", [(OA, "oa_send_text", "63ecf43f0df7dba892e6")]),
        ("oa_send_anonymous_text", [(OA, "oa_send_anonymous_text", "4e7ac413889b0d57e49c")]),
        ("user_send_group_text", [(OA, "user_send_group_text", "5f8bd524990c1e68f5ad")]),
        ("user_received_message", [(OA, "user_received_message", "63ecf43f0df7dba892e6")]),
        ("user_received_message.zns", [(OA, "user_received_message", "15a0cc0bbb13bd4ce403")]),
        (
            "user_seen_message",
            [
                (OA, "user_seen_message", "63ecf43f0df7dba892e6"),
                (OA, "user_seen_message", "a4d0243feee163bd3af2"),
            ],
        ),
        (
            "user_reacted_message",
            [(OA, "user_reacted_message", "63ecf43f0df7dba892e6", HOA, "/-heart", "1794964620009")],
        ),
        (
            "oa_reacted_message",
            [(OA, "oa_reacted_message", "96d3cdf3af1504609a07", OA, "/-strong", "1794964449000")],
        ),
        ("follow", [(OA, "follow", "5520871934460218853", "1794963489121")]),
        ("unfollow", [(OA, "unfollow", "5520871934460218853", "1794999753870")]),
        ("user_click_chatnow", [(OA, "user_click_chatnow", "5520871934460218853", "1794963460002")]),
        ("user_withdraw", [(OA, "user_withdraw", "5520871934460218853", "1794996000679")]),
        ("user_feedback", [(OA, "user_feedback", "7e4c33cfc20b05575c18", "1795007405659")]),
        ("user_click_response_button", [(OA, "user_click_response_button", "808932e81f53670a3e45", "1795007700000")]),
    ],
)
def test_each_family_has_its_own_key(name: str, expected: list[tuple[str, ...]]) -> None:
    assert keys_of(Path("tests/zalo_events", f"{name}.json").read_bytes()) == tuple(expected)


@pytest.mark.parametrize(
    "name",
    ["user_submit_info", "create_group", "oa_send_consent", "permission_revoked", "add_user_to_tag", "user_call_oa"],
)
def test_everything_else_is_known_by_its_bytes(name: str) -> None:
    raw = Path("tests/zalo_events", f"{name}.json").read_bytes()
    assert keys_of(raw) == raw_key(raw)


@pytest.mark.parametrize(
    "body",
    [
        {"event_name": "user_send_text", "message": {"text": "x"}},
        {"event_name": "user_send_text", "message": {"msg_id": ""}},
        {"event_name": "user_send_text"},
        {"event_name": "user_seen_message", "message": {"msg_ids": []}},
        {"event_name": "user_seen_message", "message": {"msg_ids": [f"m{n}" for n in range(MAX_KEYS + 1)]}},
        {"event_name": "user_reacted_message", "message": {"msg_id": "m1"}},
        {"event_name": "user_feedback", "message": {"msg_id": "m1"}},
        {"event_name": "follow", "follower": {"id": "1"}},
        {"event_name": "follow", "timestamp": "1"},
        {"message": {"msg_id": "m1"}},
    ],
)
def test_a_family_that_lacks_what_its_key_is_made_of_is_known_by_its_bytes(body: dict[str, Any]) -> None:
    raw = json.dumps(body).encode()
    assert keys_of(raw) == raw_key(raw)


def test_a_receipt_an_echo_and_the_message_itself_do_not_hide_one_another() -> None:
    names = ("user_send_text", "user_received_message", "user_seen_message", "oa_send_text", "oa_send_image")
    keys = [keys_of({"event_name": name, "message": {"msg_id": "m1"}})[0] for name in names]
    assert len(set(keys)) == len(names)


def test_a_number_and_a_text_are_the_same_id_and_a_repeated_one_counts_once() -> None:
    seen = {"event_name": "user_seen_message", "message": {"msg_ids": ["7", 7, "8"]}}
    assert [key[-1] for key in keys_of(seen)] == ["7", "8"]


def test_ids_that_differ_only_where_nobody_looks_are_different() -> None:
    one = {"event_name": "user_send_text", "message": {"msg_id": "x" * 200 + "\x00"}}
    two = {"event_name": "user_send_text", "message": {"msg_id": "x" * 200}}
    assert keys_of(one) != keys_of(two)


def test_a_hash_tells_neither_the_value_nor_another_kinds_hash() -> None:
    keys = LookupKeys(SecretStr("k" * 32))
    hashes = {
        keys.sender(Channel.ZALO, "84912000678"),
        keys.sender(Channel.WEB, "84912000678"),
        keys.phone("84912000678"),
        keys.happening(Channel.ZALO, ("a", "bc")),
        keys.happening(Channel.ZALO, ("ab", "c")),
        keys.happening(Channel.ZALO, ("a", "b", "c")),
        keys.happening(Channel.ZALO, ("a", "\ud83d")),
        keys.code_key,
        LookupKeys(SecretStr("j" * 32)).phone("84912000678"),
    }
    assert len(hashes) == 9
    assert {len(value) for value in hashes} == {32}
    assert keys.phone("84912000678") == LookupKeys(SecretStr("k" * 32)).phone("84912000678")
