"""The HTTP face every service has: health, metrics, errors as problems, a line of log per request. No pages."""

from .app import RunDep, create_app, current_run
from .problem import Problem

__all__ = ["Problem", "RunDep", "create_app", "current_run"]
