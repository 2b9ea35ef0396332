"""What officers decide is kept as labels, whatever the order, and can be handed to training without what identifies."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from libs.contracts.vocabulary import Disposition, Field, Kind, MatterCode, Nature
from libs.runtime.bus import Delivery
from services.triage.jobs import forget_texts
from services.triage.labelling import labelled_texts
from services.triage.tables import labels
from services.triage.training.correction import read_corrections
from tests.service.triage.desk import BIRTH, OFFICER, Desk
from tests.service.triage.say import Say
from tests.support.statements import statements_of

IN_SCOPE: dict[str, Any] = {
    "kind": Kind.PROCEDURE_DIFFICULTY, "nature": Nature.PHAN_ANH, "field": Field.HO_TICH, "matter": MatterCode("HT01"),
}  # fmt: skip


async def _label(desk: Desk) -> dict[str, Any]:
    (row,) = await desk.rows(labels)
    return row


async def test_an_officer_s_decision_is_kept_with_who_and_when_and_what_it_corrected(desk: Desk) -> None:
    await desk.hear(desk.received(BIRTH), desk.corrected(Disposition.IN_SCOPE, model_version="linear-1+2", **IN_SCOPE))
    assert (await _label(desk)).items() >= {
        "feedback_id": desk.feedback_id,
        "officer_id": OFFICER,
        "decided_at": desk.clock.now(),
        "disposition": "in_scope",
        "kind": "procedure_difficulty",
        "nature": "phan_anh",
        "field": "ho_tich",
        "matter": "HT01",
        "model_version": "linear-1+2",
    }.items()
    assert len(await desk.said()) == 1


async def test_the_latest_decision_holds_whatever_is_heard_first_or_twice(desk: Desk) -> None:
    start = desk.clock.now()
    first = desk.corrected(Disposition.SPAM_ADS, at=start)
    second = desk.corrected(Disposition.INQUIRY, at=start + timedelta(minutes=1), field=Field.THUE)
    await desk.hear(second, first, second, first)
    assert [(await _label(desk))[name] for name in ("disposition", "field")] == ["inquiry", "thue"]
    await desk.hear(desk.corrected(Disposition.INSUFFICIENT, at=start + timedelta(minutes=2)))
    assert [(await _label(desk))[name] for name in ("disposition", "field")] == ["insufficient", None]


async def test_of_two_decisions_of_one_instant_the_same_holds_in_either_order(desk: Desk) -> None:
    other = desk.another()
    kept = []
    for one, turned in ((desk, False), (other, True)):
        pair = [one.corrected(Disposition.SPAM_ADS), one.corrected(Disposition.INQUIRY)]
        lower, higher = sorted(pair, key=lambda event: event.event_id)
        await one.hear(*((higher, lower) if turned else (lower, higher)))
        kept.append(higher.event_id)
    assert {row["event_id"] for row in await desk.rows(labels)} == set(kept)


async def test_what_does_not_apply_is_left_out(desk: Desk) -> None:
    await desk.hear(desk.corrected(Disposition.SPAM_ADS, **IN_SCOPE))
    label = await _label(desk)
    assert [label[name] for name in ("kind", "nature", "field", "matter")] == [None, None, None, None]
    await desk.hear(desk.corrected(Disposition.INQUIRY, at=desk.later(minutes=1), **IN_SCOPE))
    label = await _label(desk)
    assert [label[name] for name in ("kind", "nature", "field", "matter")] == [None, None, "ho_tich", "HT01"]


async def test_a_decision_about_a_feedback_that_is_still_on_its_way_is_kept(desk: Desk) -> None:
    await desk.hear(desk.corrected(Disposition.IN_SCOPE, **IN_SCOPE))
    assert await desk.said() == []
    await desk.hear(desk.received(BIRTH))
    assert [record async for record in labelled_texts(desk.run, None)] == [
        {
            "id": str(desk.feedback_id),
            "text": BIRTH,
            "disposition": "in_scope",
            "kind": "procedure_difficulty",
            "nature": "phan_anh",
            "field": "ho_tich",
        }
    ]


@pytest.mark.usefixtures("unhurried")
async def test_many_decisions_are_written_together(desk: Desk) -> None:
    events = [desk.another().corrected(Disposition.IN_SCOPE, **IN_SCOPE) for _ in range(50)]
    events += [event.model_copy(update={"event_id": OFFICER}) for event in events[:1]]
    with statements_of(desk.run) as sent:
        await desk.run.consumer.hear([Delivery(event.name, event.to_bytes()) for event in events])
    assert len(sent) <= 2, sent
    assert len(await desk.rows(labels)) == 50


async def _exported(say: Say, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[list[dict[str, Any]], str]:
    capsys.readouterr()
    assert await say("export-labels", *words) == 0
    captured = capsys.readouterr()
    return [json.loads(line) for line in captured.out.splitlines()], captured.err


async def test_labels_go_out_with_the_words_as_classified_and_without_what_leads_to_a_person(
    desk: Desk, say: Say, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = "Tôi tên Mẫu, 0912 345 678, cccd 001 099 012 345, mã H26.7-261123-0042, ⟦phường Láng⟧ hẹn 12/11/2026"
    await desk.hear(desk.received(text), desk.supplemented("xem https://vi-du.vn/a?b=1\nhay mau@vi-du.vn"))
    await desk.hear(desk.corrected(Disposition.IN_SCOPE, kind=Kind.OFFICIAL_CONDUCT))
    (record,), told = await _exported(say, capsys)
    assert record == {
        "id": str(desk.feedback_id),
        "text": "Tôi tên Mẫu, 0xxxxxxxxx, cccd 0xxxxxxxxx, mã 00000, phường Láng hẹn 00/00\n"
        "xem https://xxx\nhay xxx@xxx.xx",
        "disposition": "in_scope",
        "kind": "official_conduct",
    }
    assert "1 labels, 0 more" in told
    assert "names" in told
    (tmp_path / "labels.jsonl").write_text(json.dumps(record), "utf-8")
    (example,) = read_corrections([tmp_path / "labels.jsonl"])
    assert (example.text, example.kind, example.nature, example.field) == (
        record["text"], Kind.OFFICIAL_CONDUCT, None, None,
    )  # fmt: skip


async def test_labels_without_words_are_counted_and_left_out(
    desk: Desk, say: Say, capsys: pytest.CaptureFixture[str]
) -> None:
    await desk.hear(desk.received(BIRTH), desk.corrected(Disposition.IN_SCOPE, **IN_SCOPE))
    desk.later(days=91)
    await forget_texts(desk.run)
    unheard, late = desk.another(), desk.another()
    await desk.hear(unheard.corrected(Disposition.SPAM_ADS))
    await desk.hear(late.received("alo"), late.corrected(Disposition.INSUFFICIENT))
    records, told = await _exported(say, capsys)
    assert [record["id"] for record in records] == [str(late.feedback_id)]
    assert "1 labels, 2 more" in told


async def test_labels_of_a_day_and_later_are_asked_for_by_the_province_s_days(
    desk: Desk, say: Say, capsys: pytest.CaptureFixture[str]
) -> None:
    await desk.hear(desk.received(BIRTH), desk.corrected(Disposition.IN_SCOPE))
    day = desk.clock.now().astimezone(desk.run.parts.zone).date()
    assert len((await _exported(say, capsys, "--since", day.isoformat()))[0]) == 1
    assert len((await _exported(say, capsys, "--since", (day + timedelta(days=1)).isoformat()))[0]) == 0


async def test_more_labels_than_a_page_are_all_exported(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.triage.labelling._PAGE", 2)
    written = [desk.another() for _ in range(5)]
    for one in written:
        await one.hear(one.received(BIRTH), one.corrected(Disposition.IN_SCOPE))
    exported = [record["id"] async for record in labelled_texts(desk.run, None) if record is not None]
    assert exported == sorted(str(one.feedback_id) for one in written)
