"""Alerts, their pages, and what both speak of hold together: rules fire when they should, and name what there is."""

import ast
import importlib
import re
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import asyncpg
import pytest
import yaml
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from libs.launch.cli import main
from libs.runtime.metrics import Metrics
from libs.runtime.service import Service
from tests.support.promtool import promtool

NAMES: Final = ("intake", "triage", "routing", "notifier", "portal_bridge")
FOLDER: Final = Path("deploy/prometheus")
RULES: Final = FOLDER / "rules.yaml"
TESTS: Final = ("rules_test.yaml", "rules_hours_test.yaml")
RUNBOOK: Final = Path("docs/runbook")
PAGES: Final = sorted(page for page in RUNBOOK.glob("*.md") if page.stem != "README")

SCRAPED: Final = {"job", "service", "instance"}
"""Labels Prometheus adds when it reads a process."""


class Selector(NamedTuple):
    """One choice of series within a rule."""

    meter: re.Pattern[str]
    of_all: bool
    """Whether it speaks of every service at once."""
    labels: dict[str, str]


@cache
def _rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def _service(name: str) -> Service:
    found: Service = importlib.import_module(f"services.{name}.app").SERVICE
    return found


@cache
def _holders(name: str) -> tuple[Metrics, ...]:
    """What a running service reaches its meters by: the runtime's, and its own; the service itself is not started."""
    metrics = Metrics(name)
    own = getattr(importlib.import_module(f"services.{name}.parts"), "Meters", None)
    return (metrics, own(metrics)) if own is not None else (metrics,)


def _meters(name: str) -> dict[str, Collector]:
    """Every meter a running service has, by the name Prometheus reads."""
    return _holders(name)[0].registry._names_to_collectors


def _attributes(name: str, meter: Collector) -> set[str]:
    """By which names the code of a service reaches a meter."""
    return {attribute for holder in _holders(name) for attribute, held in vars(holder).items() if held is meter}


@cache
def _code() -> str:
    sources = (path for folder in ("libs", "services") for path in sorted(Path(folder).rglob("*.py")))
    return "\n".join(path.read_text("utf-8") for path in sources)


def _selectors(expression: str) -> Iterator[Selector]:
    for name, inside in re.findall(r"([a-z_]*)\{([^}]*)\}", expression):
        labels = dict(re.findall(r'(\w+)(?:=~|!~|!=|=)"([^"]*)"', inside))
        pattern = labels.pop("__name__", None)
        yield Selector(re.compile(pattern or name), pattern is not None, labels)


def _promtool(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([promtool(), *words], capture_output=True, text=True, check=False, timeout=120)


class TestRules:
    def test_prometheus_understands_rules_and_scraping(self) -> None:
        done = _promtool("check", "config", FOLDER / "prometheus.yaml")
        assert done.returncode == 0, done.stdout + done.stderr

    @pytest.mark.parametrize("tests", TESTS)
    def test_alerts_fire_and_stay_silent_as_shown(self, tests: str) -> None:
        done = _promtool("test", "rules", FOLDER / tests)
        assert done.returncode == 0, done.stdout + done.stderr

    @pytest.mark.parametrize(("expression", "told"), [("vector(1) > 1", "got"), ("vector(1)", "exp")])
    def test_of_each_alert_both_are_shown(self, expression: str, told: str, tmp_path: Path) -> None:
        """Rules that never fire, and rules that always do, are each found out for every single alert."""
        rules = yaml.safe_load(RULES.read_text("utf-8"))
        for rule in (rule for group in rules["groups"] for rule in group["rules"]):
            rule["expr"] = expression
            rule.pop("for", None)
        (tmp_path / RULES.name).write_text(yaml.safe_dump(rules), "utf-8")
        noticed = set()
        for tests in TESTS:
            (tmp_path / tests).write_text((FOLDER / tests).read_text("utf-8"), "utf-8")
            done = _promtool("test", "rules", tmp_path / tests)
            failures = re.split(r"^\s+expr: ", done.stdout + done.stderr, flags=re.MULTILINE)[1:]
            # `got: nil` where something was expected to fire; `exp: nil` where nothing was.
            noticed |= {
                match[1]
                for failure in failures
                if re.search(rf"{told}:\s*nil", failure) and (match := re.search(r'alertname=\\?"(\w+)', failure))
            }
        assert noticed == {rule["alert"] for rule in _rules()}

    def test_every_rule_speaks_of_meters_and_labels_that_services_have(self) -> None:
        meters = {name: _meters(name) for name in NAMES}
        for rule in _rules():
            known = set(SCRAPED)
            for selector in _selectors(rule["expr"]):
                assert selector.labels.get("job") == "lang-nghe", f"{rule['alert']} looks at strangers' meters"
                if selector.meter.pattern == "up":
                    continue
                having = {
                    name: [meter for full, meter in meters[name].items() if selector.meter.fullmatch(full)]
                    for name in NAMES
                }
                there = {name for name in NAMES if having[name]}
                expected = set(NAMES) if selector.of_all and "outbound" not in selector.meter.pattern else there
                assert there, f"{rule['alert']}: no service has {selector.meter.pattern}"
                assert there == expected, f"{rule['alert']}: {expected - there} lack {selector.meter.pattern}"
                told = {label for name in there for meter in having[name] for label in meter._labelnames}
                # Ours gives way where Prometheus has a label of that name.
                told = {f"exported_{label}" if label in SCRAPED else label for label in told}
                told |= {"le"} if selector.meter.pattern.endswith("_bucket") else set()
                assert set(selector.labels) <= told | SCRAPED, f"{rule['alert']}: {set(selector.labels) - told}"
                known |= told
            grouped = {
                label.strip()
                for labels in re.findall(r"(?:by|on) \(([^)]*)\)", rule["expr"])
                for label in labels.split(",")
            }
            assert grouped <= known, f"{rule['alert']} groups by {grouped - known}"

    def test_every_meter_of_the_rules_is_moved_somewhere(self) -> None:
        """A meter that is declared and forgotten shows 0 for ever: its alert never fires, or always does."""
        selectors = [selector for rule in _rules() for selector in _selectors(rule["expr"])]
        for name in NAMES:
            for attribute, meter in _meters(name).items():
                if any(selector.meter.fullmatch(attribute) for selector in selectors):
                    words = "|".join(_attributes(name, meter))
                    assert re.search(rf"(?:metrics|meters)\.(?:{words})\b", _code()), f"nothing moves {attribute}"

    def test_every_alarm_a_service_raises_has_a_rule_and_no_rule_waits_for_another(self) -> None:
        raised = set()
        for path in [*Path("services").rglob("*.py"), *Path("libs").rglob("*.py")]:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                match node:
                    case ast.Call(
                        func=ast.Attribute(value=ast.Attribute(attr="alarm"), attr="labels"), args=[ast.Constant(value)]
                    ):
                        raised.add(value)
        listened = {
            selector.labels["what"]
            for rule in _rules()
            for selector in _selectors(rule["expr"])
            if "what" in selector.labels
        }
        assert listened == raised

    def test_outcomes_and_systems_in_rules_are_words_of_the_code(self) -> None:
        for rule in _rules():
            for selector in _selectors(rule["expr"]):
                words = [selector.labels.get(label, "") for label in ("outcome", "system")]
                unknown = [word for part in words for word in part.split("|") if word and f'"{word}"' not in _code()]
                assert not unknown, f"{rule['alert']}: {unknown}"

    def test_every_alert_says_what_it_is_how_urgent_and_where_to_read_on(self) -> None:
        for rule in _rules():
            assert rule["labels"]["severity"] in {"page", "ticket"}
            assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
            assert rule["annotations"]["runbook_url"] == str(RUNBOOK / f"{rule['alert']}.md")

    def test_a_process_prometheus_reads_gets_the_labels_rules_rely_on(self) -> None:
        (scrape,) = yaml.safe_load((FOLDER / "prometheus.yaml").read_text("utf-8"))["scrape_configs"]
        assert scrape["job_name"] == "lang-nghe"
        (found,) = scrape["dns_sd_configs"]
        assert set(found["names"]) == set(NAMES)
        assert {relabel["target_label"] for relabel in scrape["relabel_configs"]} == {"service"}
        (down,) = [rule for rule in _rules() if rule["alert"] == "ServiceDown"]
        assert set(re.findall(r'absent\(up\{job="lang-nghe",service="(\w+)"\}\)', down["expr"])) == set(NAMES)


class TestRunbook:
    def test_every_alert_has_its_page_and_every_page_its_alert(self) -> None:
        assert {page.stem for page in PAGES} == {rule["alert"] for rule in _rules()}

    def test_the_index_lists_every_page_with_its_severity(self) -> None:
        index = (RUNBOOK / "README.md").read_text("utf-8")
        rows = dict(re.findall(r"^\| \[(\w+)\]\(\1\.md\) \| ([^|]+) \|", index, re.MULTILINE))
        assert set(rows) == {page.stem for page in PAGES}
        for alert, told in rows.items():
            severities = {rule["labels"]["severity"] for rule in _rules() if rule["alert"] == alert}
            assert {word for word in ("page", "ticket") if word in told} == severities, alert

    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
    def test_a_page_tells_everything_on_one_screen(self, page: Path) -> None:
        content = page.read_text("utf-8")
        assert content.startswith(f"# {page.stem}\n")
        for part in ("**For citizens.**", "**Look first**", "**Do**", "**Call**", "**Over when**"):
            assert part in content, f"{page} lacks {part}"
        assert len(content.splitlines()) <= 60

    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
    def test_commands_of_a_page_exist(self, page: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for line in _lines(page, "sh"):
            word, *rest = line.split(" | ")[0].split(maxsplit=2)
            if word == "rabbit":
                assert rest[0] in {"list_queues", "list_bindings", "list_connections", "cluster_status"}
                continue
            assert word in {"run", "ready", "logs", "restart", "prepare"}, line
            assert rest[0] in NAMES, line
            if word == "run":
                _try_command(rest[0], rest[1], capsys)

    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
    def test_what_a_page_looks_for_in_the_log_is_written_there(self, page: Path) -> None:
        for searched in re.findall(r"grep (?:-E )?'?([a-z_|]+)'?", page.read_text("utf-8")):
            for event in searched.split("|"):
                assert re.search(rf'log\.\w+\(\s*"{event}"', _code()), f"nothing logs {event}"

    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
    def test_settings_and_meters_a_page_names_exist(self, page: Path) -> None:
        content = page.read_text("utf-8")
        for name in NAMES:
            known = {f"{name}_{field}".upper() for field in _service(name).settings.model_fields}
            told = set(re.findall(rf"\b{name.upper()}_[A-Z_]+\b", content))
            assert told <= known, told - known
            meters = set(re.findall(rf"`({name}_[a-z_]+_(?:total|seconds))`", content))
            assert meters <= set(_meters(name)), meters

    async def test_statements_of_all_pages_run_on_the_services_tables(
        self, fresh_database: Callable[[str], str]
    ) -> None:
        url = make_url(fresh_database("runbook")).set(drivername="postgresql+asyncpg")
        engine = create_async_engine(url)
        async with engine.begin() as connection:
            for name in NAMES:
                await connection.execute(text(f"CREATE SCHEMA {name}"))
                await connection.run_sync(_service(name).metadata.create_all)
        await engine.dispose()
        database = await asyncpg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
        tried = 0
        try:
            for page in PAGES:
                for statement in " ".join(_lines(page, "sql")).split(";"):
                    if statement.strip():
                        await database.execute(f"EXPLAIN {statement}")
                        tried += 1
        finally:
            await database.close()
        assert tried > 20


def _lines(page: Path, language: str) -> list[str]:
    blocks = re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def _try_command(service: str, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whether a service's container would understand it; nothing is carried out."""
    if inline := re.fullmatch(r'python -c "(.*)"', command):
        compile(inline[1], "<page>", "exec")
        return
    module = re.fullmatch(rf"python -m services\.{service} (.+)", command)
    assert module, f"not a command of {service}: {command}"
    with pytest.raises(SystemExit) as ended:
        main(_service(service), [*module[1].split(), "--help"])
    assert ended.value.code == 0, capsys.readouterr().err
    shown = capsys.readouterr().out
    for option in re.findall(r"--\w+", module[1]):
        assert option in shown, f"{command} has no {option}"
