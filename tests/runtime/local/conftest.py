"""Folders and callers for the tests of private servers."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from libs.local import PrivatePostgres
from tests.support.postgres import programs_folder, temporary_folder


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder another user may pass through, which pytest's own `tmp_path` is not."""
    folder = Path(tempfile.mkdtemp(prefix="lang-nghe-", dir=temporary_folder()))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def running() -> Iterator[PrivatePostgres]:
    """A private PostgreSQL that runs, for tests that change nothing about it."""
    folder = Path(tempfile.mkdtemp(prefix="lang-nghe-", dir=temporary_folder()))
    folder.chmod(0o755)
    with PrivatePostgres(folder, programs=programs_folder(), durable=False) as server:
        yield server
    shutil.rmtree(folder)


@pytest.fixture
def server(open_folder: Path) -> Iterator[PrivatePostgres]:
    """A private PostgreSQL of this test's own, not started yet."""
    server = PrivatePostgres(open_folder, programs=programs_folder(), durable=False)
    yield server
    server.stop()
