"""The machine in words: what a reader needs to compare, and nothing that tells whose it is."""

import os
import platform
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

from libs.local.postgres_wheel import copy_programs
from libs.local.rabbitmq_package import find_programs
from tests.support.postgres import programs_folder

_KIB: Final = 1024


@cache
def in_words() -> str:
    """Cores, memory, system, Python and the servers."""
    parts = [
        f"{os.cpu_count()} cores ({_processor()})",
        f"{_memory_gib():.0f} GiB of memory",
        _system(),
        f"Python {platform.python_version()}",
        f"PostgreSQL {_postgres()}",
        f"RabbitMQ {find_programs(programs_folder()).version}",
    ]
    return ", ".join(parts)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _memory_gib() -> float:
    lines = Path("/proc/meminfo").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("MemTotal:")) / _KIB / _KIB


def _system() -> str:
    told = platform.freedesktop_os_release()
    return told.get("PRETTY_NAME", platform.system())


def _postgres() -> str:
    program = copy_programs(programs_folder()).path("postgres")
    told = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True).stdout
    return told.split()[-1]
