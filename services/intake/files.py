"""Fetching citizens' files, in their own time: claim, fetch, record. A file never delays a case."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import anyio

from libs.contracts.events import Attachment, FeedbackSupplemented
from libs.contracts.vocabulary import FeedbackId, FileState, SenderId, SupplementReason
from libs.runtime.run import Run
from libs.runtime.tx import Tx
from libs.seal import CannotOpen

from .clients import Fetched, NotNow
from .domain.attachment import (
    FileType,
    Refused,
    TryAgain,
    accept,
    after_trouble,
    check_address,
    limit_of,
    name_of,
    safe_name,
)
from .file_type import mime_of
from .parts import IntakeParts
from .store import DueFile, FileStore, SettledFile


async def fetch_files(run: Run[IntakeParts]) -> bool:
    """Fetch the files that are due, a few at a time."""
    limit: int = run.settings.media_at_once
    lease = timedelta(seconds=run.settings.media_within_s + 60)
    async with run.begin() as tx:
        due = await FileStore(tx.session).claim_due(tx.now, limit, lease)
    outcomes = await asyncio.gather(*(_fetch(run, file) for file in due), return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome  # the others are settled; this one is due again when its lease ends
    return len(due) == limit


async def _fetch(run: Run[IntakeParts], file: DueFile) -> None:
    outcome = await _obtain(run, file)
    if isinstance(outcome, NotNow):
        later = after_trouble(file.tries, outcome.reason, run.clock.now())
        if isinstance(later, TryAgain):
            async with run.begin() as tx:
                await FileStore(tx.session).postpone(file, later.at, later.reason)
            return
    if outcome is not None:
        async with run.begin() as tx:
            settled = await FileStore(tx.session).give_up(file, outcome.reason)
            lost = Attachment(file_id=file.file_id, name=file.name, kind=file.kind, state=FileState.FAILED)
            _tell(tx, settled, lost)


async def _obtain(run: Run[IntakeParts], file: DueFile) -> Refused | NotNow | None:
    """Fetch a file and keep it; None when it is safe."""
    fetched = await _ask_host(run, file)
    return await _keep(run, file, fetched.content) if isinstance(fetched, Fetched) else fetched


async def _ask_host(run: Run[IntakeParts], file: DueFile) -> Fetched | Refused | NotNow:
    try:
        url = run.parts.sealer.open_bytes(file.url).decode()
    except CannotOpen:
        return NotNow("unreadable")  # a key is missing on this machine: somebody may still put it back
    address = check_address(url, run.settings.media_hosts, run.settings.media_private_hosts)
    if isinstance(address, Refused):
        return address
    return await run.parts.media.fetch(address, limit_of(file.kind))


async def _keep(run: Run[IntakeParts], file: DueFile, content: bytes) -> Refused | None:
    """Store the bytes if they are what we accept; first the blob, then the row that names it."""
    accepted = accept(await anyio.to_thread.run_sync(mime_of, content), len(content))
    if isinstance(accepted, Refused):
        return accepted
    stored = await run.blobs.put(_whole(content), accepted.limit_bytes)
    name = safe_name(file.name, accepted.extension, name_of(accepted.kind))
    async with run.begin() as tx:
        settled = await FileStore(tx.session).ready(file, name, accepted, stored.sha256, stored.size_bytes)
        _tell(tx, settled, _ready(file, name, accepted, stored.sha256, stored.size_bytes))
    return None


def _ready(file: DueFile, name: str, accepted: FileType, sha256: str, size_bytes: int) -> Attachment:
    return Attachment(
        file_id=file.file_id,
        name=name,
        kind=accepted.kind,
        state=FileState.READY,
        sha256=sha256,
        mime=accepted.mime,
        size_bytes=size_bytes,
    )


def _tell(tx: Tx[Any], settled: SettledFile | None, attachment: Attachment) -> None:
    """Say what became of a file, if it belongs to a feedback others already know."""
    if settled is not None and settled.feedback_id is not None:
        tx.emit(
            FeedbackSupplemented(
                key=settled.feedback_id,
                feedback_id=FeedbackId(settled.feedback_id),
                sender_id=SenderId(settled.sender_id),
                reason=SupplementReason.FILE,
                attachments=(attachment,),
            )
        )


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
