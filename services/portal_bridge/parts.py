"""What the portal bridge works with, built once at start."""

from dataclasses import dataclass

from libs.runtime.metrics import Metrics
from libs.runtime.run import Run
from libs.seal import Sealer

from .settings import PortalBridgeSettings
from .store import Waiting


class Meters:
    """What operators watch besides the runtime's meters."""

    def __init__(self, metrics: Metrics) -> None:
        self.cases = metrics.gauge("cases", "Cases, by how they stand.", ("standing",))
        self.entries = metrics.gauge("entries", "Things that wait for the portal.", ("standing",))
        self.oldest = metrics.gauge("oldest_queued_age_seconds", "Since when the oldest released case waits.")
        self.waiting: Waiting | None = None
        """As last counted: counting takes too long, with millions of entries, for every question about health."""


@dataclass(frozen=True, slots=True)
class BridgeParts:
    """The cipher and the meters. There is no client: pushing is not part of this version."""

    sealer: Sealer
    meters: Meters


async def build_parts(run: Run[BridgeParts]) -> BridgeParts:
    """Build the bridge's parts; they do not change while it runs."""
    settings: PortalBridgeSettings = run.settings
    before: BridgeParts | None = run.parts
    return before or BridgeParts(Sealer(settings.contact_keys), Meters(run.metrics))
