"""The list of intake's parts."""

from datetime import timedelta

from libs.contracts import said_by
from libs.runtime.job import Job
from libs.runtime.service import Service
from libs.ui import static_router

from . import api, files, jobs
from .conversing import move_conversations
from .handlers import subscriptions
from .parts import build_parts
from .province import load_province
from .settings import IntakeSettings
from .tables import metadata
from .web import lookup, root
from .web.hindrance import problem_page
from .web.look import STATIC

SERVICE = Service(
    name="intake",
    about="The front door: Zalo's webhook, the conversation with citizens, their look-up page.",
    settings=IntakeSettings,
    metadata=metadata,
    subscriptions=subscriptions,
    emits=said_by("intake"),
    routers=(api.router, root.router, lookup.router, static_router(STATIC)),
    jobs=(
        Job("move_conversations", move_conversations, every=timedelta(seconds=1), gathers=timedelta(milliseconds=40)),
        Job("read_receipts", jobs.read_receipts, every=timedelta(seconds=1), gathers=timedelta(milliseconds=250)),
        Job("fetch_files", files.fetch_files, every=timedelta(seconds=2)),
        Job("measure_files", jobs.measure_files, every=timedelta(seconds=30)),
        Job("forget", jobs.forget, every=timedelta(minutes=10)),
    ),
    parts=build_parts,
    prepare=load_province,
    problem_page=problem_page,
)
