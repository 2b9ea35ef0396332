"""The notifier: the one who speaks to citizens."""

from libs.contracts import said_by
from libs.runtime.service import Service

from . import health
from .commands import TOKENS
from .handlers import subscriptions
from .jobs import JOBS
from .parts import build_parts
from .province import load_province
from .settings import NotifierSettings
from .tables import metadata

SERVICE = Service(
    name="notifier",
    about="Says to citizens what happens with their feedback, in the chat they wrote from.",
    settings=NotifierSettings,
    metadata=metadata,
    subscriptions=subscriptions,
    emits=said_by("notifier"),
    jobs=JOBS,
    parts=build_parts,
    prepare=load_province,
    checks=(health.tokens, health.channel, health.queue),
    commands=(TOKENS,),
)
