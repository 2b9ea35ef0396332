"""`make demo`: what each process of it is told, and that one that dies is named."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from libs.local import commands
from libs.local.demo_city import SERVICES, Part, city_environment, embedded_part, service_parts
from libs.local.demo_secret import new_secrets
from libs.local.port import ADDRESS, free_port
from libs.local.postgres_wheel import copy_programs
from libs.local.process import ProcessMark
from libs.local.rabbitmq_package import find_programs
from tests.support.postgres import programs_folder

being_made = shutil.ignore_patterns(".*")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The settings of a whole city."""
    secrets = {name: make() for name, make in new_secrets().items()}
    addresses = {"ADMIN_DATABASE_URL": "postgresql://admin"} | {
        f"{service.upper()}_{word}DATABASE_URL": f"postgresql://{service}"
        for service in SERVICES
        for word in ("", "OWNER_")
    }
    return city_environment(tmp_path, 8000, 9000, secrets, addresses) | {"AMQP_URL": "amqp://city"}


def told(part: Part) -> dict[str, str]:
    return part.process._environment


def test_a_service_in_a_process_of_its_own_is_told_nothing_of_the_others(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    parts = {part.process.name: told(part) for part in service_parts(tmp_path, 8000, environment)}
    assert list(parts) == [*SERVICES, "gateway"]
    for service in SERVICES:
        prefixes = {name.partition("_")[0] for name in parts[service] if name.isupper()} & {
            other.upper().partition("_")[0] for other in SERVICES
        }
        assert prefixes == {service.upper().partition("_")[0]}
        assert parts[service][f"{service.upper()}_ROOT_PATH"] == f"/{service}"
        assert parts[service]["AMQP_URL"] == "amqp://city"
        assert not [name for name in parts[service] if "OWNER" in name or "ADMIN" in name]
    assert "ROUTING_SESSION_PRIVATE_KEY" in parts["routing"]
    assert not [name for name in parts["gateway"] if name not in os.environ and name != "LC_ALL"]


def test_the_five_services_listen_on_five_ports_the_gateway_knows(tmp_path: Path, environment: dict[str, str]) -> None:
    *services, gateway = service_parts(tmp_path, 8000, environment)
    assert len({part.port for part in services}) == len(SERVICES)
    known = {f"{part.process.name}=http://{ADDRESS}:{part.port}" for part in services}
    assert known <= set(gateway.process._program)
    assert gateway.port == 8000


def test_the_one_process_prepares_before_it_serves(tmp_path: Path, environment: dict[str, str]) -> None:
    programs = json.loads(embedded_part(tmp_path, 8000, environment).process._program[-1])
    assert [words[:3] for words in programs] == [
        ["services.embedded", "prepare"],
        ["services.routing", "officer", "load"],
        ["services.embedded"],
    ]


def test_commands_run_in_turn_and_the_first_that_fails_ends_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "said_by_a_command.py").write_text("import sys\nprint(sys.argv[1:])\nsys.exit(int(sys.argv[1]))\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "argv", ["pytest"])
    module = "said_by_a_command"
    assert commands.main([[module, "0", "đi"], [module, "0"]]) == 0
    assert commands.main([[module, "2"], [module, "0"]]) == 2
    output = capsys.readouterr()
    assert output.out.splitlines() == ["['0', 'đi']", "['0']", "['2']"]
    assert output.err == f"failed: {module} 2\n"


@pytest.fixture
def demo(open_folder: Path) -> Iterator[subprocess.Popen[str]]:
    """`make demo BUS=rabbitmq` in a folder of its own; the programs are there already."""
    find_programs(programs_folder())
    copy_programs(programs_folder())
    shutil.copytree(
        programs_folder(), open_folder / "programs", symlinks=True, copy_function=os.link, ignore=being_made
    )
    ports = {"PORT": str(free_port()), "ZALO_SIM_PORT": str(free_port())}
    environment = os.environ | ports | {"LANG_NGHE_DATA": str(open_folder), "BUS": "rabbitmq", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "libs.local.demo"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.args = [*command, ports["PORT"]]
    yield process
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=90)


def test_five_services_over_a_real_rabbitmq_and_one_that_dies_is_named(demo: subprocess.Popen[str]) -> None:
    assert demo.stdout is not None
    said = ""
    while "Ctrl-C stops" not in said and (line := demo.stdout.readline()):
        said += line
    assert "five processes, over a real RabbitMQ" in said, said + (demo.communicate(timeout=90)[1])
    assert isinstance(demo.args, list)
    with urllib.request.urlopen(f"http://{ADDRESS}:{demo.args[-1]}/routing/health/ready", timeout=20) as answer:
        assert json.load(answer)["checks"]["bus"]["state"] == "ok"
    children = children_of(demo.pid)
    triage = next(pid for pid, command in children.items() if "services.triage" in command)
    marks = [mark for pid in children if (mark := ProcessMark.of(pid)) is not None]

    os.kill(triage, signal.SIGKILL)

    _, complaint = demo.communicate(timeout=90)
    assert demo.returncode == 1
    assert "triage ended (signal SIGKILL). The end of " in complaint
    assert len(marks) >= 9
    assert not [mark for mark in marks if mark.is_alive()]


def children_of(parent: int) -> dict[int, str]:
    """The processes a demo has started, by number, with their commands."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if int((process / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                found[int(process.name)] = (process / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return found


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        pytest.param({"BUS": "kafka"}, "BUS=kafka is unknown: make demo, or make demo BUS=rabbitmq", id="bus"),
        pytest.param({"PORT": "taken"}, "is in use by another program. Choose others: make demo PORT=", id="port"),
    ],
)
def test_a_demo_that_cannot_start_says_what_to_do(open_folder: Path, settings: dict[str, str], complaint: str) -> None:
    with socket.socket() as somebody:
        somebody.bind((ADDRESS, 0))
        somebody.listen()
        taken = str(somebody.getsockname()[1])
        wishes = {name: taken if wish == "taken" else wish for name, wish in settings.items()}
        environment = os.environ | {"LANG_NGHE_DATA": str(open_folder), "PORT": str(free_port())} | wishes
        done = subprocess.run(
            [sys.executable, "-m", "libs.local.demo"], env=environment, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 1
    assert complaint in done.stderr
