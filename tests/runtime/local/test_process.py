import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from libs.local import ChildProcess, ProcessError, wait_until
from libs.local.process import ProcessMark

WAITS = "import sys, time; print('ready', flush=True); time.sleep(300)"
REFUSES_TO_END = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + WAITS


def child(folder: Path, code: str, **wishes: object) -> ChildProcess:
    return ChildProcess(
        "listener",
        [sys.executable, "-c", code],
        log_file=folder / "listener.log",
        folder=folder,
        environment={"WISH": "granted"},
        **wishes,  # type: ignore[arg-type]
    )


def says(process: ChildProcess, words: str) -> bool:
    return words in process.log_file.read_text()


def test_a_process_is_stopped_when_its_time_is_over(tmp_path: Path) -> None:
    with child(tmp_path, WAITS) as listener:
        listener.wait_until_ready(lambda: says(listener, "ready"), 10)
        mark = ProcessMark.of(listener.pid)
        assert mark is not None
        assert mark.is_alive()
    assert not mark.is_alive()


def test_a_process_that_refuses_to_end_is_ended(tmp_path: Path) -> None:
    stopping = ((signal.SIGTERM, 0.1), (signal.SIGKILL, 10.0))
    listener = child(tmp_path, REFUSES_TO_END, stopping=stopping).start()
    listener.wait_until_ready(lambda: says(listener, "ready"), 10)
    listener.stop()
    assert not listener.is_alive()
    listener.stop()


def test_a_process_that_dies_early_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    (tmp_path / "listener.log").write_text("what an earlier run said\n")
    listener = child(tmp_path, "import sys; [print('line', n) for n in range(100)]; sys.exit(3)").start()
    with pytest.raises(ProcessError) as death:
        listener.wait_until_ready(lambda: False, 10)
    assert "listener ended (exit code 3)" in str(death.value)
    assert "line 99" in str(death.value)
    assert "line 80" not in str(death.value)
    assert "earlier run" not in str(death.value)


def test_a_process_that_is_killed_is_noticed(tmp_path: Path) -> None:
    listener = child(tmp_path, WAITS).start()
    listener.check()
    os.kill(listener.pid, signal.SIGKILL)
    assert wait_until(lambda: not listener.is_alive(), 10)
    with pytest.raises(ProcessError, match=r"listener ended \(signal SIGKILL\)"):
        listener.check()


def test_a_process_that_is_never_ready_is_given_up(tmp_path: Path) -> None:
    with child(tmp_path, WAITS) as listener, pytest.raises(ProcessError, match=r"was not ready after 0\.1 s"):
        listener.wait_until_ready(lambda: False, 0.1)


def test_a_program_that_is_not_there_is_reported(tmp_path: Path) -> None:
    missing = ChildProcess("listener", ["/nowhere"], log_file=tmp_path / "log", folder=tmp_path, environment={})
    missing.start()
    with pytest.raises(ProcessError, match="/nowhere cannot be started: No such file"):
        missing.wait_until_ready(lambda: False, 10)


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        pytest.param("print('done')", None, id="success"),
        pytest.param("raise SystemExit('no')", "exit code 1", id="failure"),
        pytest.param(WAITS, "had not ended after", id="too slow"),
    ],
)
def test_a_process_that_is_meant_to_end_is_waited_for(tmp_path: Path, code: str, complaint: str | None) -> None:
    listener = child(tmp_path, code).start()
    if complaint is None:
        listener.wait_until_done(10)
    else:
        with pytest.raises(ProcessError, match=complaint):
            listener.wait_until_done(1)
    assert not listener.is_alive()


def test_a_process_gets_the_environment_it_was_given_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_CALLER", "hush")
    listener = child(tmp_path, "import os; print(sorted(set(os.environ) - {'LC_CTYPE'}))").start()
    listener.wait_until_done(10)
    assert listener.log_file.read_text() == "['WISH']\n"


def test_ctrl_c_reaches_us_and_not_our_children(tmp_path: Path) -> None:
    with child(tmp_path, WAITS) as listener:
        assert os.getpgid(listener.pid) != os.getpgid(0)
        assert os.getsid(listener.pid) != os.getsid(0)


def test_a_process_does_not_start_twice(tmp_path: Path) -> None:
    with child(tmp_path, WAITS) as listener:
        first = listener.pid
        with pytest.raises(ProcessError, match=f"runs already, as process {first}"):
            listener.start()


def test_a_process_that_would_die_with_a_thread_is_not_started_there(tmp_path: Path) -> None:
    refusals = []

    def start() -> None:
        try:
            child(tmp_path, WAITS).start()
        except ProcessError as error:
            refusals.append(str(error))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert refusals == ["listener must be started from the main thread."]


def test_a_big_log_is_put_aside_and_only_its_owner_reads_the_new_one(tmp_path: Path) -> None:
    log_file = tmp_path / "listener.log"
    with log_file.open("wb") as log:
        log.truncate(10_000_001)
    child(tmp_path, "print('fresh')").start().wait_until_done(10)
    assert log_file.read_text() == "fresh\n"
    assert log_file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "listener.log.1").stat().st_size == 10_000_001


def test_a_log_that_is_a_link_to_elsewhere_is_not_written(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    (tmp_path / "listener.log").symlink_to(victim)
    with pytest.raises(OSError, match="Too many levels of symbolic links"):
        child(tmp_path, WAITS).start()
    assert victim.read_text() == "untouched"


PARENT = """
import signal, sys
from pathlib import Path
from libs.local import ChildProcess
folder = Path(sys.argv[1])
program = [sys.executable, "-c", "import time; time.sleep(300)"]
wishes = {"folder": folder, "environment": {}}
tied = ChildProcess("tied", program, log_file=folder / "tied.log", **wishes).start()
free = ChildProcess("free", program, log_file=folder / "free.log", outlives_us=True, **wishes).start()
print(tied.pid, free.pid, flush=True)
sys.stdin.read()
"""


def test_children_die_with_their_parent_unless_they_are_to_outlive_it(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with parent:
        assert parent.stdout is not None
        tied, free = (ProcessMark.of(int(pid)) for pid in parent.stdout.readline().split())
        assert tied is not None
        assert free is not None
        parent.kill()
    try:
        assert wait_until(lambda: not tied.is_alive(), 10)
        assert free.is_alive()
    finally:
        os.kill(free.pid, signal.SIGKILL)


def test_a_later_process_with_the_same_number_is_another_process() -> None:
    mine = ProcessMark.of(os.getpid())
    assert mine is not None
    assert mine.is_alive()
    assert not ProcessMark(mine.pid, mine.started + 1).is_alive()
