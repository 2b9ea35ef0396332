"""How long triage thinks about one message, and what it holds in memory to do so."""

import csv
import json
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any, Final

from libs.local.demo import REPOSITORY
from libs.local.process import server_environment
from tests.bench.figure import Scope, Section, at_most, measured
from tests.bench.stage import main_thread_ms, pss_mb

HOW: Final = """
`python -m services.triage classify`, a process of its own, given one message after another as JSON; counted is the
processor time from one message to its decision, reading and writing included. Messages are made of the province's
own procedures and communes, a line or a paragraph long, one in twenty a page, with and without marks.
""".strip()
_FORMS: Final = (
    "{place} bắt phải có hộ khẩu giấy mới nhận hồ sơ {matter}",
    "toi nop ho so {plain} o {plain_place} tu thang truoc, hen tra 15 ngay ma den nay chua co ket qua",
    "Cán bộ một cửa {place} hẹn đi hẹn lại nhiều lần, không cho biết còn thiếu giấy tờ gì khi làm thủ tục {matter}. "
    "Xin hỏi phải nộp ở đâu, trong bao lâu thì có kết quả, lệ phí bao nhiêu?",
)
_PAGE: Final = "Kính gửi quý cơ quan. {filler} Tôi làm thủ tục {matter} tại {place}. {filler}"
_ONE_PAGE_IN: Final = 20
_ROUNDS: Final = 4
_FILLER: Final = "Gia đình tôi đã nhiều lần đi lại, nghỉ việc để chờ mà chưa được trả lời rõ ràng bằng văn bản. " * 4
_MARKS: Final = str.maketrans("đĐ", "dD")


def measure(scope: Scope) -> Section:
    """Ask for a decision about each message, several times round."""
    texts = _texts()
    p50: list[float] = []
    p95: list[float] = []
    memory: list[float] = []
    for _ in range(scope.of(3, 1)):
        with subprocess.Popen(
            [sys.executable, "-m", "services.triage", "classify"],
            env=server_environment(),
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as triage:
            _ask(triage, texts[:20])
            took = sorted(_ask(triage, texts))
            memory.append(pss_mb(triage.pid))
            p50.append(took[len(took) // 2])
            p95.append(took[len(took) * 95 // 100])
            scope.tell(f"triage: p95 {p95[-1]:.1f} ms, {memory[-1]:.0f} MB")
    figures = (
        at_most("p95 a message", p95, "ms", 2),
        at_most("memory (PSS)", memory, "MB", 150),
        measured("p50 a message", p50, "ms"),
    )
    return Section("triage", "Triage", HOW, figures)


def _ask(triage: "subprocess.Popen[bytes]", texts: Sequence[str]) -> list[float]:
    """Units: milliseconds of processor time, one for each text."""
    assert triage.stdin is not None
    assert triage.stdout is not None
    took = []
    for text in texts:
        line = json.dumps({"text": text}, ensure_ascii=False).encode() + b"\n"
        before_ms = main_thread_ms(triage.pid)
        triage.stdin.write(line)
        triage.stdin.flush()
        answer = triage.stdout.readline()
        took.append(main_thread_ms(triage.pid) - before_ms)
        assert b'"disposition"' in answer, answer[:200]
    return took


def _texts() -> list[str]:
    """Every procedure several times, each time in another form and commune."""
    province = REPOSITORY / "provinces" / "hanoi"
    matters = [row["matter_vi"].lower() for row in _rows(province / "competence.csv")]
    places = [f"{row['kind']} {row['name']}" for row in _rows(province / "communes.csv") if not row["valid_to"]]
    made = []
    for number, matter in enumerate(matters * _ROUNDS):
        place = places[number * 7 % len(places)]
        words = {"matter": matter, "place": place, "plain": _plain(matter), "plain_place": _plain(place)}
        form = _PAGE if number % _ONE_PAGE_IN == 0 else _FORMS[number % len(_FORMS)]
        made.append(form.format(filler=_FILLER, **words))
    return made


def _plain(text: str) -> str:
    """As people write in a hurry: without marks."""
    split = unicodedata.normalize("NFD", text)
    return "".join(sign for sign in split if not unicodedata.combining(sign)).translate(_MARKS)


def _rows(path: Any) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
