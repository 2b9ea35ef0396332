"""`make demo` as a newcomer meets it: how long it takes to start, what it costs at rest, what a page weighs."""

import gzip
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

from libs.local.demo import REPOSITORY
from libs.local.process import server_environment
from tests.bench.figure import Figure, Scope, Section, at_most, measured
from tests.bench.stage import Stage, cpu_s, family, pss_mb

START_HOW: Final = """
`make demo` with the environment already installed, in an empty data folder, until it says that it is running:
PostgreSQL's programs copied, its data made, five schemas migrated, the province's tables loaded, officers seeded,
phone and city up. Then stopped, and started again on the same data.
""".strip()
IDLE_HOW: Final = """
The embedded city and its PostgreSQL, nobody writing: proportional memory (what processes share is counted once,
`smaps_rollup`) and processor time over the time told. Simulators and the small process that `make demo` itself is
are not counted.
""".strip()
PAGE_HOW: Final = """
The look-up page `/tra-cuu` and everything it loads, each asked for as a browser does (`Accept-Encoding: gzip, br`),
counted as bytes on the socket with heads. No script is needed.
""".strip()

_RUNNING: Final = "is running"
_START_LIMIT_S: Final = 180.0
_SETTLE_S: Final = 20.0
_LOADED: Final = re.compile(rb"""<(?:link|script|img)[^>]+?(?:href|src)="([^"]+)\"""")
_ICON_ONLY: Final = (b"canonical", b"alternate")


@dataclass(slots=True)
class Demo:
    """One `make demo` under way."""

    process: "subprocess.Popen[str]"
    port: int
    ready_s: float

    @property
    def counted(self) -> list[int]:
        """The processes of the city and of PostgreSQL."""
        return [pid for pid in family(self.process.pid) if _is_counted(pid)]


def measure_start(scope: Scope) -> Section:
    """Start in an empty folder, stop, start again."""
    first: list[float] = []
    again: list[float] = []
    for _ in range(scope.of(3, 1)):
        with Stage("start") as stage:
            for found in (first, again):
                with _demo(stage) as demo:
                    found.append(demo.ready_s)
                    scope.tell(f"start: {demo.ready_s:.1f} s")
    figures = (at_most("first start", first, "s", 60), at_most("start again", again, "s", 5))
    return Section("start", "Start", START_HOW, figures)


def measure_idle(scope: Scope) -> Section:
    """Leave a city alone and look at what it uses."""
    watched_s = float(scope.of(60, 10))
    with Stage("idle") as stage, _demo(stage) as demo:
        time.sleep(_SETTLE_S / scope.of(1, 10))
        counted = demo.counted
        cities = [pid for pid in counted if not _is_postgres(pid)]
        before, began = cpu_s(*counted), time.monotonic()
        city_before = cpu_s(*cities)
        time.sleep(watched_s)
        used_s, city_s = cpu_s(*counted) - before, cpu_s(*cities) - city_before
        passed_s = time.monotonic() - began
        memory, of_city = pss_mb(*counted), pss_mb(*cities)
    scope.tell(f"idle: {memory:.0f} MB, {used_s / passed_s * 100:.1f} % of a core")
    figures = (
        at_most("memory (PSS), city and PostgreSQL", [memory], "MB", 500),
        at_most(f"processor over {watched_s:.0f} s", [used_s / passed_s * 100], "% of a core", 5),
        measured("memory, the city alone", [of_city], "MB"),
        measured("processor, the city alone", [city_s / passed_s * 100], "% of a core"),
    )
    return Section("idle", "At rest", IDLE_HOW, figures)


def measure_page(scope: Scope) -> Section:
    """Load the citizen's page as a browser does."""
    with Stage("page") as stage, _demo(stage) as demo:
        page, page_bytes = _fetch(demo.port, "/tra-cuu")
        loaded = {
            urljoin("/tra-cuu", found[1].decode())
            for found in _LOADED.finditer(page)
            if not any(word in found[0] for word in _ICON_ONLY)
        }
        weights = {path: _fetch(demo.port, path)[1] for path in sorted(loaded) if path.startswith("/")}
    total_kb = (page_bytes + sum(weights.values())) / 1000
    scope.tell(f"page: {total_kb:.1f} kB")
    parts: list[Figure] = [measured("the page alone", [page_bytes / 1000], "kB")]
    parts += [measured(f"`{path.partition('?')[0]}`", [weight / 1000], "kB") for path, weight in weights.items()]
    return Section("page", "The citizen's page", PAGE_HOW, (at_most("in all", [total_kb], "kB", 60), *parts))


@contextmanager
def _demo(stage: Stage) -> Iterator[Demo]:
    environment = server_environment() | {
        "HOME": str(stage.folder),
        "LANG_NGHE_DATA": str(stage.folder / "data"),
        "PORT": str(stage.port),
        "ZALO_SIM_PORT": str(stage.phone_port),
    }
    began = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "libs.local.demo"],
        env=environment,
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            _wait_for_words(process)
            yield Demo(process, stage.port, time.monotonic() - began)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _wait_for_words(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    told = []
    ends = time.monotonic() + _START_LIMIT_S
    for line in process.stdout:
        told.append(line)
        if _RUNNING in line:
            return
        if time.monotonic() > ends:
            break
    raise RuntimeError(f"the demo did not start:\n{''.join(told)}")


def _is_counted(pid: int) -> bool:
    words = _words(pid)
    return "services.embedded" in words or _is_postgres(pid)


def _is_postgres(pid: int) -> bool:
    try:
        return os.readlink(f"/proc/{pid}/exe").endswith("/postgres")  # noqa: PTH115 - the link may lead nowhere
    except OSError:
        return False


def _words(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def _fetch(port: int, path: str) -> tuple[bytes, int]:
    """A body as it was sent, unpacked, and how many bytes came."""
    wanted = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip, br\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(wanted.encode())
        got = b"".join(iter(_reader(connection), b""))
    head, _, body = got.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), f"{path}: {head[:40]!r}"
    return _unpacked(head, body), len(got)


def _reader(connection: socket.socket) -> Callable[[], bytes]:
    return lambda: connection.recv(65_536)


def _unpacked(head: bytes, body: bytes) -> bytes:
    if b"content-encoding: gzip" not in head.lower():
        return body

    return gzip.decompress(body)
