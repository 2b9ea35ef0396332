"""`python -m libs.contracts write | check`: schemas, docs/events.md and docs/asyncapi.yaml, kept equal to the code."""

import sys
from pathlib import Path
from typing import Final

from . import asyncapi, page, schema
from .catalogue import CATALOGUE

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "events.md"
ASYNCAPI: Final = ROOT / "docs" / "asyncapi.yaml"


def generated() -> dict[Path, str]:
    """Every generated file with the content it must have."""
    schemas = {schema.file_of(entry.event): schema.text_of(entry.event) for entry in CATALOGUE}
    return {PAGE: page.render(), ASYNCAPI: asyncapi.render(), **schemas}


def main(word: str) -> int:
    """`write` refuses a change that would break a hearer; `check` says which files are not up to date."""
    broken = schema.all_breaking_changes()
    if broken:
        sys.stderr.write("an event may only grow; say a new .v2 instead:\n  " + "\n  ".join(broken) + "\n")
        return 1
    if unknown := asyncapi.undescribed():
        sys.stderr.write(f"{', '.join(unknown)}: say in SERVICES of libs/contracts/asyncapi.py what it is for\n")
        return 1
    stale = {
        path: content
        for path, content in generated().items()
        if not path.exists() or path.read_text("utf-8") != content
    }
    if word == "write":
        for path, content in stale.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8")
        return 0
    for path in stale:
        sys.stderr.write(f"{path.relative_to(ROOT)} is not what the code says: make docs\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))
