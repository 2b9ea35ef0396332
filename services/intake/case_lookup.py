"""Look-up in the chat: whose case it is, what may be told of it, and where it stands."""

from datetime import timedelta
from uuid import UUID

from libs.contracts.sealed import Contacts, Sealed
from libs.runtime.tx import Tx

from .domain.conversation import LookUp, Step
from .domain.lookup import CaseTold, told_status
from .domain.tracking import answering, is_own
from .parts import IntakeParts
from .settings import IntakeSettings
from .store import TrackingStore
from .store.filing import FilingStore, TrackedCase


async def with_look_ups(tx: Tx[IntakeParts], sender_id: UUID, step: Step, settings: IntakeSettings) -> Step:
    """A step with the look-ups it asks for answered, from the tracking copy."""
    link = f"{str(settings.public_url).rstrip('/')}/tra-cuu"
    for sought in dict.fromkeys(effect for effect in step.effects if isinstance(effect, LookUp)):
        cases = await _cases(tx, sender_id, sought, settings)
        step = told_status(step, sought, cases, now=tx.now, texts=tx.parts.texts, link=link)
    return step


async def _cases(tx: Tx[IntakeParts], sender_id: UUID, sought: LookUp, settings: IntakeSettings) -> list[CaseTold]:
    store = FilingStore(tx.session)
    if sought.code is None:
        return [told(tx, case, is_theirs=True) for case in await store.cases_of(sender_id)]
    return [
        told(tx, case, is_theirs=await _may_see(tx, sender_id, case, sought.last_digits, settings))
        for case in await store.case_with(sought.code)
    ]


def told(tx: Tx[IntakeParts], case: TrackedCase, *, is_theirs: bool) -> CaseTold:
    """A case in words."""
    words = tx.parts.province.states[case.state]
    return CaseTold(
        code=case.code,
        state=words.label,
        step_at=case.told_at or case.received_at,
        agency=answering(case.state, case.agency_name or "", tx.parts.province.office_name),
        due_at=case.due_at if words.is_open else None,
        is_own=is_theirs,
    )


async def _may_see(
    tx: Tx[IntakeParts], sender_id: UUID, case: TrackedCase, digits: str, settings: IntakeSettings
) -> bool:
    """Their own case, or one whose sender's number they know; there are few tries, as on the look-up page."""
    if case.sender_id == sender_id:
        return True
    if not digits or case.contacts is None:
        return False
    tries, key = TrackingStore(tx.session), tx.parts.keys.guess("code", case.code)
    began = tx.now - timedelta(hours=settings.lookup_window_h)
    if await tries.count_guess(key, tx.now, began) > settings.lookup_tries_per_code:
        return False
    right = is_own(digits, tx.parts.sealer.open(Sealed(case.contacts), Contacts).phone)
    if right:
        await tries.forgive(key)
    return right
