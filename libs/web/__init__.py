"""HTTP in both directions: the face every service has, and how one calls outside systems. No pages."""

from .app import RunDep, create_app, current_run
from .problem import Problem

__all__ = ["Problem", "RunDep", "create_app", "current_run"]
