import contextlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from libs.local import AlreadyRunningError, ChildProcess, PostgresError, PrivatePostgres, ProcessError, wait_until
from libs.local.account import server_account
from libs.local.lock import FileLock
from tests.support.postgres import programs_folder


def another(server: PrivatePostgres, *, durable: bool = False) -> PrivatePostgres:
    """The same server as a second start of the demo would see it."""
    return PrivatePostgres(server.folder.parent, programs=programs_folder(), durable=durable)


def port_of(server: PrivatePostgres) -> int:
    return int(server.url().rpartition(":")[2].partition("/")[0])


def test_a_restart_keeps_what_was_written_and_the_address(server: PrivatePostgres) -> None:
    server.start()
    server.execute("CREATE TABLE heard (said text); INSERT INTO heard VALUES ('đường ngập')")
    address = server.url()
    server.stop()
    assert not server.is_running()

    with another(server):
        assert server.execute("SELECT said FROM heard") == "đường ngập"
        assert server.url() == address


@pytest.mark.parametrize("durable", [True, False], ids=["durable", "throw-away"])
def test_a_killed_server_comes_back_with_everything_it_confirmed(server: PrivatePostgres, durable: bool) -> None:
    with another(server, durable=durable) as killed:
        killed.execute("CREATE TABLE heard (number int)")
        killed.execute("INSERT INTO heard SELECT generate_series(1, 1000)")
        assert killed.execute("SHOW fsync") == ("on" if durable else "off")
        assert killed.pid is not None

        os.kill(killed.pid, signal.SIGKILL)
        assert wait_until(lambda: killed.pid is None, 10)
        killed.start()

        assert killed.execute("SELECT count(*) FROM heard") == "1000"


def test_a_second_start_says_which_process_runs_and_where(running: PrivatePostgres) -> None:
    with pytest.raises(AlreadyRunningError) as refusal:
        another(running).start()
    assert f"process {running.pid} at 127.0.0.1:{port_of(running)}" in str(refusal.value)
    assert f"started by process {os.getpid()}" in str(refusal.value)
    assert running.execute("SELECT 1") == "1"


def test_a_start_during_another_start_says_who_is_starting(server: PrivatePostgres) -> None:
    server.start()
    server.stop()
    lock = FileLock(server.folder / "lock")
    lock.take()
    lock.write_note(lock.read_note() | {"is_up": False})
    try:
        with pytest.raises(AlreadyRunningError, match=f"Process {os.getpid()} is starting PostgreSQL"):
            server.start()
    finally:
        lock.release()


def test_a_server_started_by_other_means_is_neither_stopped_nor_joined(server: PrivatePostgres) -> None:
    server.start()
    pid = server.pid
    (server.folder / "lock").rename(server.folder / "lock.away")
    with pytest.raises(AlreadyRunningError, match=f"started by other means .process {pid}"):
        another(server).start()
    assert server.pid == pid


def test_a_note_whose_number_now_belongs_to_another_process_stops_no_start(server: PrivatePostgres) -> None:
    server.start()
    server.execute("CREATE TABLE heard (said text)")
    note = server.folder / "data" / "postmaster.pid"
    left_behind = note.read_text()
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    assert wait_until(lambda: server.pid is None, 10)
    account = server_account(server.folder / "data")
    sleep = shutil.which("sleep")
    assert sleep
    log_file = server.folder / "bystander.log"
    bystander = ChildProcess(
        "bystander", [sleep, "300"], log_file=log_file, folder=Path("/"), environment={}, account=account
    )
    with bystander:
        wait_until(lambda: Path(f"/proc/{bystander.pid}/exe").readlink().name != Path(sys.executable).name, 10)
        note.write_text(left_behind.replace(left_behind.splitlines()[0], str(bystander.pid), 1))
        server.start()
        bystander.check()
    assert server.execute("SELECT count(*) FROM heard") == "0"


def test_a_creation_that_was_cut_off_is_begun_anew(server: PrivatePostgres) -> None:
    half_made = server.folder / "data.new" / "base"
    half_made.mkdir(parents=True)
    (half_made / "1").write_text("half a table")
    (server.folder / "password.new").write_text("left behind")
    server.start()
    assert server.execute("SELECT 1") == "1"
    assert not (server.folder / "data.new").exists()
    assert not (server.folder / "password.new").exists()


def test_only_its_owner_may_read_the_password_and_the_log(running: PrivatePostgres) -> None:
    for name in ("password", "server.log", "lock"):
        there = (running.folder / name).stat()
        assert (stat.S_IMODE(there.st_mode), there.st_uid) == (0o600, os.geteuid()), name
    password = (running.folder / "password").read_text()
    assert password in running.url()
    assert password not in repr(running)


def test_a_wrong_password_is_refused(server: PrivatePostgres) -> None:
    server.start()
    (server.folder / "password").write_text("guessed")
    with pytest.raises(PostgresError, match="password authentication failed"):
        server.execute("SELECT 1")


def test_it_listens_on_loopback_only_and_has_no_socket_file(running: PrivatePostgres) -> None:
    wanted = f":{port_of(running):04X}"
    listening = [
        address
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        if (address := line.split()[1]).endswith(wanted) and line.split()[3] == "0A"
    ]
    assert listening == [f"0100007F{wanted}"]
    assert f".s.PGSQL.{port_of(running)}" not in Path("/proc/net/unix").read_text()


def test_a_port_somebody_else_has_taken_meanwhile_is_left_to_them(server: PrivatePostgres) -> None:
    server.start()
    server.execute("CREATE TABLE heard (said text)")
    taken = port_of(server)
    server.stop()
    with socket.socket() as somebody:
        somebody.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        somebody.bind(("127.0.0.1", taken))
        somebody.listen()
        server.start()
        assert port_of(server) != taken
        assert server.execute("SELECT count(*) FROM heard") == "0"


def test_the_callers_postgres_settings_reach_neither_server_nor_client(
    server: PrivatePostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PGHOST", "PGHOSTADDR", "PGPORT", "PGDATA", "PGDATABASE", "PGUSER", "PGPASSWORD", "PGSERVICE"):
        monkeypatch.setenv(name, "nowhere")
    monkeypatch.setenv("PGOPTIONS", "-c work_mem=nonsense")
    monkeypatch.setenv("LC_ALL", "xx_XX.nonsense")
    server.start()
    assert server.execute("SELECT current_user, current_database()") == "postgres|postgres"


def test_vietnamese_letters_are_letters_whatever_the_machine_speaks(running: PrivatePostgres) -> None:
    assert running.execute("SELECT lower('ĐỐNG ĐA'), 'ngập' ~ '^\\w+$', getdatabaseencoding()") == "đống đa|t|UTF8"


def test_what_citizens_wrote_never_enters_the_log(server: PrivatePostgres) -> None:
    server.start()
    server.execute("CREATE TABLE sender (phone text PRIMARY KEY); INSERT INTO sender VALUES ('0900000001')")
    for refused in ("INSERT INTO sender VALUES ('0900000001')", "SELECT '0900000001x'::int", "SELEKT '0900000001'"):
        with pytest.raises(PostgresError, match="0900000001"):
            server.execute(refused)
    waiting = threading.Thread(target=_swallowing, args=(server, "SELECT pg_sleep(60), '0900000001'"))
    waiting.start()
    busy = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'"
    assert wait_until(lambda: server.execute(busy) != "", 10)
    os.kill(int(server.execute(busy)), signal.SIGSEGV)
    waiting.join()
    assert wait_until(lambda: server.log_file.read_text().count("ready to accept connections") == 2, 10)
    assert "terminated by signal 11" in server.log_file.read_text()
    assert "0900000001" not in server.log_file.read_text()


def _swallowing(server: PrivatePostgres, sql: str) -> None:
    with contextlib.suppress(PostgresError):
        server.execute(sql)


def test_a_start_that_fails_shows_the_end_of_the_log(server: PrivatePostgres) -> None:
    server.start()
    server.stop()
    with (server.folder / "data" / "postgresql.conf").open("a") as configuration:
        configuration.write("\nshared_buffers_of_nobody = 3\n")
    with pytest.raises(PostgresError, match="shared_buffers_of_nobody") as refusal:
        server.start()
    assert str(server.log_file) in str(refusal.value)


def test_data_of_another_major_version_is_left_alone_with_advice(server: PrivatePostgres) -> None:
    server.start()
    server.stop()
    (server.folder / "data" / "PG_VERSION").write_text("15\n")
    with pytest.raises(PostgresError, match=r"was made by PostgreSQL 15, the programs are \d+"):
        server.start()


def test_data_without_its_password_is_left_alone(server: PrivatePostgres) -> None:
    server.start()
    server.stop()
    (server.folder / "password").unlink()
    with pytest.raises(PostgresError, match="password is missing"):
        server.start()


def test_a_server_that_does_not_run_has_no_address(server: PrivatePostgres) -> None:
    with pytest.raises(PostgresError, match="start it first"):
        server.url()


def test_addresses_are_quoted_and_carry_a_password_only_where_there_is_one(running: PrivatePostgres) -> None:
    port = port_of(running)
    assert running.url("a/b", role="intake svc", password="p@ss/") == (
        f"postgresql://intake%20svc:p%40ss%2F@127.0.0.1:{port}/a%2Fb"
    )
    assert running.url("intake", role="intake_svc") == f"postgresql://intake_svc@127.0.0.1:{port}/intake"


STARTER = """
import sys
from pathlib import Path
from libs.local import PrivatePostgres
server = PrivatePostgres(Path(sys.argv[1]), programs=Path(sys.argv[2]), durable=False).start()
server.execute("CREATE TABLE heard (said text)")
print(server.pid, flush=True)
sys.stdin.read()
"""


def test_it_dies_with_the_process_that_started_it_and_the_next_start_succeeds(server: PrivatePostgres) -> None:
    command = [sys.executable, "-c", STARTER, str(server.folder.parent), str(programs_folder())]
    starter = subprocess.Popen(
        command, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}, stdin=subprocess.PIPE, stdout=-1
    )
    with starter:
        assert starter.stdout is not None
        assert int(starter.stdout.readline()) == server.pid
        starter.kill()
        starter.wait()
        # At once, while the orphaned server is still going down.
        server.start()
    assert server.execute("SELECT count(*) FROM heard") == "0"


def test_a_start_from_another_thread_is_refused_because_the_server_would_die_with_it(server: PrivatePostgres) -> None:
    refusals = []

    def start() -> None:
        try:
            server.start()
        except (PostgresError, ProcessError) as error:
            refusals.append(str(error))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert refusals == ["PostgreSQL must be started from the main thread."]
