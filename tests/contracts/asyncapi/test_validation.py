"""What `validate.sh` says of a good document, of a wrong one, and where it could not look at all."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

HERE: Final = Path(__file__).parent
DOCUMENT: Final = HERE.parents[2] / "docs" / "asyncapi.yaml"
TOOLS: Final = (
    "bash", "basename", "cat", "cp", "cut", "dirname", "grep", "head", "mkdir", "mktemp", "mv", "realpath", "rm",
    "sha256sum", "timeout",
)  # fmt: skip


def _validate(document: Path = DOCUMENT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [shutil.which("bash") or "bash", HERE / "validate.sh", document],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=240,
    )


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder of programs that holds what every Debian has, and neither Node nor npm."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (programs / tool).symlink_to(found)
    return programs


def _program(machine: Path, name: str, *lines: str) -> None:
    path = machine / name
    path.write_text("\n".join(["#!/usr/bin/env bash", *lines, ""]))
    path.chmod(0o755)


@pytest.fixture(scope="module")
def parser() -> None:
    """The AsyncAPI Initiative's parser, by which our document is valid; skips where it cannot be had."""
    good = _validate()
    if "was not validated" in good.stdout:
        pytest.skip(good.stdout.strip())
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.startswith("asyncapi.yaml is valid AsyncAPI 3.0.0: ")


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("action: send", "action: shout", '"action" property must be equal to one of the allowed values'),
        ("#/channels/queue.triage'", "#/channels/queue.nobody'", "'#/channels/queue.nobody' does not exist"),
        ("is: routingKey", "is: road", '"is" property must be equal to constant'),
    ],
    ids=["an action that is none", "a queue that is not there", "a binding that is none"],
)
def test_a_planted_error_is_found_and_its_line_told(
    parser: None, tmp_path: Path, before: str, after: str, complaint: str
) -> None:
    planted = tmp_path / "asyncapi.yaml"
    text = DOCUMENT.read_text("utf-8")
    assert before in text
    planted.write_text(text.replace(before, after, 1), "utf-8")
    bad = _validate(planted)
    assert bad.returncode == 1
    assert complaint in bad.stderr
    assert f"asyncapi.yaml:{text[: text.index(before)].count(chr(10)) + 1}: " in bad.stderr


def test_a_machine_without_node_is_told_and_not_held_up(machine: Path) -> None:
    done = _validate(PATH=str(machine))
    assert done.returncode == 0
    assert done.stdout == "asyncapi.yaml was not validated: Node and npm are not here (18 or newer)\n"


def test_an_old_node_is_told_and_not_held_up(machine: Path) -> None:
    _program(machine, "node", "echo 16")
    _program(machine, "npm", "exit 1")
    done = _validate(PATH=str(machine))
    assert done.returncode == 0
    assert done.stdout == "asyncapi.yaml was not validated: Node 16 is too old (18 or newer)\n"


@pytest.mark.parametrize(
    ("says", "status", "told"),
    [
        ("npm ERR! code ENOTFOUND", 0, "was not validated: npm could not fetch the parser (code ENOTFOUND)"),
        ("npm error code E503", 0, "was not validated: npm could not fetch the parser (code E503)"),
        ("npm error code EINTEGRITY", 1, "package-lock.json of tests/contracts/asyncapi cannot be installed"),
        ("npm ERR! code EUSAGE", 1, "package-lock.json of tests/contracts/asyncapi cannot be installed"),
    ],
)
def test_an_unreachable_registry_holds_nobody_up_but_a_lock_that_is_wrong_does(
    machine: Path, tmp_path: Path, says: str, status: int, told: str
) -> None:
    _program(machine, "node", "echo 20")
    _program(machine, "npm", f"echo '{says}' >&2", "exit 1")
    done = _validate(PATH=str(machine), XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert done.returncode == status
    assert told in done.stdout + done.stderr
    assert list((tmp_path / "cache" / "lang-nghe").iterdir()) == [], "half an installation would be taken for a whole"


def test_the_lock_names_hashes_and_no_host() -> None:
    lock = (HERE / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') == lock.count('"version"')
