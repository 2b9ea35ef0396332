"""What the account sends to citizens, and the echo and receipts the platform posts afterwards."""

from dataclasses import dataclass
from typing import Final

from simulators.zalo_oa.citizen import Citizen, Driver
from simulators.zalo_oa.citizen_act import CitizenActs
from simulators.zalo_oa.clock import NowMs
from simulators.zalo_oa.database import Database
from simulators.zalo_oa.event import ZNS_SERVER, Person, Wire, oa_message, received, zns_received
from simulators.zalo_oa.fault import Faults
from simulators.zalo_oa.message import Kind, Message, Messages, new_message_id
from simulators.zalo_oa.outgoing import Outgoing

CONSOLE_ADMIN_ID: Final = "8124470933651290047"  # the invented person at the account's chat console


@dataclass(frozen=True, slots=True)
class Draft:
    """A message of the account after its form was found good."""

    text: str = ""
    buttons: tuple[Wire, ...] = ()
    attachments: tuple[Wire, ...] = ()
    echo: str = "oa_send_text"  # the event that echoes it
    echoed_attachments: tuple[Wire, ...] = ()
    quote_id: str = ""
    template: Wire | None = None


class OaActs:
    """Carries the account's messages to the phones."""

    def __init__(
        self,
        database: Database,
        messages: Messages,
        citizen_acts: CitizenActs,
        outgoing: Outgoing,
        faults: Faults,
        now_ms: NowMs,
    ) -> None:
        self._database = database
        self._messages = messages
        self._citizen_acts = citizen_acts
        self._outgoing = outgoing
        self._faults = faults
        self._now_ms = now_ms

    def send(self, citizen: Citizen, draft: Draft, kind: Kind = "chat", admin_id: str | None = None) -> Message:
        """Put a message on a citizen's phone; echo, then receipt, then "seen" when nobody watches the page."""
        at_ms = self._now_ms()
        message = Message(
            message_id=new_message_id(),
            side="oa",
            kind=kind,
            text=draft.text,
            sent_at=at_ms,
            user_id=citizen.user_id,
            phone=citizen.phone,
            buttons=draft.buttons,
            attachments=draft.attachments,
            template=draft.template,
            quote_message_id=draft.quote_id,
            received_at=at_ms,
        )
        account, options = self._outgoing.account, self._faults.options
        with self._database.transaction():
            self._messages.add(message)
            if options.echo:
                part = _echo_part(message.message_id, draft)
                event = oa_message(account, citizen.person, draft.echo, part, at_ms, admin_id)
                self._outgoing.emit(event, citizen.person)
            if options.received:
                event = received(account, citizen.person, message.message_id, self._now_ms())
                self._outgoing.emit(event, citizen.person)
            if citizen.driven_by is Driver.API:
                self._citizen_acts.look(citizen, [message.message_id])
        return message

    def type_in_console(self, citizen: Citizen, text: str) -> Message:
        """Send a text as the person at the account's chat console; only this echo carries an admin id."""
        return self.send(citizen, Draft(text=text), "staff", CONSOLE_ADMIN_ID)

    def send_by_phone(self, citizen: Citizen | None, recipient: str, phone: str, draft: Draft) -> Message:
        """Put a template message on the phone of a number; the receipt names the number, or its digest."""
        at_ms = self._now_ms()
        message = Message(
            message_id=new_message_id(),
            side="oa",
            kind="zns",
            text=draft.text,
            sent_at=at_ms,
            user_id=citizen.user_id if citizen else None,
            phone=phone,
            buttons=draft.buttons,
            template=draft.template,
            received_at=at_ms,
        )
        assert draft.template is not None
        with self._database.transaction():
            self._messages.add(message)
            if self._faults.options.received:
                event = zns_received(
                    self._outgoing.account, recipient, message.message_id, draft.template["tracking_id"], at_ms
                )
                lane = citizen.person if citizen else Person(recipient, "")
                self._outgoing.emit(event, lane, ZNS_SERVER)
        return message

    def react(self, citizen: Citizen, message_id: str, icon: str) -> None:
        """Put a reaction on a citizen's message."""
        part = {"msg_id": message_id, "react_icon": icon}
        event = oa_message(self._outgoing.account, citizen.person, "oa_reacted_message", part, self._now_ms())
        self._outgoing.emit(event, citizen.person)


def _echo_part(message_id: str, draft: Draft) -> Wire:
    part: Wire = {"text": draft.text} if draft.text else {}
    if draft.quote_id:
        part["quote_msg_id"] = draft.quote_id
    part["msg_id"] = message_id
    if draft.echoed_attachments:
        part["attachments"] = list(draft.echoed_attachments)
    return part
