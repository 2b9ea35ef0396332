"""The RabbitMQ of a test run: one for all its processes, none left behind, and a plain word where there is none."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from libs.local import PrivateRabbitMQ
from tests.support import rabbitmq as support
from tests.support.rabbitmq import NoRabbitMQError, RunRabbitMQ

TESTS = """
import os
import pytest

@pytest.mark.parametrize("turn", range(4))
def test_a_virtual_host_of_ones_own(turn, rabbitmq, new_vhost):
    with open("seen", "a") as seen:
        seen.write(f"{rabbitmq.pid} {new_vhost()}\\n")

def test_that_needs_none():
    assert os.getcwd()
"""


@pytest.fixture
def machine(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which no other test run takes place, but the programs are there already."""
    monkeypatch.setattr(support, "tests_folder", lambda: open_folder)
    monkeypatch.delenv(support.NAMED_VARIABLE, raising=False)
    return open_folder


def runs(machine: Path) -> list[Path]:
    return list(machine.glob("rabbitmq-run-*"))


def run_tests(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A test run of its own, with the tests above."""
    (folder / "test_turns.py").write_text(TESTS)
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.support.rabbitmq_fixtures", "-p", "no:asyncio"]
    caller = {name: told for name, told in os.environ.items() if name != support.NAMED_VARIABLE}
    env = caller | {"PYTHONPATH": os.pathsep.join(sys.path)} | environment
    return subprocess.run([*command, *options], cwd=folder, env=env, capture_output=True, text=True)


def test_all_processes_of_a_run_share_one_node_and_the_last_one_stops_it(machine: Path) -> None:
    first = RunRabbitMQ.begin()
    second = RunRabbitMQ.join(first.folder)
    assert first.server.pid is None, "a run that needs none starts none"
    pid = first.start().pid
    assert second.start().pid == pid
    first.leave()
    assert second.server.pid == pid
    second.server.kill()
    address = second.new_vhost()
    assert address.startswith("amqp://lang-nghe:")
    second.delete_vhost(address)
    pid = second.server.pid
    second.leave()
    assert not Path(f"/proc/{pid}/exe").exists()
    assert not runs(machine)
    second.leave()


def test_the_fixtures_give_all_workers_the_same_node(tmp_path: Path, machine: Path) -> None:
    done = run_tests(tmp_path, "-n", "2", TMPDIR=str(machine))
    assert done.returncode == 0, done.stdout + done.stderr
    servers, addresses = zip(*(line.split() for line in (tmp_path / "seen").read_text().splitlines()), strict=True)
    assert len(set(servers)) == 1
    assert len(set(addresses)) == 4
    assert not Path(f"/proc/{servers[0]}/exe").exists()
    assert not list(machine.glob("lang-nghe-tests-*/rabbitmq-run-*"))


@pytest.mark.parametrize("options", [[], ["-n", "2"]], ids=["alone", "with workers"])
def test_where_there_is_none_all_other_tests_run_and_the_run_fails_with_advice(
    tmp_path: Path, machine: Path, options: list[str]
) -> None:
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    done = run_tests(tmp_path, *options, TMPDIR=str(machine), PATH=str(nothing))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 passed, 4 skipped" in done.stdout
    assert "RabbitMQ is missing" in done.stdout
    assert "there is no apt-get to fetch it with. Install RabbitMQ" in done.stdout
    assert done.stdout.count("Tests that need it were not run") == 1


def test_the_reason_why_there_is_none_is_looked_for_once(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = RunRabbitMQ.begin()
    tries = []

    def cannot_start(_self: PrivateRabbitMQ) -> None:
        tries.append(1)
        raise support.LocalError("no network")

    monkeypatch.setattr(PrivateRabbitMQ, "start", cannot_start)
    other = RunRabbitMQ.join(run.folder)
    for process in (run, other, run):
        with pytest.raises(NoRabbitMQError, match="no network"):
            process.new_vhost()
    assert len(tries) == 1
    for process in (run, other):
        process.leave()


class Management(BaseHTTPRequestHandler):
    """The management interface of a server somebody has named."""

    asked: list[tuple[str, str, bytes]] = []

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._note(body)

    def do_DELETE(self) -> None:
        self._note(b"")

    def _note(self, body: bytes) -> None:
        right = self.headers["Authorization"] == "Basic bsOzaTpwQHNz"  # nói:p@ss
        self.asked.append((self.command, self.path, body))
        self.send_response(204 if right else 401)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def named(machine: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Management]]:
    """A named server with its management interface."""
    monkeypatch.setattr(Management, "asked", [])
    server = HTTPServer(("127.0.0.1", 0), Management)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv(support.NAMED_VARIABLE, "amqp://n%C3%B3i:p%40ss@127.0.0.1:5999/production")
    monkeypatch.setenv(support.MANAGEMENT_VARIABLE, f"http://127.0.0.1:{server.server_port}")
    yield Management
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_named_server_gets_virtual_hosts_of_ours_and_loses_no_other(named: type[Management]) -> None:
    run = RunRabbitMQ.begin()
    first, second = run.new_vhost(), run.new_vhost()
    assert first.startswith("amqp://n%C3%B3i:p%40ss@127.0.0.1:5999/lang-nghe-test-")
    run.delete_vhost(first)
    run.leave()
    names = [address.rpartition("/")[2] for address in (first, second)]
    made = [path for method, path, _ in named.asked if method == "PUT"]
    assert made == [path for name in names for path in (f"/api/vhosts/{name}", f"/api/permissions/{name}/n%C3%B3i")]
    assert json.loads(named.asked[1][2]) == {"configure": ".*", "write": ".*", "read": ".*"}
    removed = {path for method, path, _ in named.asked if method == "DELETE"}
    assert removed == {f"/api/vhosts/{name}" for name in names}
    assert run.server.pid is None


def test_a_named_server_without_its_management_is_said_with_what_to_do(
    named: type[Management], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(support.NAMED_VARIABLE, "amqp://guest:wrong@127.0.0.1:5999/")
    run = RunRabbitMQ.begin()
    with pytest.raises(NoRabbitMQError, match=r"no virtual host can be made there .*401.*management plugin"):
        run.new_vhost()
    run.leave()
