"""What a stranger would trip over: names that tell nothing, files nobody can read in one sitting, open ends."""

import re
import subprocess
from pathlib import Path
from typing import Final

SILENT_NAMES: Final = {"common", "core", "shared", "utils", "util", "helpers", "helper", "misc", "base"}
LINES_AT_MOST: Final = 400
SOURCE: Final = ("services", "libs", "simulators")


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], capture_output=True, check=True, text=True
    )
    return [Path(line) for line in listed.stdout.splitlines() if Path(line).is_file()]


def test_no_module_or_folder_has_a_name_that_tells_nothing() -> None:
    silent = [
        path
        for path in _tracked()
        if path.suffix == ".py" and SILENT_NAMES & {part.removesuffix(".py") for part in path.parts}
    ]
    assert silent == []


def test_no_module_is_too_long_to_read_in_one_sitting() -> None:
    long = {
        str(path): len(path.read_text("utf-8").splitlines())
        for path in _tracked()
        if path.suffix == ".py" and path.parts[0] in SOURCE and "versions" not in path.parts
    }
    assert {path: lines for path, lines in long.items() if lines > LINES_AT_MOST} == {}


def test_no_environment_is_read_outside_settings() -> None:
    reads = re.compile(r"os\.environ|os\.getenv|getenv\(")
    found = [
        str(path)
        for path in _tracked()
        if path.suffix == ".py" and path.parts[0] == "services" and reads.search(path.read_text("utf-8"))
    ]
    assert found == []


def test_no_open_ends_are_left_in_the_code() -> None:
    ends = re.compile(r"\b(TODO|FIXME|XXX|HACK|raise NotImplementedError)\b")
    found = [
        str(path)
        for path in _tracked()
        if path.suffix == ".py" and path.parts[0] in SOURCE and ends.search(path.read_text("utf-8"))
    ]
    assert found == []
