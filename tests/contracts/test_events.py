"""Events only grow; every sample ever sent still parses; one speaker, at least one hearer."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.contracts import CATALOGUE, Event, heard_by, hearers_of, said_by
from libs.contracts import schema as schemas
from libs.contracts.__main__ import generated
from libs.contracts.events import FeedbackReceived, ReplyRequested, Routed

SAMPLES = sorted((Path(schemas.__file__).parent / "samples").glob("*.json"))
BY_NAME = {entry.event.name: entry.event for entry in CATALOGUE}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_ever_sent_still_parses_and_says_the_same(path: Path) -> None:
    # `feedback.routed.v1.json`, later versions of a sample as `feedback.routed.v1.2027-03.json`
    event = BY_NAME[".".join(path.name.split(".")[:3])]
    told = json.loads(path.read_text("utf-8"))
    read = event.from_bytes(path.read_bytes()).model_dump(mode="json", exclude_none=True)
    assert {key: read.get(key) for key in told} == told


def test_every_event_has_a_sample() -> None:
    assert {".".join(path.name.split(".")[:3]) for path in SAMPLES} == set(BY_NAME)


def test_each_event_has_one_speaker_and_at_least_one_other_service_hears_it() -> None:
    names = [entry.event.name for entry in CATALOGUE]
    assert len(names) == len(set(names))
    for entry in CATALOGUE:
        assert entry.hearers
        assert entry.speaker not in entry.hearers
        assert entry.event in said_by(entry.speaker)
        assert all(entry.event in heard_by(hearer) for hearer in entry.hearers)
        assert hearers_of(entry.event.name) == entry.hearers


def test_generated_files_are_up_to_date() -> None:
    assert {path.name: path.read_text("utf-8") for path in generated()} == {p.name: t for p, t in generated().items()}


def test_what_is_checked_in_is_not_broken_by_the_code() -> None:
    assert schemas.all_breaking_changes() == []


def _changed(change: str) -> dict[str, Any]:
    after = copy.deepcopy(schemas.schema_of(Routed))
    match change:
        case "field removed":
            del after["properties"]["due_at"]
        case "type changed":
            after["properties"]["case_seq"]["type"] = "string"
        case "became mandatory":
            after["required"].append("matter")
        case "limit narrowed":
            after["properties"]["agency_name"]["maxLength"] = 10
        case "word no longer said":
            after["$defs"]["Desk"]["enum"].remove("office")
        case "optional field added":
            after["properties"]["note"] = {"type": "string", "default": ""}
        case "word added":
            after["$defs"]["Desk"]["enum"].append("night_desk")
        case "described better":
            after["properties"]["due_at"]["description"] = "when"
    return after


@pytest.mark.parametrize(
    ("change", "breaks"),
    [
        ("field removed", True),
        ("type changed", True),
        ("became mandatory", True),
        ("limit narrowed", True),
        ("word no longer said", True),
        ("optional field added", False),
        ("word added", False),
        ("described better", False),
    ],
)
def test_the_guard_tells_growth_from_breakage(change: str, breaks: bool) -> None:
    assert bool(schemas.breaking_changes(schemas.schema_of(Routed), _changed(change))) is breaks


def test_an_event_is_ordered_by_its_feedback_or_else_by_its_sender() -> None:
    sender = uuid4()
    assert ReplyRequested(sender_id=sender, seq=1, body="token").key == sender
    received = FeedbackReceived(
        feedback_id=uuid4(), sender_id=sender, code="HN-PA-261121-48213-K", channel="zalo",
        received_at=datetime(2026, 11, 21, tzinfo=UTC), text="…",
    )  # fmt: skip
    assert received.key == received.feedback_id


def test_an_event_that_was_never_said_cannot_leave() -> None:
    with pytest.raises(ValueError, match="was not said"):
        ReplyRequested(sender_id=uuid4(), seq=1, body="token").to_bytes()


def test_a_body_without_the_envelope_is_refused_and_its_text_is_not_repeated() -> None:
    body = json.dumps({"sender_id": str(uuid4()), "seq": "số điện thoại 0912345678", "body": "t"}).encode()
    with pytest.raises(ValueError, match="validation error") as caught:
        ReplyRequested.from_bytes(body)
    assert "0912345678" not in str(caught.value)


def test_unknown_fields_are_ignored_so_that_old_code_hears_newer_events() -> None:
    said = ReplyRequested(sender_id=uuid4(), seq=1, body="t").said(UUID(int=5), datetime(2026, 1, 1, tzinfo=UTC), None)
    newer = json.dumps({**json.loads(said.to_bytes()), "tone": "formal"}).encode()
    assert ReplyRequested.from_bytes(newer) == said


def test_no_field_of_an_event_could_hold_a_name_a_phone_or_an_address_in_clear() -> None:
    forbidden = {"phone", "full_name", "address_line", "email", "user_id", "id_number", "residence"}
    for entry in CATALOGUE:
        assert not forbidden & set(_fields(entry.event)), entry.event.name


def _fields(event: type[Event]) -> list[str]:
    schema = schemas.schema_of(event)
    names = list(schema["properties"])
    for definition in schema.get("$defs", {}).values():
        names += definition.get("properties", {})
    return names
