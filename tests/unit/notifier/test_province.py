"""A province's words are refused before anybody waits for them, with a text that says what to mend."""

import shutil
from pathlib import Path

import pytest

from libs.launch.rows import BadRows
from services.notifier.domain.wording import VALUES
from services.notifier.province import read_province

HANOI = Path(__file__).parents[3] / "provinces" / "hanoi"


LONG_BUTTON = '[notices.answered]\nbuttons = [{ id = "x", title = "Rất hài lòng, xin cảm ơn nhiều", typed = ["x"] }]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of Hà Nội's words to spoil."""
    for name in ("province.toml", "refusal_reasons.csv"):
        shutil.copy(HANOI / name, tmp_path / name)
    shutil.copytree(HANOI / "messages", tmp_path / "messages")
    return tmp_path


def test_ha_noi_can_say_everything() -> None:
    province = read_province(HANOI)
    assert set(province.templates) == set(VALUES)
    assert province.refusals["TCH02"].notify == "yes"
    assert province.zone.key == "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize(
    ("name", "old", "new", "names"),
    [
        ("messages/routed.txt", "{{ due }}", "{{ deadline }}", "routed.*deadline"),
        ("messages/routed.txt", "{{ due }}", "{% raw %}", "routed"),
        ("refusal_reasons.csv", "{{ complaint_body }}", "{{ phone }}", "TCH01.*phone"),
        ("refusal_reasons.csv", ",short,", ",maybe,", "TCH10.*notify"),
        ("refusal_reasons.csv", "citizen_text", "text", "citizen_text"),
        ("province.toml", "office_name", "office", "office_name"),
        ("province.toml", "Asia/Ho_Chi_Minh", "Asia/Nowhere", "time_zone"),
        ("province.toml", "=", "", "province.toml"),
        ("messages/notices.toml", "[notices.answered]\n", LONG_BUTTON, "answered"),
    ],
)
def test_words_that_could_not_be_said_are_refused(folder: Path, name: str, old: str, new: str, names: str) -> None:
    path = folder / name
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(BadRows, match=names):
        read_province(folder)


@pytest.mark.parametrize("name", ["messages/extended.txt", "messages/notices.toml", "province.toml"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(BadRows, match=Path(name).name):
        read_province(folder)
