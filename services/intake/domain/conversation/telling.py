"""What a citizen adds to the matter: words, files, a location. Nothing of it is ever dropped."""

from dataclasses import replace

from libs.contracts.vocabulary import FileKind

from ..gist import Gist, gist_of
from ..person_name import find_introduction
from ..reading import find_phone, tidy
from ..spoken import files_in_words
from .inputs import ContactShared, FileSent, LocationSent, TextSaid
from .outcome import Supplement
from .place import Meant
from .residence import residence_in_words
from .state import Draft, FiledCase, Person, Several, State
from .turn import Turn, same_person_with

_READ_AT_MOST = 2_000
"""Units: characters of a story that are searched for facts; all of it is kept."""


LONG_TEXT = "long_text_kept"
"""Said when a very long text came; a province may leave it unsaid."""


def begin_draft(turn: Turn, heard: TextSaid | FileSent | LocationSent | ContactShared) -> Turn:
    """Open a draft for what the citizen just sent. Contacts of an earlier feedback are taken over."""
    conversation = turn.conversation
    draft = Draft(
        draft_id=heard.input_id,
        begun_at=turn.now,
        touched_at=turn.now,
        person=conversation.known,
        may_join=conversation.latest_case(turn.now, turn.timing.join_within),
    )
    begun = turn.now_with(state=State.GATHERING, draft=draft, prompt=None)
    return replace(begun, ask=None, owes_question=True)


def tell(turn: Turn, words: str) -> Turn:
    """Add words to the matter, and note what they say about place and sender."""
    words = tidy(words)
    if not words or words in turn.draft.texts:
        return turn
    turn = turn.draft_with(texts=(*turn.draft.texts, words)).touched()
    if len(words) > turn.timing.long_text and LONG_TEXT in turn.texts.messages:
        turn = turn.note(LONG_TEXT)
    return _learn(turn, words[:_READ_AT_MOST])


def _learn(turn: Turn, words: str) -> Turn:
    """Facts somebody mentions while telling: only what leaves no doubt, and never in place of an answer."""
    draft = turn.draft
    if draft.place_id is None and not draft.place_left_open:
        match turn.places.in_story(words):
            case Meant(place_id):
                turn = turn.draft_with(place_id=place_id, place_doubt=None)
            case Several() as several if draft.place_doubt is None:
                turn = turn.draft_with(place_doubt=several)
    introduced = find_introduction(words)
    if introduced is None:
        return turn
    phone = find_phone(words)
    told = Person(full_name=introduced.full_name, phone=phone.number if phone else "")
    return turn.draft_with(person=same_person_with(told, turn.draft.person))


def add_file(turn: Turn, heard: FileSent) -> Turn:
    """Attach a file; the reply waits until no further one comes."""
    draft = turn.draft
    if any(file.file_id == heard.file.file_id for file in draft.files):
        return turn
    if len(draft.files) >= turn.timing.files_at_most:
        limit = files_in_words([FileKind.DOCUMENT] * turn.timing.files_at_most)
        return turn.note("too_many_files", limit=limit).touched()
    turn = turn.draft_with(files=(*draft.files, heard.file)).touched()
    if heard.file.kind is FileKind.AUDIO and gist_of(draft.text) is not Gist.MATTER:
        turn = turn.note("voice_received")
    return replace(turn, new_files=turn.new_files + 1)


def add_location(turn: Turn, heard: LocationSent) -> Turn:
    """Keep a point on the map for officers; it never decides the place."""
    return turn.draft_with(location=heard.location).touched().insisting()


def add_contact(turn: Turn, heard: ContactShared) -> Turn:
    """Take name, telephone number and commune from the channel's own contact card."""
    shared = heard.person
    if not shared.residence_place_id and shared.residence:
        answer = turn.places.answer(shared.residence)
        if isinstance(answer, Meant):
            words = residence_in_words(shared.residence, turn.places.name(answer.place_id))
            shared = replace(shared, residence=words, residence_place_id=answer.place_id)
    person = same_person_with(turn.draft.person, shared)
    return turn.draft_with(person=person).touched().answered()


def add_to_case(turn: Turn, case: FiledCase) -> Turn:
    """Turn the open draft into an addition to a case that was filed before."""
    draft = turn.draft
    text = draft.text
    if draft.location is not None:
        text = f"{text}\n{draft.location.latitude:.6f}, {draft.location.longitude:.6f}".strip()
    files = draft.files
    turn = turn.effect(Supplement(case.feedback_id, text, files)).note("supplement_added", code=case.code)
    return turn.back_to_idle()
