"""Who runs the private servers; the user database is asked, the user is only told."""

import os
import pwd
from pathlib import Path

import pytest

from libs.local import account as accounts
from libs.local.account import AccountError, server_account

NAMELESS = 3_141_592  # no user database has a name for this number


@pytest.fixture
def no_useradd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(accounts, "SYSTEM_USER", "lang-nghe-absent")
    monkeypatch.setattr(accounts, "_SYSTEM_PATH", "/nonexistent")
    monkeypatch.setenv("PATH", "/nonexistent")


def test_an_ordinary_user_runs_servers_as_themselves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    monkeypatch.setattr(os, "geteuid", lambda: nobody.pw_uid)
    account = server_account(tmp_path / "data")
    assert (account.name, account.uid, account.gid) == ("nobody", nobody.pw_uid, nobody.pw_gid)
    assert account.is_ours


def test_a_user_without_a_name_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: NAMELESS)
    with pytest.raises(AccountError, match=f"user number {NAMELESS}.*useradd --uid {NAMELESS}.*DATABASE_URL"):
        server_account(tmp_path / "data")


def test_root_without_useradd_falls_back_to_nobody_and_says_so(
    no_useradd: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert server_account(tmp_path / "data").name == "nobody"
    assert "lang-nghe-absent could not be made (there is no useradd on this machine)" in capsys.readouterr().err


def test_root_without_any_other_user_is_told_what_to_do(
    no_useradd: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(accounts, "FALLBACK_USER", "nobody-absent")
    with pytest.raises(AccountError, match=r"refuses to run as root.*useradd --system lang-nghe-absent"):
        server_account(tmp_path / "data")


@pytest.mark.parametrize(
    ("script", "refusal"),
    [
        pytest.param("echo 'cannot open /etc/passwd' >&2; exit 12", "cannot open /etc/passwd", id="with a reason"),
        pytest.param("exit 12", "useradd ended with 12", id="without one"),
    ],
)
def test_the_reason_why_useradd_refused_is_shown(
    no_useradd: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    script: str,
    refusal: str,
) -> None:
    useradd = tmp_path / "useradd"
    useradd.write_text(f"#!/bin/sh\n{script}\n")
    useradd.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert server_account(tmp_path / "data").name == "nobody"
    assert f"({refusal})" in capsys.readouterr().err


def test_useradd_is_tried_again_while_another_one_holds_the_user_database(
    no_useradd: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    useradd = tmp_path / "useradd"
    useradd.write_text(f'#!/bin/sh\n[ -e "{tmp_path}/tried" ] && exit 12\n: > "{tmp_path}/tried"\nexit 1\n')
    useradd.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    server_account(tmp_path / "data")
    assert "useradd ended with 12" in capsys.readouterr().err


def test_data_keeps_the_owner_it_was_made_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    owner = pwd.getpwuid(os.geteuid() or pwd.getpwnam("nobody").pw_uid)
    os.chown(data, owner.pw_uid, owner.pw_gid)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert server_account(data).name == owner.pw_name


def test_data_that_belongs_to_root_is_left_alone_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(AccountError, match=r"/ belongs to user number 0, who cannot run PostgreSQL.*chown -R"):
        server_account(Path("/"))
