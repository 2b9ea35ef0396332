"""A citizen's feedback from the first word to its code."""

from datetime import timedelta

import pytest

from libs.contracts.vocabulary import FileKind, Visibility
from services.intake.domain.conversation import LookUp, Person, State, Supplement
from services.intake.domain.gist import Gist, gist_of
from tests.unit.intake.talk import CONTACT, OFFICE, PLACELESS, STORY, Talk, code

LANG = "HN-CN00199"


# ---------------------------------------------------------------------------------------------- the usual way


def test_a_feedback_is_told_confirmed_and_gets_its_code_at_once() -> None:
    talk = Talk()
    assert "đồng ý không" in talk.say(STORY)
    assert "họ tên và số điện thoại" in talk.say("đồng ý")
    assert "ở phường, xã nào" in talk.say(CONTACT)
    summary = talk.say("số 5 ngõ 12 Chùa Láng, phường Láng")
    for line in (
        f"Nội dung: {STORY}",
        "Nơi xảy ra: phường Láng",
        "Họ tên: Nguyễn Thị Hoa",
        "Số điện thoại: 0912 345 678",
        "Nơi ở: số 5 ngõ 12 Chùa Láng, phường Láng",
        "1. Gửi đi",
        "2. Sửa lại",
    ):
        assert line in summary
    assert code(1) in talk.say("1")
    (filing,) = talk.filed
    assert not filing.incomplete
    assert filing.draft.text == STORY
    assert filing.draft.place_id == LANG
    assert filing.draft.person == Person("Nguyễn Thị Hoa", "84912345678", "số 5 ngõ 12 Chùa Láng, phường Láng", LANG)
    assert filing.draft.is_agreed
    assert filing.draft.visibility is Visibility.PRIVATE
    assert talk.conversation.state is State.IDLE


def test_the_reply_with_the_code_says_what_comes_next_and_when() -> None:
    assert "17:30 Thứ Tư 25/11/2026" in Talk().until_filed()


def test_everything_may_be_told_in_two_messages_without_diacritics() -> None:
    talk = Talk()
    talk.say("toi di lam khai sinh cho con o phuong lang 3 lan ma can bo cu hen mai")
    talk.say("dong y, nguyen thi hoa 0912.345.678, toi o phuong lang")
    assert talk.conversation.state is State.CONFIRMING
    talk.say("gui di")
    (filing,) = talk.filed
    assert filing.draft.person == Person("Nguyen Thi Hoa", "84912345678", "phường Láng", LANG)


def test_answers_may_come_together_in_one_message() -> None:
    talk = Talk()
    talk.say(STORY)
    talk.say("Nguyễn Thị Hoa 0912345678 phường Láng đồng ý")
    assert talk.conversation.state is State.CONFIRMING


def test_several_messages_and_photos_in_any_order_make_one_feedback() -> None:
    talk = Talk()
    photos = talk.send_photos(3)
    assert talk.replies == []
    assert "kể sự việc" in talk.rest()
    talk.say("Hôm qua tôi lên phường Láng xin trích lục khai sinh")
    talk.say("cán bộ đòi thêm ba loại giấy tờ không có trong quy định")
    photos += talk.send_photos(1)
    talk.rest()
    talk.say("đồng ý")
    talk.say("Nguyễn Thị Hoa, 0912345678, tôi ở phường Láng")
    talk.say("1")
    (filing,) = talk.filed
    assert filing.draft.text.splitlines() == [
        "Hôm qua tôi lên phường Láng xin trích lục khai sinh",
        "cán bộ đòi thêm ba loại giấy tờ không có trong quy định",
    ]
    assert [file.file_id for file in filing.draft.files] == photos


def test_an_album_is_answered_once_after_a_second_and_a_half_of_quiet() -> None:
    talk = Talk()
    talk.send_photos(2)
    assert talk.wake_at == talk.now + timedelta(seconds=1.5)
    talk.send_photos(1, after_s=1)
    assert talk.replies == []
    assert talk.wake_at == talk.now + timedelta(seconds=1.5)
    talk.rest()
    assert talk.answer.count("Chúng tôi đã nhận 3 ảnh") == 1


def test_two_quick_messages_open_one_draft() -> None:
    talk = Talk()
    talk.say(STORY, "cán bộ còn nói nặng lời với tôi nữa")
    assert len(talk.replies) == 1
    assert talk.conversation.draft is not None
    assert len(talk.conversation.draft.texts) == 2


def test_a_greeting_and_the_matter_in_one_breath_are_answered_with_the_first_question() -> None:
    talk = Talk()
    assert "đồng ý không" in talk.say("chào anh chị ạ", STORY)


def test_no_more_than_five_questions_are_asked() -> None:
    talk = Talk()
    asked = [talk.say("tôi muốn phản ánh")]
    asked.append(talk.say(PLACELESS))
    asked.append(talk.say("có"))
    asked.append(talk.say("phường Láng"))
    asked.append(talk.say(CONTACT))
    assert all("?" in one or "Xin" in one or "xin" in one for one in asked)
    assert "Xin ông/bà xem lại" in talk.say("ngay đó")
    assert len(asked) == 5


def test_one_question_at_a_time_however_many_messages_come() -> None:
    talk = Talk()
    talk.say(*(f"{STORY}, lần thứ {number} tôi phải đi lại" for number in range(50)))
    assert len(talk.replies) == 1
    assert talk.conversation.draft is not None
    assert len(talk.conversation.draft.texts) == 50


def test_a_question_is_not_pressed_while_somebody_is_still_telling() -> None:
    talk = Talk()
    talk.say(STORY)
    assert talk.say("sau đó tôi lại phải quay về lấy sổ hộ khẩu") == ""
    assert "đồng ý không" in talk.say("và người ta nghỉ sớm lúc bốn giờ chiều", after_s=70)


# -------------------------------------------------------------------------------------------------- small talk


@pytest.mark.parametrize("words", ["chào ạ", "alo", "😀", "tôi muốn phản ánh", "ad ơi"])
def test_small_talk_gets_one_courteous_reply_and_starts_nothing(words: str) -> None:
    talk = Talk()
    assert OFFICE in talk.say(words)
    assert talk.conversation.draft is None


def test_thanks_are_taken_with_thanks() -> None:
    talk = Talk()
    assert "Cảm ơn ông/bà" in talk.say("cảm ơn nhiều ạ")
    assert talk.conversation.draft is None


def test_two_machines_do_not_greet_each_other_for_ever() -> None:
    talk = Talk()
    answered = [bool(talk.say("hello", after_s=1)) for _ in range(20)]
    assert sum(answered) == talk.timing.courtesies_at_most


def test_a_machine_that_repeats_itself_is_not_asked_for_ever() -> None:
    talk = Talk()
    answered = [bool(talk.say("Cảm ơn bạn đã nhắn tin, chúng tôi sẽ trả lời sau", after_s=5)) for _ in range(50)]
    assert sum(answered) <= talk.timing.ask_at_most


def test_a_text_in_another_language_is_answered_with_the_wish_for_vietnamese() -> None:
    talk = Talk()
    assert "viết bằng tiếng Việt" in talk.say("Hello, I want to complain about my land certificate please")
    assert talk.conversation.draft is None


def test_a_complaint_or_denunciation_is_never_stopped_at_the_door() -> None:
    talk = Talk()
    text = "Đây là đơn tố cáo ông chủ tịch xã nhận tiền để cấp sổ đỏ"
    talk.until_filed(text)
    if talk.conversation.draft is not None:
        talk.say("1")
    assert gist_of(text) is Gist.MATTER
    assert [filing.draft.texts[0] for filing in talk.filed] == [text]


# ----------------------------------------------------------------------------------------------------- consent


@pytest.mark.parametrize("words", ["đồng ý", "1", "1. Tôi đồng ý", "có", "ok", "vâng ạ", "dong y", "Tôi đồng ý"])
def test_consent_is_given_by_number_word_or_button(words: str) -> None:
    talk = Talk()
    talk.say(STORY)
    talk.say(words)
    assert talk.conversation.draft is not None
    assert talk.conversation.draft.is_agreed


@pytest.mark.parametrize("words", ["để làm gì", "dạ", "hmm", "sao cũng được thế nhỉ mọi người"])
def test_nothing_but_a_clear_yes_is_consent(words: str) -> None:
    talk = Talk()
    talk.say(STORY)
    talk.say(words)
    assert talk.conversation.draft is not None
    assert not talk.conversation.draft.is_agreed


def test_a_yes_that_came_before_the_notice_was_shown_is_no_consent() -> None:
    talk = Talk()
    talk.say(STORY, "đồng ý", "1")
    assert talk.conversation.draft is not None
    assert not talk.conversation.draft.is_agreed


def test_contact_details_given_before_consent_are_not_taken_for_it() -> None:
    talk = Talk()
    talk.say(STORY)
    talk.say("Nguyễn Thị Hoa 0912345678")
    assert talk.conversation.draft is not None
    assert not talk.conversation.draft.is_agreed
    assert talk.conversation.draft.person.phone == "84912345678"


def test_who_declines_is_asked_nothing_and_nothing_is_filed() -> None:
    talk = Talk()
    talk.say(STORY)
    assert "tôn trọng quyết định" in talk.say("không đồng ý")
    assert talk.rest(hours=100) == ""
    assert talk.filed == []
    assert talk.conversation.draft is None


def test_who_declined_may_think_again() -> None:
    talk = Talk()
    talk.say(STORY)
    talk.say("không")
    assert "họ tên và số điện thoại" in talk.say("thôi được, tôi đồng ý")


def test_the_notice_on_personal_data_can_be_read_first() -> None:
    talk = Talk()
    talk.say(STORY)
    notice = talk.say("xem quy định")
    assert "quyền biết, xem, sửa" in notice
    talk.say("1")
    assert talk.conversation.draft is not None
    assert talk.conversation.draft.is_agreed


# -------------------------------------------------------------------------------------------------- the person


def test_only_what_is_missing_is_asked() -> None:
    talk = Talk()
    talk.say(STORY)
    talk.say("đồng ý")
    assert talk.say("0912345678") == "Xin ông/bà cho biết họ và tên."
    assert "ở phường, xã nào" in talk.say("Nguyễn Thị Hoa")


def test_a_wrong_number_is_corrected_kindly() -> None:
    talk = Talk()
    talk.say(STORY)
    talk.say("đồng ý")
    assert "chưa đúng" in talk.say("Nguyễn Thị Hoa 091234")
    talk.say("0912345678")
    assert talk.conversation.draft is not None
    assert talk.conversation.draft.person.phone == "84912345678"


def test_a_name_of_one_word_is_asked_about_once_then_accepted() -> None:
    talk = Talk()
    talk.say(STORY)
    talk.say("đồng ý")
    assert "họ và tên" in talk.say("Hoa, 0912345678")
    assert "ở phường, xã nào" in talk.say("Hoa")


def test_who_is_known_from_an_earlier_feedback_is_not_asked_again() -> None:
    talk = Talk()
    talk.until_filed()
    talk.now += timedelta(days=30)
    assert "đồng ý không" in talk.say(STORY)
    summary = talk.say("đồng ý")
    assert "Họ tên: Nguyễn Thị Hoa" in summary
    assert "Số điện thoại: 0912 345 678" in summary


# --------------------------------------------------------------------------------------------------- the place


def test_the_place_is_asked_only_when_the_text_does_not_name_it() -> None:
    talk = Talk()
    talk.say(PLACELESS)
    assert "phường, xã nào" in talk.say("đồng ý")
    talk.say("Láng")
    assert talk.conversation.draft is not None
    assert talk.conversation.draft.place_id == LANG


def test_an_old_name_is_explained_and_the_new_place_written_down() -> None:
    talk = Talk()
    talk.say(PLACELESS)
    talk.say("đồng ý")
    assert "phường Láng Thượng nay là phường Láng" in talk.say("Láng Thượng")


@pytest.mark.parametrize("choice", ["2", "Phường Nghĩa Đô", "nghia do", "phuong nghia do"])
def test_a_split_commune_is_asked_about_among_its_heirs(choice: str) -> None:
    talk = Talk()
    talk.say(PLACELESS)
    talk.say("đồng ý")
    heirs = talk.say("Dịch Vọng Hậu")
    assert "1. Phường Cầu Giấy" in heirs
    assert "2. Phường Nghĩa Đô" in heirs
    talk.say(choice)
    assert talk.conversation.draft is not None
    assert talk.conversation.draft.place_id == "HN-CN00160"


def test_a_split_commune_named_in_the_story_is_asked_about_at_once() -> None:
    talk = Talk()
    talk.say("Tôi xin giấy xác nhận ở phường Dịch Vọng Hậu mà bị từ chối")
    assert "Phường Cầu Giấy" in talk.say("đồng ý")


def test_who_does_not_know_the_place_is_not_pressed() -> None:
    talk = Talk()
    talk.say(PLACELESS)
    talk.say("đồng ý")
    assert "để trống nơi xảy ra" in talk.say("không rõ")
    assert "họ tên" in talk.answer


def test_a_place_nobody_knows_is_left_to_officers_after_two_tries_and_its_words_are_kept() -> None:
    talk = Talk()
    talk.say(PLACELESS)
    talk.say("đồng ý")
    assert "chưa tìm thấy tên này" in talk.say("xóm Đình bên kia cầu")
    assert "cán bộ sẽ xác định" in talk.say("gần cái chợ tạm")
    assert talk.conversation.draft is not None
    assert talk.conversation.draft.place_left_open
    assert "xóm Đình bên kia cầu" in talk.conversation.draft.text


def test_a_location_is_kept_for_officers_and_decides_nothing() -> None:
    talk = Talk()
    talk.say(PLACELESS)
    talk.send_location()
    assert "phường, xã nơi xảy ra" in talk.say("đồng ý")
    assert talk.conversation.draft is not None
    assert talk.conversation.draft.place_id is None
    assert talk.conversation.draft.location is not None


def test_somebody_may_live_outside_the_city() -> None:
    talk = Talk()
    talk.say(STORY)
    talk.say("đồng ý")
    talk.say(CONTACT)
    assert "chưa tìm thấy tên này" in talk.say("thành phố Bắc Ninh")
    assert "Nơi ở: thành phố Bắc Ninh" in talk.say("Ngoài Hà Nội")
    talk.say("1")
    assert talk.filed[0].draft.person.residence_place_id is None


def test_living_where_it_happened_is_one_tap() -> None:
    talk = Talk()
    talk.say(STORY)
    talk.say("đồng ý")
    talk.say(CONTACT)
    assert "Nơi ở: phường Láng" in talk.say("1")


# ------------------------------------------------------------------------------------------------- the summary


@pytest.mark.parametrize(
    "words", ["1", "Gửi đi", "gui di", "gửi đi ạ", "ok", "đồng ý", "1. Gửi đi", "dạ vâng", "xác nhận"]
)
def test_sending_is_said_in_many_ways(words: str) -> None:
    talk = Talk()
    talk.until_summary()
    assert code(1) in talk.say(words)


@pytest.mark.parametrize("first", [("1", "1"), ("gửi đi", "Gửi đi", "1")])
def test_confirming_twice_files_once(first: tuple[str, ...]) -> None:
    talk = Talk()
    talk.until_summary()
    talk.say(*first)
    talk.say("1", after_s=1)
    talk.say("gửi đi", after_s=3_600)
    assert len(talk.filed) == 1
    assert talk.effects[-1] == LookUp(code(1))
    assert talk.conversation.draft is None


def test_nothing_is_sent_by_words_that_came_before_the_summary() -> None:
    talk = Talk()
    talk.say("1", "gửi đi", STORY, "1", "gửi đi")
    talk.say("đồng ý")
    talk.say(CONTACT)
    talk.say("gửi đi")
    assert talk.filed == []


def test_a_number_is_changed_in_one_message() -> None:
    talk = Talk()
    talk.until_summary()
    summary = talk.say("sửa số điện thoại 0987654321")
    assert "Chúng tôi đã sửa số điện thoại." in summary, "the name was left as it is, and so it is said"
    assert "Số điện thoại: 0987 654 321" in summary
    assert "1. Gửi đi" in summary


@pytest.mark.parametrize(
    ("part", "value", "line"),
    [
        (
            "1",
            "Cán bộ thu tiền mà không đưa biên lai",
            "Nội dung: Cán bộ thu tiền mà không đưa biên lai",
        ),
        ("2", "Cầu Giấy, quận Cầu Giấy", "Nơi xảy ra: phường Cầu Giấy"),
        ("3", "Trần Văn Bình 0987654321", "Họ tên: Trần Văn Bình"),
        ("nơi ở", "phường Hà Đông", "Nơi ở: phường Hà Đông"),
        ("5", "1", "Kết quả: công khai"),
    ],
)
def test_each_part_can_be_changed_and_the_summary_comes_again(part: str, value: str, line: str) -> None:
    talk = Talk()
    talk.until_summary()
    assert "1. Nội dung" in talk.say("2")
    talk.say(part)
    summary = talk.say(value)
    if talk.conversation.state is State.CHANGING:
        summary = talk.say("1")
    assert line in summary
    assert "1. Gửi đi" in summary


def test_a_correction_and_the_next_number_in_one_breath_do_not_send_unseen_text() -> None:
    talk = Talk()
    talk.until_summary()
    talk.say("sửa số điện thoại 0987654321", "1")
    assert talk.filed == []
    assert "Số điện thoại: 0987 654 321" in talk.answer


def test_more_told_after_the_summary_is_added_and_shown() -> None:
    talk = Talk()
    talk.until_summary()
    assert "họ còn đóng cửa sớm hơn giờ" in talk.say("à họ còn đóng cửa sớm hơn giờ niêm yết")
    talk.say("1")
    assert "họ còn đóng cửa sớm" in talk.filed[0].draft.text


def test_content_changed_to_next_to_nothing_is_asked_about_before_it_is_sent() -> None:
    talk = Talk()
    talk.until_summary()
    talk.say("sửa nội dung")
    talk.say("khai sinh")
    assert "chưa rõ ông/bà muốn phản ánh việc gì" in talk.say("1")
    assert talk.filed == []


def test_the_same_words_said_twice_are_written_once() -> None:
    talk = Talk()
    talk.say(STORY, STORY)
    talk.say(STORY)
    assert talk.conversation.draft is not None
    assert talk.conversation.draft.text == STORY


def test_photos_can_be_added_after_the_summary() -> None:
    talk = Talk()
    talk.until_summary()
    assert "tối đa 5 tệp" in talk.say("thêm ảnh")
    talk.send_photos(2)
    assert "Gửi kèm: 2 ảnh" in talk.rest()


def test_cancelling_is_asked_about_once_and_one_can_start_anew() -> None:
    talk = Talk()
    talk.until_summary()
    assert "muốn tiếp tục không" in talk.say("hủy")
    assert "nội dung đã được bỏ" in talk.say("hủy")
    assert talk.conversation.draft is None
    assert "đồng ý không" in talk.say(STORY)
    assert talk.filed == []


@pytest.mark.parametrize("words", ["không đồng ý", "tôi không đồng ý"])
def test_who_does_not_agree_with_the_summary_is_asked_whether_to_go_on(words: str) -> None:
    talk = Talk()
    talk.until_summary()
    assert "muốn tiếp tục không" in talk.say(words)
    assert talk.filed == []


def test_the_wish_to_speak_to_a_person_is_no_matter() -> None:
    talk = Talk()
    assert "kể sự việc" in talk.say("gặp cán bộ")
    assert talk.conversation.draft is None


def test_who_goes_on_after_asking_to_cancel_sees_the_summary_again() -> None:
    talk = Talk()
    talk.until_summary()
    talk.say("hủy")
    assert "1. Gửi đi" in talk.say("tiếp tục")


def test_a_one_after_asking_to_cancel_does_not_send() -> None:
    talk = Talk()
    talk.until_summary()
    talk.say("hủy", "1")
    assert talk.filed == []


# ------------------------------------------------------------------------------------------------ after filing


def test_thanks_after_filing_are_answered_shortly() -> None:
    talk = Talk()
    talk.until_filed()
    assert talk.say("cảm ơn") == "Cảm ơn ông/bà. Khi cần, ông/bà chỉ cần nhắn lại tại đây."


def test_more_within_a_day_is_asked_about_and_added_to_the_case() -> None:
    talk = Talk()
    talk.until_filed()
    assert code(1) in talk.say("Tôi gửi thêm: giấy hẹn ghi ngày 20/11 đã bị sửa tay")
    assert code(1) in talk.say("bổ sung")
    added = talk.effects[-1]
    assert isinstance(added, Supplement)
    assert added.feedback_id == talk.filed[0].draft.draft_id
    assert added.text == "Tôi gửi thêm: giấy hẹn ghi ngày 20/11 đã bị sửa tay"
    assert talk.conversation.draft is None


def test_photos_within_a_day_are_asked_about_and_added_to_the_case() -> None:
    talk = Talk()
    talk.until_filed()
    photos = talk.send_photos(2)
    assert "1. Bổ sung" in talk.rest()
    talk.say("1")
    added = talk.effects[-1]
    assert isinstance(added, Supplement)
    assert [file.file_id for file in added.files] == photos


def test_more_within_a_day_may_also_be_a_new_matter() -> None:
    talk = Talk()
    talk.until_filed()
    talk.say("Ở phường Hà Đông tôi còn bị từ chối chứng thực bản sao")
    assert "đồng ý không" in talk.say("2")
    talk.say("đồng ý")
    talk.say("1")
    assert len(talk.filed) == 2


def test_a_photo_sent_in_one_breath_with_the_confirmation_waits_for_the_code() -> None:
    talk = Talk()
    talk.until_summary()
    talk.say("1", "Tôi quên nói là họ thu 50 nghìn đồng tiền photo")
    assert code(1) in talk.answer
    assert "bổ sung cho phản ánh đó" not in talk.answer
    assert f"mã {code(1)}" in talk.rest()


def test_days_later_a_new_matter_is_simply_a_new_one() -> None:
    talk = Talk()
    talk.until_filed()
    talk.now += timedelta(days=3)
    assert "đồng ý không" in talk.say("Ở phường Hà Đông tôi bị từ chối chứng thực bản sao")


# ----------------------------------------------------------------------------------------------------- look-up


@pytest.mark.parametrize(
    "words",
    [
        "HN-PA-261121-48213-K",
        "hn pa 261121 48213 k",
        "tra cứu HN-PA-261121-48213-K",
        "Mã HN-PA-261121-48213-K đến đâu rồi",
    ],
)
def test_a_code_is_looked_up(words: str) -> None:
    talk = Talk()
    talk.say(words)
    assert talk.effects == [LookUp("HN-PA-261121-48213-K")]


def test_the_last_digits_of_the_number_come_with_the_code() -> None:
    talk = Talk()
    talk.say("HN-PA-261121-48213-K 5678")
    assert talk.effects == [LookUp("HN-PA-261121-48213-K", "5678")]


@pytest.mark.parametrize("words", ["tra cứu", "#tracuu", "Tra cuu"])
def test_the_look_up_command_asks_for_all_cases(words: str) -> None:
    talk = Talk()
    talk.say(words)
    assert talk.effects == [LookUp()]


def test_a_question_how_far_it_is_looks_up_only_for_somebody_with_cases() -> None:
    talk = Talk()
    question = "hồ sơ của tôi tới đâu rồi"
    talk.say(question)
    assert talk.effects == []
    talk = Talk()
    talk.until_filed()
    talk.say(question)
    assert talk.effects[-1] == LookUp()


def test_a_mistyped_code_is_said_to_be_one() -> None:
    talk = Talk()
    assert "xem lại từng chữ và số" in talk.say("HN-PA-261121-48213-B")
    assert talk.effects == []


def test_a_story_with_a_code_in_it_is_a_story() -> None:
    talk = Talk()
    talk.say("Hồ sơ HN-PA-261121-48213-K của tôi đã quá hẹn hai tuần mà cán bộ phường Láng vẫn đòi thêm giấy")
    assert talk.effects == []
    assert talk.conversation.draft is not None


def test_looking_up_leaves_an_open_draft_as_it_is() -> None:
    talk = Talk()
    talk.until_summary()
    talk.say("tra cứu")
    assert talk.conversation.state is State.CONFIRMING
    assert code(1) in talk.say("1")


# ------------------------------------------------------------------------------------------------- rest and time


def test_an_unfinished_draft_is_reminded_of_once_and_filed_after_three_days() -> None:
    talk = Talk()
    talk.say(STORY)
    assert talk.rest(hours=19, minutes=59) == ""
    assert "chưa được gửi đi" in talk.rest(minutes=2)
    assert talk.rest(hours=51) == ""
    assert code(1) in talk.rest(hours=2)
    (filing,) = talk.filed
    assert filing.incomplete
    assert filing.draft.text == STORY


def test_contacts_without_consent_do_not_travel_with_an_unfinished_draft() -> None:
    talk = Talk()
    talk.say(STORY)
    talk.say("Nguyễn Thị Hoa 0912345678")
    talk.rest(hours=80)
    assert talk.filed[0].draft.person == Person()


def test_who_answers_the_reminder_goes_on_where_they_were() -> None:
    talk = Talk()
    talk.say(STORY)
    talk.rest(hours=21)
    assert "đồng ý không" in talk.say("1")
    assert "họ tên và số điện thoại" in talk.say("đồng ý")


def test_a_draft_is_filed_by_its_own_dates_even_when_nobody_came_to_do_it() -> None:
    talk = Talk()
    talk.say(STORY)
    talk.now += timedelta(days=5)
    talk.say("Ở phường Hà Đông tôi bị từ chối chứng thực bản sao")
    assert [filing.draft.text for filing in talk.filed] == [STORY]
    assert talk.conversation.draft is not None


def test_a_few_words_that_say_nothing_are_not_filed() -> None:
    talk = Talk()
    talk.say("khai sinh")
    assert talk.rest(hours=100) == ""
    assert talk.filed == []
    assert talk.conversation.draft is None


def test_an_addition_nobody_decided_on_joins_the_case() -> None:
    talk = Talk()
    talk.until_filed()
    talk.say("Tôi gửi thêm: giấy hẹn ghi ngày 20/11 đã bị sửa tay")
    talk.rest(hours=80)
    assert isinstance(talk.effects[-1], Supplement)


# ---------------------------------------------------------------------------------------------- odd and hostile


def test_a_very_long_text_is_kept_whole() -> None:
    talk = Talk()
    long = STORY + " " + "rất dài dòng " * 2_000
    talk.until_summary(long)
    talk.say("1")
    assert talk.filed[0].draft.text == long.strip()


def test_signs_that_turn_the_reading_direction_are_taken_out_and_nothing_else() -> None:
    talk = Talk()
    talk.say(f"\u202e{STORY}\u202c")
    assert talk.conversation.draft is not None
    assert talk.conversation.draft.text == STORY


def test_braces_and_markup_are_shown_as_written() -> None:
    talk = Talk()
    odd = "Cán bộ phường Láng {{ code }} <b>quát</b> {{ phone }} dân =1+1"
    assert f"Nội dung: {odd}" in talk.until_summary(odd)


def test_a_sixth_file_is_declined_and_the_five_before_are_kept() -> None:
    talk = Talk()
    talk.say(STORY)
    talk.send_photos(7)
    assert "tối đa 5 tệp" in talk.answer
    assert talk.conversation.draft is not None
    assert len(talk.conversation.draft.files) == 5


def test_a_voice_message_is_kept_and_a_few_written_lines_are_asked_for() -> None:
    talk = Talk()
    talk.send_photos(1, FileKind.AUDIO)
    assert "tin nhắn thoại" in talk.answer
    assert talk.conversation.draft is not None
    assert talk.conversation.draft.files[0].kind is FileKind.AUDIO
