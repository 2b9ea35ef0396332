"""Every service has the same rooms, says and hears what the catalogue tells, and keeps to its own schema."""

import importlib
import re
from pathlib import Path
from typing import Any, Final

import pytest

from libs.contracts import heard_by, said_by
from libs.runtime.settings import SHARED, RuntimeSettings

NAMES: Final = ("intake", "triage", "routing", "notifier", "portal_bridge")
ROOMS: Final = {
    "README.md", "__init__.py", "__main__.py", "app.py", "settings.py", "handlers.py", "tables.py", "migrations",
}  # fmt: skip


def _service(name: str) -> Any:
    return importlib.import_module(f"services.{name}.app").SERVICE


@pytest.mark.parametrize("name", NAMES)
def test_a_service_says_and_hears_what_the_catalogue_tells(name: str) -> None:
    service = _service(name)
    assert set(service.emits) == set(said_by(name))
    assert set(service.subscriptions.names) == {event.name for event in heard_by(name)}


@pytest.mark.parametrize("name", NAMES)
def test_a_service_has_the_rooms_a_newcomer_expects(name: str) -> None:
    rooms = {path.name for path in Path("services", name).iterdir()}
    assert rooms >= ROOMS, f"missing: {ROOMS - rooms}"


@pytest.mark.parametrize("name", NAMES)
def test_a_service_s_tables_are_all_in_its_own_schema(name: str) -> None:
    metadata = _service(name).metadata
    assert metadata.schema == name
    assert {table.schema for table in metadata.tables.values()} == {name}


@pytest.mark.parametrize("name", NAMES)
def test_a_service_never_names_another_one_s_schema_in_sql(name: str) -> None:
    others = "|".join(other for other in NAMES if other != name)
    foreign = re.compile(rf"(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+(?:{others})\.", re.IGNORECASE)
    for path in Path("services", name).rglob("*.py"):
        assert not foreign.search(path.read_text("utf-8")), path


@pytest.mark.parametrize("name", NAMES)
def test_a_service_s_schema_is_what_its_migrations_make(name: str) -> None:
    heads = list(Path("services", name, "migrations", "versions").glob("*.py"))
    assert heads, f"services/{name} has no revision: make migration service={name}"


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_of_a_service_is_in_the_example(name: str) -> None:
    told = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", Path(".env.example").read_text("utf-8"), re.MULTILINE))
    runtime = {f"INTAKE_{field}".upper() for field in RuntimeSettings.model_fields}
    for field in _service(name).settings.model_fields:
        variable = f"{name}_{field}".upper()
        shared = field in SHARED and field.upper() in told
        inherited = f"INTAKE_{field}".upper() in runtime & told
        assert variable in told or shared or inherited, f"{variable} is missing in .env.example"
