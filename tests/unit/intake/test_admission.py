"""Whether a posted body is let in."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from services.intake.domain.signature import SigningKeys
from services.intake.domain.webhook import Admission, Admitted, Sampled, Turned, admit
from services.intake.domain.zalo import ZaloAccount

VECTORS = json.loads(Path("tests/zalo_signature_vectors.json").read_text("utf-8"))
ACCOUNT = ZaloAccount(VECTORS["app_id"], VECTORS["oa_id"])
KEYS = SigningKeys(ACCOUNT.app_id, (VECTORS["oa_secret_key"],))
NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
SIGNED = [vector for vector in VECTORS["vectors"] if "recipe" not in vector]


def decide(raw: bytes, header: str | None) -> Admission:
    return admit(raw, header, KEYS, ACCOUNT, NOW)


def signed(body: dict[str, Any] | bytes) -> Admission:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = json.loads(raw).get("timestamp", "")
    return decide(
        raw, "mac=" + sha256(f"{ACCOUNT.app_id}".encode() + raw + f"{stamp}{KEYS.secrets[0]}".encode()).hexdigest()
    )


@pytest.mark.parametrize("vector", SIGNED, ids=lambda vector: vector["file"])
def test_every_signed_sample_is_let_in_but_the_consoles_which_has_no_effect(vector: dict) -> None:
    raw = Path("tests/zalo_events", vector["file"]).read_bytes()
    got = decide(raw, vector["headers"]["X-ZEvent-Signature"])
    if vector["file"].startswith("console_test"):
        assert got == Sampled()
        return
    assert isinstance(got, Admitted)
    assert got.event_name == vector["event_name"]
    assert got.event_at is not None
    assert decide(raw, None) == Turned(401, "no_header")


@pytest.mark.parametrize(
    ("name", "citizen"),
    [
        ("user_send_text", "6143092758814407315"),
        ("oa_send_text.staff", "6143092758814407315"),
        ("follow", "5520871934460218853"),
        ("oa_send_text", ""),
        ("user_seen_message", ""),
        ("user_received_message.zns", ""),
        ("user_send_group_text", ""),
        ("anonymous_send_text", ""),
    ],
)
def test_only_what_belongs_to_a_conversation_names_its_citizen(name: str, citizen: str) -> None:
    got = signed(Path("tests/zalo_events", f"{name}.json").read_bytes())
    assert isinstance(got, Admitted)
    assert got.citizen == citizen


@pytest.mark.parametrize("header", [None, "mac=" + "0" * 64, "nonsense"])
def test_the_consoles_sample_is_answered_whatever_its_signature(header: str | None) -> None:
    raw = Path("tests/zalo_events/console_test.user_send_text.json").read_bytes()
    assert decide(raw, header) == Sampled()


def test_a_rightly_signed_event_of_somebody_else_is_turned_away() -> None:
    assert signed({"event_name": "follow", "app_id": "1", "timestamp": "1"}) == Turned(401, "foreign_app")
    assert signed({"event_name": "follow", "oa_id": "1", "timestamp": "1"}) == Turned(401, "foreign_oa")


def test_what_is_no_object_is_turned_away_before_anybody_asks_who_signed_it() -> None:
    assert decide(b"[]", None) == Turned(400, "not_an_object")
    assert decide(b"[" * 10_000, "mac=" + "0" * 64) == Turned(400, "too_deep")


def test_an_unknown_event_with_an_impossible_time_is_let_in() -> None:
    got = signed({"event_name": "user_send_hologram", "timestamp": "15439085347", "message": {"msg_id": "m1"}})
    assert isinstance(got, Admitted)
    assert (got.kind, got.event_at, got.citizen) == ("Unknown", None, "")
