"""Whether a citizen may be written to now: the channel's windows, what a message costs, and sleep."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .local_time import QuietHours


@dataclass(frozen=True, slots=True)
class Contact:
    """What is known of a citizen on a channel."""

    last_interaction_at: datetime | None
    """The latest sign that the citizen wrote; talks with an officer may be missing from it."""
    closed_at: datetime | None
    """When the channel last said that the citizen must write first; none after they did."""


@dataclass(frozen=True, slots=True)
class PermissionRules:
    """What the city allows itself.

    Source: reference of the Zalo platform, 3.2: free up to 48 h after the last interaction, billed up to 7 days,
        refused afterwards.
    """

    quiet: QuietHours
    free_for: timedelta = timedelta(hours=48)
    send_billed: bool = True
    awake_for: timedelta = timedelta(hours=1)
    """Somebody who wrote so recently is not asleep."""


@dataclass(frozen=True, slots=True)
class Go:
    """Now."""


@dataclass(frozen=True, slots=True)
class NotBefore:
    """At that instant."""

    at: datetime


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Not before the citizen writes."""

    reason: str


def may_write(
    contact: Contact, now: datetime, rules: PermissionRules, *, is_reply: bool, begun: bool
) -> Go | NotBefore | HeldBack:
    """Plan a message before it is tried.

    Beyond seven days the channel is asked once all the same: a citizen who talked with an officer may have written
    without our knowing, and a refusal costs nothing while an answer withheld costs a person. Asked and refused, all
    further messages are held without asking.
    """
    since = None if contact.last_interaction_at is None else now - contact.last_interaction_at
    if contact.closed_at is not None:
        return HeldBack("window")
    if not rules.send_billed and since is not None and since > rules.free_for:
        return HeldBack("billed_window")
    awake = since is not None and since <= rules.awake_for
    morning = None if is_reply or begun or awake else rules.quiet.until(now)
    return Go() if morning is None else NotBefore(morning)
