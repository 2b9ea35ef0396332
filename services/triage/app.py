"""The list of triage's parts."""

from datetime import timedelta

from libs.contracts import said_by
from libs.runtime.job import Job
from libs.runtime.service import Service

from . import api, jobs
from .assistant import JOB, ask_assistant
from .commands import CLASSIFY, EVALUATE, TRAIN
from .database_commands import DATABASE_COMMANDS
from .handlers import subscriptions
from .health import model_check
from .parts import build_parts
from .province import load_province
from .settings import TriageSettings
from .tables import metadata

SERVICE = Service(
    name="triage",
    about="What a feedback is about, how sure that is, and how sensitive.",
    settings=TriageSettings,
    metadata=metadata,
    subscriptions=subscriptions,
    emits=said_by("triage"),
    routers=(api.router,),
    jobs=(
        Job("forget_texts", jobs.forget_texts, every=timedelta(minutes=10)),
        Job("follow_model", jobs.follow_model, every=timedelta(seconds=30)),
        Job(JOB, ask_assistant, every=timedelta(seconds=5)),
    ),
    parts=build_parts,
    prepare=load_province,
    checks=(model_check,),
    commands=(CLASSIFY, TRAIN, EVALUATE, *DATABASE_COMMANDS),
)
