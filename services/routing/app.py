"""What routing is made of."""

from datetime import timedelta

from libs.contracts import said_by
from libs.runtime.job import Job
from libs.runtime.service import Service

from . import api, jobs
from .commands import COMMANDS
from .handlers import subscriptions
from .parts import build_parts, load_province
from .settings import RoutingSettings
from .tables import metadata
from .web import desk

SERVICE = Service(
    name="routing",
    about="Keeps the case: which agency answers, by when, and what officers do with it.",
    settings=RoutingSettings,
    metadata=metadata,
    subscriptions=subscriptions,
    emits=said_by("routing"),
    routers=(api.router, *desk.ROUTERS),
    jobs=(
        Job("stand_unclassified", jobs.stand_unclassified, every=timedelta(seconds=5)),
        Job("carry_out_reviews", jobs.carry_out_reviews, every=timedelta(seconds=2)),
        Job("forget_requests", jobs.forget_requests, every=timedelta(hours=1)),
    ),
    parts=build_parts,
    prepare=load_province,
    commands=COMMANDS,
)
