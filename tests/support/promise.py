"""What may go wrong, and what we promise for that case: the campaign in tests/faults, fault by fault."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Promise:
    """One fault. Tests that show it carry its number in their names: `test_f06_…`."""

    number: str
    fault: str
    promise: str


PROMISES: Final = (
    Promise(
        "F01",
        "The same signed event 1,000 times, 32 at once, also marked as retries",
        "One stored message, one case; every answer is 200 and inside the two seconds Zalo waits",
    ),
    Promise("F02", "Killed after the commit, before the answer; Zalo sends again", "The repetition changes nothing"),
    Promise("F03", "Killed between commit and publish", "Published within 10 s of the restart"),
    Promise("F04", "The relay killed after the broker's confirm, before the row is removed", "Its effect comes once"),
    Promise("F05", "Two relays and 10,000 rows", "None is lost, the order within a case is kept"),
    Promise(
        "F06",
        "The broker away for 60 s at 50 events a second",
        "Webhooks are answered with 200, 99 of 100 within 250 ms; the backlog is gone within 60 s of its return",
    ),
    Promise(
        "F07",
        "The broker silent for 60 s: every packet dropped",
        "Each publish ends within 5 s; it heals without a restart",
    ),
    Promise(
        "F08", "A confirm says no, or never comes", "The event stays unsent and is tried again; its effect comes once"
    ),
    Promise("F09", "An event no queue takes", "Returned by the broker, kept in the outbox, alarmed; never lost"),
    Promise("F10", "The broker blocks publishers: disk or memory alarm", "Intake goes on; health says degraded"),
    Promise("F11", "A hearer killed after its effect, before its acknowledgement", "The effect comes once"),
    Promise(
        "F12",
        "An event whose handler fails every time",
        "Put aside with its reason; others are delayed by less than a second; run again once the handler is mended",
    ),
    Promise(
        "F14",
        "The database restarts at 50 events a second",
        "Nothing but 503 with Retry-After meanwhile; healed within 10 s",
    ),
    Promise("F15", "Every connection taken, or a row locked", "503 in about a second, no hang, no half write"),
    Promise("F16", "One transaction in twenty fails: deadlock, serialisation", "Tried again; the ledger holds"),
    Promise(
        "F17",
        "The database's disk full",
        "503 while it is full; it recovers when there is room (shown where the tests may make a disk: as root)",
    ),
    Promise("F19", "Two schedulers", "Each reminder and each message once"),
    Promise("F23", "The access token ends while 50 messages are due", "One refresh; no message is lost"),
    Promise(
        "F24",
        "Killed after Zalo rotated the token, before it is saved",
        "Alarm within a minute; citizens are still heard, and answered once a new pair is given",
    ),
    Promise(
        "F25",
        "Zalo answers 429 and 5xx, is silent, or drips",
        "We wait and try again; citizens are heard meanwhile; each message arrives once",
    ),
    Promise("F26", "A message was sent and the answer is lost", "At most one second copy, and it is recorded as such"),
    Promise(
        "F38",
        "A rolling restart, one process after the other, at 50 events a second",
        "No request fails; nothing is lost",
    ),
    Promise("F39", "A stop signal under load", "Ended inside the grace time; nothing is lost"),
    Promise("F40", "The database is down", "Not ready, but alive: no restart loop"),
    Promise("F47", "Our own message comes back as an event", "No second notice"),
)

ELSEWHERE: Final = (
    "Not in this campaign: F13 (a handler slower than the broker's patience), F18, F20 to F22, F27 to F37, F41 to F46 "
    "and F48. Most of them are about calendars, officers acting at once, the national portal, reorganisations and "
    'figures, and are shown, or will be, where those things are tested. "Old and new version together" (the other '
    "half of F38) needs an old version: the contract tests read every sample of an event that was ever sent."
)
