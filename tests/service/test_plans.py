"""The statements of every event and every turn find their rows by an index, however many others there are.

A city of eight million people writes for ten years. What reads a whole table is not noticed on the day it is written.
"""

import base64
import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any, Final

import pytest
from sqlalchemy import Delete, Select, Update, text
from sqlalchemy.engine import Dialect

from libs.runtime.run import Run
from tests.support.service import Runs

SERVICES: Final = ("intake", "triage", "routing", "notifier", "portal_bridge")
Statement = Select[Any] | Update | Delete
JOINS: Final = {f"services.notifier.store.recipient.{name}" for name in ("_CLAIM", "_CLAIM_REPLIES")}
"""Of a join between empty tables the server begins with either; among 200,000 citizens with those who are due."""


def built_once(service: str) -> Iterator[tuple[str, Statement]]:
    """The statements a service keeps as constants of its modules, by name: those it sends all the time."""
    package = importlib.import_module(f"services.{service}")
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if found.name.endswith(("__main__", ".migrations")):
            continue
        for name, value in vars(importlib.import_module(found.name)).items():
            # Without a condition it is the beginning of others.
            if isinstance(value, Statement) and value.whereclause is not None:
                yield f"{found.name}.{name}", value


async def read_whole(run: Run[Any], statement: Statement) -> list[str]:
    """The tables of which a statement reads every row, or a whole index, when it may have any value it asks for."""
    asked, values = _spelled_out(statement, run.database.engine.dialect)
    async with run.database.session() as session:
        for way in ("seqscan", "hashjoin", "mergejoin", "material"):  # the ways that read all there is
            await session.execute(text(f"SET LOCAL enable_{way} = off"))
        await session.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
        driver: Any = (await (await session.connection()).get_raw_connection()).driver_connection
        await driver.execute(f"PREPARE asked AS {asked}")
        (told,) = await driver.fetchrow(f"EXPLAIN (FORMAT JSON) EXECUTE asked{values}")
        await driver.execute("DEALLOCATE asked")
    return [node["Relation Name"] for node in _nodes(told[0]["Plan"]) if _reads_all(node)]


def _spelled_out(statement: Statement, dialect: Dialect) -> tuple[str, str]:
    compiled: Any = statement.compile(dialect=dialect)
    spelled = compiled.construct_expanded_state({name: None for name, one in compiled.binds.items() if one.required})
    values = ", ".join("NULL" for _ in spelled.positiontup)
    return spelled.statement, f"({values})" if values else ""


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def _reads_all(node: dict[str, Any]) -> bool:
    by_index = node["Node Type"] in {"Index Scan", "Index Only Scan"}
    return node["Node Type"] == "Seq Scan" or (by_index and "Index Cond" not in node)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_statement_of_every_turn_reads_no_whole_table(
    runs: Runs, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = base64.urlsafe_b64encode(bytes(range(32))).decode().rstrip("=")
    monkeypatch.setenv("ROUTING_SESSION_PRIVATE_KEY", key)
    run = await runs(importlib.import_module(f"services.{service}.app").SERVICE)
    # Tables just emptied are planned for as if they held some thousands of rows; those looked at since, as empty.
    await runs.bench.empty(run.service)
    found = {name: await read_whole(run, one) for name, one in built_once(service) if name not in JOINS}
    assert found, "a service without statements?"
    assert {name: tables for name, tables in found.items() if tables} == {}
