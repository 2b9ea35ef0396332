"""promtool, Prometheus's own checker of rules: named, installed, or unpacked from Debian's package without installing.

Where none of the three can be had the tests that need it fail and say what to do. They are not skipped: alerts that
nobody tried are found out in the night they are needed.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from libs.local.folder import make_folder
from libs.local.lock import FileLock
from tests.support.postgres import programs_folder

_LIMIT_S: Final = 120
_WHAT_TO_DO: Final = (
    "Let this machine reach its Debian mirror, install the package `prometheus`, "
    "or name a promtool: PROMTOOL=/path/to/promtool."
)


class NoPromtool(Exception):
    """It cannot be had here; the text says why, and what to do."""


def promtool() -> Path:
    """Give promtool: `PROMTOOL`, else the installed one, else Debian's, downloaded once into the tests' cache.

    Raises:
        NoPromtool: nothing of that is possible.
    """
    if named := os.environ.get("PROMTOOL") or shutil.which("promtool"):
        return Path(named)
    programs = programs_folder()
    mode = 0o755 if os.geteuid() == 0 else 0o700
    for folder in (programs, programs / "promtool"):
        make_folder(folder, mode)
    program = programs / "promtool" / "promtool"
    with FileLock(programs / "promtool" / "lock"):
        # What was interrupted lies beside it under another name: here it is whole, or not at all.
        if not program.exists():
            _unpack(program)
    return program


def _unpack(program: Path) -> None:
    """Download Debian's package with a package state of our own, so that no root is needed; take one file of it."""
    missing = [name for name in ("apt-get", "dpkg-deb", "tar") if shutil.which(name) is None]
    if missing:
        raise NoPromtool(f"There is no promtool, and no {' and no '.join(missing)} to get Debian's. {_WHAT_TO_DO}")
    with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=program.parent) as name:
        folder = Path(name)
        for part in ("lists/partial", "cache/archives/partial"):
            (folder / part).mkdir(parents=True)
        options = [f"Dir::State::Lists={folder}/lists", f"Dir::Cache={folder}/cache", "Debug::NoLocking=1"]
        if os.geteuid() == 0:
            # apt would hand the download to its own user, who may not enter this folder.
            options.append("APT::Sandbox::User=root")
        apt = ["apt-get", "--quiet", "--quiet", *(word for option in options for word in ("-o", option))]
        _run([*apt, "update"], folder)
        _run([*apt, "download", "prometheus"], folder)
        package = next(folder.glob("prometheus_*.deb"), None)
        if package is None:
            raise NoPromtool(f"The Debian mirror has no package `prometheus`. {_WHAT_TO_DO}")
        archive = folder / "files.tar"
        with archive.open("wb") as files:
            subprocess.run(["dpkg-deb", "--fsys-tarfile", package], stdout=files, check=True, timeout=_LIMIT_S)
        _run(["tar", "--extract", f"--file={archive}", "--no-same-owner", "./usr/bin/promtool"], folder)
        (folder / "usr/bin/promtool").rename(program)


def _run(command: list[str], folder: Path) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=_LIMIT_S)
    except subprocess.TimeoutExpired as error:
        raise NoPromtool(f"`{command[0]} {command[-1]}` did not end within {_LIMIT_S} s. {_WHAT_TO_DO}") from error
    except subprocess.CalledProcessError as error:
        told = (error.stderr or error.stdout).strip().splitlines()
        last = told[-1] if told else f"exit status {error.returncode}"
        raise NoPromtool(f"`{command[0]} {command[-1]}` failed: {last} {_WHAT_TO_DO}") from error
