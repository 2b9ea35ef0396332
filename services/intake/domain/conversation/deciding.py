"""The summary and what follows it: sending, correcting, cancelling."""

from dataclasses import replace

from libs.contracts.vocabulary import Visibility

from ..details import DETAILS_AT_MOST, Asked, read_details
from ..gist import Gist, gist_of
from ..reading import Part, plain, read_change, read_consent, tidy
from ..spoken import files_in_words
from .answering import not_understood, take_answer, take_details
from .asking import ask_for_change, missing, quoted
from .inputs import FileSent
from .outcome import File
from .state import FiledCase, Person, Prompt, State
from .telling import add_file, tell
from .turn import Ask, Turn

SEND = "send"


def send(turn: Turn) -> Turn:
    """The citizen confirmed what was shown: the draft becomes a feedback, unless consent or contacts are missing."""
    draft = turn.draft
    if missing(draft) is not None or not draft.person.is_complete:
        return turn.now_with(state=State.GATHERING).answered()
    return _file(turn, known=draft.person, incomplete=False)


def file_incomplete(turn: Turn) -> Turn:
    """A draft nobody finished becomes a feedback for the Office. Without consent its contacts stay behind."""
    draft = turn.draft
    if not draft.is_agreed:
        turn = turn.draft_with(person=Person())
    return _file(turn, known=turn.conversation.known, incomplete=True)


def _file(turn: Turn, known: Person, *, incomplete: bool) -> Turn:
    draft = turn.draft
    turn = turn.effect(File(draft, incomplete=incomplete))
    case = FiledCase(draft.draft_id, turn.now)
    return replace(turn, conversation=replace(turn.conversation.with_case(case), known=known)).back_to_idle()


def ask_to_cancel(turn: Turn) -> Turn:
    """Throwing away what somebody wrote is asked about once."""
    words = quoted(turn.draft)
    return turn.asking(Ask(CANCEL_KEY, {"summary": words})) if words else discard(turn)


CANCEL_KEY = "reminder_unfinished"
"""It says that nothing was sent yet and asks whether to go on: the same question after a day and before discarding."""


def discard(turn: Turn) -> Turn:
    """The citizen does not want to send it."""
    return turn.back_to_idle().note("cancelled")


def take_correction(turn: Turn, text: str) -> Turn:
    """A message after the summary that is no choice: a correction, or more of the matter."""
    text = tidy(text)
    change = read_change(text)
    if change is not None and (change.part is not None or gist_of(change.value) is not Gist.MATTER):
        return change_part(turn, change.part, change.value)
    if read_consent(text) is False:
        return ask_to_cancel(turn)
    details = read_details(text, Asked(), turn.places.spans(text) if len(text) <= DETAILS_AT_MOST else [])
    if (details.phone or details.name) and gist_of(details.rest) is not Gist.MATTER:
        return take_details(turn, details, text).answered()
    if gist_of(text) is not Gist.COURTESY:
        return tell(turn, text).answered()
    return not_understood(turn)


def change_part(turn: Turn, part: Part | None, value: str = "") -> Turn:
    """Begin to change a part; with its new value at hand the change is done at once."""
    turn = turn.now_with(state=State.CHANGING, changing=part, prompt=None)
    if part in (Part.PLACE, Part.RESIDENCE):
        turn = turn.draft_with(place_attempts=0, residence_attempts=0, residence_words="")
    ask = ask_for_change(turn, part)
    if not value or part is None:
        return turn.asking(ask)
    # The value answers the question that would have been put.
    asked = turn.now_with(prompt=_as_if_asked(turn, ask))
    return take_new_value(asked, value)


def _as_if_asked(turn: Turn, ask: Ask) -> Prompt:
    return Prompt(ask.key, (), turn.now, ask.question, ask.slot)


def take_new_value(turn: Turn, text: str) -> Turn:
    """The new value of the part being changed."""
    part, before = turn.conversation.changing, turn.draft.person
    match part:
        case None:
            return _which_part(turn, text)
        case Part.CONTENT:
            turn = turn.draft_with(texts=()) if tidy(text) else turn
            turn = tell(turn, text).answered()
        case Part.PUBLICATION:
            meant = next((one for one in Visibility if plain(text) in turn.texts.words_for(one)), None)
            return set_visibility(turn, meant) if meant else not_understood(turn)
        case Part.FILES:
            return take_correction(turn.now_with(state=State.CONFIRMING, changing=None), text)
        case Part.PLACE | Part.CONTACT | Part.RESIDENCE:
            turn = take_answer(turn, text)
    return changed(turn, before)


def changed(turn: Turn, before: Person | None = None) -> Turn:
    """Back to the summary when the change is done; otherwise its question stands."""
    part = turn.conversation.changing
    if turn.prompt is not None or turn.ask is not None or part is None:
        return turn
    titles = {choice.choice_id: choice.title for choice in turn.texts.message("ask_what_to_change").choices}
    title = titles.get(f"change_{part.value}", "")
    if part is Part.CONTACT and before is not None:
        title = _changed_contact(title, before, turn.draft.person)
    if title:
        turn = turn.note("changed", field_changed=title[:1].lower() + title[1:])
    return turn.now_with(state=State.CONFIRMING, changing=None).answered()


def _changed_contact(title: str, before: Person, after: Person) -> str:
    """Of "name, number" only what is another now."""
    differs = (before.full_name != after.full_name, before.phone != after.phone)
    words = [word for word, is_new in zip(title.split(", "), differs, strict=False) if is_new]
    return ", ".join(words) or title


def set_visibility(turn: Turn, visibility: Visibility) -> Turn:
    """Whether the feedback may be published, without name, number and address."""
    return changed(turn.draft_with(visibility=visibility).touched().answered())


def _which_part(turn: Turn, text: str) -> Turn:
    change = read_change(f"sua {text}")
    if change is not None and change.part is not None:
        return change_part(turn, change.part, change.value)
    back = turn.now_with(state=State.CONFIRMING, changing=None)
    corrected = take_correction(back, text)
    return not_understood(turn) if corrected.conversation == back.conversation else corrected


def ask_for_files(turn: Turn) -> Turn:
    """Wait for photos or files before the summary is shown again."""
    if len(turn.draft.files) >= turn.timing.files_at_most:
        return turn.note("too_many_files", limit=files_in_words(file.kind for file in turn.draft.files)).answered()
    return change_part(turn, Part.FILES)


def take_new_file(turn: Turn, heard: FileSent) -> Turn:
    """A file while something is being changed; when files were asked for, the summary comes next."""
    turn = add_file(turn, heard)
    if turn.conversation.changing is Part.FILES:
        return turn.now_with(state=State.CONFIRMING, changing=None, prompt=None)
    return turn
