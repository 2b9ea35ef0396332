"""`python -m services.triage export-labels | compare | adopt | models`: what needs the texts that are kept."""

import argparse
import asyncio
import getpass
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DBAPIError

from libs.launch.rows import BadRows
from libs.launch.settings import BadSettings, load_settings
from libs.runtime import log
from libs.runtime.clock import SystemClock
from libs.runtime.db import sqlstate
from libs.runtime.run import Run
from libs.runtime.service import Command

from .adoption import NotAdopted, adopt, adopt_shipped
from .domain.comparison import Comparison
from .labelling import labelled_texts
from .model_file import BadModel, read_model, shipped_model
from .parts import TriageParts
from .report import report_of
from .shadow import shadow_run
from .store import Adoption, ModelStore

Work = Callable[[Run[TriageParts]], Awaitable[int]]

_STDIN: Final = Path("-")
_PERSONAL: Final = (
    "Phones, links, codes and dates are masked; names and addresses cannot be found by machine and are still there.\n"
    "This is personal data: it stays in the house, and so does every model that learns from it.\n"
)


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--since", type=date.fromisoformat, help="labels given from this day on; else all")


def _export(chosen: argparse.Namespace) -> int:
    async def export(run: Run[TriageParts]) -> int:
        zone = run.parts.zone
        since = None if chosen.since is None else datetime.combine(chosen.since, time(), zone)
        written = wordless = 0
        async for record in labelled_texts(run, since):
            if record is None:
                wordless += 1
                continue
            sys.stdout.buffer.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
            written += 1
        sys.stdout.buffer.flush()
        sys.stderr.write(f"{written} labels, {wordless} more had no text any more.\n{_PERSONAL}")
        return 0

    return _at_work(export)


def _compare_arguments(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--model", type=Path, help="a file `train --out` wrote; - reads it from standard input")
    which.add_argument("--kept", type=int, help="one that was adopted before, by its number in `models`")
    which.add_argument("--shipped", action="store_true", help="the model that comes with the code")
    parser.add_argument("--days", type=_positive, default=14, help="texts received in so many days; 14")


def _positive(word: str) -> int:
    number = int(word)
    if number < 1:
        raise argparse.ArgumentTypeError("one day at least")
    return number


def _compare(chosen: argparse.Namespace) -> int:
    async def compare(run: Run[TriageParts]) -> int:
        await _compared(run, await _chosen_artefact(run, chosen), chosen.days)
        return 0

    return _at_work(compare)


async def _compared(run: Run[TriageParts], artefact: bytes | None, days: int) -> Comparison:
    """The shadow run of a model, or of the shipped one, with its report printed."""
    since = run.clock.now().astimezone(run.parts.zone) - timedelta(days=days)
    model = shipped_model() if artefact is None else read_model(artefact)
    comparison = await shadow_run(run, model, since)
    sys.stdout.write(report_of(comparison, since))
    sys.stdout.flush()
    return comparison


def _adopt_arguments(parser: argparse.ArgumentParser) -> None:
    _compare_arguments(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--by", help="who adopts it; else the login of this system")


def _adopt(chosen: argparse.Namespace) -> int:
    return _at_work(lambda run: _adopted(run, chosen))


async def _adopted(run: Run[TriageParts], chosen: argparse.Namespace) -> int:
    by = chosen.by or _login()
    artefact = await _chosen_artefact(run, chosen)
    instead_of = run.parts.at_work.adoption
    comparison = await _compared(run, artefact, chosen.days)
    if not chosen.yes and not _agreed():
        return 2
    async with run.begin() as tx:
        report = comparison.in_figures()
        if artefact is None:
            made = await adopt_shipped(by, report, instead_of, tx)
        else:
            made = await adopt(artefact, by, report, instead_of, tx)
    if made is None:
        sys.stdout.write("This model is at work already.\n")
    else:
        sys.stdout.write(f"Adopted as number {made}. Every process follows within a minute.\n")
    return 0


async def _chosen_artefact(run: Run[TriageParts], chosen: argparse.Namespace) -> bytes | None:
    if chosen.shipped:
        return None
    if chosen.model is not None:
        return _read(chosen.model)
    async with run.begin() as tx:
        kept = {one.id: one for one in await ModelStore(tx.session).all()}
        found = await ModelStore(tx.session).artefact(chosen.kept)
    if chosen.kept not in kept:
        raise NotAdopted(f"there is no adoption {chosen.kept}; see `models`")
    return found


def _read(model: Path) -> bytes:
    return sys.stdin.buffer.read() if model == _STDIN else model.read_bytes()


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise NotAdopted("this system has no login for you: say who adopts it with --by") from None


def _agreed() -> bool:
    if not sys.stdin.isatty():
        sys.stderr.write("triage: nobody can be asked here: read the report, then say --yes\n")
        return False
    sys.stdout.write("Put it to work? [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _models(_: argparse.Namespace) -> int:
    async def models(run: Run[TriageParts]) -> int:
        at_work = run.parts.at_work
        async with run.begin() as tx:
            for one in await ModelStore(tx.session).all():
                sys.stdout.write(_told(one, at_work.adoption))
        if at_work.refused:
            sys.stdout.write(f"not used: {at_work.refused}\n")
        sys.stdout.write(f"at work: {run.parts.classifier.model_version}; shipped: {shipped_model().table.name}\n")
        return 0

    return _at_work(models)


def _told(one: Adoption, newest: int | None) -> str:
    what = "the shipped model" if one.size is None else f"{one.size} bytes"
    mark = "*" if one.id == newest else " "
    return f"{mark}{one.id:>4}  {one.name}  {one.adopted_at:%Y-%m-%d %H:%M %Z}  {one.adopted_by}  {what}\n"


def _at_work(work: Work) -> int:
    try:
        return asyncio.run(_with_database(work))
    except (BadModel, NotAdopted, BadRows, BadSettings, OSError) as error:
        sys.stderr.write(f"triage: {error}\n")
    except DBAPIError as error:
        # Its text quotes statements, and may quote rows.
        sys.stderr.write(f"triage: the database refuses (SQLSTATE {sqlstate(error)}); has `prepare` run?\n")
    return 2


async def _with_database(work: Work) -> int:
    from .app import SERVICE

    settings = load_settings(SERVICE)
    # Standard output is the answer's; what happens beside it goes to standard error.
    log.configure(settings.log_level, settings.log_format)
    run: Run[TriageParts] = Run(SERVICE, settings, SystemClock())
    try:
        await run.prepare_parts()
        return await work(run)
    finally:
        await run.close()


DATABASE_COMMANDS: Final = (
    Command(
        name="export-labels",
        about="what officers decided, with the texts still kept, as a batch of the corpus; personal data",
        arguments=_export_arguments,
        run=_export,
    ),
    Command(
        name="compare",
        about="let another model decide about the kept texts too, and tell what would change; stores nothing",
        arguments=_compare_arguments,
        run=_compare,
    ),
    Command(
        name="adopt",
        about="put another model to work, once you have read what changes",
        arguments=_adopt_arguments,
        run=_adopt,
    ),
    Command(name="models", about="the models that were adopted, newest first", arguments=lambda _: None, run=_models),
)
