"""What waits for the portal, for whoever asks whether the bridge is ready."""

from libs.runtime.run import Run
from libs.runtime.service import Check

from .parts import BridgeParts
from .store import Waiting


async def queue(run: Run[BridgeParts]) -> Check:
    """How much is held and queued, as last counted. Never a reason not to serve: waiting is what is asked of it."""
    waiting = run.parts.meters.waiting
    return Check("portal_queue", "ok", "not counted yet" if waiting is None else in_words(waiting))


def in_words(waiting: Waiting) -> str:
    """Counts on one line, without anything of anybody."""
    oldest = "" if waiting.oldest_queued_at is None else f", oldest since {waiting.oldest_queued_at:%Y-%m-%d %H:%M}Z"
    back = "" if not waiting.came_back else f"; {waiting.came_back} to enter by hand"
    return (
        f"pushing is off; held {waiting.held_cases} cases ({waiting.held_entries} entries), "
        f"queued {waiting.queued_cases} cases ({waiting.queued_entries} entries{oldest}), "
        f"deleted {waiting.deleted_cases} cases{back}"
    )
