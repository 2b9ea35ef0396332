"""What triage works with while it runs, built at start and again when another model is adopted."""

import asyncio
import re
import ssl
from dataclasses import dataclass
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import httpx
from fastapi import Depends
from pydantic import SecretStr

from libs.launch.rows import BadRows
from libs.launch.settings import BadSettings
from libs.runtime.metrics import Metrics
from libs.runtime.run import Run
from libs.runtime.tx import Tx
from libs.web import current_run
from libs.web.outbound import OutboundHttp

from .adoption import ModelAtWork, model_at_work
from .clients import AssistantClient
from .domain import LinearModel, TrainedClassifier
from .province import Tables, rows_of
from .settings import TriageSettings
from .store import ModelStore, ProvinceStore
from .tables import PROVINCE_TABLES

_LONGEST_REPLY: Final = 65_536


class Meters:
    """What operators watch besides the runtime's meters."""

    def __init__(self, metrics: Metrics) -> None:
        self.advice = metrics.counter("advice_total", "Questions to the assistant, by what came of them.", ("outcome",))


@dataclass(frozen=True, slots=True)
class TriageParts:
    """Reached as `run.parts` and `tx.parts`."""

    settings: TriageSettings
    classifier: TrainedClassifier
    zone: ZoneInfo
    at_work: ModelAtWork
    """The model of the classifier."""
    assistant: AssistantClient | None
    """None: nobody is asked for a second opinion."""
    meters: Meters

    async def close(self) -> None:
        """Close the connections to the assistant."""
        if self.assistant is not None:
            await self.assistant.close()


RunDep = Annotated[Run[TriageParts], Depends(current_run)]


async def build_parts(run: Run[TriageParts], transport: httpx.AsyncBaseTransport | None = None) -> TriageParts:
    """Read the province as `prepare` left it, and the model that is to be at work; built again, nothing else is new.

    `transport`: how the assistant is reached when not over the network.

    Raises:
        BadRows: `prepare` has not run.
        BadSettings: a file the assistant needs cannot be read.
    """
    settings: TriageSettings = run.settings
    async with run.begin() as tx:
        adopted = ModelStore(tx.session)
        newest = await adopted.newest()
        artefact = None if newest is None else await adopted.artefact(newest)
        zone, tables = await _province(tx)
    at_work = await asyncio.to_thread(model_at_work, newest, artefact)
    classifier = await _classifier(tables, at_work.model, settings)
    before: TriageParts | None = run.parts
    if before is not None:
        return TriageParts(settings, classifier, zone, at_work, before.assistant, before.meters)
    assistant = assistant_of(settings, run.metrics, transport)
    return TriageParts(settings, classifier, zone, at_work, assistant, Meters(run.metrics))


async def classifier_with(model: LinearModel, run: Run[TriageParts]) -> TrainedClassifier:
    """The classifier as it would be at work with another model."""
    async with run.begin() as tx:
        _, tables = await _province(tx)
    return await _classifier(tables, model, run.parts.settings)


async def _province(tx: Tx[TriageParts]) -> tuple[ZoneInfo, Tables]:
    store = ProvinceStore(tx.session)
    zone = await store.time_zone()
    if zone is None:
        raise BadRows("triage has no province yet: run `python -m services.triage prepare`")
    return ZoneInfo(zone), {table.name: await store.rows(table) for table in PROVINCE_TABLES}


async def _classifier(tables: Tables, model: LinearModel, settings: TriageSettings) -> TrainedClassifier:
    # In a thread: a service that is at work goes on hearing events meanwhile.
    return await asyncio.to_thread(lambda: TrainedClassifier(rows_of(tables), model, settings.policy))


def assistant_of(
    settings: TriageSettings, metrics: Metrics, transport: httpx.AsyncBaseTransport | None = None
) -> AssistantClient | None:
    """The assistant that is set up; None when none is.

    Raises:
        BadSettings: a file it needs cannot be read.
    """
    if settings.assistant_url is None:
        return None
    key = settings.assistant_key
    try:
        if settings.assistant_key_file is not None:
            key = SecretStr(settings.assistant_key_file.read_text("utf-8").strip())
        if settings.assistant_ca_file is not None and transport is None:
            vouching = ssl.create_default_context(cafile=settings.assistant_ca_file)
            transport = httpx.AsyncHTTPTransport(verify=vouching)
    except (OSError, UnicodeDecodeError) as error:  # what OpenSSL cannot read is an OSError too
        raise BadSettings("TRIAGE_ASSISTANT_KEY_FILE or TRIAGE_ASSISTANT_CA_FILE cannot be read") from error
    if key is not None and re.fullmatch(r"[!-~]+", key.get_secret_value()) is None:
        raise BadSettings("TRIAGE_ASSISTANT_KEY or its file holds no key: one word of plain ASCII")
    http = OutboundHttp(
        "assistant",
        str(settings.assistant_url),
        metrics,
        total_s=settings.assistant_timeout_s,
        max_reply_bytes=_LONGEST_REPLY,
        transport=transport,
    )
    return AssistantClient(http, settings.assistant_model, key)
