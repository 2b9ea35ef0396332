"""A model goes to work because a person adopted it: every process follows, and what cannot be used is never trusted."""

import io
import json
from collections.abc import Callable, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import insert

from libs.runtime.run import Run
from libs.web import create_app
from services.triage.adoption import NotAdopted, adopt
from services.triage.app import SERVICE
from services.triage.jobs import follow_model
from services.triage.model_file import MODEL_FILE, shipped_model
from services.triage.store import ModelStore
from services.triage.store.model import KEPT
from services.triage.tables import models
from tests.service.triage.desk import BIRTH, Desk
from tests.service.triage.say import Say
from tests.support.other_model import other_model
from tests.support.service import Runs

File = Callable[..., str]


@pytest.fixture
def file(tmp_path: Path) -> File:
    """Write a model where a person would have it, and say where."""

    def write(artefact: bytes, name: str = "new.bin") -> str:
        (tmp_path / name).write_bytes(artefact)
        return str(tmp_path / name)

    return write


async def _stored(desk: Desk, artefact: bytes, name: str = "linear-broken") -> None:
    """A model that got into the table some other way, or under an older version of the code."""
    row = {"name": name, "artefact": artefact, "adopted_at": desk.clock.now(), "adopted_by": "mau", "report": {}}
    async with desk.run.begin() as tx:
        await tx.session.execute(insert(models), row)


async def _adopted(desk: Desk, name: str = "linear-other") -> None:
    """A model somebody adopted in place of whatever is newest."""
    async with desk.run.begin() as tx:
        await adopt(other_model(name).to_bytes(), "mau", {}, await ModelStore(tx.session).newest(), tx)


async def _names(desk: Desk, run: Run[Any]) -> str:
    """The model a replica names when it classifies."""
    one = replace(desk.another(), run=run)
    await one.hear(one.received(BIRTH))
    return (await one.said())[-1].model_version.partition("+")[0]


async def test_every_process_names_the_adopted_model_within_its_next_look(desk: Desk, runs: Runs) -> None:
    replica = await runs(SERVICE, clock=desk.clock)
    shipped = shipped_model().table.name
    assert [await _names(desk, run) for run in (desk.run, replica)] == [shipped, shipped]
    await _adopted(desk)
    assert await _names(desk, desk.run) == shipped
    for run in (desk.run, replica):
        await follow_model(run)
    assert [await _names(desk, run) for run in (desk.run, replica)] == ["linear-other", "linear-other"]
    started_after = await runs(SERVICE, clock=desk.clock)
    assert await _names(desk, started_after) == "linear-other"


async def test_a_look_that_finds_nothing_new_builds_nothing(desk: Desk) -> None:
    before = desk.run.parts
    await follow_model(desk.run)
    assert desk.run.parts is before
    await _adopted(desk)
    await follow_model(desk.run)
    adopted = desk.run.parts
    await follow_model(desk.run)
    assert adopted is not before
    assert desk.run.parts is adopted


async def test_back_to_the_shipped_model_and_forth_to_one_that_is_kept(desk: Desk, say: Say) -> None:
    assert await say("adopt", "--shipped", "--yes") == 0
    assert await desk.rows(models) == []
    await _adopted(desk)
    assert await say("adopt", "--shipped", "--yes", "--by", "mau") == 0
    await follow_model(desk.run)
    assert await _names(desk, desk.run) == shipped_model().table.name
    first, second = await desk.rows(models)
    assert (second["artefact"], second["adopted_by"], second["name"]) == (None, "mau", shipped_model().table.name)
    assert await say("adopt", "--kept", str(first["id"]), "--yes") == 0
    await follow_model(desk.run)
    assert await _names(desk, desk.run) == "linear-other"
    assert await say("adopt", "--kept", "99", "--yes") == 2
    assert [await say("compare", *which) for which in (("--shipped",), ("--kept", "1"), ("--kept", "99"))] == [0, 0, 2]


async def test_adopting_twice_is_adopting_once(
    desk: Desk, say: Say, file: File, capsys: pytest.CaptureFixture[str]
) -> None:
    path = file(other_model().to_bytes())
    assert [await say("adopt", "--model", path, "--yes") for _ in range(2)] == [0, 0]
    assert len(await desk.rows(models)) == 1
    assert "at work already" in capsys.readouterr().out


async def test_the_report_is_kept_with_who_adopted_and_when(desk: Desk, say: Say, file: File) -> None:
    await desk.hear(desk.received(BIRTH))
    await say("adopt", "--model", file(other_model().to_bytes()), "--yes", "--by", "chị Mẫu")
    (row,) = await desk.rows(models)
    assert (row["adopted_by"], row["adopted_at"], row["name"]) == ("chị Mẫu", desk.clock.now(), "linear-other")
    assert row["report"]["texts"] == 1
    assert row["report"]["new"].startswith("linear-other+")
    assert "khai sinh" not in json.dumps(row["report"], ensure_ascii=False)


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda whole: b"", "no triage model"),
        (lambda whole: b"GIF89a" + whole, "no triage model"),
        (lambda whole: whole[: len(whole) // 2], "no triage model"),
        (lambda _: replace(other_model(), reads="features 0, a score worth 1").to_bytes(), "another reading"),
        (lambda _: replace(other_model(), name="x\n+y").to_bytes(), "do not belong"),
    ],
)
async def test_a_file_that_cannot_decide_is_refused(
    desk: Desk, say: Say, file: File, capsys: pytest.CaptureFixture[str], broken: Callable[[bytes], bytes], told: str
) -> None:
    path = file(broken(MODEL_FILE.read_bytes()))
    assert await say("adopt", "--model", path, "--yes") == 2
    assert told in capsys.readouterr().err
    assert await desk.rows(models) == []


async def test_a_file_that_is_not_there_is_told(say: Say, capsys: pytest.CaptureFixture[str]) -> None:
    assert await say("adopt", "--model", "nowhere.bin", "--yes") == 2
    assert "nowhere.bin" in capsys.readouterr().err


@pytest.mark.parametrize(
    "artefact",
    [b"broken", replace(other_model(), reads="features 0, a score worth 1").to_bytes()],
    ids=["broken bytes", "made for another version"],
)
async def test_an_adopted_model_that_cannot_be_used_gives_way_to_the_shipped_one_loudly(
    desk: Desk,
    runs: Runs,
    say: Say,
    logged: list[MutableMapping[str, Any]],
    capsys: pytest.CaptureFixture[str],
    artefact: bytes,
) -> None:
    await _stored(desk, artefact)
    started = await runs(SERVICE, clock=desk.clock)
    await follow_model(desk.run)
    assert {one["event"] for one in logged} == {"adopted_model_not_used"}
    for run in (started, desk.run):
        assert await _names(desk, run) == shipped_model().table.name
        assert await _health(run) == ("degraded", "degraded")
    assert desk.run.metrics.registry.get_sample_value("triage_alarm", {"what": "model_refused"}) == 1
    assert await say("models") == 0
    assert "not used: " in capsys.readouterr().out
    assert await say("adopt", "--shipped", "--yes") == 0
    await follow_model(desk.run)
    assert await _health(desk.run) == ("ready", "ok")
    assert desk.run.metrics.registry.get_sample_value("triage_alarm", {"what": "model_refused"}) == 0


async def _health(run: Run[Any]) -> tuple[str, str]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(run)), base_url="http://triage.test") as http:
        answer = (await http.get("/health/ready")).json()
    return answer["status"], answer["checks"]["model"]["state"]


async def test_nothing_is_adopted_without_a_yes(
    desk: Desk, say: Say, file: File, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(other_model().to_bytes())
    monkeypatch.setattr("sys.stdin", _typed("y"))
    assert await say("adopt", "--model", path) == 2
    assert "--yes" in capsys.readouterr().err
    for answer, adopted in (("", 0), ("n", 0), ("y", 1)):
        terminal = _typed(answer)
        monkeypatch.setattr(terminal, "isatty", lambda: True)
        monkeypatch.setattr("sys.stdin", terminal)
        assert await say("adopt", "--model", path) == (0 if adopted else 2)
        assert len(await desk.rows(models)) == adopted


def _typed(answer: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(f"{answer}\n".encode()))


async def test_of_two_who_adopt_at_once_the_second_compares_again(desk: Desk) -> None:
    seen = desk.run.parts.at_work.adoption
    await _adopted(desk, "linear-one")
    with pytest.raises(NotAdopted, match="meanwhile"):
        async with desk.run.begin() as tx:
            await adopt(other_model("linear-two").to_bytes(), "mau", {}, seen, tx)
    assert [row["name"] for row in await desk.rows(models)] == ["linear-one"]


@pytest.mark.parametrize("name", ["linear-other", shipped_model().table.name])
async def test_a_name_stands_for_one_model(desk: Desk, name: str) -> None:
    await _adopted(desk)
    with pytest.raises(NotAdopted, match="one model"):
        async with desk.run.begin() as tx:
            await adopt(other_model(name, {"spam_ads": 1.0}).to_bytes(), "mau", {}, None, tx)


async def test_the_last_few_adoptions_are_remembered(desk: Desk, say: Say, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(KEPT + 2):
        await _adopted(desk, f"linear-{number}")
    assert [row["name"] for row in await desk.rows(models)] == [f"linear-{number}" for number in range(2, KEPT + 2)]
    assert await say("models") == 0
    listed = [line for line in capsys.readouterr().out.splitlines() if "mau" in line]
    assert [line[0] for line in listed] == ["*", *" " * (KEPT - 1)]
    assert [line.split()[1 if line[0] == " " else 2] for line in listed] == [
        f"linear-{number}" for number in reversed(range(2, KEPT + 2))
    ]
