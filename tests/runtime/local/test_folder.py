import os
import stat
from pathlib import Path

import pytest

from libs.local import data_root, make_folder, make_root
from libs.local.account import Account
from libs.local.folder import FolderError, closed_folder, write_private

SOMEBODY = Account("somebody", 3_141_592, 3_141_592)


@pytest.mark.parametrize(
    ("uid", "environment", "expected"),
    [
        pytest.param(0, {}, "/var/lib/lang-nghe", id="root"),
        pytest.param(0, {"XDG_DATA_HOME": "/srv"}, "/var/lib/lang-nghe", id="root has no XDG folder"),
        pytest.param(0, {"LANG_NGHE_DATA": "/srv/ln"}, "/srv/ln", id="root chooses"),
        pytest.param(7, {"HOME": "/home/an"}, "/home/an/.local/share/lang-nghe", id="user"),
        pytest.param(7, {"HOME": "/home/an", "XDG_DATA_HOME": "/srv/an"}, "/srv/an/lang-nghe", id="user with XDG"),
        pytest.param(
            7, {"HOME": "/home/an", "XDG_DATA_HOME": "srv"}, "/home/an/.local/share/lang-nghe", id="relative XDG"
        ),
        pytest.param(7, {"HOME": "/home/an", "LANG_NGHE_DATA": "/srv/ln"}, "/srv/ln", id="user chooses"),
    ],
)
def test_where_the_data_lives(
    uid: int, environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    assert data_root(environment) == Path(expected)


def test_a_relative_choice_means_the_folder_one_stands_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert data_root({"LANG_NGHE_DATA": "ln"}) == tmp_path / "ln"


def test_a_user_without_home_and_name_is_told_to_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY.uid)
    with pytest.raises(FolderError, match="set LANG_NGHE_DATA"):
        data_root({})


@pytest.mark.parametrize(("uid", "mode"), [(0, 0o755), (1000, 0o700)], ids=["root", "user"])
def test_the_way_to_the_data_is_open_to_servers_of_root_only(
    uid: int, mode: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    before = stat.S_IMODE(tmp_path.stat().st_mode)
    mask = os.umask(0o077)
    try:
        make_root(tmp_path / "a" / "b")
        make_root(tmp_path / "a" / "b")
    finally:
        os.umask(mask)
    assert [stat.S_IMODE((tmp_path / part).stat().st_mode) for part in ("a", "a/b")] == [mode, mode]
    assert stat.S_IMODE(tmp_path.stat().st_mode) == before


def test_a_file_where_the_data_should_lie_is_named(tmp_path: Path) -> None:
    (tmp_path / "ln").touch()
    with pytest.raises(FolderError, match="ln is not a folder"):
        make_root(tmp_path / "ln")
    with pytest.raises(FolderError, match="cannot be used"):
        make_root(tmp_path / "ln" / "deeper")


def test_a_folder_gets_the_mode_it_should_have_even_if_it_was_there(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir(mode=0o755)
    make_folder(tmp_path / "demo", 0o700)
    assert stat.S_IMODE((tmp_path / "demo").stat().st_mode) == 0o700


def test_a_folder_of_somebody_else_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "demo").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY.uid)
    with pytest.raises(FolderError, match=f"not to {SOMEBODY.uid}"):
        make_folder(tmp_path / "demo", 0o700)


def test_a_link_to_elsewhere_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o755)
    (tmp_path / "demo").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FolderError):
        make_folder(tmp_path / "demo", 0o700)
    assert stat.S_IMODE((tmp_path / "elsewhere").stat().st_mode) == 0o755


def test_a_private_file_is_replaced_as_a_whole_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("old and longer")
    path.chmod(0o644)
    write_private(path, "mới")
    assert path.read_text("utf-8") == "mới"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["password"]


def test_the_folder_that_keeps_a_user_out_is_found(open_folder: Path) -> None:
    closed = open_folder / "closed"
    (closed / "inner").mkdir(parents=True)
    assert closed_folder(closed / "inner", SOMEBODY) is None
    closed.chmod(0o700)
    assert closed_folder(closed / "inner" / "file", SOMEBODY) == closed
    assert closed_folder(closed / "inner", Account("us", os.geteuid(), os.getegid())) is None
