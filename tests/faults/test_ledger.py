"""The checker itself: silent on a good history; each planted loss, double and disorder wakes its rule."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.fact import (
    Attempt,
    Confirmation,
    Copied,
    Filed,
    Heard,
    History,
    Opened,
    Owed,
    Published,
    Read,
    Received,
    Spoken,
    Stored,
)
from tests.support.ledger import RULES, main, violations

CONSENT, FILED, ROUTED, ANSWERED = "Ông/bà có đồng ý không?", "Đã nhận, mã HN-PA-1", "Đã chuyển", "Đã trả lời"


def good() -> History:
    """One citizen, two messages, the second delivered twice; one feedback, routed and answered; all as it should be."""
    return History(
        attempts=[
            Attempt("text 1", 200),
            Attempt("text 2", None),
            Attempt("text 2", 200, retry=1),
            Attempt("seen 1", 200),
        ],
        stored=[Stored("r1", "text 1", True), Stored("r2", "text 2", True), Stored("r3", "seen 1", False)],
        read=[Read("r1"), Read("r2")],
        confirmations=[Confirmation("hoa", "text 2", "khai sinh")],
        filed=[Filed("f1", "hoa", "HN-PA-1", "khai sinh")],
        opened=[Opened("f1", "HN-PA-1")],
        spoken=[
            Spoken("e1", "feedback.received.v1", ("triage", "routing"), "f1", key="f1"),
            Spoken("e2", "feedback.routed.v1", ("notifier",), "f1", 1, key="f1"),
            Spoken("e3", "feedback.resolved.v1", ("intake", "notifier"), "f1", 2, key="f1"),
        ],
        published=[Published("e1"), Published("e2"), Published("e3"), Published("e2")],
        heard=[
            Heard("e1", "triage"),
            Heard("e1", "routing"),
            Heard("e2", "notifier"),
            Heard("e3", "intake"),
            Heard("e3", "notifier"),
        ],
        copied=[Copied("f1", 2)],
        owed=[
            Owed("m1", "c1", "hoa", "reply", (CONSENT,), "seen", reply_seq=1),
            Owed("m2", "c2", "hoa", "reply", (FILED,), "delivered", reply_seq=2),
            Owed("m3", "e2", "hoa", "routed", (ROUTED,), "sent", feedback="f1", case_seq=1),
            Owed("m4", "e3", "hoa", "answered", (ANSWERED,), "sent", feedback="f1", case_seq=2),
        ],
        received=[Received("hoa", text) for text in (CONSENT, FILED, ROUTED, ANSWERED)],
    )


def test_a_good_history_wakes_no_rule() -> None:
    assert violations(good()) == []


def test_an_empty_history_wakes_no_rule() -> None:
    assert violations(History()) == []


def file_also(history: History, filed: Filed) -> None:
    """One more feedback, with its case."""
    history.filed.append(filed)
    history.opened.append(Opened(filed.feedback, filed.code))


Plant = Callable[[History], object]

PLANTED: dict[str, tuple[str, Plant]] = {
    "an accepted event is stored nowhere": ("accepted_is_stored", lambda h: h.stored.pop(2)),
    "an event is stored twice": ("stored_once", lambda h: h.stored.append(Stored("r9", "seen 1", False))),
    "an event is stored that nobody sent": ("nothing_is_invented", lambda h: h.stored.append(Stored("r9", "x", False))),
    "a message was never read": ("read_once", lambda h: h.read.pop()),
    "a message was read twice": ("read_once", lambda h: h.read.append(Read("r1"))),
    "a confirmed feedback is missing": ("confirmed_is_filed_once", lambda h: (h.filed.pop(), h.opened.pop())),
    "one confirmation made two feedbacks": (
        "confirmed_is_filed_once",
        lambda h: file_also(h, Filed("f2", "hoa", "HN-PA-2", "khai sinh")),
    ),
    "a feedback nobody confirmed": ("confirmed_is_filed_once", lambda h: h.confirmations.pop()),
    "two feedbacks share a code": (
        "codes_are_told_apart",
        lambda h: file_also(h, Filed("f2", "hoa", "HN-PA-1", "khác")),
    ),
    "a feedback without a case": ("filed_is_one_case", lambda h: h.opened.pop()),
    "two cases of one feedback": ("filed_is_one_case", lambda h: h.opened.append(Opened("f1", "HN-PA-1"))),
    "a case without a feedback": ("filed_is_one_case", lambda h: h.opened.append(Opened("f9", "HN-PA-9"))),
    "a hearer never heard": ("said_is_heard", lambda h: h.heard.pop(0)),
    "a hearer took an event in twice": ("said_is_heard", lambda h: h.heard.append(Heard("e1", "routing"))),
    "an event was never published": ("said_is_published", lambda h: h.published.pop(0)),
    "an event was published that nobody said": ("said_is_published", lambda h: h.published.append(Published("e9"))),
    "a later event of a case was published first": (
        "published_in_order",
        lambda h: h.published.insert(0, h.published.pop(2)),
    ),
    "an older step is shown than the newest": ("copy_is_newest", lambda h: h.copied.__setitem__(0, Copied("f1", 1))),
    "no step is shown at all": ("copy_is_newest", lambda h: h.copied.pop()),
    "a step's number is missing": ("steps_are_numbered", lambda h: h.spoken.pop(1)),
    "two steps have one number": (
        "steps_are_numbered",
        lambda h: h.spoken.append(Spoken("e4", "feedback.progressed.v1", (), "f1", 2)),
    ),
    "one event caused two messages": (
        "owed_once",
        lambda h: h.owed.append(Owed("m9", "e2", "hoa", "routed", (), "superseded", feedback="f1")),
    ),
    "one step caused two notices": (
        "owed_once",
        lambda h: h.owed.append(Owed("m9", "e9", "hoa", "routed", (), "superseded", feedback="f1", case_seq=1)),
    ),
    "a message recorded as sent never came": ("received_as_owed", lambda h: h.received.pop()),
    "a message came twice and nobody noted it": ("received_as_owed", lambda h: h.received.append(h.received[-1])),
    "a message came that nobody owed": ("received_as_owed", lambda h: h.received.append(Received("hoa", "?"))),
    "a superseded notice came all the same": (
        "received_as_owed",
        lambda h: h.owed.__setitem__(3, replace(h.owed[3], state="superseded")),
    ),
    "somebody else's message": (
        "received_as_owed",
        lambda h: h.received.__setitem__(3, Received("bình", ANSWERED)),
    ),
    "replies in the wrong order": ("replies_are_in_order", lambda h: h.received.insert(0, h.received.pop(1))),
    "notices in the wrong order": ("notices_are_in_order", lambda h: h.received.insert(2, h.received.pop(3))),
}


@pytest.mark.parametrize("what", PLANTED)
def test_the_checker_catches(what: str) -> None:
    rule, plant = PLANTED[what]
    history = good()
    plant(history)
    assert history != good(), "nothing was planted"
    assert rule in {violation.rule for violation in violations(history)}


def test_every_rule_is_woken_by_something_planted() -> None:
    assert {rule for rule, _ in PLANTED.values()} == {rule.__name__ for rule in RULES}


def test_what_nobody_accepted_may_be_missing_and_may_be_there() -> None:
    unanswered = good()
    unanswered.attempts.append(Attempt("text 3", 503))
    unanswered.attempts.append(Attempt("text 4", None))
    unanswered.stored.append(Stored("r4", "text 4", True))
    unanswered.read.append(Read("r4"))
    assert violations(unanswered) == []


def test_a_second_copy_is_forgiven_when_it_is_recorded_and_a_third_never() -> None:
    history = good()
    history.owed[2] = replace(history.owed[2], doubled=True)
    history.received.append(Received("hoa", ROUTED))
    assert violations(history) == []
    history.received.append(Received("hoa", ROUTED))
    assert [violation.rule for violation in violations(history)] == ["received_as_owed"]


@pytest.mark.parametrize("copies", [0, 1, 2])
def test_an_uncertain_message_may_have_come_or_not(copies: int) -> None:
    history = good()
    history.owed[3] = replace(history.owed[3], state="uncertain")
    history.received = [one for one in history.received if one.text != ANSWERED] + [Received("hoa", ANSWERED)] * copies
    assert violations(history) == []


def test_the_same_words_in_two_replies_are_two_messages() -> None:
    history = good()
    history.owed.append(Owed("m5", "c5", "hoa", "reply", (CONSENT,), "sent", reply_seq=3))
    missing = deepcopy(history)
    history.received.append(Received("hoa", CONSENT))
    assert violations(history) == []
    assert {violation.rule for violation in violations(missing)} == {"received_as_owed", "replies_are_in_order"}


def test_a_violation_says_what_is_wrong_with_what() -> None:
    history = good()
    history.stored.pop()
    assert [str(violation) for violation in violations(history)] == [
        "accepted_is_stored: seen 1: answered with 2xx and stored nowhere"
    ]


def test_a_history_written_down_and_read_again_is_the_same(tmp_path: Path) -> None:
    good().save(tmp_path / "history.jsonl")
    assert History.load(tmp_path / "history.jsonl") == good()


def test_the_checking_program_tells_good_from_bad(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    history, path = good(), tmp_path / "history.jsonl"
    history.save(path)
    assert main(path) == 0
    history.stored.pop()
    history.save(path)
    assert main(path) == 1
    assert "accepted_is_stored: seen 1" in capsys.readouterr().out
