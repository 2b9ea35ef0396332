"""What images hold and compose gives them: one service each, nothing of the others, and every setting it needs."""

import fnmatch
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from sqlalchemy.engine import make_url
from starlette.routing import Route

from libs.runtime.settings import SHARED
from libs.web import health
from simulators.zalo_oa.settings import SimulatorSettings

NAMES: Final = ("intake", "triage", "routing", "notifier", "portal_bridge")
SERVICE_IMAGE: Final = Path("deploy/docker/service.Dockerfile")
SIMULATOR_IMAGE: Final = Path("deploy/docker/simulator.Dockerfile")
LOCK: Final = Path("deploy/docker/requirements.lock")
COMPOSE: Final = Path("deploy/compose.yaml")
EXAMPLE: Final = Path("deploy/compose.env.example")
OF_THE_SERVER: Final = {"FORWARDED_ALLOW_IPS"}
"""Variables that are uvicorn's own."""
KEYS: Final = {
    "build", "cap_add", "cap_drop", "command", "depends_on", "env_file", "environment", "healthcheck", "hostname",
    "image", "logging", "networks", "ports", "profiles", "read_only", "restart", "security_opt", "shm_size",
    "stop_grace_period", "tmpfs", "volumes",
}  # fmt: skip
"""Of the Compose specification, those in use: another one is a slip of the pen."""


def _instructions(dockerfile: Path) -> list[tuple[str, str]]:
    """The last stage of a Dockerfile, which becomes the image: its instructions in order."""
    whole = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", dockerfile.read_text("utf-8"), flags=re.MULTILINE))
    lines = [line.split(maxsplit=1) for line in whole.splitlines() if line.strip()]
    last = max(number for number, (word, _) in enumerate(lines) if word == "FROM")
    return [(word, rest) for word, rest in lines[last:]]


def _is_sent(path: Path) -> bool:
    """Whether `.dockerignore` lets a file reach the builder; of several lines the last one that speaks of it counts."""
    sent = True
    ways = [path, *path.parents]
    for line in Path(".dockerignore").read_text("utf-8").splitlines():
        pattern = line.removeprefix("!").rstrip("/")
        if not line or line.startswith("#"):
            continue
        anywhere = pattern.removeprefix("**/") if pattern.startswith("**/") else None
        if any(fnmatch.fnmatch(way.name if anywhere else str(way), anywhere or pattern) for way in ways if way.name):
            sent = line.startswith("!")
    return sent


def _build(dockerfile: Path, argument: str, value: str, folder: Path) -> Path:
    """Lay out what the Dockerfile copies from this repository into an image; gives the folder it works in."""
    for word, rest in _instructions(dockerfile):
        if word != "COPY" or rest.startswith("--from="):
            continue
        *sources, target = rest.replace(f"${{{argument}}}", value).split()
        for source in map(Path, sources):
            for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
                if path.is_file() and _is_sent(path):
                    copied = folder / target / (path.relative_to(source) if source.is_dir() else path.name)
                    copied.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(path, copied)
    return folder


def _in_image(image: Path, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run Python where only the image's files are found; packages are those of the test run."""
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *words], cwd=image, env=environment, input=given, capture_output=True, text=True, check=False
    )


_AS_IN_AN_IMAGE: Final = """
import importlib, json, sys

class Lacking:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in lacking:
            raise ModuleNotFoundError(f"No module named {name!r}, for the image lacks its package", name=name)

module, lacking = sys.argv[1], set(json.loads(sys.argv[2]))
sys.meta_path.insert(0, Lacking())
sys.path.insert(0, ".")
importlib.import_module(module)
files = {name: getattr(loaded, "__file__", None) for name, loaded in list(sys.modules.items())}
print(json.dumps({name: file for name, file in files.items() if name.partition(".")[0] in ("libs", "services")}))
"""
"""Imports a module with the packages of the lock alone; -I shuts out this folder, so it lets itself in again."""


def _import(image: Path, module: str) -> subprocess.CompletedProcess[str]:
    return _in_image(image, "-I", "-B", "-c", _AS_IN_AN_IMAGE, module, json.dumps(_lacking()))


@cache
def _lacking() -> list[str]:
    """Modules of packages that are installed here and would not be in an image."""
    locked = set(_locked(LOCK))
    return sorted(
        module
        for module, distributions in packages_distributions().items()
        if not {re.sub(r"[-_.]+", "-", name).lower() for name in distributions} & locked
    )


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: _build(SERVICE_IMAGE, "SERVICE", name, tmp_path_factory.mktemp(name)) for name in NAMES}


def _locked(lock: Path) -> dict[str, tuple[str, frozenset[str]]]:
    blocks = re.split(r"\n(?=\S)", lock.read_text("utf-8").replace("\\\n", " "))
    found = {}
    for block in blocks:
        name, version = re.match(r"([^=\s]+)==(\S+)", block).groups()  # type: ignore[union-attr]
        found[name] = (version, frozenset(re.findall(r"sha256:\w+", block)))
    return found


class TestImage:
    @pytest.mark.parametrize("name", NAMES)
    def test_a_service_lives_on_its_own_files(self, name: str, images: dict[str, Path]) -> None:
        image = images[name]
        done = _import(image, f"services.{name}.app")
        assert done.returncode == 0, done.stderr
        loaded: dict[str, str | None] = json.loads(done.stdout)
        assert len(loaded) > 20
        assert all(file is None or Path(image, file).is_relative_to(image) for file in loaded.values())

    @pytest.mark.parametrize("name", NAMES)
    def test_an_image_holds_nothing_of_other_services_nor_of_trials(self, name: str, images: dict[str, Path]) -> None:
        image = images[name]
        assert {path.name for path in (image / "services").iterdir()} == {"__init__.py", name}
        assert not (image / "libs" / "local").exists()
        assert {path.name for path in image.iterdir()} == {"libs", "provinces", "services"}
        for other in set(NAMES) - {name}:
            done = _import(image, f"services.{other}.app")
            assert f"No module named 'services.{other}'" in done.stderr

    def test_a_sideways_import_is_caught_when_the_image_is_built(self, tmp_path: Path) -> None:
        image = _build(SERVICE_IMAGE, "SERVICE", "routing", tmp_path)
        with (image / "services/routing/handlers.py").open("a", encoding="utf-8") as handlers:
            handlers.write("\nfrom services.triage.domain import Classifier\n")
        done = _import(image, "services.routing.app")
        assert done.returncode != 0
        assert "No module named 'services.triage'" in done.stderr

    def test_a_package_for_developers_alone_is_caught_when_the_image_is_built(self, tmp_path: Path) -> None:
        image = _build(SERVICE_IMAGE, "SERVICE", "routing", tmp_path)
        with (image / "services/routing/handlers.py").open("a", encoding="utf-8") as handlers:
            handlers.write("\nimport hypothesis\n")
        done = _import(image, "services.routing.app")
        assert done.returncode != 0
        assert "No module named 'hypothesis'" in done.stderr

    def test_the_image_s_command_is_understood(self, images: dict[str, Path]) -> None:
        instructions = dict(_instructions(SERVICE_IMAGE))
        words = [*json.loads(instructions["ENTRYPOINT"]), *json.loads(instructions["CMD"]), "--help"]
        given = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "SERVICE": "portal_bridge"}
        done = subprocess.run(
            words, cwd=images["portal_bridge"], env=given, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("usage: python -m services.portal_bridge serve")

    def test_the_image_is_asked_for_its_health_where_services_tell_it(self) -> None:
        interpreter, flag, asking = json.loads(dict(_instructions(SERVICE_IMAGE))["HEALTHCHECK"].partition(" CMD ")[2])
        assert (interpreter, flag) == ("python", "-c")
        compile(asking, "<HEALTHCHECK>", "exec")
        paths = {route.path for route in health.router.routes if isinstance(route, Route)}
        assert {path for path in paths if f"'{path}'" in asking} == {"/health/live"}

    def test_a_service_finds_the_province_in_its_image(self, images: dict[str, Path]) -> None:
        line = json.dumps({"id": 1, "text": "cán bộ một cửa phường Láng quát tôi"})
        done = _in_image(images["triage"], "-m", "services.triage", "classify", given=line)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["kind"] == "official_conduct"

    def test_the_simulator_lives_on_its_own_files(self, tmp_path: Path) -> None:
        image = _build(SIMULATOR_IMAGE, "SIMULATOR", "zalo_oa", tmp_path)
        done = _import(image, "simulators.zalo_oa.app")
        assert done.returncode == 0, done.stderr
        assert {path.name for path in image.iterdir()} == {"simulators"}

    @pytest.mark.parametrize("dockerfile", [SERVICE_IMAGE, SIMULATOR_IMAGE], ids=lambda path: path.stem)
    def test_an_image_runs_as_nobody_in_particular_on_a_named_base(self, dockerfile: Path) -> None:
        user, group = dict(_instructions(dockerfile))["USER"].split(":")
        assert min(int(user), int(group)) >= 10_000
        (base,) = re.findall(r"^ARG PYTHON=(\S+)$", dockerfile.read_text("utf-8"), re.MULTILINE)
        assert re.fullmatch(r"python:3\.\d+-slim-\w+", base)
        assert set(re.findall(r"^FROM (\S+)", dockerfile.read_text("utf-8"), re.MULTILINE)) == {"${PYTHON}"}

    def test_the_builder_gets_no_secret_and_no_rubbish(self) -> None:
        for stranger in (
            "deploy/compose.env", ".env", ".git/config", ".venv/bin/python", "tests/conftest.py", "requirements.lock",
            "services/embedded.py", "libs/local/demo.py", "libs/runtime/__pycache__/run.cpython-311.pyc",
        ):  # fmt: skip
            assert not _is_sent(Path(stranger)), stranger
        for ours in (LOCK, "libs/runtime/run.py", "services/__init__.py", "provinces/hanoi/agencies.csv"):
            assert _is_sent(Path(ours)), ours


class TestPackages:
    def test_images_install_what_tests_ran_with(self) -> None:
        tested = _locked(Path("requirements.lock"))
        assert {name: locked for name, locked in _locked(LOCK).items() if tested.get(name) != locked} == {}

    def test_images_install_what_services_declare_and_nothing_of_a_developer_s(self) -> None:
        project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
        extras = project["optional-dependencies"]
        locked = set(_locked(LOCK))
        assert _declared([*project["dependencies"], *(each for name in NAMES for each in extras[name])]) <= locked
        assert not _declared(extras["local"]) & locked
        assert not {"hypothesis", "mypy", "playwright", "pytest", "ruff"} & locked


def _declared(requirements: list[str]) -> set[str]:
    named = (re.match(r"[A-Za-z0-9._-]+", requirement) for requirement in requirements)
    return {found[0].lower() for found in named if found} - {"lang-nghe"}


@cache
def _compose() -> dict[str, Any]:
    whole: dict[str, Any] = yaml.safe_load(COMPOSE.read_text("utf-8"))
    return whole


def _processes() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every container that runs one of our services: its name, the service, what it is given."""
    for name, container in _compose()["services"].items():
        image = re.match(r"lang-nghe/(\w+):", container["image"])
        if image and image[1] in NAMES:
            yield name, image[1], container


def _interpolated(value: str, given: dict[str, str]) -> str:
    return re.sub(
        r"\$\{(\w+)(?::([-?])([^}]*))?\}",
        lambda found: given.get(found[1]) or (found[3] if found[2] == "-" else pytest.fail(f"{found[1]} is missing")),
        value,
    )


def _made(kind: list[str], folder: Path) -> dict[str, str]:
    """What `new-env.sh` writes."""
    file = folder / "compose.env"
    environment = {**os.environ, "COMPOSE_ENV": str(file)}
    subprocess.run(["sh", "deploy/compose/new-env.sh", *kind], env=environment, check=True, capture_output=True)
    assert file.stat().st_mode & 0o777 == 0o600
    return _variables(file)


def _variables(file: Path) -> dict[str, str]:
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", file.read_text("utf-8"), re.MULTILINE))


class TestCompose:
    def test_every_container_is_written_with_words_compose_knows(self) -> None:
        whole = _compose()
        assert {key for key in whole if not key.startswith("x-")} == {"name", "services", "networks", "volumes"}
        for name, container in whole["services"].items():
            assert set(container) <= KEYS, name
            for other in container.get("depends_on", {}):
                assert other in whole["services"], name
            for mounted in container.get("volumes", []):
                source = mounted.split(":")[0]
                there = (COMPOSE.parent / source).exists() if source.startswith(".") else source in whole["volumes"]
                assert there, f"{name} mounts {source}"

    def test_every_image_is_built_here_or_named_with_its_version(self) -> None:
        for name, container in _compose()["services"].items():
            if container["image"].startswith("lang-nghe/"):
                assert container["image"].endswith(":${VERSION:-local}")
            else:
                assert re.search(r":v?\d", container["image"]), name
        for name in NAMES:
            build = _compose()["services"][name]["build"]
            assert Path(COMPOSE.parent, build["context"]).resolve() == Path().resolve()
            assert (build["dockerfile"], build["args"]) == (str(SERVICE_IMAGE), {"SERVICE": name})

    def test_every_service_is_prepared_by_its_own_image_before_it_starts(self) -> None:
        for name in NAMES:
            services = _compose()["services"]
            assert services[name]["depends_on"] == {f"{name}-prepare": {"condition": "service_completed_successfully"}}
            assert services[f"{name}-prepare"]["command"] == ["prepare"]
            assert services[f"{name}-prepare"]["image"] == services[name]["image"]

    def test_a_variable_a_service_is_given_is_one_of_its_settings(self) -> None:
        for container, name, given in _processes():
            fields = _settings(name).model_fields
            known = {f"{name}_{field}".upper() for field in fields} | {field.upper() for field in SHARED & set(fields)}
            assert set(given["environment"]) <= known | OF_THE_SERVER, container
        simulated = {f"ZALO_SIM_{field}".upper() for field in SimulatorSettings.model_fields} | {"ZALO_SIM_DATA"}
        assert set(_compose()["services"]["zalo"]["environment"]) <= simulated

    @pytest.mark.parametrize("kind", [["demo"], []], ids=["demo", "real"])
    def test_every_service_starts_from_what_new_env_makes(
        self, kind: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = _made(kind, tmp_path)
        if not kind:
            empty = {name for name, value in made.items() if not value}
            assert empty == {"PUBLIC_URL", "ZALO_APP_ID", "ZALO_APP_SECRET", "ZALO_OA_ID", "ZALO_OA_SECRET_KEY"}
            made |= dict.fromkeys(empty, "4187308559620713842") | {"PUBLIC_URL": "https://phananh.example.vn"}
        for _container, name, given in _processes():
            for variable in [*os.environ]:
                if variable.startswith(tuple(f"{service}_".upper() for service in NAMES)) or variable.lower() in SHARED:
                    monkeypatch.delenv(variable)
            for variable, value in given["environment"].items():
                told = made.get(variable) if value is None else _interpolated(value, made)
                if told is not None:
                    monkeypatch.setenv(variable, told)
            settings = _settings(name)()
            assert settings.amqp_url is not None
            assert settings.root_path == f"/{name}"
            assert make_url(settings.database_url.get_secret_value()).username == f"{name}_svc"

    def test_a_secret_goes_only_to_those_who_use_it(self) -> None:
        having: dict[str, set[str]] = {}
        for container, name, given in _processes():
            for variable in given["environment"]:
                having.setdefault(variable.removeprefix(f"{name}_".upper()), set()).add(container)
        jobs = {f"{name}-prepare" for name in NAMES}
        assert having["OWNER_DATABASE_URL"] == having["ADMIN_DATABASE_URL"] == jobs
        assert having["LOOKUP_KEY"] == {"intake", "intake-prepare"}
        assert having["SESSION_PRIVATE_KEY"] == {"routing", "routing-prepare"}
        assert not having["CONTACT_KEYS"] & {"triage", "triage-prepare"}

    def test_nothing_secret_has_a_default(self) -> None:
        for line in EXAMPLE.read_text("utf-8").splitlines():
            if found := re.match(r"#?([A-Z_]+)=(.*)", line):
                assert not found[2] or found[1] in {"HTTP_PORT", "HTTPS_PORT", "VERSION", "PROVINCE", "LOG_LEVEL"}, line
        for name, told in re.findall(r"\$\{(\w+)(:-[^}]+)?", COMPOSE.read_text("utf-8")):
            assert not (told and re.search("KEY|SECRET|PASSWORD|TOKEN", name)), name

    def test_the_example_explains_every_variable_of_compose(self) -> None:
        told = set(re.findall(r"^#?([A-Z_]+)=", EXAMPLE.read_text("utf-8"), re.MULTILINE))
        used = set(re.findall(r"\$\{(\w+)", COMPOSE.read_text("utf-8")))
        for _container, _service, given in _processes():
            used |= {name for name, value in given["environment"].items() if value is None}
        assert used == told

    def test_new_env_never_overwrites_secrets_that_are_in_use(self, tmp_path: Path) -> None:
        made = _made([], tmp_path)
        with pytest.raises(subprocess.CalledProcessError):
            _made([], tmp_path)
        assert _variables(tmp_path / "compose.env") == made

    def test_the_ingress_knows_every_service_and_shows_no_inner_page(self) -> None:
        caddyfile = Path("deploy/compose/Caddyfile").read_text("utf-8")
        (listed,) = re.findall(r"path_regexp service \^/\(([a-z_|]+)\)", caddyfile)
        assert tuple(listed.split("|")) == NAMES
        (inner,) = re.findall(r"@inner path (.*)", caddyfile)
        assert {"/*/metrics", "/*/health/*", "/metrics", "/health/*"} <= set(inner.split())


def _settings(name: str) -> Any:
    return importlib.import_module(f"services.{name}.settings").__dict__[f"{name.title().replace('_', '')}Settings"]
