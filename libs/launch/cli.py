"""`python -m services.<name> serve | prepare | replay | …`: what people run by hand or from a Job."""

import argparse
import asyncio
import sys
from uuid import UUID

from libs.runtime import deferred, log, outbox
from libs.runtime.clock import SystemClock
from libs.runtime.run import Run
from libs.runtime.service import Service
from libs.runtime.settings import RuntimeSettings

from .prepare import NotPrepared, prepare
from .rows import BadRows
from .serve import serve
from .settings import BadSettings, load_settings


def main(service: Service, arguments: list[str] | None = None) -> int:
    """Carry out one command; the exit status is 0 when it worked, 2 when a person must mend something first."""
    parser = argparse.ArgumentParser(prog=f"python -m services.{service.name}", description=service.about)
    words = parser.add_subparsers(dest="word", required=True)
    words.add_parser("serve", help="answer requests, hear events, do jobs; until asked to stop")
    words.add_parser("prepare", help="create or migrate the schema, load the province's rows, declare the queues")
    replaying = words.add_parser("replay", help="run deferred and dead events again, and publish what was given up")
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
        if chosen.word == "serve":
            serve(service, settings)
        elif chosen.word == "prepare":
            asyncio.run(prepare(service, settings, SystemClock()))
        else:
            count = asyncio.run(_replay(service, settings, chosen.event_id or None))
            sys.stdout.write(f"{count} events are due again\n")
    except (NotPrepared, BadRows, BadSettings) as error:
        sys.stderr.write(f"{service.name}: {error}\n")
        return 2
    return 0


async def _replay(service: Service, settings: RuntimeSettings, event_ids: list[UUID] | None) -> int:
    run: Run[None] = Run(service, settings, SystemClock())
    try:
        async with run.begin() as tx:
            unparked = await outbox.unpark(tx.session, run.tables, event_ids)
            return unparked + await deferred.replay(tx.session, run.tables, event_ids, tx.now)
    finally:
        await run.database.close()
