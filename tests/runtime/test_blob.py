"""Files by their SHA-256: whole or not at all."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from libs.blob import Damaged, FolderBlobStore, TooBig, open_blob_store


async def _chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_a_file_is_kept_under_its_hash_and_storing_twice_is_storing_once(tmp_path: Path) -> None:
    store = FolderBlobStore(tmp_path)
    first = await store.put(_chunks(b"ab", b"c"), 10)
    assert first.sha256 == hashlib.sha256(b"abc").hexdigest()
    assert first == await store.put(_chunks(b"abc"), 10)
    assert await store.read(first.sha256) == b"abc"
    await store.delete(first.sha256)
    await store.delete(first.sha256)
    with pytest.raises(KeyError):
        await store.read(first.sha256)


async def test_nothing_is_left_of_a_file_that_is_too_big_or_breaks_off(tmp_path: Path) -> None:
    async def breaks() -> AsyncIterator[bytes]:
        yield b"abc"
        raise ConnectionError

    store = FolderBlobStore(tmp_path)
    with pytest.raises(TooBig):
        await store.put(_chunks(b"x" * 8, b"x" * 8), 10)
    with pytest.raises(ConnectionError):
        await store.put(breaks(), 10)
    assert _files(tmp_path) == []


async def test_altered_bytes_are_noticed(tmp_path: Path) -> None:
    store = FolderBlobStore(tmp_path)
    kept = await store.put(_chunks(b"abc"), 10)
    _files(tmp_path)[0].write_bytes(b"abd")
    with pytest.raises(Damaged):
        await store.read(kept.sha256)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "ABC", "g" * 64])
async def test_a_name_that_is_no_hash_is_no_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(KeyError):
        await FolderBlobStore(tmp_path).read(name)


@pytest.mark.parametrize("url", ["s3://bucket", "file://elsewhere/x", "/var/lib"])
def test_an_unknown_store_is_refused_at_start(url: str) -> None:
    with pytest.raises(ValueError, match="BLOB_URL"):
        open_blob_store(url)
