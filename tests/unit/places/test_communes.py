"""Communes are found where people name them with a unit word, and nowhere else."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.places import Ambiguous, Commune, Resolution, Resolved, Unknown, fold
from tests.support import province

TODAY = date(2026, 11, 21)
OLD_DAY = date(2025, 5, 10)
GAZETTEER = province.gazetteer()
OLD = [commune for commune in province.communes() if commune.valid_to is not None]
NEW = [commune for commune in province.communes() if commune.valid_to is None]


def spellings(text: str) -> list[str]:
    """A name as different people and keyboards write it."""
    return [
        text,
        fold(text),
        text.upper(),
        unicodedata.normalize("NFD", text),
        unicodedata.normalize("NFD", text.title()),
    ]


def places_in_order(outcome: Resolution) -> tuple[str, ...]:
    match outcome:
        case Resolved(place_id):
            return (place_id,)
        case Ambiguous(candidates):
            return candidates
        case Unknown():
            return ()


def places(outcome: Resolution) -> set[str]:
    return set(places_in_order(outcome))


def heirs_of(commune_id: str) -> set[str]:
    return {one.new_id for one in province.successors() if one.old_id == commune_id}


@pytest.mark.parametrize("commune", NEW, ids=lambda commune: commune.id)
def test_every_commune_of_today_is_itself_in_every_spelling(commune: Commune) -> None:
    for text in spellings(commune.full_name):
        sentence = f"Toi nop ho so o {text}, cho mai"
        (mention,) = GAZETTEER.find_communes(sentence)
        assert sentence[mention.start : mention.end] == mention.text == text
        assert GAZETTEER.resolve(mention, TODAY) == Resolved(commune.id, "current")


@pytest.mark.parametrize("commune", OLD, ids=lambda commune: commune.id)
def test_every_old_commune_has_exactly_its_heirs(commune: Commune) -> None:
    assert commune.district_name is not None
    default = next(one.new_id for one in province.successors() if one.old_id == commune.id and one.is_default)
    for text in spellings(f"{commune.full_name}, {commune.district_name}"):
        (mention,) = GAZETTEER.find_communes(text)
        outcome = GAZETTEER.resolve(mention, OLD_DAY)
        assert places(outcome) == heirs_of(commune.id)
        assert isinstance(outcome, Resolved) is (len(heirs_of(commune.id)) == 1)
        assert places_in_order(outcome)[0] == default


@pytest.mark.parametrize("commune", OLD, ids=lambda commune: commune.id)
def test_a_commune_of_today_takes_nothing_from_its_old_namesake(commune: Commune) -> None:
    named_today = [one for one in NEW if one.name == commune.name and one.kind == commune.kind]
    outcome = GAZETTEER.resolve(commune.full_name, TODAY)
    if named_today:
        assert outcome == Resolved(named_today[0].id, "current")
    else:
        assert heirs_of(commune.id) <= places(outcome)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Tôi ra p. Láng làm giấy", ["p. Láng"]),
        ("P.Láng", ["P.Láng"]),
        ("p Láng Hạ", ["p Láng Hạ"]),
        ("xã Đại Thanh và x. Kiều Phú", ["xã Đại Thanh", "x. Kiều Phú"]),
        ("tt Phùng cũ", ["tt Phùng"]),
        ("TT. Đông Anh", ["TT. Đông Anh"]),
        ("UBND phường Láng", ["phường Láng"]),
        ("công an phường Khương Trung hẹn", ["phường Khương Trung"]),
        ("phường\nLáng", ["phường\nLáng"]),
        ("phường  Văn Miếu–Quốc Tử Giám", ["phường  Văn Miếu–Quốc Tử Giám"]),
        ("phường Văn Miếu Quốc Tử Giám", ["phường Văn Miếu Quốc Tử Giám"]),
        ("phường Văn Miếu", ["phường Văn Miếu"]),
        ("phuờng Láng", ["phuờng Láng"]),
        ("phừong láng", ["phừong láng"]),
        ("xã Mĩ Đức", ["xã Mĩ Đức"]),
        ("phuong lang ha noi", ["phuong lang"]),
        ("phường Láng. Hạ tầng rất kém", ["phường Láng"]),
        ("phường Láng hà khắc", ["phường Láng"]),
        ("nha toi o xa Soc Son", ["xa Soc Son"]),
        ("xã Hoà Lạc, xã Hòa Lạc", ["xã Hoà Lạc", "xã Hòa Lạc"]),
        ("'phường \"Láng\"'", ['phường "Láng']),
    ],
)
def test_a_unit_word_and_a_name_are_found_verbatim(text: str, found: list[str]) -> None:
    assert [mention.text for mention in GAZETTEER.find_communes(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "nhà tôi xa Sóc Sơn",
        "hợp tác xã Đại Thanh",
        "hop tac xa Dai Thanh",
        "tram xa Dong Anh",
        "thị xã Sơn Tây",
        "thi xa Son Tay",
        "địa phương Đông Anh",
        "dia phuong Dong Anh",
        "phương Láng",
        "đường Láng Hạ",
        "phố Bưởi",
        "ở làng tôi",
        "lang toi",
        "buoi sang",
        "phung phi",
        "p lang",
        "tt lang",
        "x lang",
        "Láng Hạ",
        "xã hội",
        "xã Láng",
        "xã Bưởi",
        "phường tôi",
        "quận Đống Đa",
        "phường",
        "",
    ],
)
def test_words_that_only_look_like_a_commune_are_not_one(text: str) -> None:
    assert [mention.text for mention in GAZETTEER.find_communes(text)] == []


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([*(one.full_name for one in NEW), *(one.full_name for one in OLD)]), max_size=4), st.data()
)
def test_spans_point_at_what_was_written_in_any_normal_form(names: list[str], data: st.DataObject) -> None:
    fillers = st.sampled_from([" gửi đơn ở ", "; 🙂 ", " – nộp tại ", "\n", " ạ, "])
    text = "".join(
        data.draw(fillers) + unicodedata.normalize(data.draw(st.sampled_from(["NFC", "NFD"])), name) for name in names
    )
    mentions = GAZETTEER.find_communes(text)
    assert [text[mention.start : mention.end] for mention in mentions] == [mention.text for mention in mentions]
    assert [fold(mention.text) for mention in mentions] == [fold(name) for name in names]


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_without_failing(text: str) -> None:
    for mention in GAZETTEER.find_communes(text):
        assert text[mention.start : mention.end] == mention.text
    GAZETTEER.resolve_answer(text, TODAY)


@pytest.mark.parametrize(
    ("text", "district_ids"),
    [
        ("phường Láng Thượng, quận Đống Đa", ("HN-D006",)),
        ("phường Láng Thượng Đống Đa", ("HN-D006",)),
        ("p. Lang Thuong - q. Dong Da", ("HN-D006",)),
        ("phường Láng Thượng (quận Đống Đa)", ("HN-D006",)),
        ("phường Láng Thượng cũ, thuộc quận Đống Đa", ("HN-D006",)),
        ("xã Kim Sơn, thị xã Sơn Tây", ("HN-D269",)),
        ("xã Kim Sơn, TX Sơn Tây", ("HN-D269",)),
        ("phường Láng Thượng. Quận Đống Đa", ()),
        ("phường Láng Thượng", ()),
    ],
)
def test_a_district_right_after_the_name_belongs_to_it(text: str, district_ids: tuple[str, ...]) -> None:
    (mention,) = GAZETTEER.find_communes(text)
    assert mention.district_ids == district_ids


def test_districts_are_found_on_their_own() -> None:
    text = "Quan Thanh Xuan và H. Sóc Sơn, cơ quan Hà Đông, lien quan Ha Dong"
    assert [(one.text, one.district_id) for one in GAZETTEER.find_districts(text)] == [
        ("Quan Thanh Xuan", "HN-D009"),
        ("H. Sóc Sơn", "HN-D016"),
    ]
