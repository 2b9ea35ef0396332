"""docs/adding-a-service.md names the places where services are listed; here they are held to the same names."""

import re
import tomllib
from pathlib import Path
from typing import Any, Final

from libs.local import demo
from libs.local.demo_secret import new_secrets
from services import embedded
from tests.architecture import test_services as architecture

THEY: Final = {path.parent.name for path in Path("services").glob("*/app.py")}
PROJECT: Final[dict[str, Any]] = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))


def _import_contract(name: str) -> dict[str, Any]:
    contract: dict[str, Any]
    (contract,) = [each for each in PROJECT["tool"]["importlinter"]["contracts"] if each["name"] == name]
    return contract


def test_no_service_may_import_another_one() -> None:
    assert set(_import_contract("services never import one another")["modules"]) == {
        f"services.{name}" for name in THEY
    }


def test_no_library_may_import_a_service() -> None:
    layers = _import_contract("dependency direction")["layers"]
    assert {f"services.{name}" for name in THEY} in [set(re.findall(r"[\w.]+", layer)) for layer in layers]


def test_every_service_has_its_own_packages_and_developers_have_them_all() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    assert extras.keys() >= THEY
    (ours,) = [line for line in extras["dev"] if line.startswith("lang-nghe[")]
    assert set(re.findall(r"[\w]+", ours.removeprefix("lang-nghe"))) >= THEY


def test_the_rooms_of_every_service_are_looked_into() -> None:
    assert set(architecture.NAMES) == THEY


def test_every_service_runs_in_the_one_process_and_in_the_demo() -> None:
    assert {service.name for service in embedded.SERVICES} == THEY
    assert set(demo.SERVICES) == THEY
    assert new_secrets().keys() >= {f"{name}_{role}_PASSWORD".upper() for name in THEY for role in ("svc", "owner")}
