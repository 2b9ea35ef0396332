"""A real private RabbitMQ: it keeps what it confirmed, listens on loopback only, and leaves nothing behind."""

import asyncio
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, DeliveryMode
from aio_pika.exceptions import ProbableAuthenticationError

from libs.local import AlreadyRunningError, LocalError, PrivateRabbitMQ, RabbitMQError, wait_until
from libs.local.lock import FileLock
from libs.local.process import state_of
from tests.support.postgres import programs_folder, temporary_folder

QUORUM = {"x-queue-type": "quorum"}


@pytest.fixture(scope="module")
def running() -> Iterator[PrivateRabbitMQ]:
    """A private RabbitMQ that runs, for tests that leave it as they found it."""
    folder = Path(tempfile.mkdtemp(prefix="lang-nghe-", dir=temporary_folder()))
    folder.chmod(0o755)
    with private(folder) as server:
        yield server
    shutil.rmtree(folder)


@pytest.fixture
def server(open_folder: Path) -> Iterator[PrivateRabbitMQ]:
    """A private RabbitMQ of this test's own, not started yet."""
    server = private(open_folder)
    yield server
    server.kill()


def private(root: Path, *, durable: bool = False) -> PrivateRabbitMQ:
    """The same node for the same folder, as a second start of the demo would see it."""
    return PrivateRabbitMQ(root, programs=programs_folder(), durable=durable)


@asynccontextmanager
async def channel_of(url: str) -> AsyncIterator[AbstractChannel]:
    connection = await aio_pika.connect(url, timeout=20)
    async with connection:
        yield await connection.channel()


def programs_in(folder: Path) -> list[str]:
    """What works in a folder, whatever program it is: Erlang starts small helpers of its own."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder and state_of(int(process.name)) != "Z":
                found.append((process / "cmdline").read_text())
        except OSError:
            continue
    return found


async def say(channel: AbstractChannel, word: str, queue: str = "heard") -> None:
    message = aio_pika.Message(word.encode(), delivery_mode=DeliveryMode.PERSISTENT)
    await channel.default_exchange.publish(message, queue, timeout=20)


async def test_what_was_confirmed_is_there_after_a_kill_and_after_a_stop_at_the_same_address(
    server: PrivateRabbitMQ,
) -> None:
    address = server.start().add_vhost("city")
    async with channel_of(address) as channel:
        await channel.declare_queue("heard", durable=True, arguments=QUORUM)
        for number in range(20):
            await say(channel, f"đường ngập {number}")
    server.settle()
    server.kill()
    assert server.pid is None

    server.start()
    assert server.url("city") == address
    async with channel_of(address) as channel:
        await say(channel, "một việc nữa")
    server.stop()
    assert not server.is_running()

    with private(server.folder.parent, durable=True):
        async with channel_of(address) as channel:
            heard = await channel.get_queue("heard")
            words = [(await heard.get(no_ack=True, timeout=20)).body.decode() for _ in range(21)]
    assert words == [*(f"đường ngập {number}" for number in range(20)), "một việc nữa"]


def test_a_second_start_says_which_process_runs_and_where(running: PrivateRabbitMQ) -> None:
    with pytest.raises(AlreadyRunningError) as refusal:
        private(running.folder.parent).start()
    assert f"RabbitMQ runs on {running.folder} already: process {running.pid} at 127.0.0.1:{running.port}" in str(
        refusal.value
    )
    assert f"started by process {os.getpid()}" in str(refusal.value)
    assert running.is_running()


def test_it_listens_on_two_ports_of_loopback_and_there_is_no_epmd(running: PrivateRabbitMQ) -> None:
    assert running.pid is not None
    its_sockets = set()
    for descriptor in Path(f"/proc/{running.pid}/fd").iterdir():
        target = str(descriptor.readlink())
        if target.startswith("socket:["):
            its_sockets.add(target[8:-1])
    listening = [
        line.split()[1].partition(":")[0]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[9] in its_sockets
    ]
    assert listening == ["0100007F", "0100007F"]
    assert not [
        command for command in programs_in(running.folder / "data") if command.partition("\0")[0].endswith("epmd")
    ]


def test_only_its_owner_may_read_password_settings_cookie_and_log(running: PrivateRabbitMQ) -> None:
    data = running.folder / "data"
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    private_files = [running.folder / "password", running.log_file, data / "home" / ".erlang.cookie"]
    for path in [*private_files, data / "settings" / "rabbitmq.conf"]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    password = (running.folder / "password").read_text()
    assert password in running.url()
    for part in ("cmdline", "environ"):
        assert password.encode() not in Path(f"/proc/{running.pid}/{part}").read_bytes()
    assert password not in running.log_file.read_text()


@pytest.mark.parametrize("user", ["lang-nghe:guessed", "guest:guest"])
async def test_who_does_not_know_the_password_is_refused(running: PrivateRabbitMQ, user: str) -> None:
    with pytest.raises(ProbableAuthenticationError):
        async with channel_of(f"amqp://{user}@127.0.0.1:{running.port}/"):
            pass


async def test_each_virtual_host_is_a_world_of_its_own(running: PrivateRabbitMQ) -> None:
    for name in ("phường/1", 'x">>), halt(1), (<<"'):
        async with channel_of(running.add_vhost(name)) as channel:
            await channel.declare_queue("heard", durable=True, arguments=QUORUM)
            await say(channel, "ngập")
            await say(channel, "tối")
        assert running.queue_lengths(name) == {"heard": 2}
        assert running.queue_lengths() == {}
        running.delete_vhost(name)
        with pytest.raises(Exception, match=r"vhost|NOT_ALLOWED|not found|Connection"):
            async with channel_of(running.url(name)):
                pass


async def test_a_frozen_node_answers_nobody_until_it_is_thawed(running: PrivateRabbitMQ) -> None:
    running.freeze()
    try:
        assert running.pid is not None
        assert not running.is_running()
        with pytest.raises(RabbitMQError, match=r"did not answer within 0\.5 s"):
            running.execute("1.", limit_s=0.5)
    finally:
        running.thaw()
    assert running.is_running()
    assert running.execute("1 + 1.") == "2"


async def test_a_node_short_of_memory_holds_publishers_back(running: PrivateRabbitMQ) -> None:
    address = running.add_vhost("short")
    async with channel_of(address) as channel:
        await channel.declare_queue("heard", durable=True, arguments=QUORUM)
        running.set_limit(memory=0)
        try:
            assert running.alarms() == {"memory"}
            saying = asyncio.create_task(say(channel, "chờ"))
            done, _ = await asyncio.wait([saying], timeout=0.5)
            assert not done
        finally:
            running.set_limit()
        await saying
        assert running.alarms() == frozenset()
    running.delete_vhost("short")


def test_an_expression_that_fails_says_why(running: PrivateRabbitMQ) -> None:
    with pytest.raises(RabbitMQError, match="badarith"):
        running.execute("1 / 0.")
    assert running.execute("<<196,145>>.") == "đ"


def test_the_callers_rabbitmq_settings_reach_nobody(server: PrivateRabbitMQ, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = server.folder.parent / "elsewhere"
    for name in ("RABBITMQ_MNESIA_BASE", "RABBITMQ_LOG_BASE", "RABBITMQ_CONFIG_FILE", "HOME"):
        monkeypatch.setenv(name, str(elsewhere))
    monkeypatch.setenv("RABBITMQ_NODENAME", "somebody@nowhere")
    monkeypatch.setenv("ERL_AFLAGS", "-nonsense")
    monkeypatch.setenv("ERL_EPMD_PORT", "1")
    server.start()
    assert server.execute("node().") == "rabbit@localhost"
    assert not elsewhere.exists()
    taken = server.port
    server.stop()

    with socket.socket() as somebody:
        somebody.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        somebody.bind(("127.0.0.1", taken))
        somebody.listen()
        server.start()
        assert server.port != taken, "a port somebody has taken meanwhile is left to them"


STARTER = """
import sys
from pathlib import Path
from libs.local import PrivateRabbitMQ
server = PrivateRabbitMQ(Path(sys.argv[1]), programs=Path(sys.argv[2]), durable=False).start()
print(server.pid, flush=True)
server.freeze()
print("frozen", flush=True)
sys.stdin.read()
"""


def test_even_frozen_it_dies_with_the_process_that_started_it_and_the_next_start_succeeds(
    server: PrivateRabbitMQ,
) -> None:
    command = [sys.executable, "-c", STARTER, str(server.folder.parent), str(programs_folder())]
    starter = subprocess.Popen(
        command, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}, stdin=subprocess.PIPE, stdout=-1
    )
    with starter:
        assert starter.stdout is not None
        assert int(starter.stdout.readline()) == server.pid
        assert starter.stdout.readline() == b"frozen\n"
        starter.kill()
        starter.wait()
    assert wait_until(lambda: server.pid is None, 10)
    assert wait_until(lambda: not programs_in(server.folder / "data"), 10)
    server.start()
    assert server.is_running()


def test_a_note_of_a_start_under_way_keeps_others_away(server: PrivateRabbitMQ) -> None:
    server.folder.mkdir()
    lock = FileLock(server.folder / "lock")
    lock.take()
    started = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    lock.write_note({"starter": {"pid": os.getpid(), "started": started, "is_outlived": False}, "is_up": False})
    try:
        with pytest.raises(AlreadyRunningError, match=f"Process {os.getpid()} is starting RabbitMQ"):
            server.start()
    finally:
        lock.release()


def test_data_of_another_major_version_is_left_alone_with_advice(server: PrivateRabbitMQ) -> None:
    (server.folder / "data").mkdir(parents=True)
    (server.folder / "data" / "version").write_text("2.8.7")
    give_to_server(server.folder / "data")
    with pytest.raises(RabbitMQError, match=r"was made by RabbitMQ 2\.8\.7, .* \(LANG_NGHE_RABBITMQ=2\)"):
        server.start()


def test_data_without_its_password_is_left_alone(server: PrivateRabbitMQ, running: PrivateRabbitMQ) -> None:
    (server.folder / "data").mkdir(parents=True)
    version = (running.folder / "data" / "version").read_text()
    (server.folder / "data" / "version").write_text(version)
    give_to_server(server.folder / "data")
    with pytest.raises(RabbitMQError, match="password is missing"):
        server.start()


def give_to_server(folder: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(folder, "lang-nghe")


def test_a_node_that_does_not_run_has_no_address_and_answers_nothing(server: PrivateRabbitMQ) -> None:
    for ask in (server.url, lambda: server.execute("1."), server.freeze):
        with pytest.raises(LocalError, match=r"start it first|cannot be frozen|password is missing"):
            ask()
    server.stop()
    server.kill()
    assert server.pid is None


def test_a_start_from_another_thread_is_refused_because_the_node_would_die_with_it(server: PrivateRabbitMQ) -> None:
    refusals = []

    def start() -> None:
        try:
            server.start()
        except LocalError as error:
            refusals.append(str(error))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert refusals == ["RabbitMQ must be started from the main thread."]


def test_a_node_that_does_not_come_up_shows_the_end_of_its_log(server: PrivateRabbitMQ) -> None:
    impatient = PrivateRabbitMQ(server.folder.parent, programs=programs_folder(), durable=False, start_limit_s=0.0)
    with pytest.raises(RabbitMQError, match=r"RabbitMQ was not ready after 0 s\. The end of .*server\.log"):
        impatient.start()
    assert impatient.pid is None
    assert wait_until(lambda: not programs_in(server.folder / "data"), 10)
