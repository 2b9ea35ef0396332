"""`make migration service=routing m="first answer"`: a new revision, found on a throw-away PostgreSQL."""

import asyncio
import sys
import tempfile
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from libs.launch import migrate
from libs.local.folder import data_root
from libs.local.postgres import PrivatePostgres


async def _revise(url: str, service: str, message: str) -> None:
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    async with engine.begin() as connection:
        await connection.execute(text(f"CREATE SCHEMA {service}"))
        await migrate.revise(service, connection, message)
    await engine.dispose()


def main(service: str, message: str) -> None:
    """Write the revision into the service's migrations folder; read it before you keep it."""
    with tempfile.TemporaryDirectory(prefix="lang-nghe-migration-") as folder:
        Path(folder).chmod(0o711)
        server = PrivatePostgres(Path(folder), programs=data_root() / "programs", durable=False).start()
        try:
            asyncio.run(_revise(server.url(), service, message))
        finally:
            server.stop()


if __name__ == "__main__":
    if len(sys.argv) != 3 or not all(sys.argv[1:]):
        sys.exit('usage: make migration service=<name> m="what changes"')
    main(sys.argv[1], sys.argv[2])
