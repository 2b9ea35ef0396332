"""Surfaces for tests and scripts: speak as a citizen, read what arrived, switch faults. Kept stable."""

import json
from typing import Any, Literal

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field, ValidationError

from simulators.zalo_oa.citizen import Driver
from simulators.zalo_oa.citizen_act import NoSuchButton, NotRatable
from simulators.zalo_oa.delivery import Target, for_testers
from simulators.zalo_oa.event import OA_SERVER, Event, Wire
from simulators.zalo_oa.fault import TITLES, Act, UnknownSwitch
from simulators.zalo_oa.said import Saying, say
from simulators.zalo_oa.simulator import SimulatorDep
from simulators.zalo_oa.template import Template

router = APIRouter(tags=["testers"])


class Said(BaseModel):
    """What came of something a citizen did."""

    event: Event | None  # the first, or only one; None when a button sends nothing
    events: list[Event]


def _said(*events: Event | None) -> Said:
    sent = [each for each in events if each is not None]
    return Said(event=sent[0] if sent else None, events=sent)


@router.get("/outbox")
async def outbox(simulator: SimulatorDep, user_id: str | None = None, phone: str | None = None) -> list[Wire]:
    """What one citizen, one phone number or everybody received from the account, oldest first."""
    return [each.for_testers() for each in simulator.messages.received_by(user_id, phone)]


@router.post("/say")
async def say_as_citizen(simulator: SimulatorDep, saying: Saying) -> Said:
    """Send a message as a citizen; an unknown id becomes a new citizen."""
    if not saying.text and not saying.attachments:
        raise HTTPException(422, "text or attachments needed")
    return _said(*say(simulator, saying))


class Following(BaseModel):
    """The body of ``POST /follow``."""

    user_id: str = Field(min_length=1, max_length=64)
    following: bool = True
    source: Literal["oa_profile", "message_invite", "social_plugin", "zalo"] = "oa_profile"
    name: str = Field("", max_length=100)
    by: Driver = Driver.API


@router.post("/follow")
async def follow(simulator: SimulatorDep, following: Following) -> Said:
    """Follow the account as a citizen, or cease to."""
    citizen = simulator.citizen_acts.met(following.user_id, following.name, following.by)
    return _said(simulator.citizen_acts.follow(citizen, follows=following.following, source=following.source))


class Tap(BaseModel):
    """The body of ``POST /tap``: a button by its title."""

    user_id: str
    message_id: str
    button: str
    by: Driver = Driver.API


@router.post("/tap")
async def tap(simulator: SimulatorDep, tapped: Tap) -> Said:
    """Tap a button under a message a citizen received."""
    citizen = simulator.citizen_acts.met(tapped.user_id, driver=tapped.by)
    try:
        return _said(simulator.citizen_acts.tap(citizen, tapped.message_id, tapped.button))
    except NoSuchButton:
        raise HTTPException(404, "no such button") from None


class Rate(BaseModel):
    """The body of ``POST /rate``: one to five for a rating template."""

    user_id: str
    message_id: str
    rate: int = Field(ge=1, le=5)
    note: str = Field("", max_length=1000)
    feedbacks: list[str] = Field([], max_length=5)


@router.post("/rate")
async def rate(simulator: SimulatorDep, rated: Rate) -> Said:
    """Answer a rating template as a citizen."""
    acts = simulator.citizen_acts
    try:
        return _said(acts.rate(acts.met(rated.user_id), rated.message_id, rated.rate, rated.note, rated.feedbacks))
    except NotRatable:
        raise HTTPException(404, "no such rating template message") from None


class CitizenAct(BaseModel):
    """The body of ``POST /act``: the rarer things a citizen does."""

    user_id: str = Field(min_length=1, max_length=64)
    act: Literal["chat_now", "share_contact", "react", "withdraw", "revoke_mini_app_consent"]
    contact: dict[Literal["name", "phone", "ward", "address"], str] = {}
    message_id: str = ""
    icon: str = "/-heart"
    by: Driver = Driver.API


@router.post("/act")
async def act(simulator: SimulatorDep, told: CitizenAct) -> Said:
    """Open the chat, share contact details, react, or demand deletion."""
    acts = simulator.citizen_acts
    citizen = acts.met(told.user_id, driver=told.by)
    match told.act:
        case "chat_now":
            return _said(acts.chat_now(citizen))
        case "share_contact":
            return _said(acts.share_contact(citizen, {str(name): value for name, value in told.contact.items()}))
        case "react":
            return _said(acts.react(citizen, told.message_id, told.icon))
        case "withdraw":
            return _said(acts.withdraw(citizen))
        case "revoke_mini_app_consent":
            return _said(acts.revoke_mini_app_consent(citizen))


class Aging(BaseModel):
    """The body of ``POST /age``."""

    user_id: str
    hours: float = Field(ge=0)


@router.post("/age")
async def age(simulator: SimulatorDep, aging: Aging) -> dict[str, str]:
    """Put a citizen's last interaction so many hours back, to try the 48-hour and 7-day windows."""
    citizen = simulator.citizen_acts.met(aging.user_id)
    simulator.citizens.last_interaction_was(citizen.user_id, simulator.now_ms() - round(aging.hours * 3_600_000))
    return {"user_id": citizen.user_id}


@router.post("/events")
async def send_event(
    request: Request, simulator: SimulatorDep, lane: str = "", server: str = OA_SERVER
) -> dict[str, Any]:
    """Post exactly these bytes to our webhook, signed; nothing is added, no fault applied."""
    body = await request.body()
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    event = told if isinstance(told, dict) else {}
    name, timestamp = str(event.get("event_name", "?")), str(event.get("timestamp", ""))
    number = simulator.outgoing.emit_as_is(body, timestamp, name, server, lane or _party(event), Target.OA)
    return {"delivery_id": number, "event": told}


@router.get("/deliveries")
async def deliveries(simulator: SimulatorDep, user_id: str | None = None, limit: int = 50) -> list[Wire]:
    """The latest webhooks with each try: status, time taken, beginning of our answer; newest first."""
    return [for_testers(*each) for each in simulator.outgoing.latest(min(max(limit, 1), 500), user_id)]


@router.post("/deliveries/{delivery_id}/{wish}")
async def change_delivery(
    simulator: SimulatorDep, delivery_id: int, wish: Literal["send-now", "discard"]
) -> dict[str, bool]:
    """Send a waiting webhook now, or take it off the list."""
    outgoing = simulator.outgoing
    done = outgoing.send_now(delivery_id) if wish == "send-now" else outgoing.discard(delivery_id)
    if not done:
        raise HTTPException(404, "not waiting")
    return {"done": True}


@router.post("/webhook/register")
async def register_webhook(simulator: SimulatorDep) -> dict[str, bool]:
    """Renew the registration of our address after the platform cancelled it."""
    simulator.renew_registration()
    return {"registered": simulator.outgoing.is_registered}


@router.post("/templates")
async def declare_template(simulator: SimulatorDep, template: Template) -> dict[str, str]:
    """Declare a message template, or replace one."""
    simulator.templates.declare(template)
    return {"template_id": template.template_id}


@router.get("/faults")
async def list_faults(simulator: SimulatorDep) -> Wire:
    """Every switch with the strikes it has left (-1: until switched off), every act and option."""
    return {
        "switches": simulator.faults.left(),
        "options": simulator.faults.options.model_dump(),
        "acts": [each.value for each in Act],
        "titles": {name.value: title for name, title in TITLES.items()},
    }


@router.post("/faults")
async def switch_faults(simulator: SimulatorDep, changes: dict[str, Any]) -> Wire:
    """Set switches and options, perform acts; all or none."""
    try:
        acts = simulator.faults.switch(changes)
    except UnknownSwitch as unknown:
        raise HTTPException(422, f"unknown: {unknown}") from None
    except ValidationError as misfit:
        raise HTTPException(422, [each["msg"] for each in misfit.errors()]) from None
    for each in acts:
        simulator.perform(each)
    return await list_faults(simulator)


@router.delete("/faults")
async def clear_faults(simulator: SimulatorDep) -> Wire:
    """Switch everything off and set options back."""
    simulator.faults.clear()
    return await list_faults(simulator)


def _party(event: Event) -> str:
    for name in ("sender", "follower"):
        if isinstance(event.get(name), dict) and isinstance(event[name].get("id"), str):
            return str(event[name]["id"])
    return str(event.get("user_id", "events"))
