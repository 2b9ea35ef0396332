"""What citizens read and type in Hà Nội: notices, the conversation, refusals, and the cues that sort their texts."""

import re
import tomllib
from typing import Any

import pytest

from libs.contracts.vocabulary import AccusedPost, Disposition, RefusalReason
from libs.places import fold
from tests.support.province import HANOI, rows, table

PLACEHOLDER = re.compile(r"\{\{ (\w+) \}\}")
NOTICES = table("messages/notices.toml")
CONVERSATION = table("messages/conversation.toml")


def buttons() -> list[tuple[str, list[dict[str, Any]]]]:
    spoken = [*CONVERSATION["messages"].items(), *NOTICES["notices"].items()]
    return [(key, message["buttons"]) for key, message in spoken if "buttons" in message]


def texts() -> list[tuple[str, str]]:
    said = [(key, message["text"]) for key, message in CONVERSATION["messages"].items()]
    notices = [(path.stem, path.read_text(encoding="utf-8")) for path in sorted((HANOI / "messages").glob("*.txt"))]
    refusals = [(row["code"], f"{row['citizen_text']}\n{row['where_to']}") for row in rows("refusal_reasons.csv")]
    return said + notices + refusals


@pytest.mark.parametrize("name", ["conduct_cues.csv", "leader_cues.csv", "disposition_cues.csv"])
def test_cues_fold_to_what_is_written_beside_them(name: str) -> None:
    for row in rows(name):
        assert int(row["weight"]) in (1, 2, 3)
        assert row["folded"] in ("", fold(row["cue"]))
        if row.get("pattern") == "regex":
            assert re.compile(row["cue"]).groups == 0
            re.compile(row["folded"])


def test_the_appointment_made_many_times_is_seen_in_any_number() -> None:
    patterns = [re.compile(row["folded"]) for row in rows("conduct_cues.csv") if row["pattern"] == "regex"]
    for text in ("can bo hen 3 lan", "hen may lan khong xong", "hẹn nhiều lần", "qua 2 thang roi", "di len 5 lan"):
        assert any(pattern.search(fold(text)) for pattern in patterns), text


def test_dispositions_and_reasons_of_cues_are_known() -> None:
    for row in rows("disposition_cues.csv"):
        assert row["disposition"] in set(Disposition)
        assert not row["reason"] or row["reason"] in set(RefusalReason)
    assert {row["accused_post"] for row in rows("leader_cues.csv")} == {AccusedPost.LEADER, AccusedPost.STAFF}


def test_every_notice_has_its_text_and_every_text_its_notice() -> None:
    assert {path.stem for path in (HANOI / "messages").glob("*.txt")} == set(NOTICES["notices"])
    required = {"received", "routed", "in_progress", "extended", "answered", "refused", "transferred_out", "closed"}
    assert required <= set(NOTICES["notices"])


@pytest.mark.parametrize("key", sorted(NOTICES["notices"]))
def test_a_notice_names_its_case_and_uses_known_placeholders(key: str) -> None:
    text = (HANOI / "messages" / f"{key}.txt").read_text(encoding="utf-8")
    assert text.startswith("Mã {{ code }}:")
    assert set(PLACEHOLDER.findall(text)) <= set(NOTICES["placeholders"])


def test_refusals_use_known_placeholders() -> None:
    for row in rows("refusal_reasons.csv"):
        assert set(PLACEHOLDER.findall(row["citizen_text"] + row["where_to"])) <= set(NOTICES["placeholders"])


def test_the_conversation_uses_exactly_the_placeholders_it_explains() -> None:
    used = {name for message in CONVERSATION["messages"].values() for name in PLACEHOLDER.findall(message["text"])}
    assert used == set(CONVERSATION["placeholders"])


def test_the_conversation_has_what_its_speaker_asks_for() -> None:
    assert {
        "greeting", "ask_consent", "ask_name_phone", "ask_name", "ask_phone", "ask_residence", "ask_place",
        "choose_commune", "summary", "ask_what_to_change", "changed", "filed", "cancelled", "unknown_kind", "thanks",
        "lookup_none", "lookup_found", "lookup_needs_code", "too_long", "reminder_unfinished", "consent_refused",
        "contact_invalid_phone",
    } <= set(CONVERSATION["messages"])  # fmt: skip


@pytest.mark.parametrize(("key", "text"), texts())
def test_a_text_for_citizens_keeps_to_the_house_voice(key: str, text: str) -> None:
    assert not PLACEHOLDER.sub("", text).count("{")
    for word in ("hệ thống", "phân loại", "ticket", "TTHC", "PAKN", "!", "bạn ", "quý khách"):
        assert word not in text, (key, word)
    if key != "summary":  # a form to be read over, not sentences
        told = re.sub(r"\{\{ \w+ \}\}", "", text)
        assert len(re.findall(r"[.?](?=\s|$)", told)) <= 3, key


@pytest.mark.parametrize(("key", "offered"), buttons())
def test_buttons_are_short_and_can_be_typed_without_doubt(key: str, offered: list[dict[str, Any]]) -> None:
    assert len(offered) <= 5
    assert all(0 < len(button["title"]) <= 25 for button in offered)
    assert len({button["id"] for button in offered}) == len(offered)
    understood = [word for button in offered for word in {*button["typed"], fold(button["title"])}]
    assert len(understood) == len(set(understood)), key
    assert all(word == fold(word) for button in offered for word in button["typed"])


def test_commands_are_folded_and_mean_one_thing() -> None:
    typed = [word for command in CONVERSATION["commands"].values() for word in command["typed"]]
    assert typed == [fold(word) for word in typed]
    assert len(typed) == len(set(typed))


def test_toml_files_hold_nothing_but_what_is_read() -> None:
    for path in HANOI.rglob("*.toml"):
        assert tomllib.loads(path.read_text(encoding="utf-8"))
    assert set(CONVERSATION) == {"placeholders", "messages", "commands"}
    assert all(set(message) <= {"text", "buttons", "options"} for message in CONVERSATION["messages"].values())
    assert set(NOTICES) == {"placeholders", "notices"}
