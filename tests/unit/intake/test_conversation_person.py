"""A person of the office joins the chat; messages come late; contacts are shared as a card."""

from datetime import timedelta
from uuid import uuid4

from services.intake.domain.conversation import (
    Arrived,
    ContactShared,
    Person,
    StaffWrote,
    State,
    StickerSent,
    Supplement,
    TextSaid,
    UnreadableSent,
)
from tests.unit.intake.talk import CONTACT, PLACELESS, STORY, Talk, code


def _staff(talk: Talk) -> None:
    talk.now += timedelta(seconds=10)
    talk.hear(StaffWrote(input_id=uuid4(), at=talk.now))


def test_while_a_person_of_the_office_writes_the_bot_is_silent_for_twelve_hours() -> None:
    talk = Talk()
    _staff(talk)
    assert talk.say("chào anh, cho tôi hỏi về hồ sơ khai sinh của con tôi") == ""
    assert talk.conversation.draft is None
    assert talk.say(STORY, after_s=11 * 3600) == ""
    assert "đồng ý không" in talk.say(STORY, after_s=2 * 3600)


def test_words_said_to_a_person_join_the_open_draft() -> None:
    talk = Talk()
    talk.say(STORY)
    _staff(talk)
    assert talk.say("vâng, tôi còn giữ giấy hẹn ngày 20 tháng 11") == ""
    assert talk.conversation.draft is not None
    assert talk.conversation.draft.texts[-1] == "vâng, tôi còn giữ giấy hẹn ngày 20 tháng 11"


def test_a_yes_said_to_a_person_is_not_consent_given_to_the_bot() -> None:
    talk = Talk()
    talk.say(STORY)
    _staff(talk)
    talk.say("đồng ý")
    talk.say("1")
    assert talk.conversation.draft is not None
    assert not talk.conversation.draft.is_agreed


def test_a_plain_gui_di_still_sends_while_a_person_writes() -> None:
    talk = Talk()
    talk.until_summary()
    _staff(talk)
    assert talk.say("1") == ""
    assert code(1) in talk.say("Gửi đi")


def test_no_reminder_interrupts_a_person_and_none_is_forgotten() -> None:
    talk = Talk()
    talk.say(STORY)
    talk.now += timedelta(hours=19)
    _staff(talk)
    assert talk.rest(hours=11) == ""
    assert "chưa được gửi đi" in talk.rest(hours=3)


def test_after_the_silence_the_bot_goes_on_where_it_was() -> None:
    talk = Talk()
    talk.until_summary()
    _staff(talk)
    talk.now += timedelta(hours=13)
    assert "1. Gửi đi" in talk.say("alo")
    assert code(1) in talk.say("1")


def test_an_older_message_that_comes_late_answers_nothing_and_is_kept() -> None:
    talk = Talk()
    talk.until_summary()
    talk.say("1", late_s=3_600)
    assert talk.filed == []
    talk.say("Hôm đó còn có hai người nữa cũng bị hẹn lại", late_s=3_600)
    assert talk.conversation.draft is not None
    assert "hai người nữa" in talk.conversation.draft.text


def test_an_older_message_that_comes_after_filing_joins_that_feedback() -> None:
    talk = Talk()
    talk.until_filed()
    talk.say("Hôm đó còn có hai người nữa cũng bị hẹn lại", late_s=120)
    added = talk.effects[-1]
    assert isinstance(added, Supplement)
    assert added.feedback_id == talk.filed[0].draft.draft_id


def test_a_message_stamped_in_the_future_does_not_make_the_next_ones_late() -> None:
    talk = Talk()
    talk.until_summary()
    talk.say("họ còn hẹn tôi sang tuần sau quay lại", late_s=-86_400)
    assert code(1) in talk.say("1")


def test_two_messages_of_one_moment_may_come_in_either_order() -> None:
    talk = Talk()
    talk.say(STORY)
    talk.say("Nguyễn Thị Hoa 0912345678")
    talk.say("đồng ý", after_s=0.5, late_s=1)
    assert talk.conversation.draft is not None
    assert talk.conversation.draft.is_agreed


def test_a_message_without_a_readable_time_is_an_ordinary_message() -> None:
    talk = Talk()
    talk.until_summary()
    talk.now += timedelta(seconds=5)
    talk.hear(TextSaid(input_id=uuid4(), at=None, text="1"))
    assert code(1) in talk.answer


def test_a_contact_card_fills_name_number_and_commune_at_once() -> None:
    talk = Talk()
    talk.say(STORY)
    talk.say("đồng ý")
    card = Person("Nguyễn Thị Hoa", "84912345678", "12 Chùa Láng, Phường Láng")
    talk.hear(ContactShared(input_id=uuid4(), at=talk.now, person=card))
    assert talk.conversation.state is State.CONFIRMING
    assert talk.conversation.draft is not None
    assert talk.conversation.draft.person.residence_place_id == "HN-CN00199"


def test_a_contact_card_alone_starts_no_feedback_that_could_be_filed() -> None:
    talk = Talk()
    talk.hear(ContactShared(input_id=uuid4(), at=talk.now, person=Person("Nguyễn Thị Hoa", "84912345678")))
    assert "kể sự việc" in talk.answer
    talk.rest(hours=80)
    assert talk.filed == []


def test_who_follows_or_opens_the_chat_is_greeted_and_nothing_more() -> None:
    talk = Talk()
    talk.hear(Arrived(input_id=uuid4(), at=talk.now))
    assert talk.answer.startswith("Kính chào ông/bà")
    assert talk.conversation.draft is None
    talk.say(STORY)
    talk.hear(Arrived(input_id=uuid4(), at=talk.now))
    assert talk.answer == ""


def test_a_sticker_is_answered_once_and_starts_nothing() -> None:
    talk = Talk()
    talk.hear(StickerSent(input_id=uuid4(), at=talk.now))
    assert "Kính chào" in talk.answer
    assert talk.conversation.draft is None
    talk.say(PLACELESS)
    talk.hear(StickerSent(input_id=uuid4(), at=talk.now))
    assert talk.answer == ""


def test_what_cannot_be_opened_is_acknowledged_at_any_time() -> None:
    talk = Talk()
    talk.hear(UnreadableSent(input_id=uuid4(), at=talk.now))
    assert "chưa đọc được loại tin này" in talk.answer
    talk.say(STORY)
    talk.hear(UnreadableSent(input_id=uuid4(), at=talk.now))
    assert "chưa đọc được loại tin này" in talk.answer


def test_a_story_that_names_a_place_is_never_swallowed_as_the_answer_to_where() -> None:
    talk = Talk()
    talk.say(PLACELESS)
    talk.say("đồng ý")
    talk.say("cán bộ phường Láng quát mắng tôi giữa đông người")
    assert talk.conversation.draft is not None
    assert "quát mắng" in talk.conversation.draft.text
    assert talk.conversation.draft.place_id == "HN-CN00199"
    talk.say(CONTACT)
    talk.say("người nhà tôi ở đó cũng chứng kiến sự việc hôm ấy")
    assert "chứng kiến" in talk.conversation.draft.text
