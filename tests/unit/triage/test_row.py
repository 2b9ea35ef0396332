"""Rows as a province's files have them."""

import pytest

from services.triage.domain.row import CompetenceRow, CueRow

MATTER = {"matter_code": "HT01", "field": "ho_tich", "keywords": "khai sinh|khai sinh|ho tich", "level": "commune"}
CUE = {"cue": "đã đưa", "folded": "", "pattern": "phrase", "weight": "1", "disposition": "complaint_denunciation"}


def test_a_cue_without_a_folded_form_needs_its_marks() -> None:
    assert CueRow.of_disposition(CUE).needs_marks
    assert not CueRow.of_disposition({**CUE, "folded": "da dua"}).needs_marks


def test_a_pattern_has_two_forms_and_no_marks_to_need() -> None:
    cue = CueRow.of_conduct({"cue": "hẹn \\d+", "folded": "hen \\d+", "pattern": "regex", "weight": "3"})
    assert (cue.pattern, cue.words, cue.folded, cue.needs_marks) == ("regex", "hẹn \\d+", "hen \\d+", False)


def test_who_is_accused_is_a_cue_too() -> None:
    cue = CueRow.of_post({"cue": "chủ tịch", "folded": "chu tich", "accused_post": "leader", "weight": "3"})
    assert (cue.decision, cue.value, cue.pattern, cue.weight) == ("post", "leader", "phrase", 3)


def test_keywords_are_read_once() -> None:
    assert CompetenceRow.from_row(MATTER).keywords == ("khai sinh", "ho tich")


@pytest.mark.parametrize("wrong", [{"field": "trai_dat"}, {"level": "galaxy"}])
def test_a_word_nobody_knows_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        CompetenceRow.from_row({**MATTER, **wrong})


def test_a_disposition_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        CueRow.of_disposition({**CUE, "disposition": "vut_di"})
