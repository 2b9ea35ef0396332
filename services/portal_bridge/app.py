"""The portal bridge: keeps what the national portal is to be told, in order, until it can be told."""

from libs.contracts import said_by
from libs.runtime.service import Service

from . import health
from .commands import QUEUE
from .handlers import subscriptions
from .jobs import JOBS
from .parts import build_parts
from .settings import PortalBridgeSettings
from .tables import metadata

SERVICE = Service(
    name="portal_bridge",
    about="Keeps in order what the National Public Service Portal is to be told of each case.",
    settings=PortalBridgeSettings,
    metadata=metadata,
    subscriptions=subscriptions,
    emits=said_by("portal_bridge"),
    jobs=JOBS,
    parts=build_parts,
    checks=(health.queue,),
    commands=(QUEUE,),
)
