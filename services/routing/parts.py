"""What routing works with once it runs: the province's rules, the words for pages, the cipher."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends

from libs.runtime.run import Run
from libs.runtime.tx import Tx
from libs.seal import Sealer
from libs.web import current_run

from .domain.province import Province
from .province import Words, read_province, rules_of, words_of
from .settings import RoutingSettings
from .store import DirectoryStore


@dataclass(frozen=True, slots=True)
class RoutingParts:
    """Built once at start from this schema's rows."""

    settings: RoutingSettings
    province: Province
    words: Words
    sealer: Sealer


RunDep = Annotated[Run[RoutingParts], Depends(current_run)]


async def build_parts(run: Run[RoutingParts]) -> RoutingParts:
    """Read the province as `prepare` left it."""
    async with run.begin() as tx:
        tables = await DirectoryStore(tx.session).read()
    return RoutingParts(
        settings=run.settings,
        province=rules_of(tables, run.settings.tie_margin),
        words=words_of(tables),
        sealer=Sealer(run.settings.contact_keys),
    )


async def load_province(tx: Tx[Any], settings: RoutingSettings) -> None:
    """Put the province's files into this schema, once they are found in order."""
    tables = read_province(settings.province_dir)
    rules_of(tables, settings.tie_margin)
    words_of(tables)
    await DirectoryStore(tx.session).replace(tables)
