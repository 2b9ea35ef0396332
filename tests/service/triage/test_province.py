"""`prepare` puts the province into the schema, as often as one likes; a start needs it there."""

from pathlib import Path
from typing import Any

import pytest

from libs.launch.rows import BadRows
from services.triage.domain import TrainedClassifier
from services.triage.model_file import shipped_model
from services.triage.parts import build_parts
from services.triage.province import load_province, read_tables, rows_of
from services.triage.store import ProvinceStore
from services.triage.tables import PROVINCE_TABLES, province_facts
from tests.service.triage.desk import Desk


async def test_what_was_loaded_is_what_the_files_say(desk: Desk) -> None:
    settings = desk.run.parts.settings
    from_files = TrainedClassifier(rows_of(read_tables(settings.province_dir)), shipped_model(), settings.policy)
    assert desk.run.parts.classifier.model_version == from_files.model_version
    assert desk.run.parts.zone.key == "Asia/Ho_Chi_Minh"


async def test_loading_again_changes_nothing(desk: Desk) -> None:
    before = {table.name: await desk.rows(table) for table in (*PROVINCE_TABLES, province_facts)}
    async with desk.run.begin() as tx:
        await load_province(tx, desk.run.parts.settings)
    assert {table.name: await desk.rows(table) for table in (*PROVINCE_TABLES, province_facts)} == before


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("competence.csv", None, "competence.csv"),
        ("competence.csv", "matter_code,field,keywords,level\nHT01,trai_dat,khai sinh,commune\n", "trai_dat"),
        ("disposition_cues.csv", "cue,folded,pattern,disposition,weight\nrác,,phrase,vut_di,1\n", "vut_di"),
        ("leader_cues.csv", "cue,folded,accused_post\nchủ tịch,chu tich,leader\n", "weight"),
        ("province.toml", 'name = "Hà Nội"\n', "time_zone"),
    ],
)
async def test_a_file_that_is_not_in_order_stops_the_loading(
    desk: Desk, tmp_path: Path, file: str, content: str | None, told: str
) -> None:
    settings = desk.run.parts.settings
    for original in settings.province_dir.iterdir():
        if original.is_file():
            (tmp_path / original.name).write_bytes(original.read_bytes())
    if content is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_text(content, "utf-8")
    with pytest.raises(BadRows, match=told):
        async with desk.run.begin() as tx:
            await load_province(tx, settings.model_copy(update={"provinces_dir": tmp_path, "province": "."}))


async def test_a_start_without_a_province_says_what_to_do(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_zone(_store: Any) -> None:
        return None

    monkeypatch.setattr(ProvinceStore, "time_zone", no_zone)
    with pytest.raises(BadRows, match="prepare"):
        await build_parts(desk.run)
