"""Reading a province: what is right is read whole, what is wrong is refused at `prepare`."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from libs.contracts.vocabulary import CaseState, Field, RefusalReason
from libs.launch.rows import BadRows
from services.routing.domain.deadline import Clock
from services.routing.domain.workflow import OPEN_STATES
from services.routing.province import read_province, rules_of, words_of
from tests.unit.routing.hanoi import FOLDER, hanoi

Edit = Callable[[str], str]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "hanoi"))


def change(folder: Path, name: str, edit: Edit) -> None:
    path = folder / name
    path.write_text(edit(path.read_text("utf-8")), "utf-8")


def test_hanoi_has_a_rule_for_every_clock_and_a_word_for_every_state_reason_and_field() -> None:
    words = words_of(read_province(FOLDER))
    assert set(hanoi().clocks) == set(Clock)
    assert set(words.states) == set(CaseState)
    assert set(words.refusal_reasons) == set(RefusalReason)
    assert set(words.fields) == set(Field)


def test_the_province_and_the_workflow_agree_on_which_states_are_open() -> None:
    rows = read_province(FOLDER)["states"]
    assert {row["code"] for row in rows if row["open"] == "yes"} == OPEN_STATES


def test_every_commune_s_committee_is_an_agency() -> None:
    directory = hanoi().directory
    communes = [row["id"] for row in read_province(FOLDER)["communes"]]
    assert len(communes) == 526 + 126
    assert all(directory.gazetteer.agency(commune) for commune in communes)


@pytest.mark.parametrize(
    ("name", "edit", "told"),
    [
        ("deadlines.csv", lambda text: text.replace("reply_conduct,10", "reply_conduct,ten"), "ten"),
        ("deadlines.csv", lambda text: text.replace("\nack,", "\nacknowledge,"), "acknowledge"),
        ("competence.csv", lambda text: text.replace("HN-STP,HN-STP", "HN-STP,HN-STQ"), "HN-STQ"),
        ("competence.csv", lambda text: text.replace("@DISTRICT", "@DISTRICTS"), "@DISTRICTS"),
        ("calendar.csv", lambda text: text.replace("2026-11-24", "2026-11-31"), "day"),
        ("states.csv", lambda text: text.replace(",label_vi", ",label", 1), "label_vi"),
        ("province.toml", lambda text: text.replace('"HN-SNV25"', '"HN-SNV99"'), "home_affairs_id"),
        ("province.toml", lambda text: text.replace("office_agency_id", "office"), "office_agency_id"),
        ("province.toml", lambda text: text + "\n===", "province.toml"),
    ],
)
def test_a_wrong_row_is_refused_and_named(copy: Path, name: str, edit: Edit, told: str) -> None:
    change(copy, name, edit)
    with pytest.raises(BadRows, match=told):
        rules_of(read_province(copy), tie_margin=0.1)


def test_a_clock_the_rules_need_may_not_be_missing(copy: Path) -> None:
    def without_reply(text: str) -> str:
        return "\n".join(line for line in text.split("\n") if not line.startswith("reply_conduct"))

    change(copy, "deadlines.csv", without_reply)
    with pytest.raises(BadRows, match="reply_conduct"):
        rules_of(read_province(copy), tie_margin=0.1)


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "agencies.csv").unlink()
    with pytest.raises(BadRows, match=r"agencies\.csv"):
        read_province(copy)
