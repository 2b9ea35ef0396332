"""Which model is at work: the newest a person adopted, or the one that is shipped."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from libs.runtime.log import get_logger
from libs.runtime.tx import Tx

from .domain import LinearModel
from .model_file import MODEL_FILE, BadModel, read_model, shipped_model
from .store import ModelStore

log = get_logger()


class NotAdopted(Exception):
    """A model stays where it is; the text says why, in words for a person."""


@dataclass(frozen=True, slots=True)
class ModelAtWork:
    """A model, and the adoption that put it to work."""

    model: LinearModel
    adoption: int | None = None
    """None while nobody has adopted any."""
    refused: str = ""
    """Why the adopted model is not the one at work; empty when it is."""


def model_at_work(newest: int | None, artefact: bytes | None) -> ModelAtWork:
    """The model of the newest adoption. One that cannot be used gives way to the shipped model, loudly."""
    if artefact is None:
        return ModelAtWork(shipped_model(), newest)
    try:
        return ModelAtWork(read_model(artefact), newest)
    except BadModel as error:
        log.error("adopted_model_not_used", adoption=newest, why=str(error), instead=shipped_model().table.name)
        return ModelAtWork(shipped_model(), newest, str(error))


async def adopt(artefact: bytes, by: str, report: Mapping[str, Any], instead_of: int | None, tx: Tx[Any]) -> int | None:
    """Let a model work from now on, in place of the adoption it was compared with; its number, None when it works.

    Raises:
        BadModel: this version of the code cannot decide with it.
        NotAdopted: another one was adopted meanwhile, or another model bears its name.
    """
    table = read_model(artefact).table
    store = ModelStore(tx.session)
    for known in await store.all():
        kept = await store.artefact(known.id)
        if known.name == table.name and kept is not None and kept != artefact:
            raise NotAdopted(f"adoption {known.id} is another model named {table.name}: a name stands for one model")
        if known.id == instead_of and kept == artefact:
            return None
    if table.name == shipped_model().table.name and artefact != MODEL_FILE.read_bytes():
        raise NotAdopted(f"the shipped model is another one named {table.name}: a name stands for one model")
    return await _put_to_work(table.name, artefact, by, report, instead_of, tx)


async def adopt_shipped(by: str, report: Mapping[str, Any], instead_of: int | None, tx: Tx[Any]) -> int | None:
    """Go back to the shipped model; the number of the adoption, None when it is at work already.

    Raises:
        NotAdopted: another model was adopted meanwhile.
    """
    if instead_of is None or await ModelStore(tx.session).artefact(instead_of) is None:
        return None
    return await _put_to_work(shipped_model().table.name, None, by, report, instead_of, tx)


async def _put_to_work(
    name: str, artefact: bytes | None, by: str, report: Mapping[str, Any], instead_of: int | None, tx: Tx[Any]
) -> int:
    made = await ModelStore(tx.session).adopt(name, artefact, by, tx.now, report, instead_of=instead_of)
    if made is None:
        raise NotAdopted("another model was adopted meanwhile: compare again")
    log.info("model_adopted", adoption=made, model=name)
    return made
