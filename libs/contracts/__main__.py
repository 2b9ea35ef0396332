"""`python -m libs.contracts write | check`: schemas and docs/events.md, made from the code and kept equal to it."""

import sys
from pathlib import Path
from typing import Final

from . import page, schema
from .catalogue import CATALOGUE

PAGE: Final = Path(__file__).parents[2] / "docs" / "events.md"


def generated() -> dict[Path, str]:
    """Every generated file with the content it must have."""
    return {PAGE: page.render(), **{schema.file_of(entry.event): schema.text_of(entry.event) for entry in CATALOGUE}}


def main(word: str) -> int:
    """`write` refuses a change that would break a hearer; `check` says which files are not up to date."""
    broken = schema.all_breaking_changes()
    if broken:
        sys.stderr.write("an event may only grow; say a new .v2 instead:\n  " + "\n  ".join(broken) + "\n")
        return 1
    stale = [path for path, content in generated().items() if not path.exists() or path.read_text("utf-8") != content]
    if word == "write":
        for path in stale:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(generated()[path], "utf-8")
        return 0
    for path in stale:
        sys.stderr.write(f"{path.name} is not up to date: make docs\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))
