"""What Zalo's events are to the conversation: read from the very samples the webhook takes."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from libs.contracts.vocabulary import FileKind
from services.intake.domain.conversation import (
    Arrived,
    ContactShared,
    FileSent,
    LocationSent,
    StaffWrote,
    StickerSent,
    TextSaid,
    UnreadableSent,
)
from services.intake.domain.hearing import Heard, hear
from services.intake.domain.json_body import JsonObject, object_at, read_object, text_at
from services.intake.domain.zalo import ZaloAccount, read
from services.intake.domain.zalo_event import CitizenMessage
from services.intake.domain.zalo_part import SentFile, SharedLink, Sticker

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SAMPLES = Path("tests/zalo_events")


def _account(body: JsonObject) -> ZaloAccount:
    oa = text_at(body, "oa_id") or next(
        text_at(object_at(body, side), "id")
        for side in (("recipient",) if text_at(body, "event_name").startswith("user") else ("sender",))
    )
    return ZaloAccount(text_at(body, "app_id"), oa)


def _heard(name: str) -> Heard:
    body = read_object((SAMPLES / f"{name}.json").read_bytes())
    assert isinstance(body, dict)
    return hear(read(body, _account(body), NOW), NOW, uuid4)


@pytest.mark.parametrize(
    ("sample", "kinds"),
    [
        ("user_send_text", [TextSaid]),
        ("user_send_text.query_button", [TextSaid]),
        ("user_send_image", [FileSent]),
        ("user_send_audio", [FileSent]),
        ("user_send_video", [FileSent]),
        ("user_send_file", [FileSent]),
        ("user_send_location", [LocationSent]),
        ("user_send_sticker", [StickerSent]),
        ("user_send_link", [TextSaid]),
        ("user_send_business_card", [TextSaid]),
        ("user_submit_info", [ContactShared]),
        ("user_submit_info.legacy_flat", [ContactShared]),
        ("follow", [Arrived]),
        ("oa_send_text.staff", [StaffWrote]),
        ("oa_send_text", []),
        ("user_seen_message", []),
        ("user_received_message", []),
        ("unfollow", []),
    ],
)
def test_each_event_is_heard_as_what_it_means_to_a_conversation(sample: str, kinds: list[type]) -> None:
    heard = [type(one) for one in _heard(sample).inputs]
    assert [kind for kind in heard if kind is not TextSaid] == [kind for kind in kinds if kind is not TextSaid]
    assert (TextSaid in heard) >= (TextSaid in kinds)


def test_photos_come_before_their_caption() -> None:
    photo = SentFile(FileKind.IMAGE, "https://f1.zdn.vn/1.jpg")
    heard = hear(CitizenMessage("1", "m1", "giấy hẹn đây", (photo, photo)), NOW, uuid4)
    assert [type(one) for one in heard.inputs] == [FileSent, FileSent, TextSaid]
    assert len({waiting.file_id for waiting in heard.files}) == 2


def test_a_link_is_kept_with_the_words_around_it() -> None:
    link = SharedLink("https://example.vn/tin", "Tin về thủ tục")
    heard = hear(CitizenMessage("1", "m1", "xem giúp tôi", (link,)), NOW, uuid4)
    [said] = heard.inputs
    assert isinstance(said, TextSaid)
    assert said.text == "xem giúp tôi\nTin về thủ tục\nhttps://example.vn/tin"


def test_what_could_not_be_read_is_noticed_only_when_nothing_else_was_there() -> None:
    alone = hear(CitizenMessage("1", "m1", unreadable=1), NOW, uuid4)
    beside = hear(CitizenMessage("1", "m1", "kèm một tệp lạ", unreadable=1), NOW, uuid4)
    assert [type(one) for one in alone.inputs] == [UnreadableSent]
    assert [type(one) for one in beside.inputs] == [TextSaid]


def test_every_input_has_an_id_of_its_own() -> None:
    ids: set[UUID] = set()
    parts = (SentFile(FileKind.IMAGE, "https://f1.zdn.vn/1.jpg"), Sticker())
    for _ in range(3):
        ids |= {one.input_id for one in hear(CitizenMessage("1", "m1", "ảnh", parts), NOW, uuid4).inputs}
    assert len(ids) == 9


def test_the_transcript_says_what_was_sent_besides_words() -> None:
    line = hear(
        CitizenMessage("1", "m1", "đây", (SentFile(FileKind.IMAGE, "https://f1.zdn.vn/1.jpg"),)), NOW, uuid4
    ).line
    assert line is not None
    assert (line.speaker, line.text, line.message_ref) == ("citizen", "đây\n[tệp]", "m1")
