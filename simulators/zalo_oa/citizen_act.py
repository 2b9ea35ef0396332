"""What citizens do on their phones, and the webhooks the platform posts because of it."""

from collections.abc import Mapping

from simulators.zalo_oa.attachment import Attachment, message_part
from simulators.zalo_oa.citizen import Citizen, Citizens, Driver
from simulators.zalo_oa.clock import NowMs
from simulators.zalo_oa.database import Database
from simulators.zalo_oa.delivery import Target
from simulators.zalo_oa.event import (
    ZNS_SERVER,
    Event,
    chat_now,
    encode,
    feedback,
    follow,
    revoke_consent,
    seen,
    submit_contact,
    user_message,
    withdraw,
)
from simulators.zalo_oa.fault import Faults
from simulators.zalo_oa.message import Message, Messages, new_message_id
from simulators.zalo_oa.outgoing import Outgoing
from simulators.zalo_oa.rating import Rating, Ratings


class NoSuchButton(LookupError):
    """The message is not there, or has no such button."""


class NotRatable(LookupError):
    """The message is not a template message that asks for a rating."""


class CitizenActs:
    """Each method is one thing a citizen does; it returns the event the platform makes of it."""

    def __init__(
        self,
        database: Database,
        citizens: Citizens,
        messages: Messages,
        ratings: Ratings,
        outgoing: Outgoing,
        faults: Faults,
        now_ms: NowMs,
    ) -> None:
        self._database = database
        self._citizens = citizens
        self._messages = messages
        self._ratings = ratings
        self._outgoing = outgoing
        self._faults = faults
        self._now_ms = now_ms

    def write(
        self,
        citizen: Citizen,
        text: str,
        attachment: Attachment | None = None,
        *,
        quote_id: str = "",
        is_hidden: bool = False,
    ) -> Event:
        """Send a text, or an attachment with an optional caption."""
        at_ms, message_id = self._now_ms(), new_message_id()
        name = f"user_send_{attachment.kind if attachment else 'text'}"
        part = message_part(message_id, text, attachment, quote_id)
        event = user_message(self._outgoing.account, citizen.person, name, part, at_ms)
        with self._database.transaction():
            self._citizens.interacted(citizen.user_id)
            delivery_id = self._outgoing.emit(event, citizen.person)
            self._messages.add(
                Message(
                    message_id=message_id,
                    side="citizen",
                    kind="chat",
                    text=text,
                    sent_at=at_ms,
                    user_id=citizen.user_id,
                    attachments=(attachment.wire,) if attachment else (),
                    is_hidden=is_hidden,
                    quote_message_id=quote_id,
                    delivery_id=delivery_id,
                )
            )
        return event

    def tap(self, citizen: Citizen, message_id: str, title: str) -> Event | None:
        """Tap a button under a message: a query button sends its payload as a text, any other sends nothing.

        Raises: NoSuchButton.
        """
        message = self._messages.get(message_id)
        if message is None or message.user_id != citizen.user_id:
            raise NoSuchButton
        button = next((each for each in message.buttons if each.get("title") == title), None)
        if button is None:
            raise NoSuchButton
        match button.get("type"):
            case "oa.query.show":
                return self.write(citizen, button["payload"])
            case "oa.query.hide":
                return self.write(citizen, button["payload"], is_hidden=True)
            case _:
                return None

    def follow(self, citizen: Citizen, *, follows: bool, source: str = "oa_profile") -> Event:
        """Follow the account or cease to; only following counts as interaction."""
        event = follow(self._outgoing.account, citizen.person, follows=follows, source=source, at_ms=self._now_ms())
        with self._database.transaction():
            self._citizens.follows(citizen.user_id, follows)
            if follows:
                self._citizens.interacted(citizen.user_id)
            self._outgoing.emit(event, citizen.person)
        return event

    def chat_now(self, citizen: Citizen) -> Event:
        """Press the message button on the account's page without having written before."""
        event = chat_now(self._outgoing.account, citizen.person, self._now_ms())
        with self._database.transaction():
            self._citizens.interacted(citizen.user_id)
            self._outgoing.emit(event, citizen.person)
        return event

    def share_contact(self, citizen: Citizen, told: Mapping[str, str]) -> Event:
        """Share contact details; what is told differently from before is remembered."""
        with self._database.transaction():
            self._citizens.has_contact(citizen.user_id, dict(told))
            now = self._citizens.met(citizen.user_id)
            event = submit_contact(self._outgoing.account, now.person, now.contact, self._now_ms())
            self._citizens.interacted(citizen.user_id)
            self._outgoing.emit(event, citizen.person)
        return event

    def withdraw(self, citizen: Citizen) -> Event:
        """Demand that everything the application keeps be deleted."""
        event = withdraw(self._outgoing.account, citizen.person, self._now_ms())
        self._outgoing.emit(event, citizen.person)
        return event

    def revoke_mini_app_consent(self, citizen: Citizen) -> Event:
        """Take back the consent given in the Mini App; posted to its own address with its own signature."""
        event = revoke_consent(self._outgoing.account.app_id, citizen.user_id_by_app, self._now_ms())
        lane = f"mini_app {citizen.user_id}"
        self._outgoing.emit_as_is(encode(event), "", event["event"], "", lane, Target.MINI_APP)
        return event

    def look(self, citizen: Citizen, message_ids: list[str]) -> None:
        """Look at messages: those not seen before are reported in one receipt."""
        with self._database.transaction():
            newly = self._messages.sees(citizen.user_id, message_ids, self._now_ms())
            if newly and self._faults.options.seen:
                event = seen(self._outgoing.account, citizen.person, newly, self._now_ms())
                self._outgoing.emit(event, citizen.person)

    def react(self, citizen: Citizen, message_id: str, icon: str) -> Event:
        """Put a reaction on a message of the account."""
        part = {"msg_id": message_id, "react_icon": icon}
        event = user_message(self._outgoing.account, citizen.person, "user_reacted_message", part, self._now_ms())
        self._outgoing.emit(event, citizen.person)
        return event

    def rate(self, citizen: Citizen, message_id: str, rate: int, note: str, feedbacks: list[str]) -> Event:
        """Answer a rating template with one to five; the event names no person.

        Raises: NotRatable.
        """
        message = self._messages.get(message_id)
        if message is None or message.user_id != citizen.user_id or not message.template:
            raise NotRatable
        if message.template["kind"] != "rating":
            raise NotRatable
        rating = Rating(
            message_id=message_id,
            tracking_id=message.template["tracking_id"],
            template_id=message.template["template_id"],
            rate=rate,
            note=note,
            feedbacks=tuple(feedbacks),
            submitted_at=self._now_ms(),
        )
        event = feedback(self._outgoing.account, rating.as_event(), self._now_ms())
        with self._database.transaction():
            self._ratings.add(rating)
            self._outgoing.emit(event, citizen.person, ZNS_SERVER)
        return event

    def met(self, user_id: str, name: str = "", driver: Driver | None = None) -> Citizen:
        """The citizen of an id, invented on first sight."""
        return self._citizens.met(user_id, name, driver)
