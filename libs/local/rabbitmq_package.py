"""RabbitMQ's programs: an installed server, or Debian's packages unpacked into a folder of ours."""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from libs.local.error import LocalError
from libs.local.folder import make_folder, make_root
from libs.local.lock import FileLock
from libs.local.process import server_environment
from libs.local.rabbitmq_debian import Unpacked, fits, unpack

WANTED_VARIABLE: Final = "LANG_NGHE_RABBITMQ"

_NODE_SOURCE: Final = Path(__file__).with_name("lang_nghe_node.erl")
_COMPILE_LIMIT_S: Final = 60.0
_COMPILE: Final = "[From, Into] = init:get_plain_arguments(), {ok, _} = compile:file(From, [{outdir, Into}]), halt(0)."
# Scripts in /usr/sbin only switch to the user of the machine's own server; these are the real ones.
_INSTALLED_PLACES: Final = ("/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server",)


class ProgramError(LocalError):
    """RabbitMQ's programs are not what is wanted, or do not run."""


@dataclass(frozen=True, slots=True)
class Programs:
    """RabbitMQ and its Erlang, ready to run for whoever may pass through their folders."""

    server: Path
    version: str
    erlang: Path
    """The folder with the program `erl`."""
    libraries: tuple[Path, ...]
    node_module: Path
    """The folder with our compiled `lang_nghe_node`."""

    def environment(self) -> dict[str, str]:
        """What the programs need to find one another."""
        found = server_environment()
        path = os.pathsep.join([str(self.erlang), found.get("PATH", "/usr/bin:/bin")])
        libraries = [str(folder) for folder in self.libraries]
        if libraries and "LD_LIBRARY_PATH" in found:
            libraries.append(found["LD_LIBRARY_PATH"])
        return {"PATH": path} | ({"LD_LIBRARY_PATH": os.pathsep.join(libraries)} if libraries else {})

    @property
    def without_epmd(self) -> str:
        """The options of an Erlang that finds the node by our own module."""
        return f"-pa {self.node_module} -start_epmd false -epmd_module {_NODE_SOURCE.stem}"


def find_programs(folder: Path, wanted: str | None = None) -> Programs:
    """Give an installed RabbitMQ, else Debian's, fetched once into the folder; `wanted` is a version's beginning.

    Without `wanted` the variable LANG_NGHE_RABBITMQ counts (`LANG_NGHE_RABBITMQ=4`), else any will do.

    Raises: LocalError that says what to do when there is none and none can be had.
    """
    wanted = wanted or os.environ.get(WANTED_VARIABLE, "")
    make_root(folder.parent)
    make_folder(folder, 0o755 if os.geteuid() == 0 else 0o700)
    with FileLock(folder / "rabbitmq-lock"):
        installed = _installed(wanted)
        if installed is not None:
            server, erlang = installed
            # Compiled anew for another Erlang.
            mark = f"{server.resolve()} {erlang.resolve()} {(erlang / 'erl').stat().st_mtime_ns}"
            node_module = folder / f"rabbitmq-installed-{hashlib.sha256(mark.encode()).hexdigest()[:12]}"
            programs = Programs(server, _version_of(server), erlang, (), node_module)
        else:
            programs = _programs_of(unpack(folder, wanted))
        _compile_node_module(programs)
    return programs


def _programs_of(unpacked: Unpacked) -> Programs:
    servers = sorted(unpacked.root.glob("usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"))
    if not servers:
        raise ProgramError(f"{unpacked.root} holds no RabbitMQ. Remove {unpacked.root.parent} and start again.")
    module = unpacked.root.parent / "node"
    return Programs(servers[-1], _version_of(servers[-1]), unpacked.erlang, unpacked.libraries, module)


def _installed(wanted: str) -> tuple[Path, Path] | None:
    erl = shutil.which("erl")
    if erl is None:
        return None
    servers = [path for place in _INSTALLED_PLACES for path in sorted(Path("/").glob(place.lstrip("/")), reverse=True)]
    on_path = shutil.which("rabbitmq-server")
    if on_path is not None and (real := Path(on_path).resolve()).with_name("rabbitmq-env").is_file():
        servers.insert(0, real)
    for server in servers:
        if fits(_version_of(server), wanted):
            return server, Path(erl).parent
    return None


def _version_of(server: Path) -> str:
    """The version of a server by the name of its main plugin, `rabbit-3.10.8`."""
    for plugin in server.parent.parent.glob("plugins/rabbit-[0-9]*"):
        return plugin.name.removeprefix("rabbit-").removesuffix(".ez")
    raise ProgramError(f"{server} is not the RabbitMQ it says: it has no plugins beside it.")


def _compile_node_module(programs: Programs) -> None:
    folder = programs.node_module
    compiled = folder / f"{_NODE_SOURCE.stem}.beam"
    if compiled.exists() and compiled.stat().st_mtime > _NODE_SOURCE.stat().st_mtime:
        return
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    command = [str(programs.erlang / "erl"), "-noinput", "-eval", _COMPILE, "-extra", str(_NODE_SOURCE), str(folder)]
    environment = server_environment() | programs.environment() | {"HOME": str(folder)}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=_COMPILE_LIMIT_S, cwd="/", check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProgramError(f"Erlang in {programs.erlang} does not run: {error}") from error
    if done.returncode != 0:
        raise ProgramError(f"Erlang in {programs.erlang} does not run: {done.stdout.strip()} {done.stderr.strip()}")
    compiled.chmod(0o644)
