"""`python -m services.portal_bridge queue`: what waits for the portal, in numbers."""

import argparse
import asyncio
import sys
from typing import Final

from libs.launch.settings import BadSettings, load_settings
from libs.runtime.db import Database
from libs.runtime.service import Command

from .health import in_words
from .store import BridgeStore


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--next", type=int, default=0, metavar="N", help="also list the next N entries, ids only")


def _queue(arguments: argparse.Namespace) -> int:
    from .app import SERVICE  # the app lists this command

    try:
        database = Database(load_settings(SERVICE), "lang-nghe-portal_bridge-queue")
    except BadSettings as error:
        sys.stderr.write(f"portal_bridge: {error}\n")
        return 2
    for line in asyncio.run(_lines(database, max(arguments.next, 0))):
        sys.stdout.write(f"{line}\n")
    return 0


async def _lines(database: Database, entries: int) -> list[str]:
    try:
        async with database.session() as session:
            store = BridgeStore(session)
            lines = [in_words(await store.waiting())]
            lines += [f"{entry.feedback_id} {entry.case_seq:>3} {entry.name}" for entry in await store.queue(entries)]
            return lines
    finally:
        await database.close()


QUEUE: Final = Command("queue", "show what waits for the portal, in numbers", _arguments, _queue)
