import itertools
import stat
import subprocess
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.local import SecretError, keep_secrets, new_password, read_secrets
from libs.local.secret import format_secrets, parse_secrets

NAMES = st.from_regex(r"[A-Z_][A-Z0-9_]{0,20}", fullmatch=True)
LINES = st.text(st.characters(exclude_characters="\n\r\0", exclude_categories=["Cs"]), max_size=60)


def never() -> str:
    raise AssertionError("a secret that is there already must not be made again")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "demo" / "secrets.env"


def test_secrets_are_made_once_and_only_their_owner_reads_them(path: Path) -> None:
    made = keep_secrets(path, {"LOOKUP_KEY": new_password, "OFFICER_PASSWORD": new_password})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert made["LOOKUP_KEY"] != made["OFFICER_PASSWORD"]
    assert keep_secrets(path, {"LOOKUP_KEY": never, "OFFICER_PASSWORD": never}) == made
    assert read_secrets(path) == made


def test_missing_secrets_are_added_and_the_operators_own_lines_stay(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_text("# ours since 2026\nLOOKUP_KEY=chosen by 'hand'\nEMPTY=\nexport SHOUT=\"a b\" # why", "utf-8")
    with pytest.raises(SecretError, match="Line 2 of"):
        keep_secrets(path, {"NEW": lambda: "fresh"})
    path.write_text("# ours since 2026\nLOOKUP_KEY='chosen by hand'\nEMPTY=\nexport SHOUT=\"a b\" # why", "utf-8")
    kept = keep_secrets(path, {"LOOKUP_KEY": never, "EMPTY": never, "NEW": lambda: "fresh"})
    assert kept == {"LOOKUP_KEY": "chosen by hand", "EMPTY": "", "SHOUT": "a b", "NEW": "fresh"}
    assert path.read_text("utf-8").startswith("# ours since 2026\nLOOKUP_KEY='chosen by hand'\n")


def test_a_file_others_could_read_is_closed_by_the_demo_and_refused_by_readers(path: Path) -> None:
    kept = keep_secrets(path, {"LOOKUP_KEY": new_password})
    path.chmod(0o644)
    with pytest.raises(SecretError, match="Others may read"):
        read_secrets(path)
    keep_secrets(path, {})
    assert read_secrets(path) == kept


def test_two_starts_at_once_agree_on_the_secrets(path: Path) -> None:
    numbers = itertools.count()
    barrier = threading.Barrier(8)
    seen = []

    def start() -> None:
        barrier.wait()
        seen.append(keep_secrets(path, {"LOOKUP_KEY": lambda: f"key-{next(numbers)}"}))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [{"LOOKUP_KEY": "key-0"}] * 8


@given(st.dictionaries(NAMES, LINES))
def test_what_is_written_is_read_back_unchanged(values: dict[str, str]) -> None:
    assert parse_secrets(format_secrets(values), Path("secrets.env")) == values


@pytest.mark.parametrize("secret", ["plain", "two words", "it's", '"$HOME"`id`', "#no comment", "\\", "Đống Đa", " "])
def test_a_shell_reads_the_same_value(secret: str, tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    file.write_text(format_secrets({"SECRET": secret}), "utf-8")
    shell = subprocess.run(
        ["sh", "-c", '. "$1"; printf %s "$SECRET"', "sh", str(file)], capture_output=True, check=True
    )
    assert shell.stdout.decode() == secret


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("A=1", {"A": "1"}, id="plain"),
        pytest.param("A=1\nA=2", {"A": "2"}, id="the last one counts"),
        pytest.param("A=a#b # it's a note", {"A": "a#b"}, id="a comment begins after a space"),
        pytest.param("A= # note", {"A": ""}, id="nothing but a comment"),
        pytest.param("A='it'\\''s'", {"A": "it's"}, id="quotation marks"),
        pytest.param("  A=1  \r", {"A": "1"}, id="space around"),
        pytest.param("# A=1\n\n", {}, id="nothing"),
    ],
)
def test_lines_are_read_as_a_shell_reads_them(line: str, expected: dict[str, str]) -> None:
    assert parse_secrets(line, Path("secrets.env")) == expected


@pytest.mark.parametrize("line", ["hush", "A=hush hush", "A='hush", "A B=hush", "1A=hush", "=hush", "A= hush"])
def test_a_line_that_is_none_is_named_but_not_shown(line: str) -> None:
    with pytest.raises(SecretError) as error:
        parse_secrets(f"OK=1\n{line}\n", Path("secrets.env"))
    assert "Line 2 of secrets.env" in str(error.value)
    assert "hush" not in str(error.value)


@pytest.mark.parametrize(("name", "secret"), [("A", "hush\nB=1"), ("A", "hush\0"), ("A", "hush\r"), ("A-B", "hush")])
def test_what_no_line_can_hold_is_refused_without_showing_it(name: str, secret: str) -> None:
    with pytest.raises(SecretError) as error:
        format_secrets({name: secret})
    assert "hush" not in str(error.value)


def test_a_missing_file_is_named(path: Path) -> None:
    with pytest.raises(SecretError, match=r"secrets\.env cannot be read"):
        read_secrets(path)
