"""HTTP in both directions: the face every service has, and how one calls outside systems. No pages."""

from .app import KEEP_IDLE_S, PlainRoute, RunDep, create_app, current_run
from .problem import Problem

__all__ = ["KEEP_IDLE_S", "PlainRoute", "Problem", "RunDep", "create_app", "current_run"]
