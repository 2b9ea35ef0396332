"""`python -m services.notifier tokens set`: give the notifier the pair of tokens a person got by consent."""

import argparse
import asyncio
import sys
from typing import Final

from libs.launch.settings import BadSettings, load_settings
from libs.runtime.clock import SystemClock
from libs.runtime.db import Database
from libs.runtime.service import Command
from libs.seal import Sealer

from .settings import NotifierSettings
from .store.channel import TokenStore
from .tokens import put_pair


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "act", choices=("set",), help="reads two lines from standard input: the access token, the refresh token"
    )


def _tokens(_arguments: argparse.Namespace) -> int:
    from .app import SERVICE  # the app lists this command

    pair = [line.strip() for line in sys.stdin.read().splitlines() if line.strip()]
    if len(pair) != 2 or pair[0] == pair[1]:
        sys.stderr.write("notifier: two lines are needed on standard input: the access token, the refresh token\n")
        return 2
    try:
        settings = load_settings(SERVICE)
    except BadSettings as error:
        sys.stderr.write(f"notifier: {error}\n")
        return 2
    assert isinstance(settings, NotifierSettings)
    asyncio.run(_set(Database(settings, "lang-nghe-notifier-tokens"), settings, (pair[0], pair[1])))
    sys.stdout.write("stored: messages go out with this pair from now on\n")
    return 0


async def _set(database: Database, settings: NotifierSettings, pair: tuple[str, str]) -> None:
    try:
        async with database.session() as session:
            store = TokenStore(session, settings.zalo_app_id, settings.zalo_oa_id)
            await put_pair(store, Sealer(settings.contact_keys), pair, SystemClock().now())
    finally:
        await database.close()


TOKENS: Final = Command("tokens", "give the notifier a pair of tokens a person got by consent", _arguments, _tokens)
