"""What an operator must know of triage beside the runtime's checks."""

from libs.runtime.run import Run
from libs.runtime.service import Check

from .parts import TriageParts


async def model_check(run: Run[TriageParts]) -> Check:
    """Degraded while the shipped model works because the adopted one cannot."""
    refused = run.parts.at_work.refused
    return Check("model", "degraded" if refused else "ok", refused)
