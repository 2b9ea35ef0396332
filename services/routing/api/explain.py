"""Who would answer for a case: open to everybody, keeps nothing."""

from fastapi import APIRouter

from ..explanation import Explanation, Question, explain
from ..parts import RunDep

router = APIRouter(prefix="/api/v1", tags=["assignments"])


@router.post("/assignments:explain", response_model=Explanation)
async def explain_assignment(question: Question, run: RunDep) -> Explanation:
    """The agency that would answer, the deadlines, and every rule considered. No personal data is needed or kept."""
    return explain(question, run.parts.province, run.clock.now())
