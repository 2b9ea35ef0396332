"""What a draft still lacks, and how that is asked. One thing at a time, and only what is missing."""

from libs.contracts.vocabulary import Visibility
from libs.wording import phone_in_words

from ..gist import Gist, gist_of
from ..reading import Part
from ..spoken import files_in_words
from .state import Draft, Question, Several, Slot, State
from .turn import Ask, Turn
from .wording import shortened

_SUMMARY_AT_MOST = 120
_CONTENT_AT_MOST = 600
_RESIDENCE_AT_MOST = 160


def missing(draft: Draft) -> Question | None:
    """The next thing to ask; None when the summary can be shown. Contact details are asked after consent only."""
    if draft.may_join is not None:
        return Question.JOIN
    if _lacks_content(draft):
        return Question.CONTENT
    if not draft.is_agreed:
        return Question.CONSENT
    if draft.place_id is None and not draft.place_left_open:
        return Question.PLACE
    if not draft.person.full_name or not draft.person.phone:
        return Question.CONTACT
    if not draft.person.residence:
        return Question.RESIDENCE
    return None


def _lacks_content(draft: Draft) -> bool:
    if gist_of(draft.text) is Gist.MATTER:
        return False
    asked_and_told_more = draft.content_asked >= 1 and len(draft.texts) > 1
    enough_tries = draft.content_asked >= 2 and bool(draft.texts or draft.files)
    return not asked_and_told_more and not enough_tries


def next_ask(turn: Turn) -> Ask | None:
    """What the conversation would ask now if nothing particular is to be asked; None when it waits."""
    match turn.conversation.state:
        case State.GATHERING if turn.draft.is_refused:
            return None
        case State.GATHERING:
            question = missing(turn.draft)
            return None if question is None else ask_for(turn, question)
        case State.CONFIRMING:
            return Ask("summary", summary_values(turn))
        case State.CHANGING:
            return ask_for_change(turn, turn.conversation.changing)
    return None


def ask_for(turn: Turn, question: Question) -> Ask:
    """How a question is put."""
    draft = turn.draft
    match question:
        case Question.JOIN:
            code = draft.may_join.code if draft.may_join else ""
            return Ask("supplement_or_new", {"code": code}, question)
        case Question.CONTENT:
            return Ask("content_unclear" if draft.texts else "ask_content", {}, question)
        case Question.CONSENT:
            return Ask("ask_consent", {"summary": quoted(draft)}, question)
        case Question.PLACE:
            return _ask_place(turn)
        case Question.CONTACT:
            return _ask_contact(draft)
        case Question.RESIDENCE:
            return _ask_residence(draft)


def ask_for_change(turn: Turn, part: Part | None) -> Ask:
    """How the new value of a part is asked for; which part, when that is open."""
    match part:
        case None:
            return Ask("ask_what_to_change")
        case Part.CONTENT:
            return Ask("ask_new_content")
        case Part.PLACE:
            return Ask("ask_place", {}, Question.PLACE, Slot.PLACE)
        case Part.CONTACT:
            return Ask("ask_name_phone", {}, Question.CONTACT)
        case Part.RESIDENCE:
            return _ask_residence(turn.draft)
        case Part.PUBLICATION:
            return Ask("ask_publication")
        case Part.FILES:
            return Ask("ask_files")


def ask_between(turn: Turn, several: Several, slot: Slot) -> Ask:
    """Ask which of several communes is meant."""
    question = Question.PLACE if slot is Slot.PLACE else Question.RESIDENCE
    if several.vanished and slot is Slot.PLACE:
        return Ask("commune_vanished", {"old_place": several.named}, question, slot)
    key = "choose_heir" if several.was_split and slot is Slot.PLACE else "choose_commune"
    found = tuple(turn.places.choices(several.place_ids))
    return Ask(key, {"old_place": several.named}, question, slot, found)


def _ask_place(turn: Turn) -> Ask:
    draft = turn.draft
    if draft.place_doubt is not None and draft.place_attempts == 0:
        return ask_between(turn, draft.place_doubt, Slot.PLACE)
    key = "location_received" if draft.location is not None and draft.place_attempts == 0 else "ask_place"
    return Ask(key, {}, Question.PLACE, Slot.PLACE)


def _ask_contact(draft: Draft) -> Ask:
    person = draft.person
    if person.full_name:
        return Ask("ask_phone", {}, Question.CONTACT)
    if person.phone:
        return Ask("ask_name", {}, Question.CONTACT)
    return Ask("ask_name_phone", {}, Question.CONTACT)


def _ask_residence(draft: Draft) -> Ask:
    without = frozenset() if draft.place_id else frozenset({"same_place"})
    return Ask("ask_residence", {}, Question.RESIDENCE, Slot.RESIDENCE, without=without)


def quoted(draft: Draft) -> str:
    """The first words of the matter, in quotation marks; of files alone, what they are."""
    words = shortened(" ".join(draft.text.split()), _SUMMARY_AT_MOST)
    return f"“{words}”" if words else files_in_words(file.kind for file in draft.files)


def summary_values(turn: Turn) -> dict[str, str]:
    """Everything that will be filed, as the citizen is asked to confirm it."""
    draft, person = turn.draft, turn.draft.person
    return {
        "content": shortened(draft.text, _CONTENT_AT_MOST),
        "place": turn.places.name(draft.place_id),
        "name": person.full_name,
        "phone": phone_in_words(person.phone),
        "residence": shortened(person.residence, _RESIDENCE_AT_MOST),
        "files": files_in_words((file.kind for file in draft.files), with_location=draft.location is not None),
        "publication": publication_in_words(turn, draft.visibility),
    }


def publication_in_words(turn: Turn, visibility: Visibility) -> str:
    """The choice about publication, as it was titled."""
    titles = {choice.choice_id: choice.title for choice in turn.texts.message("ask_publication").choices}
    title = titles.get(visibility.value, "")
    return title[:1].lower() + title[1:]
