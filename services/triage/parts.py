"""What triage works with while it runs, built once at start."""

from dataclasses import dataclass
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends

from libs.launch.rows import BadRows
from libs.runtime.run import Run
from libs.web import current_run

from .domain import Classifier, TrainedClassifier
from .model_file import shipped_model
from .province import rows_of
from .settings import TriageSettings
from .store import ProvinceStore
from .tables import PROVINCE_TABLES


@dataclass(frozen=True, slots=True)
class TriageParts:
    """Reached as `run.parts` and `tx.parts`."""

    settings: TriageSettings
    classifier: Classifier
    zone: ZoneInfo


RunDep = Annotated[Run[TriageParts], Depends(current_run)]


async def build_parts(run: Run[TriageParts]) -> TriageParts:
    """Read the province as `prepare` left it.

    Raises:
        BadRows: `prepare` has not run.
    """
    settings: TriageSettings = run.settings
    async with run.begin() as tx:
        store = ProvinceStore(tx.session)
        zone = await store.time_zone()
        tables = {table.name: await store.rows(table) for table in PROVINCE_TABLES}
    if zone is None:
        raise BadRows("triage has no province yet: run `python -m services.triage prepare`")
    classifier = TrainedClassifier(rows_of(tables), shipped_model(), settings.policy)
    return TriageParts(settings, classifier, ZoneInfo(zone))
