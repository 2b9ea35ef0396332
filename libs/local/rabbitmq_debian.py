"""Debian's RabbitMQ and Erlang, fetched with the machine's own apt and unpacked into a folder: nothing is installed.

Packages are checked by apt against the signed lists of the archive, as in any installation. On Debian 12 the RabbitMQ 4
of the next release is to be had as well: it brings its own C library, and its programs are told to use it.
"""

import json
import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from libs.local.error import LocalError

ADVICE: Final = (
    "Install RabbitMQ 3.10 or newer on this machine (on Debian: apt-get install rabbitmq-server), "
    "or name one of your own: AMQP_URL for the services, TEST_AMQP_URL for the tests."
)

_APT_LIMIT_S: Final = 300.0
_NEXT_RELEASE: Final = {"bookworm": "trixie"}
_PROGRAMS: Final = re.compile(r"rabbitmq-server|erlang-.+")
_LIBRARIES: Final = re.compile(r"libssl3.*|libtinfo6|libncursesw6|libstdc\+\+6|libgcc-s1|libzstd1|zlib1g")
_C_LIBRARY: Final = "libc6"
_UNUSED: Final = ("usr/share", "etc", "var", "usr/lib/systemd", "usr/lib/ocf", "usr/bin", "usr/sbin")


class PackageError(LocalError):
    """Debian's packages of RabbitMQ cannot be had here; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """Unpacked packages that run from where they lie."""

    root: Path
    erlang: Path
    libraries: tuple[Path, ...]


def unpack(folder: Path, wanted: str) -> Unpacked:
    """Give the packages unpacked in a folder of this release's own, fetching them when they are not there yet.

    The caller holds the lock of the folder. Raises: PackageError
    """
    release = _release()
    sources = [release, *([_NEXT_RELEASE[release]] if wanted and release in _NEXT_RELEASE else [])]
    targets = {source: _target(folder, release, source) for source in sources}
    found = {source: _version_in(target) for source, target in targets.items()}
    for source, target in targets.items():
        if found[source] is None and not any(fits(version, wanted) for version in found.values()):
            with tempfile.TemporaryDirectory(prefix=".apt-", dir=folder) as scratch:
                found[source] = _fetch(target, release, source, wanted, Path(scratch))
    for source, target in targets.items():
        if fits(found[source], wanted):
            return _unpacked(target, is_foreign=source != release)
    told = ", ".join(f"{source} has {version}" for source, version in found.items())
    raise PackageError(f"RabbitMQ {wanted} is not to be had from Debian ({told}). {ADVICE}")


def fits(version: str | None, wanted: str) -> bool:
    """Whether a version is the one wanted: `4` and `4.0` want 4.0.5, nothing at all wants any."""
    return version is not None and f"{version}.".startswith(f"{wanted}." if wanted else "")


def _release() -> str:
    try:
        return platform.freedesktop_os_release()["VERSION_CODENAME"]
    except (OSError, KeyError):
        raise PackageError(f"RabbitMQ is not installed, and this is no Debian to fetch it from. {ADVICE}") from None


def _target(folder: Path, release: str, source: str) -> Path:
    foreign = "" if source == release else f"-on-{release}"
    return folder / f"rabbitmq-{source}{foreign}-{platform.machine()}"


def _version_in(target: Path) -> str | None:
    """The version unpacked there; None when it is not whole: a cleaner of temporary folders takes single files."""
    try:
        made = json.loads((target / "complete").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return str(made["version"]) if all((target / name).exists() for name in made["witnesses"]) else None


def _unpacked(target: Path, *, is_foreign: bool) -> Unpacked:
    root = target / "root"
    libraries = () if is_foreign else tuple(sorted({path.parent for path in root.glob("**/lib*.so*") if _is_lib(path)}))
    return Unpacked(root, target / "bin", libraries)


def _is_lib(path: Path) -> bool:
    return "erlang" not in path.parts and "rabbitmq" not in path.parts


def _fetch(target: Path, release: str, source: str, wanted: str, scratch: Path) -> str:
    """Unpack the release's RabbitMQ, if it is the one wanted, and say which one the release has."""
    is_foreign = source != release
    apt = _Apt(scratch, _write_sources(release, source, scratch / "sources") if is_foreign else None)
    version = apt.candidate("rabbitmq-server").partition("-")[0]
    if not fits(version, wanted):
        return version
    shutil.rmtree(target, ignore_errors=True)
    root = target / "root"
    root.mkdir(parents=True)
    names = apt.dependencies("rabbitmq-server")
    chosen = [name for name in names if _PROGRAMS.fullmatch(name) or _LIBRARIES.fullmatch(name)]
    apt.unpack([*chosen, *([_C_LIBRARY] if is_foreign else [])], root)
    for unused in _UNUSED:
        shutil.rmtree(root / unused, ignore_errors=True)
    if is_foreign:
        tool = scratch / "patchelf"
        tool.mkdir()
        _Apt(scratch / "native", None).unpack(["patchelf"], tool)
        _bind_to_own_libraries(root, tool / "usr/bin/patchelf")
    erts = next(root.glob("usr/lib/erlang/erts-*/bin"), None)
    if erts is None:
        raise PackageError(f"Debian's packages hold no Erlang where it was expected. {ADVICE}")
    _write_erl(target / "bin", erts)
    for folder in (target, root, target / "bin"):
        folder.chmod(0o755)
    witnesses = [str(path.relative_to(target)) for path in (*erts.iterdir(), target / "bin" / "erl") if path.is_file()]
    (target / "complete").write_text(json.dumps({"version": version, "witnesses": witnesses}), encoding="utf-8")
    return version


def _write_erl(folder: Path, erts: Path) -> None:
    """Debian's `erl` knows only the folder it is installed into: write one that knows where it was unpacked."""
    folder.mkdir()
    script = folder / "erl"
    script.write_text(
        f"#!/bin/sh\nROOTDIR='{erts.parent.parent}' BINDIR='{erts}' EMU=beam PROGNAME=erl\n"
        'export ROOTDIR BINDIR EMU PROGNAME\nexec "$BINDIR/erlexec" "$@"\n',
        encoding="utf-8",
    )
    script.chmod(0o755)


def _bind_to_own_libraries(root: Path, patchelf: Path) -> None:
    """Make every program of another release use the loader and libraries that were unpacked with it."""
    loader = next(iter(sorted(root.glob("usr/lib*/**/ld-linux*.so.*"))), None)
    if loader is None:
        raise PackageError(f"The C library of the other release holds no loader. {ADVICE}")
    libraries = ":".join(sorted({str(path.parent) for path in root.glob("**/lib*.so*") if _is_lib(path)}))
    for path in root.glob("usr/lib/erlang/**/*"):
        if not path.is_file() or path.is_symlink() or path.open("rb").read(4) != b"\x7fELF":
            continue
        words = [str(patchelf), "--set-rpath", libraries]
        if path.suffix != ".so":
            words += ["--set-interpreter", str(loader)]
        _run([*words, str(path)], "patchelf")


def sources_of(places: Iterable[Path], release: str, source: str) -> tuple[str, str]:
    """The archives of a machine (so its mirror, too), written for another release: as lines, and as stanzas."""
    lines: list[str] = []
    stanzas: list[str] = []
    for place in places:
        text = place.read_text(encoding="utf-8")
        parts = re.split(r"\n\s*\n", text) if place.suffix == ".sources" else text.splitlines()
        for part in parts:
            if "debian" in part and re.search(rf"\s{release}\b", part) and not part.lstrip().startswith("# deb"):
                (stanzas if place.suffix == ".sources" else lines).append(re.sub(rf"\b{release}\b", source, part))
    return "\n".join(lines) + "\n", "\n\n".join(stanzas) + "\n"


def _write_sources(release: str, source: str, folder: Path) -> Path:
    places = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    usable = (place for place in places if place.suffix in (".list", ".sources") and place.is_file())
    lines, stanzas = sources_of(usable, release, source)
    folder.mkdir()
    (folder / "other.list").write_text(lines, encoding="utf-8")
    (folder / "other.sources").write_text(stanzas, encoding="utf-8")
    return folder


class _Apt:
    """apt with a state of its own: needs no root, and leaves the machine's own state alone."""

    def __init__(self, state: Path, sources: Path | None) -> None:
        self._state = state
        for name in ("lists/partial", "cache/archives/partial", "packages"):
            (state / name).mkdir(parents=True, exist_ok=True)
        options = {
            "Dir::State::Lists": state / "lists",
            "Dir::Cache": state / "cache",
            "Debug::NoLocking": 1,
            "APT::Sandbox::User": "root",
            "Acquire::Retries": 1,
            "Acquire::http::Timeout": 20,
            "Acquire::https::Timeout": 20,
        }
        if sources is not None:
            options |= {"Dir::Etc::SourceList": "/dev/null", "Dir::Etc::SourceParts": sources}
        self._options = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        # One of a machine's many archives may be out of reach: what matters is whether RabbitMQ is in the others.
        self._failure = _run(["apt-get", *self._options, "update"], "apt-get", is_required=False)

    def candidate(self, name: str) -> str:
        policy = _run(["apt-cache", *self._options, "policy", name], "apt-cache")
        found = re.search(r"Candidate: (\S+)", policy)
        if found is None or found[1] == "(none)":
            lines = [line for line in self._failure.splitlines() if line.startswith(("E:", "W:", "Err:"))]
            why = f" (apt says: {lines[-1]})" if lines else ""
            raise PackageError(f"RabbitMQ is not installed, and apt finds no package {name} to unpack{why}. {ADVICE}")
        return found[1]

    def dependencies(self, name: str) -> list[str]:
        words = ["depends", "--recurse", *(f"--no-{kind}" for kind in _OTHER_RELATIONS), name]
        printed = _run(["apt-cache", *self._options, *words], "apt-cache")
        return sorted({line for line in printed.splitlines() if re.fullmatch(r"[a-z0-9][a-z0-9+.-]*", line)})

    def unpack(self, names: Sequence[str], into: Path) -> None:
        packages = self._state / "packages"
        _run(["apt-get", *self._options, "download", *names], "apt-get", folder=packages)
        for package in packages.glob("*.deb"):
            _run(["dpkg-deb", "--extract", str(package), str(into)], "dpkg-deb")


_OTHER_RELATIONS: Final = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")


def _run(command: Sequence[str], name: str, *, folder: Path | None = None, is_required: bool = True) -> str:
    environment = os.environ | {"LC_ALL": "C"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_APT_LIMIT_S, check=False
        )
    except FileNotFoundError:
        raise PackageError(f"RabbitMQ is not installed, and there is no {name} to fetch it with. {ADVICE}") from None
    except subprocess.TimeoutExpired:
        raise PackageError(f"{name} had not ended after {_APT_LIMIT_S:g} s. {ADVICE}") from None
    if done.returncode != 0 and is_required:
        last = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise PackageError(f"RabbitMQ's packages could not be fetched ({name} says: {last[0]}). {ADVICE}")
    return done.stdout + done.stderr
