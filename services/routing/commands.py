"""`python -m services.routing explain | officer | token`: what people run by hand."""

import argparse
import asyncio
import getpass
import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from libs.launch.rows import BadRows
from libs.launch.settings import BadSettings, load_settings
from libs.runtime.clock import Clock, SystemClock
from libs.runtime.run import Run
from libs.runtime.service import Command
from libs.runtime.tx import Tx

from . import account
from .domain.permission import Role
from .domain.province import Province
from .explanation import Question, explain
from .parts import RoutingParts
from .province import read_province, rules_of
from .settings import NewOfficerSettings, OfflineSettings


def _readable(word: str) -> Path:
    path = Path(word)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {word}")
    return path


def _explain_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=_readable, help="else stdin")


def _explain(chosen: argparse.Namespace) -> int:
    try:
        settings = OfflineSettings()
        province = rules_of(read_province(settings.province_dir), settings.tie_margin)
    except (BadRows, ValidationError) as error:
        sys.stderr.write(f"routing: {error}\n")
        return 2
    with chosen.file.open("rb") if chosen.file else nullcontext(sys.stdin.buffer) as source:
        for answer in explanations(source, province, SystemClock()):
            sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
            sys.stdout.buffer.flush()
    return 0


def explanations(lines: Iterable[bytes], province: Province, clock: Clock) -> Iterator[dict[str, Any]]:
    """One answer per line that is not blank; a line that cannot be read gets an error of its own, the rest goes on."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _explanation(number, line, province, clock)


def _explanation(number: int, line: bytes, province: Province, clock: Clock) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError:  # neither JSON nor UTF-8
        return {"id": None, "line": number, "error": "not JSON"}
    if not isinstance(record, dict):
        return {"id": None, "line": number, "error": "not an object"}
    try:
        question = Question.model_validate({name: value for name, value in record.items() if name != "id"})
    except ValidationError as error:
        wrong = ", ".join(f"{'.'.join(map(str, one['loc']))}: {one['type']}" for one in error.errors())
        return {"id": record.get("id"), "line": number, "error": wrong}
    return {"id": record.get("id"), **explain(question, province, clock.now()).model_dump(mode="json")}


def _officer_arguments(parser: argparse.ArgumentParser) -> None:
    words = parser.add_subparsers(dest="what", required=True)
    add = words.add_parser("add", help="make an account; the password is asked for, or read from a pipe")
    add.add_argument("login")
    add.add_argument("--name", required=True)
    _agency_and_roles(add)
    words.add_parser("close", help="close an account").add_argument("login")
    load = words.add_parser("load", help="make the accounts of a file that are not there yet; one JSON object a line")
    load.add_argument("file", type=_readable, help="login, name, agency_id, roles, password")


def _officer(chosen: argparse.Namespace) -> int:
    if chosen.what == "close":
        return _in_database(lambda tx: account.close_officer(chosen.login, tx), lambda _: "closed")
    if chosen.what == "load":
        with chosen.file.open(encoding="utf-8") as lines:
            return _in_database(lambda tx: account.load_officers(lines, tx), lambda made: f"added {made}")
    password = _password()
    return _in_database(
        lambda tx: account.add_officer(chosen.login, chosen.name, password, chosen.agency, chosen.role, tx),
        lambda officer_id: f"added {officer_id}",
    )


def _token_arguments(parser: argparse.ArgumentParser) -> None:
    words = parser.add_subparsers(dest="what", required=True)
    add = words.add_parser("add", help="let an agency's system in; the token is shown once")
    add.add_argument("--name", required=True, help="which system, for the timeline")
    _agency_and_roles(add)
    words.add_parser("revoke", help="shut a system out").add_argument("token_id", type=UUID)


def _token(chosen: argparse.Namespace) -> int:
    if chosen.what == "revoke":
        return _in_database(lambda tx: account.revoke_token(chosen.token_id, tx), lambda _: "revoked")
    return _in_database(
        lambda tx: account.add_token(chosen.name, chosen.agency, chosen.role, tx),
        lambda made: f"{made.id} {made.token}",
    )


def _agency_and_roles(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--agency", required=True, help="its id, e.g. HN-CN00199")
    parser.add_argument("--role", required=True, action="append", type=Role, choices=list(Role), help="may be repeated")


def _password() -> str:
    given = NewOfficerSettings().new_officer_password
    if given is not None:
        return given.get_secret_value()
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise SystemExit("routing: the two passwords differ")
    return password


def _in_database(work: Callable[[Tx[RoutingParts]], Awaitable[Any]], said: Callable[[Any], str]) -> int:
    try:
        done = asyncio.run(_at_work(work))
    except (account.BadAccount, BadSettings, BadRows) as error:
        sys.stderr.write(f"routing: {error}\n")
        return 2
    sys.stdout.write(f"{said(done)}\n")
    return 0


async def _at_work(work: Callable[[Tx[RoutingParts]], Awaitable[Any]]) -> Any:
    from .app import SERVICE

    run: Run[RoutingParts] = Run(SERVICE, load_settings(SERVICE), SystemClock())
    try:
        await run.prepare_parts()
        async with run.begin() as tx:
            return await work(tx)
    finally:
        await run.close()


COMMANDS: Final = (
    Command(
        name="explain",
        about="who would answer, by when and why: JSON lines in, JSON lines out; needs no database",
        arguments=_explain_arguments,
        run=_explain,
    ),
    Command(name="officer", about="accounts of officers", arguments=_officer_arguments, run=_officer),
    Command(name="token", about="access of agencies' own systems", arguments=_token_arguments, run=_token),
)
