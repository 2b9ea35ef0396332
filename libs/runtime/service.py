"""What a service is made of: the list its app.py fills in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from fastapi import APIRouter
from sqlalchemy import MetaData

from libs.contracts.envelope import Event

from .bus import Subscriptions
from .job import Job
from .settings import RuntimeSettings
from .tx import Tx

if TYPE_CHECKING:
    import argparse

    from .run import Run


State = Literal["ok", "degraded", "down"]


@dataclass(frozen=True, slots=True)
class Check:
    """The answer to one question about a service's health. `degraded` still serves."""

    name: str
    state: State
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """One more word after `python -m services.<name>`, for people."""

    name: str
    about: str
    arguments: Callable[["argparse.ArgumentParser"], None]
    run: Callable[["argparse.Namespace"], int]


async def _nothing(_run: "Run[Any]") -> None:
    return None


async def _no_rows(_tx: Tx[Any], _settings: Any) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Service:
    """A list of parts, no logic. Started by `libs.launch` or by the embedded mode."""

    name: str
    about: str
    settings: type[RuntimeSettings]
    metadata: MetaData
    subscriptions: Subscriptions
    emits: tuple[type[Event], ...] = ()
    routers: tuple[APIRouter, ...] = ()
    jobs: tuple[Job, ...] = ()
    parts: Callable[["Run[Any]"], Awaitable[Any]] = _nothing
    """Builds, once at start, what handlers, jobs and routes work with."""
    prepare: Callable[[Tx[Any], Any], Awaitable[None]] = _no_rows
    """Loads the service's part of the province into its schema; idempotent."""
    checks: tuple[Callable[["Run[Any]"], Awaitable[Check]], ...] = ()
    """Further questions for /health/ready."""
    commands: tuple[Command, ...] = field(default=())
    problem_page: Callable[[Any, Any], Any] | None = None
    """What a person's browser is shown instead of a problem: (request, problem) -> a page."""
