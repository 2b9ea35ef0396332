"""The secrets of a demo: made once, kept in a file that only its owner reads, never shown."""

import re
import secrets
import shlex
from collections.abc import Callable, Mapping
from io import StringIO
from pathlib import Path

from libs.local.error import LocalError
from libs.local.folder import make_folder, make_root, write_private
from libs.local.lock import FileLock

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HEADING = "# Made once on this machine. Keep it to yourself: whoever reads it can act as this system.\n"


class SecretError(LocalError):
    """The file of secrets cannot be read or written; the text never shows what is in it."""


def new_password() -> str:
    """Make a random password that needs no quoting anywhere (192 bits)."""
    return secrets.token_urlsafe(24)


def keep_secrets(path: Path, wanted: Mapping[str, Callable[[], str]]) -> dict[str, str]:
    """Give every secret in the file, after adding those that are wanted and not there yet.

    What is in the file stays as it is: a value of the operator's own is never replaced. Two starts at once agree.

    Raises: SecretError, FolderError
    """
    make_root(path.parent.parent)
    make_folder(path.parent, 0o700)
    with FileLock(path.with_name(f".{path.name}.lock")):
        text = path.read_text(encoding="utf-8") if path.exists() else _HEADING
        known = parse_secrets(text, path)
        added = {name: make() for name, make in wanted.items() if name not in known}
        if added:
            if not text.endswith("\n"):
                text += "\n"
            write_private(path, text + format_secrets(added))
        path.chmod(0o600)
    return known | added


def read_secrets(path: Path) -> dict[str, str]:
    """Give the secrets of a file.

    Raises: SecretError when there is none, others may read it, or a line is no secret.
    """
    try:
        text = path.read_text(encoding="utf-8")
        mode = path.stat().st_mode
    except OSError as error:
        raise SecretError(f"{path} cannot be read ({error.strerror}).") from None
    if mode & 0o077:
        raise SecretError(f"Others may read {path}: close it with chmod 600 {path}")
    return parse_secrets(text, path)


def parse_secrets(text: str, path: Path) -> dict[str, str]:
    """Read lines of `NAME=value` the way a shell does; of a name that comes twice the last one counts.

    Raises: SecretError with the number of a line that is none.
    """
    found = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, sign, quoted = line.strip().removeprefix("export ").partition("=")
        secret = _first_word(quoted)
        if not sign or not _NAME.fullmatch(name) or secret is None:
            raise SecretError(f"Line {number} of {path} is not NAME=value (quote a value with spaces).")
        found[name] = secret
    return found


def format_secrets(values: Mapping[str, str]) -> str:
    """Write `NAME=value` lines that a shell, and `parse_secrets`, read back unchanged.

    Raises: SecretError for a name that is no environment variable's, or a value of several lines.
    """
    lines = []
    for name, secret in values.items():
        if not _NAME.fullmatch(name):
            raise SecretError(f"{name} cannot be the name of an environment variable.")
        if set(secret) & set("\n\r\0"):
            raise SecretError(f"The value of {name} must be one line.")
        lines.append(f"{name}={shlex.quote(secret)}\n")
    return "".join(lines)


def _first_word(quoted: str) -> str | None:
    """The value a shell would assign; None when the line says more, or a quotation mark lacks its fellow."""
    if not quoted or quoted[0].isspace():
        word, rest = "", quoted
    else:
        line = StringIO(quoted)
        words = shlex.shlex(line, posix=True)
        words.whitespace_split = True
        words.commenters = ""  # a comment begins after a space, not within a word
        try:
            word = words.get_token() or ""
        except ValueError:
            return None
        rest = line.read()
    return word if not rest.strip() or rest.lstrip().startswith("#") else None
