"""`python -m services.<name> prepare | replay | …`: what people run by hand or from a Job."""

import argparse
import asyncio
import sys
from uuid import UUID

from pydantic import ValidationError

from . import deferred, log
from .clock import SystemClock
from .prepare import NotPrepared, prepare
from .rows import BadRows
from .run import Run
from .service import Service
from .settings import RuntimeSettings


def main(service: Service, arguments: list[str] | None = None) -> int:
    """Carry out one command; the exit status is 0 when it worked, 2 when a person must mend something first."""
    parser = argparse.ArgumentParser(prog=f"python -m services.{service.name}", description=service.about)
    words = parser.add_subparsers(dest="word", required=True)
    words.add_parser("prepare", help="create or migrate the schema and load the province's rows")
    replaying = words.add_parser("replay", help="run deferred and dead events again")
    replaying.add_argument("event_id", nargs="*", type=UUID, help="only these; all of them when none is named")
    for command in service.commands:
        command.arguments(words.add_parser(command.name, help=command.about))
    chosen = parser.parse_args(arguments)
    for command in service.commands:
        if command.name == chosen.word:
            return command.run(chosen)
    try:
        settings = load_settings(service)
        log.configure(settings.log_level, settings.log_format)
        if chosen.word == "prepare":
            asyncio.run(prepare(service, settings, SystemClock()))
        else:
            count = asyncio.run(_replay(service, settings, chosen.event_id or None))
            sys.stdout.write(f"{count} events are due again\n")
    except (NotPrepared, BadRows, BadSettings) as error:
        sys.stderr.write(f"{service.name}: {error}\n")
        return 2
    return 0


class BadSettings(Exception):
    """Settings are missing or wrong; the text names them, never their values."""


def load_settings(service: Service, **fixed: object) -> RuntimeSettings:
    """A service's settings from the environment, but for what is fixed by the way it is run.

    Raises:
        BadSettings: naming each variable that is missing or wrong.
    """
    try:
        return service.settings(**fixed)  # type: ignore[arg-type]
    except ValidationError as error:
        prefix = service.settings.model_config.get("env_prefix", "")
        wrong = [f"{prefix}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors() if e["loc"]]
        raise BadSettings("settings to mend:\n  " + "\n  ".join(wrong or ["see .env.example"])) from None


async def _replay(service: Service, settings: RuntimeSettings, event_ids: list[UUID] | None) -> int:
    run: Run[None] = Run(service, settings, SystemClock())
    try:
        async with run.begin() as tx:
            return await deferred.replay(tx.session, run.tables, event_ids, tx.now)
    finally:
        await run.database.close()
