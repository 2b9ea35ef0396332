"""The server that a test run shares: one for all its processes, and none left behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from libs.local import PrivatePostgres, wait_until
from tests.support import postgres as support
from tests.support.postgres import RunPostgres

TESTS = """
import pytest

@pytest.mark.parametrize("turn", range(6))
def test_a_database_of_ones_own(turn, postgres, fresh_database):
    address = fresh_database("turn")
    name = address.rpartition("/")[2]
    postgres.execute("CREATE TABLE mine (turn int)", database=name)
    with open("seen", "a") as seen:
        seen.write(f"{postgres.pid} {name}\\n")
"""


@pytest.fixture
def machine(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which no other test run takes place, but the programs are there already."""
    programs = support.programs_folder()
    monkeypatch.setattr(support, "tests_folder", lambda: open_folder)
    monkeypatch.setattr(support, "programs_folder", lambda: programs)
    return open_folder


def runs(machine: Path) -> list[Path]:
    return list(machine.glob("run-*"))


def test_all_processes_of_a_run_share_one_server_and_the_last_one_stops_it(machine: Path) -> None:
    first = RunPostgres.begin()
    second = RunPostgres.join(first.folder)
    pid = first.start().pid
    assert second.start().pid == pid
    first.leave()
    assert second.server.pid == pid
    assert second.server.execute("SELECT 1") == "1"
    second.leave()
    assert second.server.pid is None
    assert not runs(machine)
    second.leave()


def test_a_run_that_needs_no_server_starts_none(machine: Path) -> None:
    run = RunPostgres.begin()
    assert run.server.pid is None
    run.leave()
    assert not runs(machine)


def test_a_server_that_a_test_has_killed_is_started_again(machine: Path) -> None:
    run = RunPostgres.begin()
    server = run.start()
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    assert wait_until(lambda: server.pid is None, 10)
    assert run.fresh_database("again").startswith("postgresql://")
    run.leave()


KILLED_RUN = """
import sys
from pathlib import Path
from tests.support import postgres as support
programs = support.programs_folder()
support.tests_folder = lambda: Path(sys.argv[1])
support.programs_folder = lambda: programs
print(support.RunPostgres.begin().start().pid, flush=True)
sys.stdin.read()
"""


def test_what_a_killed_run_left_is_cleared_away_by_the_next_one_that_needs_a_server(machine: Path) -> None:
    killed = subprocess.Popen(
        [sys.executable, "-c", KILLED_RUN, str(machine)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with killed:
        assert killed.stdout is not None
        left_behind = int(killed.stdout.readline())
        run = RunPostgres.begin()
        run.start()
        assert len(runs(machine)) == 2, "a run that is still going on is left alone"
        run.leave()
        killed.kill()
    assert PrivatePostgres(runs(machine)[0]).pid == left_behind

    run = RunPostgres.begin()
    run.start()
    assert not Path(f"/proc/{left_behind}/exe").exists()
    assert runs(machine) == [run.folder]
    run.leave()


def test_the_fixtures_give_all_workers_the_same_server(tmp_path: Path, open_folder: Path) -> None:
    (tmp_path / "test_turns.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "tests.support.postgres_fixtures"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(open_folder)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    servers, databases = zip(*(line.split() for line in (tmp_path / "seen").read_text().splitlines()), strict=True)
    assert len(set(servers)) == 1
    assert len(set(databases)) == 6
    assert {name.split("_")[1] for name in databases} == {"gw0", "gw1"}
    assert not Path(f"/proc/{servers[0]}/exe").exists()
    assert not list(open_folder.glob("lang-nghe-tests-*/run-*"))
