"""Whatever anybody sends, in whatever order: nothing breaks, nothing is lost, nothing is filed that should not be."""

import unicodedata
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import event, given, settings
from hypothesis import strategies as st

from libs.contracts.vocabulary import FileKind
from services.intake.domain.conversation import (
    Arrived,
    ContactShared,
    File,
    FileRef,
    FileSent,
    Input,
    Location,
    LocationSent,
    Person,
    StaffWrote,
    State,
    StickerSent,
    Supplement,
    TextSaid,
    TimerFired,
    UnreadableSent,
)
from services.intake.domain.conversation.wording import MAX_BUTTONS, MAX_REPLY, MAX_TITLE
from tests.unit.intake.talk import CONTACT, PLACELESS, STORY, Talk

STORIES = tuple(f"Lần thứ {n} tôi nộp giấy khai sinh số {n} mà vẫn bị hẹn lại" for n in range(1, 8))
FITTING = {
    "ask_consent": "đồng ý",
    "privacy_notice": "1",
    "ask_place": "Láng",
    "location_received": "phường Láng",
    "choose_heir": "1",
    "choose_commune": "1",
    "commune_unknown": "Láng",
    "commune_vanished": "phường Láng",
    "ask_name_phone": CONTACT,
    "ask_name": "Nguyễn Thị Hoa",
    "ask_phone": "0912345678",
    "contact_invalid_name": "Nguyễn Thị Hoa",
    "contact_invalid_phone": "0912345678",
    "ask_residence": "phường Láng",
    "summary": "1",
    "reminder_unfinished": "1",
}
"""What somebody who wants to finish would answer."""
NOISE = (
    *("1", "2", "5", "9", "đồng ý", "ok", "vâng ạ", CONTACT, "Hoa", "0912345678", "091234", "Láng", "phường Láng", ""),
    *("Dịch Vọng Hậu", "Đông Anh", "Bắc Ninh", "không rõ", "gửi đi", "sửa", "sửa số điện thoại 0987654321", "😀"),
    *("sửa nơi ở phường Hà Đông", "thêm ảnh", "tiếp tục", "xong", "chào ạ", "cảm ơn", "tra cứu", "khai sinh"),
    *("HN-PA-261121-48213-K", "HN-PA-261121-48213-B", "bổ sung", "việc mới", "công khai", "\u202egnaL", "{{ code }}"),
    *("Hello, could you please help me with this", "#tracuu", "1. Gửi đi", "dạ em ở phường Hà Đông ạ"),
)
GIVING_UP = ("hủy", "không đồng ý", "không", "sửa nội dung", "Nội dung", "2", "4", "5")
KINDS = ("photo", "photo", "voice", "location", "contact", "arrived", "sticker", "unreadable", "timer")

moments = st.sampled_from([0.0, 0.5, 1.0, 5.0, 70.0, 3_600.0, 50_000.0, 100_000.0, 300_000.0])
lateness = st.sampled_from([0, 0, 0, 0, 0, 0, 30, 100_000, None])


def _made(kind: str, text: str, late: int | None, talk: Talk) -> Input:
    at = None if late is None else talk.now - timedelta(seconds=late)
    told: dict[str, Any] = {"input_id": uuid4(), "at": at}
    match kind:
        case "text":
            return TextSaid(text=text, **told)
        case "photo" | "voice":
            return FileSent(file=FileRef(uuid4(), FileKind.IMAGE if kind == "photo" else FileKind.AUDIO), **told)
        case "location":
            return LocationSent(location=Location(21.0, 105.8), **told)
        case "contact":
            return ContactShared(person=Person("Lê Văn Tám", "84987654321", "phường Láng"), **told)
    plain = {"arrived": Arrived, "sticker": StickerSent, "unreadable": UnreadableSent, "timer": TimerFired}
    return {**plain, "staff": StaffWrote}[kind](**told)


def _next(data: st.DataObject, talk: Talk, texts: st.SearchStrategy[str], *, people: bool) -> list[Input]:
    """What comes next: mostly the fitting answer, often something else, sometimes several at once."""
    talk.now += timedelta(seconds=data.draw(moments))
    heard: list[Input] = []
    for _ in range(data.draw(st.integers(0, 3))):
        kind = data.draw(st.sampled_from(("fitting",) * 6 + ("text",) * 5 + KINDS + ("staff",) * people))
        late = data.draw(lateness)
        prompt = talk.conversation.prompt
        if kind == "fitting":
            kind, text = "text", FITTING.get(prompt.key if prompt else "", STORIES[len(heard)])
        else:
            text = data.draw(texts) if kind == "text" else ""
        heard.append(_made(kind, text, late, talk))
    return heard


def _check_replies(talk: Talk) -> None:
    for reply in talk.replies:
        assert reply.text
        assert len(unicodedata.normalize("NFC", reply.text)) <= MAX_REPLY
        assert len(reply.buttons) <= MAX_BUTTONS
        for number, button in enumerate(reply.buttons, start=1):
            assert 0 < len(button.title) <= MAX_TITLE
            assert f"\n{number}. {button.title}" in reply.text


anything = st.one_of(st.sampled_from(NOISE + GIVING_UP + STORIES + (STORY, PLACELESS)), st.text(max_size=60))


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_nothing_breaks_and_nothing_is_filed_without_consent_contacts_and_confirmation(data: st.DataObject) -> None:
    talk = Talk()
    shown: set[UUID] = set()
    for _ in range(data.draw(st.integers(5, 30))):
        heard = _next(data, talk, anything, people=True)
        before, done = talk.conversation, len(talk.effects)
        step = talk.hear(*heard)
        _check_replies(talk)
        if heard and all(isinstance(one, TimerFired) for one in heard):
            assert step.wake_at is None or step.wake_at > talk.now
        for effect in talk.effects[done:]:
            event(type(effect).__name__)
            if isinstance(effect, File) and not effect.incomplete:
                assert before.state is State.CONFIRMING
                assert before.draft is not None
                assert effect.draft.draft_id == before.draft.draft_id
                assert effect.draft.draft_id in shown
                assert effect.draft.is_agreed
                assert effect.draft.person.is_complete
            if isinstance(effect, File) and not effect.draft.is_agreed:
                assert effect.draft.person == Person()
            if isinstance(effect, Supplement):
                assert effect.feedback_id in {filing.draft.draft_id for filing in talk.filed}
        if step.conversation.draft is not None and "Xin ông/bà xem lại" in talk.answer:
            shown.add(step.conversation.draft.draft_id)
    ids = [filing.draft.draft_id for filing in talk.filed]
    assert len(ids) == len(set(ids))


telling = st.one_of(st.sampled_from([one for one in NOISE if one not in GIVING_UP]), st.sampled_from(STORIES))


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_every_story_told_ends_in_a_draft_a_feedback_or_a_supplement(data: st.DataObject) -> None:
    talk = Talk()
    told: set[str] = set()
    for _ in range(data.draw(st.integers(5, 30))):
        heard = _next(data, talk, telling, people=False)
        told |= {one.text for one in heard if isinstance(one, TextSaid) and one.text in STORIES}
        talk.hear(*heard)
        if (
            "nội dung đã được bỏ" in talk.answer
            or "tôn trọng quyết định" in talk.answer
            or "viết lại nội dung" in talk.answer
        ):
            return  # the citizen gave something up, by whatever number it was
        kept = [filing.draft.text for filing in talk.filed]
        kept += [effect.text for effect in talk.effects if isinstance(effect, Supplement)]
        kept += [talk.conversation.draft.text] if talk.conversation.draft else []
        assert {story for story in told if not any(story in text for text in kept)} == set()
    event(f"{len(talk.filed)} filed")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_file_sent_is_in_a_draft_a_feedback_or_a_supplement_or_was_declined(data: st.DataObject) -> None:
    talk = Talk()
    for _ in range(data.draw(st.integers(5, 25))):
        heard = _next(data, talk, anything, people=True)
        silent = talk.conversation.standing(talk.now) is State.SILENT or any(
            isinstance(one, StaffWrote) for one in heard
        )
        step = talk.hear(*heard)
        sent = {one.file.file_id for one in heard if isinstance(one, FileSent)}
        if not sent or silent:
            continue
        held = {file.file_id for file in step.conversation.draft.files} if step.conversation.draft else set()
        for effect in step.effects:
            if isinstance(effect, File | Supplement):
                files = effect.draft.files if isinstance(effect, File) else effect.files
                held |= {file.file_id for file in files}
        assert sent <= held or "chỉ nhận tối đa" in talk.answer or "nội dung đã được bỏ" in talk.answer
