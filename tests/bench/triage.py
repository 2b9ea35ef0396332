"""How long triage thinks about one message, and what it holds in memory to do so."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from libs.local.demo import REPOSITORY
from libs.local.process import server_environment
from tests.bench.deciding import WARMING
from tests.bench.figure import Scope, Section, at_most, measured
from tests.bench.stage import main_thread_ms, pss_mb

HOW: Final = """
Every eighth message of the corpus, from two letters to a letter of a page. **One after another**: a process of its
own decides about them, and counted is the processor time of each decision. **Woken for each**: the command
`python -m services.triage classify` gets one as JSON when the one before is answered, and counted is all its
processor time until the answer: waking up with cold caches, reading and writing included. Memory is the command's.
""".strip()
_VOICES: Final = REPOSITORY / "services" / "triage" / "corpus" / "voices"
_EVERY: Final = 8


def measure(scope: Scope) -> Section:
    """Ask for a decision about each message, several times."""
    texts = _texts(_VOICES)
    decided: list[list[float]] = []
    woken: list[list[float]] = []
    memory: list[float] = []
    for _ in range(scope.of(3, 1)):
        decided.append(sorted(_decide(texts)))
        with subprocess.Popen(
            [sys.executable, "-m", "services.triage", "classify"],
            env=server_environment(),
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as triage:
            woken.append(sorted(_ask(triage, texts)[WARMING:]))
            memory.append(pss_mb(triage.pid))
        scope.tell(f"triage: p95 {_share(decided[-1], 95):.2f} ms, {memory[-1]:.0f} MB")
    figures = (
        at_most("one after another: p95 a message", [_share(one, 95) for one in decided], "ms", 2),
        at_most("memory (PSS)", memory, "MB", 150),
        measured("one after another: p50", [_share(one, 50) for one in decided], "ms"),
        measured("one after another: the longest", [one[-1] for one in decided], "ms"),
        measured("woken for each: p95", [_share(one, 95) for one in woken], "ms"),
        measured("woken for each: p50", [_share(one, 50) for one in woken], "ms"),
    )
    return Section("triage", "Triage", HOW, figures)


def _share(ordered: Sequence[float], percent: int) -> float:
    return ordered[len(ordered) * percent // 100]


def _decide(texts: Sequence[str]) -> list[float]:
    """Units: milliseconds of processor time, one for each text."""
    lines = "".join(f"{json.dumps(text)}\n" for text in texts)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.deciding"],
        env=server_environment(),
        cwd=REPOSITORY,
        input=lines.encode(),
        capture_output=True,
        check=True,
    )
    took: list[float] = json.loads(done.stdout)
    return took


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


def _texts(voices: Path) -> list[str]:
    """Messages of every voice, as they would come in: without the brackets around the office."""
    lines = [line for path in sorted(voices.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines() if line]
    texts = (json.loads(line)["text"] for line in lines[::_EVERY])
    return [text.replace("⟦", "").replace("⟧", "") for text in texts]
