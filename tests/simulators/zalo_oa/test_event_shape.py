"""Every body the simulator can post is, byte for byte, the published sample when it tells the same facts."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from simulators.zalo_oa import attachment, event
from simulators.zalo_oa.attachment import message_part
from simulators.zalo_oa.citizen import FIRST_CITIZENS
from simulators.zalo_oa.event import Account, Person, encode
from simulators.zalo_oa.rating import Rating

ACCOUNT = Account("4187308559620713842", "2740116598031175526")
HOA = Person("6143092758814407315", "3098847120556613947")
BINH = Person("5520871934460218853", "7712093345581206674")

ATTACHMENTS: dict[str, Callable[[dict[str, Any]], attachment.Attachment]] = {
    "image": lambda payload: attachment.image(payload["url"], payload["thumbnail"]),
    "gif": lambda payload: attachment.gif(payload["url"], payload["thumbnail"]),
    "audio": lambda payload: attachment.audio(payload["url"]),
    "video": lambda payload: attachment.video(payload["url"], payload["thumbnail"], payload["description"]),
    "sticker": lambda payload: attachment.sticker(payload["id"], payload["url"]),
    "link": lambda payload: attachment.link(payload["url"], payload["thumbnail"], payload["description"]),
    "location": lambda payload: attachment.location(**payload["coordinates"]),
    "business_card": lambda payload: attachment.business_card(
        payload["url"], payload["thumbnail"], "0912000345", "https://qr.zdn.example/tvb"
    ),
}


@pytest.mark.parametrize(
    "name", ["user_send_text.json", "user_send_text.quote.json", "user_send_text.query_button.json"]
)
def test_a_text_of_a_citizen_has_the_published_bytes(name: str, sample: Callable[[str], bytes]) -> None:
    told = json.loads(sample(name))
    message = told["message"]
    part = message_part(message["msg_id"], message["text"], quote_id=message.get("quote_msg_id", ""))
    got = event.user_message(ACCOUNT, HOA, "user_send_text", part, int(told["timestamp"]))
    assert encode(got) == sample(name)


@pytest.mark.parametrize("kind", sorted(set(ATTACHMENTS) - {"gif"}))
def test_an_attachment_of_a_citizen_has_the_published_bytes(kind: str, sample: Callable[[str], bytes]) -> None:
    name = f"user_send_{kind}"
    told = json.loads(sample(f"{name}.json"))
    message = told["message"]
    made = ATTACHMENTS[kind](message["attachments"][0]["payload"])
    part = message_part(message["msg_id"], message.get("text", ""), made)
    assert made.kind == kind
    assert encode(event.user_message(ACCOUNT, HOA, name, part, int(told["timestamp"]))) == sample(f"{name}.json")


def test_a_gif_tells_the_published_facts_though_the_sample_orders_them_differently(
    sample: Callable[[str], bytes],
) -> None:
    told = json.loads(sample("user_send_gif.json"))
    made = ATTACHMENTS["gif"](told["message"]["attachments"][0]["payload"])
    part = message_part(told["message"]["msg_id"], "", made)
    assert event.user_message(ACCOUNT, HOA, "user_send_gif", part, int(told["timestamp"])) == told


def test_a_file_has_the_published_members_and_measures_its_content(sample: Callable[[str], bytes]) -> None:
    published = json.loads(sample("user_send_file.json"))["message"]["attachments"][0]
    made = attachment.file("https://f21-zpc.zdn.example/file/don.docx", "Đơn đề nghị.docx", b"0123456789").wire
    assert list(made) == list(published)
    assert list(made["payload"]) == list(published["payload"])
    assert made["payload"]["size"] == "10"
    assert made["payload"]["type"] == "docx"
    assert made["payload"]["checksum"] == "781e5e245d69b566979b86e28d23f2c7"


@pytest.mark.parametrize(
    "name",
    [
        "oa_send_text.json",
        "oa_send_text.staff.json",
        "oa_send_image.json",
        "oa_send_file.json",
        "oa_send_gif.json",
        "oa_send_sticker.json",
        "oa_send_list.json",
        "oa_reacted_message.json",
    ],
)
def test_an_echo_has_the_published_bytes(name: str, sample: Callable[[str], bytes]) -> None:
    told = json.loads(sample(name))
    got = event.oa_message(
        ACCOUNT,
        HOA,
        told["event_name"],
        told["message"],
        int(told["timestamp"]),
        admin_id=told["sender"].get("admin_id"),
    )
    assert encode(got) == sample(name)


@pytest.mark.parametrize(
    ("name", "build"),
    [
        ("follow.json", lambda at: event.follow(ACCOUNT, BINH, follows=True, source="oa_profile", at_ms=at)),
        ("unfollow.json", lambda at: event.follow(ACCOUNT, BINH, follows=False, source="oa_profile", at_ms=at)),
        ("user_click_chatnow.json", lambda at: event.chat_now(ACCOUNT, BINH, at)),
        ("user_withdraw.json", lambda at: event.withdraw(ACCOUNT, BINH, at)),
        ("user_received_message.json", lambda at: event.received(ACCOUNT, HOA, "63ecf43f0df7dba892e6", at)),
        (
            "user_seen_message.json",
            lambda at: event.seen(ACCOUNT, HOA, ["63ecf43f0df7dba892e6", "a4d0243feee163bd3af2"], at),
        ),
        (
            "user_reacted_message.json",
            lambda at: event.user_message(
                ACCOUNT,
                HOA,
                "user_reacted_message",
                {"msg_id": "63ecf43f0df7dba892e6", "react_icon": "/-heart"},
                at,
            ),
        ),
        ("console_test.user_send_text.json", lambda at: event.console_sample(ACCOUNT, at)),
        (
            "miniapp.user.revoke.consent.json",
            lambda at: event.revoke_consent(ACCOUNT.app_id, BINH.user_id_by_app, at),
        ),
    ],
)
def test_other_events_have_the_published_bytes(
    name: str, build: Callable[[int], event.Event], sample: Callable[[str], bytes]
) -> None:
    at = int(json.loads(sample(name))["timestamp"])
    assert encode(build(at)) == sample(name)


def test_shared_contact_details_have_the_published_members(sample: Callable[[str], bytes]) -> None:
    told = json.loads(sample("user_submit_info.json"))
    got = event.submit_contact(ACCOUNT, HOA, FIRST_CITIZENS[0].contact, int(told["timestamp"]))
    assert list(got) == list(told)
    assert list(got["info"]) == list(told["info"])
    assert list(got["info"]["full_address"]) == list(told["info"]["full_address"])


def test_a_receipt_by_phone_has_the_published_members(sample: Callable[[str], bytes]) -> None:
    told = json.loads(sample("user_received_message.zns.json"))
    message = told["message"]
    got = event.zns_received(ACCOUNT, "84912000678", message["msg_id"], message["tracking_id"], 1794985203432)
    assert {**got, "timestamp": told["timestamp"]} == told
    assert list(got) == list(told)
    assert list(got["message"]) == list(message)


def test_a_rating_has_the_published_bytes(sample: Callable[[str], bytes]) -> None:
    told = json.loads(sample("user_feedback.json"))
    message = told["message"]
    rating = Rating(
        message["msg_id"],
        message["tracking_id"],
        "412208",
        message["rate"],
        message["note"],
        tuple(message["feedbacks"]),
        int(message["submit_time"]),
    )
    assert encode(event.feedback(ACCOUNT, rating.as_event(), int(told["timestamp"]))) == sample("user_feedback.json")
