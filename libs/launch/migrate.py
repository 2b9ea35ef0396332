"""Schema changes, one Alembic tree per service, run by `prepare` before a new version starts."""

from importlib import import_module
from pathlib import Path
from typing import Any, Final

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import AsyncConnection

_LOCK_WAIT: Final = "10s"


def run_env(metadata: MetaData) -> None:
    """The whole of a service's migrations/env.py: run on the connection `upgrade` handed over."""
    connection: Connection = context.config.attributes["connection"]
    schema = metadata.schema

    def ours(_object: Any, _name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
        return kind != "table" or _object.schema == schema

    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table_schema=schema,
        include_schemas=True,
        include_object=ours,
        include_name=lambda name, kind, _parents: kind != "schema" or name == schema,
        compare_type=True,
        transactional_ddl=True,
    )
    connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_WAIT}'"))
    with context.begin_transaction():
        context.run_migrations()


def config_of(service: str, connection: Connection) -> Config:
    """Alembic's configuration for a service's tree."""
    package = import_module(f"services.{service}")
    config = Config()
    config.set_main_option("script_location", str(Path(str(package.__file__)).parent / "migrations"))
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(hour).2d%%(minute).2d_%%(slug)s")
    config.attributes["connection"] = connection
    return config


async def upgrade(service: str, connection: AsyncConnection) -> None:
    """Bring a service's schema to the newest revision, inside the caller's transaction."""
    await connection.run_sync(lambda sync: command.upgrade(config_of(service, sync), "head"))


async def revise(service: str, connection: AsyncConnection, message: str) -> None:
    """Write a new revision from the difference between the service's tables and its newest schema."""
    await upgrade(service, connection)
    await connection.run_sync(
        lambda sync: command.revision(config_of(service, sync), message=message, autogenerate=True)
    )
