"""Reading what Zalo posts."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.vocabulary import FileKind, ReceiptStatus
from services.intake.domain.json_body import NotAnObject, read_object
from services.intake.domain.zalo import ZaloAccount, event_time, read, read_time
from services.intake.domain.zalo_event import (
    AnonymousMessage,
    ChatOpened,
    CitizenMessage,
    ConsentWithdrawn,
    ConsoleSample,
    ContactShared,
    Followed,
    Foreign,
    Noted,
    Reacted,
    Receipt,
    StaffWrote,
    TemplateButtonPressed,
    TemplateRated,
    Unfollowed,
    Unknown,
)
from services.intake.domain.zalo_part import MAX_PARTS, SentFile, SentLocation, SharedCard, SharedLink, Sticker

APP, OA, HOA = "4187308559620713842", "2740116598031175526", "6143092758814407315"
ACCOUNT = ZaloAccount(APP, OA)
NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
FOLLOWER = "5520871934460218853"
SAMPLES = sorted(Path("tests/zalo_events").glob("*.json"))


def say(body: dict[str, Any] | bytes) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    value = read_object(raw)
    assert not isinstance(value, NotAnObject)
    return read(value, ACCOUNT, NOW)


def sample(name: str) -> Any:
    return say(Path("tests/zalo_events", f"{name}.json").read_bytes())


def message(event_name: str = "user_send_text", /, **told: Any) -> dict[str, Any]:
    return {
        "event_name": event_name,
        "sender": {"id": HOA},
        "recipient": {"id": OA},
        "message": {"msg_id": "m1", **told},
    }


def part(kind: str, **payload: Any) -> dict[str, Any]:
    return {"type": kind, "payload": payload}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "user_send_text.quote",
            CitizenMessage(
                HOA, "b2db3895fe26797f2030", "Vâng, tôi đồng ý với hướng dẫn này.", quoted_ref="63ecf43f0df7dba892e6"
            ),
        ),
        ("user_send_text.query_button", CitizenMessage(HOA, "c41f0a96b8d3e7755a11", "#tracuu")),
        (
            "user_send_image",
            CitizenMessage(
                HOA,
                "0a1b2c3d4e5f67891a2b",
                "Ảnh bảng niêm yết phí chứng thực ở bộ phận một cửa phường",
                (SentFile(FileKind.IMAGE, "https://f21-zpc.zdn.example/photo/8817aa.jpg"),),
            ),
        ),
        (
            "user_send_file",
            CitizenMessage(
                HOA,
                "9f8e7d6c5b4a32101122",
                "",
                (
                    SentFile(
                        FileKind.DOCUMENT,
                        "https://f21-zpc.zdn.example/file/gcn-9912.docx",
                        "Đơn đề nghị cấp đổi GCN QSDĐ.docx",
                        233947,
                    ),
                ),
            ),
        ),
        (
            "user_send_audio",
            CitizenMessage(
                HOA,
                "5b6617d0e93c42aa9f01",
                "",
                (SentFile(FileKind.AUDIO, "https://f21-zpc.zdn.example/voice/7741.amr"),),
            ),
        ),
        (
            "user_send_video",
            CitizenMessage(
                HOA,
                "e02b7c915a6d48f0b3d9",
                "Quay cảnh xếp hàng từ 6 giờ sáng ở nơi tiếp nhận hồ sơ cư trú",
                (SentFile(FileKind.VIDEO, "https://f21-zpc.zdn.example/video/v331.mp4"),),
            ),
        ),
        (
            "user_send_gif",
            CitizenMessage(
                HOA, "f7120b3c6d5e4a8890b1", "", (SentFile(FileKind.IMAGE, "https://f21-zpc.zdn.example/gif/g10.gif"),)
            ),
        ),
        ("user_send_sticker", CitizenMessage(HOA, "44a9d1e8c07b4d52a6ef", "", (Sticker(),))),
        (
            "user_send_link",
            CitizenMessage(
                HOA,
                "3e5d7f9a1b2c4d6e8f00",
                "Trang này báo nộp hồ sơ được mà bấm vào thì lỗi https://dichvucong.example.gov.vn/thu-tuc/1.004194",
                (SharedLink("https://dichvucong.example.gov.vn/thu-tuc/1.004194", "Thủ tục đăng ký tạm trú"),),
            ),
        ),
        (
            "user_send_location",
            CitizenMessage(HOA, "7d10c22b9ae14f0388c5", "", (SentLocation(10.7642473, 106.6564314),)),
        ),
        (
            "user_send_business_card",
            CitizenMessage(
                HOA,
                "8c9dae0fb1c2d3e4f506",
                "Trần Văn Bình - Tổ trưởng tổ dân phố 7",
                (SharedCard("Trần Văn Bình - Tổ trưởng tổ dân phố 7", "84912000345"),),
            ),
        ),
        (
            "user_submit_info",
            ContactShared(
                HOA,
                "Nguyễn Thị Hoa",
                "84912000678",
                province="Thành phố Hồ Chí Minh",
                ward="Phường Tân Thuận",
                street="Số 12 đường số 13",
            ),
        ),
        (
            "user_submit_info.legacy_flat",
            ContactShared(
                HOA,
                "Nguyễn Thị Hoa",
                "84912000678",
                province="Hồ Chí Minh",
                district="Quận 7",
                ward="Phường Tân Thuận",
                street="Số 12 đường số 13",
            ),
        ),
        ("follow", Followed(FOLLOWER)),
        ("unfollow", Unfollowed(FOLLOWER)),
        ("user_click_chatnow", ChatOpened(FOLLOWER)),
        ("user_withdraw", ConsentWithdrawn(FOLLOWER)),
        ("user_reacted_message", Reacted(HOA, "63ecf43f0df7dba892e6", "/-heart")),
        (
            "oa_send_text",
            Receipt(
                ReceiptStatus.ECHOED, ("63ecf43f0df7dba892e6",), datetime(2026, 11, 18, 1, 15, 0, 744000, UTC), HOA
            ),
        ),
        (
            "oa_send_text.staff",
            StaffWrote(
                HOA, "a4d0243feee163bd3af2", "Chị Hoa ơi, hồ sơ của chị đang chờ xác minh tại Công an phường ạ."
            ),
        ),
        (
            "user_received_message",
            Receipt(
                ReceiptStatus.DELIVERED, ("63ecf43f0df7dba892e6",), datetime(2026, 11, 18, 1, 15, 1, 12000, UTC), HOA
            ),
        ),
        (
            "user_seen_message",
            Receipt(
                ReceiptStatus.SEEN,
                ("63ecf43f0df7dba892e6", "a4d0243feee163bd3af2"),
                datetime(2026, 11, 18, 1, 16, 20, 455000, UTC),
                HOA,
            ),
        ),
        (
            "user_received_message.zns",  # the moment of delivery, not of the event; the phone is not a citizen's id
            Receipt(
                ReceiptStatus.DELIVERED,
                ("15a0cc0bbb13bd4ce403",),
                datetime(2026, 11, 18, 7, 0, 3, 432000, UTC),
                "84912000678",
            ),
        ),
        (
            "user_feedback",
            TemplateRated(
                "7e4c33cfc20b05575c18",
                "pa-2026-000457-danhgia",
                3,
                "Cán bộ hướng dẫn rõ, nhưng trả kết quả trễ 2 ngày.",
                ("Thời gian xử lý lâu", "Thái độ phục vụ tốt"),
            ),
        ),
        (
            "user_click_response_button",
            TemplateButtonPressed("808932e81f53670a3e45", "pa-2026-000457-khaosat", "Chưa hài lòng"),
        ),
        (
            "anonymous_send_text",
            AnonymousMessage(
                "1f0c9a7e55d24b1c8e3a",
                "c0b7e19d44f2",
                "0a3680df4457c913a058",
                "Tôi chưa có tài khoản Zalo, cho hỏi giờ làm việc sáng thứ bảy?",
            ),
        ),
        ("user_send_group_text", Noted("user_send_group_text", "group")),
        ("create_group", Noted("create_group", "group")),
        ("user_join_group", Noted("user_join_group", "group")),
        ("change_template_status", Noted("change_template_status", "template")),
        ("change_oa_daily_quota", Noted("change_oa_daily_quota", "account")),
        ("permission_revoked", Noted("permission_revoked", "account")),
        ("add_user_to_tag", Noted("add_user_to_tag", "tag")),
        ("oa_send_consent", Noted("oa_send_consent", "call")),
        ("oa_reacted_message", Noted("oa_reacted_message", "reaction")),
        ("widget_interaction_accepted", Noted("widget_interaction_accepted", "widget")),
        ("update_user_info", Noted("update_user_info", "profile")),
        ("console_test.user_send_text", ConsoleSample()),
        ("miniapp.user.revoke.consent", Unknown("")),
    ],
)
def test_the_samples_say(name: str, expected: object) -> None:
    assert sample(name) == expected


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_no_sample_but_the_other_platforms_is_unknown(path: Path) -> None:
    event = say(path.read_bytes())
    assert isinstance(event, Unknown) == path.stem.startswith("miniapp.")
    assert not isinstance(event, Foreign)


# ------------------------------------------------------------------------------------------------ whose event


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"app_id": "1"}, Foreign("app")),
        ({"app_id": {"id": APP}}, Foreign("app")),
        ({"app_id": int(APP)}, CitizenMessage(HOA, "m1", "x")),
        ({"app_id": None}, CitizenMessage(HOA, "m1", "x")),
        ({"oa_id": "1"}, Foreign("oa")),
        ({"oaId": "1"}, Foreign("oa")),
        ({"oa_id": int(OA)}, CitizenMessage(HOA, "m1", "x")),
        ({"recipient": {"id": "1"}}, Foreign("oa")),
        ({"recipient": {"id": int(OA)}}, CitizenMessage(HOA, "m1", "x")),
        ({"recipient": {}}, CitizenMessage(HOA, "m1", "x")),
        ({"recipient": None, "sender": {"id": int(HOA)}}, CitizenMessage(HOA, "m1", "x")),
        ({"sender": {"id": OA}, "recipient": {"id": HOA}}, CitizenMessage(HOA, "m1", "x")),
        ({"sender": None, "recipient": None}, Noted("user_send_text", "nobody")),
        ({"sender": {"id": OA}}, Noted("user_send_text", "nobody")),
        ({"sender": "x", "recipient": []}, Noted("user_send_text", "nobody")),
    ],
)
def test_the_citizen_is_the_party_that_is_not_our_account(change: dict[str, Any], expected: object) -> None:
    assert say({**message(text="x"), **change}) == expected


def test_a_group_is_not_another_account() -> None:
    assert say({**message("user_send_group_image"), "recipient": {"id": "f414c8f7"}}) == Noted(
        "user_send_group_image", "group"
    )
    assert say({**message("user_send_group_image"), "oa_id": "1"}) == Foreign("oa")


def test_a_follow_with_parties_instead_of_a_follower_is_understood() -> None:
    assert say({"event_name": "follow", "sender": {"id": HOA}, "recipient": {"id": OA}}) == Followed(HOA)
    assert say({"event_name": "follow"}) == Noted("follow", "nobody")


@pytest.mark.parametrize(
    "change",
    [
        {"message": {"msg_id": "This is message id", "text": "This is testing message!"}},
        {"message": {"msg_id": "m1", "text": "This is testing message"}},
        {"event_name": "user_send_image"},
        {"recipient": {"id": OA}},
    ],
)
def test_only_the_exact_sample_of_the_console_is_the_sample(change: dict[str, Any]) -> None:
    body = json.loads(Path("tests/zalo_events/console_test.user_send_text.json").read_text("utf-8"))
    assert say(body) == ConsoleSample()
    assert say({**body, **change}) != ConsoleSample()


# ------------------------------------------------------------------------------------------------ parts and text


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (message(text="x", attachments=[part("IMAGE", url="https://a/b")]), (SentFile(FileKind.IMAGE, "https://a/b"),)),
        (
            {**message(text="x"), "attachments": [part("image", url="https://a/b")]},
            (SentFile(FileKind.IMAGE, "https://a/b"),),
        ),
        (
            message("user_send_image", text="x", attachments=[{"payload": {"url": "https://a/b"}}]),
            (SentFile(FileKind.IMAGE, "https://a/b"),),
        ),
        (
            message("user_send_file", text="x", attachments=[part("file", url="https://a/b", size=12)]),
            (SentFile(FileKind.DOCUMENT, "https://a/b", size_bytes=12),),
        ),
        (
            message("user_send_file", text="x", attachments=[part("file", url="https://a/b", size="-1")]),
            (SentFile(FileKind.DOCUMENT, "https://a/b"),),
        ),
        (
            message("user_send_location", text="x", attachments=[part("location", lat=21.02, long=105.8)]),
            (SentLocation(21.02, 105.8),),
        ),
        (
            message("user_send_location", text="x", location={"latitude": "21.02", "longitude": "105.8"}),
            (SentLocation(21.02, 105.8),),
        ),
        (
            message("user_send_location", text="x", location={"coordinates": {"latitude": 21, "longitude": 105}}),
            (SentLocation(21, 105),),
        ),
        (
            message(
                "user_send_location",
                text="x",
                attachments=[part("location", coordinates={"latitude": "1", "longitude": "2"})],
                location={"latitude": "3", "longitude": "4"},
            ),
            (SentLocation(1, 2),),
        ),
    ],
)
def test_parts_are_found_in_each_form_that_was_seen(event: dict[str, Any], expected: tuple[object, ...]) -> None:
    got = say(event)
    assert (got.parts, got.text, got.unreadable) == (expected, "x", 0)


@pytest.mark.parametrize(
    "bad",
    [
        None,
        "x",
        [],
        {},
        {"type": "image"},
        {"type": 7, "payload": {"url": 5}},
        part("image", url=""),
        part("image", url=["https://a"]),
        part("image", url="https://a/" + "x" * 3000),
        part("hologram", url="https://a/b"),
        part("location", coordinates={"latitude": "x", "longitude": "1"}),
        part("location", coordinates={"latitude": "nan", "longitude": "1"}),
        part("location", coordinates={"latitude": "91", "longitude": "1"}),
        part("location", coordinates={"latitude": "1"}),
        part("location", coordinates="21,105"),
        part("link", description="no address"),
    ],
)
def test_one_bad_part_costs_neither_the_text_nor_its_neighbours(bad: object) -> None:
    got = say(message(text="Tôi kêu cứu", attachments=[bad, part("image", url="https://a/b")]))
    assert (got.text, got.parts, got.unreadable) == ("Tôi kêu cứu", (SentFile(FileKind.IMAGE, "https://a/b"),), 1)


def test_a_place_outside_the_parts_stands_in_for_one_that_cannot_be_read() -> None:
    got = say(message("user_send_location", attachments=[part("location", x=1)], location={"lat": 21, "lng": 105}))
    assert (got.parts, got.unreadable) == ((SentLocation(21, 105),), 0)


def test_five_hundred_parts_are_counted_and_the_first_of_them_read() -> None:
    got = say(message(text="x", attachments=[part("image", url=f"https://a/{n}") for n in range(500)]))
    assert (len(got.parts), got.unreadable, got.text) == (MAX_PARTS, 500 - MAX_PARTS, "x")


@pytest.mark.parametrize(
    ("description", "phone"),
    [
        ('{"phone":912000345}', "84912000345"),
        ('{"phone":"+84 912 000 345"}', "84912000345"),
        ('{"phone":', ""),
        ("0912000345", ""),
        ("[" * 5000, ""),
        ("", ""),
    ],
)
def test_a_card_keeps_its_name_whatever_its_inside(description: str, phone: str) -> None:
    got = say(message("user_send_business_card", text="Ông Bình", attachments=[part("link", description=description)]))
    assert (got.text, got.parts) == ("Ông Bình", (SharedCard("Ông Bình", phone),))


@pytest.mark.parametrize(
    "body",
    [
        {"event_name": "user_send_sticker", "sender": {"id": HOA}, "recipient": {"id": OA}},
        {"event_name": "user_send_text", "sender": {"id": HOA}, "message": "hello"},
        message("user_send_audio", text="", attachments=[]),
    ],
)
def test_a_message_with_nothing_readable_still_is_a_message_to_acknowledge(body: dict[str, Any]) -> None:
    assert say(body) == CitizenMessage(HOA, got.message_ref if (got := say(body)) else "", unreadable=1)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (r"a\u0000b", "ab"),
        (r"a\nb\tc", "a\nb\tc"),
        (r"a\r\nb", "a\nb"),
        (r"\u0007\u009f\u007fx", "x"),
        (r"x\ud83dx", "x\ufffdx"),
        (r"x\ude00x", "x\ufffdx"),
        (r"\ud83d\ude00", "😀"),
        ("Tie\u0302\u0301ng Vie\u0323\u0302t", "Tie\u0302\u0301ng Vie\u0323\u0302t"),
        ("\u202eabc\u200b", "\u202eabc\u200b"),
        ("=HYPERLINK(1) {{ x }} <b>", "=HYPERLINK(1) {{ x }} <b>"),
        ("👨‍👩‍👧 👍🏽", "👨‍👩‍👧 👍🏽"),
        ("x" * 50_000, "x" * 50_000),
    ],
)
def test_text_is_kept_as_written_but_for_what_no_store_can_hold(sent: str, kept: str) -> None:
    raw = f'{{"event_name":"user_send_text","sender":{{"id":"{HOA}"}},"message":{{"msg_id":"m1","text":"{sent}"}}}}'
    assert say(raw.encode()).text == kept


def test_bytes_that_are_no_utf8_cost_one_sign_not_the_message() -> None:
    raw = f'{{"event_name":"user_send_text","sender":{{"id":"{HOA}"}},"message":{{"text":"kh'.encode()
    assert say(raw + b'\xe1 khai\x01 sinh"}}').text == "kh\ufffd khai sinh"


def test_the_last_of_repeated_keys_counts() -> None:
    raw = b'{"event_name":"follow","follower":{"id":"1"},"event_name":"unfollow","follower":{"id":"2"}}'
    assert say(raw) == Unfollowed("2")


# ------------------------------------------------------------------------------------------------ receipts, unknown


def test_a_seen_receipt_may_name_one_message_or_several() -> None:
    assert say(message("user_seen_message")).message_refs == ("m1",)
    assert say(message("user_seen_message", msg_ids=["a", "b", "a", None, 7])).message_refs == ("a", "b", "7")
    assert say({"event_name": "user_seen_message"}).message_refs == ()


def test_an_echo_typed_by_staff_keeps_its_files() -> None:
    body = message("oa_send_image", attachments=[part("image", url="https://a/b")])
    body |= {"sender": {"id": OA, "admin_id": 8124470933651290047}, "recipient": {"id": HOA}}
    assert say(body) == StaffWrote(HOA, "m1", "", (SentFile(FileKind.IMAGE, "https://a/b"),))


@pytest.mark.parametrize(
    "name", ["user_send_hologram", "user_click_button", "", "x" * 500, 7, None, ["follow"], "follow\x00x"]
)
def test_an_event_nobody_told_us_about_is_unknown(name: object) -> None:
    got = say({"event_name": name})
    assert isinstance(got, Unknown)
    assert len(got.name) <= 64


@pytest.mark.parametrize("rate", ["6", 0, -1, None, "five", [5]])
def test_a_rating_outside_its_scale_is_kept_without_stars(rate: object) -> None:
    assert say({"event_name": "user_feedback", "message": {"rate": rate, "note": "x"}}) == TemplateRated(
        "", "", None, "x", ()
    )


# ------------------------------------------------------------------------------------------------ time


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        ("1794964445311", datetime(2026, 11, 18, 1, 14, 5, 311000, UTC)),
        ("154390853474", None),
        ("15439085347", None),
        ("1794964445", None),
        ("0", None),
        ("-1794964445311", None),
        ("", None),
        ("1763428445311", None),
        ("1826500445311", None),
        ("1.794964445311e12", None),
        ("17949644453110", None),
        ("9" * 400, None),
        ("١٧٩٤٩٦٤٤٤٥٣١١", None),
    ],
)
def test_a_time_is_believed_only_when_it_can_be_true(digits: str, expected: datetime | None) -> None:
    assert read_time(digits, NOW) == expected


def test_the_same_time_is_read_from_a_number_and_from_a_text() -> None:
    texts = [b'{"timestamp":1794964445311}', b'{"timestamp":"1794964445311"}']
    assert len({event_time(read_object(raw), NOW) for raw in texts}) == 1  # type: ignore[arg-type]


def test_a_day_old_redelivery_keeps_its_time() -> None:
    assert read_time("1794964445311", NOW + timedelta(days=1)) is not None


# ------------------------------------------------------------------------------------------------ whatever comes

KEYS = st.sampled_from(
    [
        "id",
        "msg_id",
        "msg_ids",
        "text",
        "attachments",
        "type",
        "payload",
        "url",
        "name",
        "size",
        "coordinates",
        "latitude",
        "location",
        "name",
        "phone",
        "full_address",
        "rate",
        "feedbacks",
        "app_id",
        "oa_id",
        "sender",
        "recipient",
        "follower",
        "user_id",
        "message",
        "info",
        "timestamp",
        "admin_id",
    ]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.sampled_from([OA, HOA, "image", "x"])
ANYTHING = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner), max_leaves=8)
NAMES = st.sampled_from(sorted({json.loads(path.read_text("utf-8")).get("event_name", "") for path in SAMPLES}))


@given(name=NAMES, told=st.dictionaries(KEYS, ANYTHING, max_size=5))
def test_no_shape_of_a_known_event_is_an_error(name: str, told: dict[str, Any]) -> None:
    say({**told, "event_name": name})
