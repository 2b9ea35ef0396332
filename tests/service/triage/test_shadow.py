"""A new model decides beside the one at work, and tells what would change; nothing comes of it."""

import io
from datetime import timedelta
from pathlib import Path

import pytest

from libs.contracts.vocabulary import Disposition, Kind, Nature
from services.triage.app import SERVICE
from services.triage.domain import LinearModel
from services.triage.domain.comparison import Comparison, Pair
from services.triage.jobs import forget_texts
from services.triage.shadow import shadow_run
from services.triage.tables import feedbacks, labels
from tests.service.triage.desk import BIRTH, LANG, OUTBOX, Desk
from tests.service.triage.say import Say
from tests.support.other_model import other_model

SPAM = {"spam_ads": 100.0}
ADVERT = "Nhận làm sổ đỏ trọn gói, cam kết nhanh, liên hệ Zalo 0912 345 678"
TABLES = [table for table in SERVICE.metadata.tables.values() if table.name != "alembic_version"]


async def _compared(desk: Desk, days: int = 14) -> Comparison:
    return await shadow_run(desk.run, LinearModel(other_model(leaning=SPAM)), desk.clock.now() - timedelta(days=days))


async def test_it_counts_what_becomes_of_every_text_and_who_was_right(desk: Desk) -> None:
    feedback, advert, unlabelled = desk, desk.another(), desk.another()
    await desk.hear(feedback.received(BIRTH), advert.received(ADVERT), unlabelled.received(BIRTH))
    await desk.hear(
        feedback.corrected(Disposition.IN_SCOPE, kind=Kind.PROCEDURE_DIFFICULTY, nature=Nature.PHAN_ANH),
        advert.corrected(Disposition.SPAM_ADS),
    )
    seen = await _compared(desk)
    assert (seen.old, seen.new.partition("+")[0]) == (desk.run.parts.classifier.model_version, "linear-other")
    assert seen.texts == 3
    assert seen.changes["disposition"] == {("in_scope", "spam_ads"): 2}
    assert (seen.right["disposition"].of, seen.right["disposition"].pair) == (2, Pair(old=2, new=1, lost=1))
    assert (seen.right["kind"].of, seen.right["field"].of) == (1, 0)
    # The rules see an ordinary feedback where this model sees an advert: a person looks, nobody is dismissed unseen.
    assert seen.fates["a person looks"].gained == 2
    assert seen.gravest == [
        ("in scope, now dismissed once a person has looked", one)
        for one in sorted([feedback.feedback_id, unlabelled.feedback_id])
    ]


async def test_it_reads_what_was_added_and_where_the_sender_was_as_when_it_was_decided(desk: Desk) -> None:
    await desk.hear(desk.received("cán bộ một cửa", place_id=LANG), desk.supplemented("quát tôi, hẹn ba lần"))
    (_, decided) = await desk.said()
    seen = await shadow_run(desk.run, desk.run.parts.at_work.model, desk.clock.now() - timedelta(days=1))
    assert decided.disposition is Disposition.IN_SCOPE
    assert (seen.texts, seen.decided["kind"]) == (1, 1)
    assert not any(seen.changes.values())
    assert seen.gravest == []


async def test_only_texts_of_these_days_that_are_still_kept_are_read(desk: Desk) -> None:
    old, forgotten, early = desk.another(), desk.another(), desk.another()
    await desk.hear(old.received(BIRTH))
    desk.later(days=60)
    await desk.hear(desk.received(BIRTH), early.supplemented("tôi đã đi ba lần"))
    assert ((await _compared(desk)).texts, (await _compared(desk, days=90)).texts) == (1, 2)
    desk.later(days=91)
    await forget_texts(desk.run)
    await desk.hear(forgotten.corrected(Disposition.SPAM_ADS))
    assert (await _compared(desk, days=365)).texts == 0


async def test_more_texts_than_a_page_are_all_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.triage.shadow._PAGE", 2)
    for _ in range(5):
        await desk.hear(desk.another().received(BIRTH))
    assert (await _compared(desk)).texts == 5


async def test_the_report_names_cases_and_quotes_nobody_and_nothing_is_stored(
    desk: Desk, say: Say, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await desk.hear(desk.received(BIRTH), desk.corrected(Disposition.IN_SCOPE))
    file = tmp_path / "new.bin"
    file.write_bytes(other_model(leaning=SPAM).to_bytes())
    before = {table.name: await _count(desk, table.name) for table in TABLES}
    capsys.readouterr()
    assert await say("compare", "--model", str(file), "--days", "3") == 0
    told = capsys.readouterr().out
    assert "in_scope -> spam_ads" in told
    assert str(desk.feedback_id) in told
    assert "khai sinh" not in told
    assert {table.name: await _count(desk, table.name) for table in TABLES} == before
    assert (before["labels"], before["outbox"], before["models"]) == (1, 1, 0)


async def _count(desk: Desk, name: str) -> int:
    return len(await desk.rows(SERVICE.metadata.tables[f"triage.{name}"]))


async def test_without_labels_and_texts_it_says_so_of_a_model_handed_in_through_a_pipe(
    desk: Desk, say: Say, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(other_model().to_bytes())))
    assert await say("compare", "--model", "-") == 0
    told = capsys.readouterr().out
    assert "0 texts" in told
    assert "No officer has decided" in told
    assert [await desk.rows(table) for table in (feedbacks, labels, OUTBOX)] == [[], [], []]
