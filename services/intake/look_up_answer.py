"""The answer to a feedback that turned out to be a look-up, once its case has ended so."""

from uuid import UUID

from libs.contracts.vocabulary import SenderId
from libs.runtime.tx import Tx

from .case_lookup import told
from .domain.lookup import answered
from .parts import IntakeParts
from .recording import say
from .store.filing import FilingStore


async def answer_look_up(tx: Tx[IntakeParts], feedback_id: UUID) -> None:
    """Tell the sender where the other cases of theirs stand. Nothing when nobody filed it here."""
    filings = FilingStore(tx.session)
    asked = await filings.case_of(feedback_id)
    if asked is None:
        return
    others = [told(tx, one, is_theirs=True) for one in await filings.cases_of(asked.sender_id) if one != asked]
    await say(tx, SenderId(asked.sender_id), answered(asked.code, others, tx.parts.texts))
