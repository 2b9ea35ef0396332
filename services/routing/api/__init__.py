"""routing for machines: agencies' own systems and integrators."""

from fastapi import APIRouter

from . import action, case, explain

router = APIRouter()
router.include_router(case.router)
router.include_router(action.router)
router.include_router(explain.router)

__all__ = ["router"]
