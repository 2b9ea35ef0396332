"""What `prepare` loads and a start reads."""

import shutil
from pathlib import Path

import pytest

from libs.contracts.vocabulary import CaseState, RefusalReason
from libs.launch.rows import BadRows
from services.intake.app import SERVICE
from services.intake.province import load_province
from tests.support.province import HANOI, gazetteer
from tests.support.service import Runs


async def test_the_province_is_read_from_the_schema_as_the_files_have_it(runs: Runs) -> None:
    province = (await runs(SERVICE)).parts.province
    assert (province.code_prefix, province.zone.key) == ("HN-PA", "Asia/Ho_Chi_Minh")
    assert province.states.keys() == set(CaseState)
    assert province.refusals.keys() == set(RefusalReason)
    assert "Thanh tra Thành phố Hà Nội" in province.refusals[RefusalReason.TCH02].where_to
    assert "{{" not in str(province.refusals)
    assert "ask_consent" in province.conversation["messages"]
    for text in ("phường Láng Thượng", "UBND xã Đông Anh", "p. Lang"):
        assert province.gazetteer.find_communes(text) == gazetteer().find_communes(text)


async def test_loading_again_changes_nothing(runs: Runs) -> None:
    run = await runs(SERVICE)
    async with run.begin() as tx:
        await load_province(tx, run.settings)
    await run.prepare_parts()
    assert len(run.parts.province.states) == len(CaseState)


@pytest.mark.parametrize(
    ("file", "change", "told"),
    [
        ("province.toml", ('code_prefix = "HN-PA"', ""), "code_prefix"),
        ("province.toml", ('time_zone = "Asia/Ho_Chi_Minh"', 'time_zone = "Asia/Nowhere"'), "Nowhere"),
        ("province.toml", ("name =", "name"), "province.toml"),
        ("states.csv", ("\n12,published", "\n12,announced"), "published"),
        ("communes.csv", ("phường", "quận"), "quận"),
        ("communes.csv", ("district_name", "district"), "district_name"),
        ("messages/conversation.toml", ("[messages.greeting]", "[messages.greeting"), "conversation.toml"),
    ],
)
async def test_a_file_that_is_not_as_it_must_be_stops_prepare_and_is_named(
    runs: Runs, tmp_path: Path, file: str, change: tuple[str, str], told: str
) -> None:
    run = await runs(SERVICE)
    shutil.copytree(HANOI, tmp_path / "hanoi")
    path = tmp_path / "hanoi" / file
    text = path.read_text("utf-8")
    assert change[0] in text
    path.write_text(text.replace(*change, 1), "utf-8")
    with pytest.raises(BadRows, match=told):
        async with run.begin() as tx:
            await load_province(tx, run.settings.model_copy(update={"provinces_dir": tmp_path}))
