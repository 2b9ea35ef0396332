"""Where RabbitMQ's programs come from: an installed server, or apt; and what is said when neither has them."""

import json
import platform
from collections.abc import Callable
from pathlib import Path

import pytest

from libs.local import LocalError, rabbitmq_debian, rabbitmq_package
from libs.local.rabbitmq_debian import fits, sources_of
from libs.local.rabbitmq_package import find_programs

APT_CACHE = """#!/bin/sh
case "$*" in
  *policy*trixie*|*SourceParts*policy*) echo "  Candidate: 4.0.5-6" ;;
  *policy*) echo "  Candidate: CANDIDATE" ;;
  *depends*) printf 'rabbitmq-server\\n  Depends: erlang-base\\nerlang-base\\nlibc6\\nlibssl3\\nadduser\\n' ;;
esac
"""
APT_GET = """#!/bin/sh
echo "$*" >> SAID
case "$*" in
  *download*) for last; do case $last in rabbitmq-server|erlang-base|libssl3) touch "$last.deb" ;; esac; done ;;
  *update*) echo "E: Failed to fetch the list  Could not resolve" >&2; exit 100 ;;
esac
"""
DPKG_DEB = """#!/bin/sh
case "$2" in
  *rabbitmq-server.deb)
    home="$3/usr/lib/rabbitmq/lib/rabbitmq_server-3.10.8"
    mkdir -p "$home/sbin" "$home/plugins/rabbit-3.10.8"
    touch "$home/sbin/rabbitmq-server" ;;
  *erlang-base.deb)
    erts="$3/usr/lib/erlang/erts-13/bin"
    mkdir -p "$erts"
    printf '#!/bin/sh\\nfor into; do :; done\\ntouch "$into/lang_nghe_node.beam"\\n' > "$erts/erlexec"
    chmod +x "$erts/erlexec" ;;
  *libssl3.deb) mkdir -p "$3/usr/lib/here"; touch "$3/usr/lib/here/libssl.so.3" ;;
esac
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Debian 12 on which nothing is installed but the tools a test puts into `bin`."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "mkdir", "touch", "chmod", "basename"):
        real = next(Path(place) / name for place in ("/bin", "/usr/bin") if (Path(place) / name).exists())
        (tools / name).symlink_to(real)
    monkeypatch.setenv("PATH", str(tools))
    monkeypatch.delenv("LANG_NGHE_RABBITMQ", raising=False)
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: {"VERSION_CODENAME": "bookworm"})
    monkeypatch.setattr(rabbitmq_package, "_INSTALLED_PLACES", ())
    return tmp_path


@pytest.fixture
def apt(machine: Path) -> Callable[[str], None]:
    """Puts an apt onto the machine that has this version of RabbitMQ."""

    def put(candidate: str) -> None:
        scripts = {"apt-cache": APT_CACHE.replace("CANDIDATE", candidate), "dpkg-deb": DPKG_DEB}
        scripts["apt-get"] = APT_GET.replace("SAID", str(machine / "said"))
        for name, script in scripts.items():
            (machine / "bin" / name).write_text(script)
            (machine / "bin" / name).chmod(0o755)

    return put


def put_server(home: Path, version: str) -> Path:
    (home / "sbin").mkdir(parents=True)
    (home / "plugins" / f"rabbit-{version}").mkdir(parents=True)
    server = home / "sbin" / "rabbitmq-server"
    for path in (server, server.with_name("rabbitmq-env")):
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    return server


def put_erl(machine: Path) -> None:
    erl = machine / "bin" / "erl"
    erl.write_text('#!/bin/sh\nfor into; do :; done\ntouch "$into/lang_nghe_node.beam"\n')
    erl.chmod(0o755)


def test_packages_are_fetched_once_and_run_from_where_they_lie(machine: Path, apt: Callable[[str], None]) -> None:
    apt("3.10.8-1.1+deb12u1")
    programs = find_programs(machine / "programs")
    assert programs.version == "3.10.8"
    assert programs.server.is_relative_to(machine / "programs")
    assert (programs.erlang / "erl").exists()
    assert [folder.name for folder in programs.libraries] == ["here"]
    assert (programs.node_module / "lang_nghe_node.beam").exists()
    downloaded = (machine / "said").read_text().splitlines()[-1]
    assert downloaded.endswith("download erlang-base libssl3 rabbitmq-server"), "neither a C library nor adduser"

    (machine / "said").unlink()
    assert find_programs(machine / "programs") == programs
    assert not (machine / "said").exists()


def test_an_unpacked_server_that_lost_a_file_is_fetched_anew(machine: Path, apt: Callable[[str], None]) -> None:
    apt("3.10.8")
    programs = find_programs(machine / "programs")
    (programs.server.parents[4] / "erlang" / "erts-13" / "bin" / "erlexec").unlink()
    (machine / "said").unlink()
    find_programs(machine / "programs")
    assert "download" in (machine / "said").read_text()


def test_an_unpacking_that_was_cut_off_is_begun_anew(machine: Path, apt: Callable[[str], None]) -> None:
    apt("3.10.8")
    target = machine / "programs" / f"rabbitmq-bookworm-{platform.machine()}"
    (target / "root" / "usr" / "half").mkdir(parents=True)
    find_programs(machine / "programs")
    assert not (target / "root" / "usr" / "half").exists()
    assert json.loads((target / "complete").read_text())["version"] == "3.10.8"


def test_an_installed_server_is_taken_first(machine: Path, apt: Callable[[str], None]) -> None:
    apt("3.10.8")
    put_erl(machine)
    server = put_server(machine / "opt" / "rabbitmq", "3.13.7")
    (machine / "bin" / "rabbitmq-server").symlink_to(server)
    programs = find_programs(machine / "programs")
    assert (programs.server, programs.version, programs.libraries) == (server, "3.13.7", ())
    assert not (machine / "said").exists()


def test_an_installed_server_of_another_version_than_the_wanted_is_passed_over(
    machine: Path, apt: Callable[[str], None]
) -> None:
    apt("3.10.8")
    put_erl(machine)
    (machine / "bin" / "rabbitmq-server").symlink_to(put_server(machine / "opt" / "rabbitmq", "4.1.0"))
    assert find_programs(machine / "programs", "3").version == "3.10.8"
    assert find_programs(machine / "programs", "4.1").version == "4.1.0"


@pytest.mark.parametrize(
    ("candidate", "wanted", "reason"),
    [
        pytest.param(
            "(none)", "", "apt finds no package rabbitmq-server to unpack .apt says: E: Failed", id="no network"
        ),
        pytest.param(
            "3.10.8-1", "5", r"RabbitMQ 5 is not to be had from Debian .bookworm has 3\.10\.8", id="not there"
        ),
    ],
)
def test_what_apt_does_not_have_is_said_with_what_to_do(
    machine: Path, apt: Callable[[str], None], candidate: str, wanted: str, reason: str
) -> None:
    apt(candidate)
    with pytest.raises(LocalError, match=reason) as refusal:
        find_programs(machine / "programs", wanted)
    assert "apt-get install rabbitmq-server" in str(refusal.value)
    assert "TEST_AMQP_URL" in str(refusal.value)
    assert not list((machine / "programs").glob(".apt-*"))


def test_a_machine_without_apt_is_told_what_to_install(machine: Path) -> None:
    with pytest.raises(LocalError, match=r"there is no apt-get to fetch it with\. Install RabbitMQ"):
        find_programs(machine / "programs")


def test_a_machine_that_is_no_debian_is_told_what_to_install(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "freedesktop_os_release", dict)
    with pytest.raises(LocalError, match=r"this is no Debian to fetch it from\. Install RabbitMQ"):
        find_programs(machine / "programs")


def test_an_apt_that_hangs_is_given_up(
    machine: Path, apt: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    apt("3.10.8")
    (machine / "bin" / "apt-get").write_text("#!/bin/sh\nread line < /dev/zero\n")
    monkeypatch.setattr(rabbitmq_debian, "_APT_LIMIT_S", 0.3)
    with pytest.raises(LocalError, match=r"apt-get had not ended after 0\.3 s"):
        find_programs(machine / "programs")


@pytest.mark.parametrize(
    ("version", "wanted", "is_fit"),
    [("4.0.5", "4", True), ("4.0.5", "4.0", True), ("4.0.5", "", True), ("40.1", "4", False), (None, "", False)],
)
def test_a_wanted_version_is_the_beginning_of_the_one_there(version: str | None, wanted: str, is_fit: bool) -> None:
    assert fits(version, wanted) == is_fit


def test_the_next_release_comes_from_the_machines_own_mirrors(tmp_path: Path) -> None:
    one_line = tmp_path / "sources.list"
    one_line.write_text(
        "# deb http://old.example bookworm main\n"
        "deb http://mirror.example/debian bookworm main contrib\n"
        "deb http://mirror.example/debian bookworm-updates main\n"
        "deb https://cloud.example tools-bookworm main\n"
    )
    stanzas = tmp_path / "debian.sources"
    stanzas.write_text(
        "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\nComponents: main\n\n"
        "Types: deb\nURIs: https://node.example\nSuites: nodistro\nComponents: main\n"
    )
    listed, described = sources_of([one_line, stanzas], "bookworm", "trixie")
    assert listed.splitlines() == [
        "deb http://mirror.example/debian trixie main contrib",
        "deb http://mirror.example/debian trixie-updates main",
    ]
    assert "Suites: trixie trixie-updates" in described
    assert "node.example" not in described
