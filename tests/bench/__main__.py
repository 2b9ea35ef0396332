"""`make bench`: measures what design promises, beside a limit measured in the same run, and writes it down.

`python -m tests.bench` measures everything and writes docs/performance.md; `python -m tests.bench webhook page` only
these rows, and keeps the others; `--quick` takes less than a minute a row and changes no page: it proves nothing, but
shows that it can be measured. The numbers of each row are kept as JSON in build/bench.
"""

import argparse
import json
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from libs.local.demo import REPOSITORY
from tests.bench import demo, hop, machine, pipeline, triage, webhook
from tests.bench.figure import TABLE, Scope, Section

ROWS: Final[dict[str, Callable[[Scope], Section]]] = {
    "webhook": webhook.measure,
    "pipeline": pipeline.measure,
    "hop": hop.measure,
    "triage": triage.measure,
    "start": demo.measure_start,
    "idle": demo.measure_idle,
    "page": demo.measure_page,
}
PAGE: Final = REPOSITORY / "docs" / "performance.md"
NUMBERS: Final = REPOSITORY / "build" / "bench"

_OPENING: Final = """\
<!-- Written by `make bench`; change tests/bench instead. -->
# Performance

What we promise of speed and size, and what was measured: every figure as a ratio to a limit measured in the same
run, or against a bound in plain units. Several repetitions, interleaved; the median, and beside it the smallest and
the largest. `make bench` measures it all again on your machine; `python -m tests.bench webhook --quick` one row, in
a hurry.

Measured on {machine}, {days}.
"""


def main(words: list[str]) -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("row", nargs="*", help=f"{', '.join(ROWS)}; all when none is named")
    parser.add_argument("--quick", dest="is_quick", action="store_true", help="one short repetition each")
    chosen = parser.parse_args(words)
    if unknown := set(chosen.row) - set(ROWS):
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    # Told to stop, everything begun is ended and removed, as after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    scope = Scope(chosen.is_quick, _tell)
    for name in chosen.row or ROWS:
        section = ROWS[name](scope)
        sys.stdout.write(f"\n{section.page()}")
        _keep(section, NUMBERS / "quick" if chosen.is_quick else NUMBERS)
    if not chosen.is_quick:
        PAGE.write_text(_page(), "utf-8")
        sys.stdout.write(f"\n{PAGE.relative_to(REPOSITORY)} is written.\n")
    return 0


def _keep(section: Section, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    told = {"machine": machine.in_words(), "on": f"{datetime.now(UTC):%Y-%m-%d}", **section.numbers()}
    (folder / f"{section.name}.json").write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _page() -> str:
    """All rows as they were measured last."""
    kept = [NUMBERS / f"{name}.json" for name in ROWS]
    told = [json.loads(path.read_text("utf-8")) for path in kept if path.exists()]
    sections = [Section.of(numbers) for numbers in told]
    promised = "\n".join(f.row(s.title) for s in sections for f in s.figures if f.goal)
    days = sorted({numbers["on"] for numbers in told})
    opening = _OPENING.format(machine=told[-1]["machine"], days=" and ".join(days))
    glance = f"## At a glance\n\n{TABLE}\n{promised}\n"
    return "\n".join([opening, glance, *(section.page() for section in sections)])


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
