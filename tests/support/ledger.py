"""The ledger rule, checked on a whole history: nothing accepted is lost, nothing counts twice, order is kept.

A history is plain facts, gathered from outside by `tests.support.history`: every attempt to hand us an event with the
answer it got, and every effect found afterwards. The rules know nothing of how the city works.

`python -m tests.support.ledger history.jsonl` judges a file: 0 when the ledger holds, else 1 and what is wrong.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from tests.support.fact import History, Owed

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which the ledger does not hold."""

    rule: str
    about: str
    found: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.about}: {self.found}"


def violations(history: History) -> list[Violation]:
    """Everything that is wrong with a history; nothing when the ledger holds."""
    return [Violation(rule.__name__, about, found) for rule in RULES for about, found in rule(history)]


Found = Iterator[tuple[str, str]]


def accepted_is_stored(history: History) -> Found:
    """What we said was safe is there."""
    there = {stored.event for stored in history.stored}
    for event in sorted({attempt.event for attempt in history.attempts if attempt.accepted} - there):
        yield event, "answered with 2xx and stored nowhere"


def stored_once(history: History) -> Found:
    """However often it was handed over, an event is one stored message."""
    for event, times in Counter(stored.event for stored in history.stored).items():
        if times > 1:
            yield event, f"stored {times} times"


def nothing_is_invented(history: History) -> Found:
    """Nothing is stored that nobody handed over."""
    tried = {attempt.event for attempt in history.attempts}
    for event in sorted({stored.event for stored in history.stored} - tried):
        yield event, "stored, though nobody sent it"


def read_once(history: History) -> Found:
    """The conversation reads each message of a citizen once."""
    times = Counter(read.row for read in history.read)
    for stored in history.stored:
        if stored.said_by_citizen and times[stored.row] != 1:
            yield stored.event, f"read {times[stored.row]} times by the conversation"


def confirmed_is_filed_once(history: History) -> Found:
    """A confirmation we accepted makes one feedback; without one there is none."""
    accepted = {attempt.event for attempt in history.attempts if attempt.accepted}
    confirmed = Counter((one.citizen, one.text) for one in history.confirmations)
    certain = Counter((one.citizen, one.text) for one in history.confirmations if one.event in accepted)
    filed = Counter((one.citizen, one.text) for one in history.filed)
    for about in sorted(confirmed | filed):
        if not certain[about] <= filed[about] <= confirmed[about]:
            yield f"{about[0]} “{about[1][:40]}”", f"confirmed {confirmed[about]} times, filed {filed[about]} times"


def codes_are_told_apart(history: History) -> Found:
    """No two feedbacks share a code."""
    for code, times in Counter(filed.code for filed in history.filed).items():
        if times > 1:
            yield code, f"given to {times} feedbacks"


def filed_is_one_case(history: History) -> Found:
    """Each feedback is one case with the same code, and there is no case without a feedback."""
    opened = Counter((one.feedback, one.code) for one in history.opened)
    filed = Counter((one.feedback, one.code) for one in history.filed)
    for about in sorted(opened | filed):
        if opened[about] != filed[about]:
            yield f"{about[1]} ({about[0]})", f"filed {filed[about]} times, {opened[about]} cases"


def said_is_heard(history: History) -> Found:
    """Each event that was said has been taken in once by everybody who hears it."""
    heard = Counter((one.service, one.event_id) for one in history.heard)
    for spoken in history.spoken:
        for service in spoken.hearers:
            times = heard[(service, spoken.event_id)]
            if times != 1:
                yield f"{spoken.name} {spoken.event_id}", f"taken in {times} times by {service}"


def said_is_published(history: History) -> Found:
    """Where a broker carries events, it has carried each that was said, and none that nobody said."""
    carried = {one.event_id for one in history.published}
    said = {one.event_id: one.name for one in history.spoken}
    for event_id in sorted(said.keys() - carried) if carried else ():
        yield f"{said[event_id]} {event_id}", "said and never published"
    for event_id in sorted(carried - said.keys()):
        yield event_id, "published, though nobody said it"


def published_in_order(history: History) -> Found:
    """What is numbered is first published in the order it was said in; a repetition may come at any time."""
    first = first_published(history)
    for key, said in _by((one for one in history.spoken if one.key), lambda one: one.key).items():
        places = [first[one.event_id] for one in said if one.event_id in first]
        if places != sorted(places):
            yield f"key {key}", f"{len(places)} events published in another order than they were said"


def first_published(history: History) -> dict[str, int]:
    """The place of each event among all that were published, the first time it was."""
    first: dict[str, int] = {}
    for place, one in enumerate(history.published):
        first.setdefault(one.event_id, place)
    return first


def steps_are_numbered(history: History) -> Found:
    """The events of a case are numbered 1, 2, 3 …, each number once."""
    for feedback, steps in _by(
        (one for one in history.spoken if one.case_seq is not None), lambda one: one.feedback
    ).items():
        numbers = sorted(step.case_seq or 0 for step in steps)
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"case {feedback}", f"steps numbered {numbers}"


def copy_is_newest(history: History) -> Found:
    """Who looks a case up is shown its newest step, whatever the order in which the news came."""
    shown = {one.feedback: one.case_seq for one in history.copied}
    told = (one for one in history.spoken if one.case_seq is not None and "intake" in one.hearers)
    for feedback, steps in _by(told, lambda one: one.feedback).items():
        newest = max(step.case_seq or 0 for step in steps)
        if shown.get(feedback) != newest:
            yield f"case {feedback}", f"shown step {shown.get(feedback)}, the newest is {newest}"


def owed_once(history: History) -> Found:
    """One event is the cause of one message, and one step of a case of one notice."""
    for cause, times in Counter(one.caused_by for one in history.owed).items():
        if times > 1:
            yield cause, f"the cause of {times} messages"
    steps = Counter((one.feedback, one.case_seq) for one in history.owed if one.feedback is not None)
    for (feedback, case_seq), times in steps.items():
        if times > 1:
            yield f"case {feedback}, step {case_seq}", f"{times} notices"


def received_as_owed(history: History) -> Found:
    """The phone shows what was owed: once, or twice where that is recorded; and nothing nobody owed."""
    least: Counter[tuple[str, str]] = Counter()
    most: Counter[tuple[str, str]] = Counter()
    for owed in history.owed:
        low, high = owed.copies
        for part in owed.parts:
            least[(owed.citizen, part)] += low
            most[(owed.citizen, part)] += high
    received = Counter((one.citizen, one.text) for one in history.received)
    for about in sorted(least | received):
        if not least[about] <= received[about] <= most[about]:
            may = f"{least[about]} to {most[about]}" if least[about] != most[about] else f"{most[about]}"
            yield f"{about[0]} “{about[1][:60]}”", f"received {received[about]} times, owed {may}"


def replies_are_in_order(history: History) -> Found:
    """A citizen reads the replies in the order in which the conversation made them."""
    yield from _out_of_order(history, lambda one: one.citizen, lambda one: one.reply_seq, "citizen", "replies")


def notices_are_in_order(history: History) -> Found:
    """A citizen reads the notices of a case in the order of its steps."""
    yield from _out_of_order(history, lambda one: one.feedback, lambda one: one.case_seq, "case", "notices")


RULES: Final[tuple[Callable[[History], Found], ...]] = (
    accepted_is_stored,
    stored_once,
    nothing_is_invented,
    read_once,
    confirmed_is_filed_once,
    codes_are_told_apart,
    filed_is_one_case,
    said_is_heard,
    said_is_published,
    published_in_order,
    steps_are_numbered,
    copy_is_newest,
    owed_once,
    received_as_owed,
    replies_are_in_order,
    notices_are_in_order,
)


def _out_of_order(
    history: History,
    group: Callable[[Owed], str | None],
    number: Callable[[Owed], int | None],
    whose: str,
    what: str,
) -> Found:
    """Where what was certainly received does not come in the order of its numbers.

    A second copy may come at any time, so the texts in order need only be found one behind the other.
    """
    certain = (one for one in history.owed if number(one) is not None and one.copies[0])
    on_phone = {name: [one.text for one in texts] for name, texts in _by(history.received, lambda r: r.citizen).items()}
    for name, messages in _by(certain, group).items():
        ordered = sorted(messages, key=lambda one: number(one) or 0)
        texts = [part for message in ordered for part in message.parts]
        shown = on_phone.get(ordered[0].citizen, [])
        stops_at = _first_missing(texts, shown)
        if stops_at is not None:
            yield f"{whose} {name}", f"{what} out of order or missing from number {stops_at + 1} on"


def _first_missing(texts: Sequence[str], shown: Sequence[str]) -> int | None:
    """The place of the first text that does not follow the ones before it."""
    rest = iter(shown)
    return next((place for place, text in enumerate(texts) if text not in rest), None)


def _by(found: Iterable[T], key: Callable[[T], str | None]) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = defaultdict(list)
    for one in found:
        groups[key(one) or ""].append(one)
    return groups


def main(path: Path) -> int:
    """Judge a history somebody wrote down."""
    history = History.load(path)
    found = violations(history)
    for violation in found:
        sys.stdout.write(f"{violation}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
