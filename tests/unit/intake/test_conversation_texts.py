"""The province's texts and the stored form of a conversation are checked before anybody is answered."""

import copy
import json
import re
from typing import Any

import pytest

from libs.launch.rows import BadRows
from services.intake.domain.conversation import (
    Conversation,
    DamagedConversation,
    NewerConversation,
    dump_conversation,
    load_conversation,
)
from services.intake.domain.conversation.wording import shortened
from services.intake.texts import SAID, read_texts
from tests.support.province import table
from tests.unit.intake.talk import Talk, texts


def _content() -> dict[str, Any]:
    return copy.deepcopy(table("messages/conversation.toml"))


def _read(content: dict[str, Any]) -> None:
    read_texts(content, code_prefix="HN-PA", office="Văn phòng")


@pytest.mark.parametrize("key", sorted(SAID))
def test_every_message_is_at_most_three_sentences(key: str) -> None:
    sentences = [one for one in re.split(r"(?<=[.?!…])\s+", texts().message(key).text.strip()) if one]
    assert len(sentences) <= 3


def test_a_missing_message_is_named() -> None:
    content = _content()
    del content["messages"]["summary"]
    with pytest.raises(BadRows, match="summary"):
        _read(content)


def test_an_unknown_placeholder_is_named() -> None:
    content = _content()
    content["messages"]["filed"]["text"] = "Mã {{ kode }}"
    with pytest.raises(BadRows, match=r"filed.*kode"):
        _read(content)


def test_a_title_too_long_for_a_button_is_refused() -> None:
    content = _content()
    content["messages"]["summary"]["buttons"][0]["title"] = "Gửi phản ánh này đi ngay bây giờ"
    with pytest.raises(BadRows, match="summary"):
        _read(content)


def test_a_button_nobody_could_act_upon_is_not_offered() -> None:
    content = _content()
    content["messages"]["summary"]["buttons"][0] = {"id": "fly_to_the_moon", "title": "Bay lên mặt trăng"}
    read = read_texts(content, code_prefix="HN-PA", office="Văn phòng")
    assert "fly_to_the_moon" not in {choice.choice_id for choice in read.message("summary").choices}


def test_a_conversation_written_by_a_newer_program_is_left_to_it() -> None:
    stored = json.loads(dump_conversation(Conversation()))
    stored["version"] += 1
    with pytest.raises(NewerConversation):
        load_conversation(json.dumps(stored).encode())


@pytest.mark.parametrize("stored", [b"", b"null", b"{}", b'{"version":1,"conversation":{"state":"flying"}}', b"\xff"])
def test_a_damaged_conversation_is_told_without_repeating_its_content(stored: bytes) -> None:
    with pytest.raises(DamagedConversation) as caught:
        load_conversation(stored)
    assert "flying" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_field_of_a_later_version_does_not_disturb_an_earlier_one() -> None:
    talk = Talk()
    talk.until_summary()
    stored = json.loads(dump_conversation(talk.conversation))
    stored["conversation"]["draft"]["mood"] = "patient"
    assert load_conversation(json.dumps(stored).encode()) == talk.conversation


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("một hai ba", 20, "một hai ba"),
        ("một hai ba bốn năm sáu", 15, "một hai ba…"),
        ("a" * 30, 10, "a" * 9 + "…"),
    ],
)
def test_a_long_text_is_cut_at_a_word(text: str, limit: int, short: str) -> None:
    assert shortened(text, limit) == short


def test_the_notice_is_offered_only_where_it_can_be_read() -> None:
    offered = {
        url: {choice.choice_id for choice in read.message("ask_consent").choices}
        for url in ("", "https://phananh.example.vn/quyen")
        if (read := read_texts(_content(), code_prefix="HN-PA", office="Văn phòng", notice_url=url))
    }
    assert offered == {"": {"agree", "refuse"}, "https://phananh.example.vn/quyen": {"agree", "refuse", "read_notice"}}
