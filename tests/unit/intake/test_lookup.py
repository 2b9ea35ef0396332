"""What the chat says of a case: code, state, who, by when."""

from datetime import UTC, datetime, timedelta

from services.intake.domain.conversation import Conversation, LookUp, Step, advance
from services.intake.domain.conversation.inputs import TextSaid
from services.intake.domain.lookup import CaseTold, told_status
from tests.support.province import gazetteer
from tests.unit.intake.talk import MONDAY_9_AM, Talk, code, texts

LINK = "https://phananh.example.vn/tra-cuu"
DUE = datetime(2026, 12, 15, 10, 30, tzinfo=UTC)


def _case(number: int = 1, **known: object) -> CaseTold:
    told = {
        "code": code(number),
        "state": "Đang giải quyết",
        "step_at": MONDAY_9_AM,
        "agency": "UBND phường Láng",
        "due_at": DUE,
        "is_own": True,
    }
    return CaseTold(**{**told, **known})  # type: ignore[arg-type]


def _told(sought: LookUp, *cases: CaseTold, now: datetime = MONDAY_9_AM) -> Step:
    return told_status(Step(Conversation()), sought, cases, now=now, texts=texts(), link=LINK)


def _text(step: Step) -> str:
    return "\n".join(reply.text for reply in step.replies)


def test_an_own_case_is_told_as_code_state_who_and_by_when_in_this_order() -> None:
    assert _text(_told(LookUp(code(1)), _case())).splitlines() == [
        f"Mã {code(1)}: Đang giải quyết (Thứ Hai 23/11/2026).",
        "UBND phường Láng sẽ trả lời trước 17:30 Thứ Ba 15/12/2026.",
        f"Xem đầy đủ: {LINK}?ma={code(1)}",
    ]


def test_a_case_without_agency_yet_says_only_what_is_known() -> None:
    told = _text(_told(LookUp(code(1)), _case(agency="", due_at=None, state="Đã gửi")))
    assert told.splitlines()[0] == f"Mã {code(1)}: Đã gửi (Thứ Hai 23/11/2026)."
    assert "trả lời trước" not in told


def test_a_late_case_says_so_plainly() -> None:
    assert "đã quá hạn trả lời 17:30 Thứ Ba 15/12/2026" in _text(
        _told(LookUp(code(1)), _case(), now=DUE + timedelta(hours=1))
    )


def test_an_answered_case_promises_no_date() -> None:
    assert "trả lời trước" not in _text(_told(LookUp(code(1)), _case(state="Đã trả lời", due_at=None)))


def test_another_person_s_case_shows_its_public_part_only() -> None:
    told = _text(_told(LookUp(code(1)), _case(is_own=False)))
    assert f"Mã {code(1)}: Đang giải quyết" in told
    assert LINK not in told
    assert "4 số cuối" in told


def test_wrong_last_digits_are_told_apart_from_an_unknown_code() -> None:
    assert "chưa khớp" in _text(_told(LookUp(code(1), "0000"), _case(is_own=False)))
    assert "không tìm thấy" in _text(_told(LookUp(code(2))))


def test_several_own_cases_are_listed_the_newest_first() -> None:
    cases = [_case(number, step_at=MONDAY_9_AM + timedelta(days=number)) for number in range(1, 13)]
    lines = _text(_told(LookUp(), *cases)).splitlines()
    assert lines[1] == f"{code(12)} – Đang giải quyết"
    assert len([line for line in lines if line.startswith("HN-PA")]) == 8


def test_somebody_without_cases_is_told_what_they_can_do() -> None:
    step = _told(LookUp())
    assert "chưa có phản ánh nào" in _text(step)
    start = advance(
        step.conversation,
        (TextSaid(input_id=Talk().send_photos()[0], text="1"),),
        now=MONDAY_9_AM,
        texts=texts(),
        gazetteer=gazetteer(),
    )
    assert "kể sự việc" in _text(start)


def test_looking_up_during_a_draft_does_not_change_what_the_numbers_mean() -> None:
    talk = Talk()
    talk.until_summary()
    step = told_status(Step(talk.conversation), LookUp(), (), now=talk.now, texts=texts(), link=LINK)
    assert step.conversation == talk.conversation
    assert not step.replies[0].buttons
