"""Template messages to phone numbers, and what can be asked about them (the business host)."""

import re
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from simulators.zalo_oa.answer import done, read_json, refused
from simulators.zalo_oa.citizen import Citizen
from simulators.zalo_oa.clock import start_of_vietnam_day, vietnam_time
from simulators.zalo_oa.event import Wire
from simulators.zalo_oa.oa_act import Draft
from simulators.zalo_oa.refusal import Refusal
from simulators.zalo_oa.simulator import Simulator, SimulatorDep
from simulators.zalo_oa.template import Misfit

# Numbers ending so behave so, whoever has them; chosen after the codes they bring.
ENDING_WITHOUT_ACCOUNT = "0118"
ENDING_THAT_REFUSES = "0141"
PHONE = re.compile(r"(?:\+?84|0)?(\d{9})")
SHA_256 = re.compile(r"[0-9a-f]{64}")
TRACKING_ID = re.compile(r"[A-Za-z0-9_-]{1,48}")  # "no special characters"; which ones are not is not published
NIGHT_FROM, NIGHT_UNTIL = 22, 6

router = APIRouter()


@router.post("/message/template")
async def send_by_phone(request: Request, simulator: SimulatorDep) -> JSONResponse:
    """Send a template message to a phone number."""
    body = await read_json(request)
    told = body.get("phone")
    match = PHONE.fullmatch(told) if isinstance(told, str) else None
    if match is None:
        raise Refusal(-108, "Phone number is invalid")
    phone = f"84{match[1]}"
    return _send(simulator, body, simulator.citizens.by_phone(phone), phone, recipient=phone)


@router.post("/message/template/hashphone")
async def send_by_hashed_phone(request: Request, simulator: SimulatorDep) -> JSONResponse:
    """Send a template message to a number of which only the SHA-256 is told."""
    body = await read_json(request)
    digest = body.get("hash_phone")
    if not isinstance(digest, str) or SHA_256.fullmatch(digest) is None:
        raise Refusal(-108, "Phone number is invalid")
    citizen = simulator.citizens.by_phone_digest(digest)
    return _send(simulator, body, citizen, citizen.phone if citizen else "", recipient=digest)


@router.get("/message/status")
async def status(simulator: SimulatorDep, message_id: str) -> JSONResponse:
    """How far one template message came: 1 delivered, 0 not yet, -1 unknown."""
    message = simulator.messages.get(message_id)
    if message is None or message.kind != "zns":
        return done({"status": -1, "delivery_time": "", "message": "Message is unknown"})
    if message.received_at is None:
        return done({"status": 0, "delivery_time": "", "message": "Message is on its way"})
    return done({"status": 1, "delivery_time": str(message.received_at), "message": "Message was delivered"})


@router.get("/message/quota")
async def quota(simulator: SimulatorDep) -> JSONResponse:
    """How many may still be sent today; numbers here, strings in the answer to a send."""
    daily = simulator.settings.zns_daily_quota
    return done({"dailyQuota": daily, "remainingQuota": max(daily - _sent_today(simulator), 0)})


@router.get("/quality")
async def quality() -> JSONResponse:
    """How recipients judge the account's template messages."""
    return done({"oaCurrentQuality": "HIGH", "oa7dayQuality": "HIGH"})


@router.get("/template/info/v2")
async def describe_template(simulator: SimulatorDep, template_id: str) -> JSONResponse:
    """What a template needs."""
    template = simulator.templates.get(template_id)
    if template is None:
        return refused(-109, "Template id is invalid")
    return done(template.as_listed())


@router.post("/rating/get")
@router.get("/rating/get")  # documented as POST, called with GET by most
async def ratings(
    simulator: SimulatorDep,
    template_id: str,
    from_time: int = 0,
    to_time: int = 2**53,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
) -> JSONResponse:
    """The ratings citizens gave to one template."""
    all_of_them = simulator.ratings.of_template(template_id, from_time, to_time)
    shown = [each.as_listed() for each in all_of_them[offset : offset + limit]]
    return done({"total": len(all_of_them), "data": shown})


def _send(
    simulator: Simulator, body: dict[str, object], citizen: Citizen | None, phone: str, recipient: str
) -> JSONResponse:
    tracking_id, values = body.get("tracking_id"), body.get("template_data")
    if not isinstance(tracking_id, str) or TRACKING_ID.fullmatch(tracking_id) is None:
        return refused(-132, "tracking_id is invalid")
    template = simulator.templates.fitting(
        body.get("template_id"), values, declared_only=simulator.faults.options.templates_declared_only
    )
    if isinstance(template, Misfit):
        return refused(template.code, template.reason)
    refusal = _reach_refusal(simulator, citizen, phone)
    if refusal is not None:
        return refused(refusal.code, refusal.reason)
    assert isinstance(values, dict)
    draft = Draft(
        text=template.as_read(values),
        buttons=tuple(template.buttons),
        template=template.sent(values, tracking_id),
    )
    message = simulator.oa_acts.send_by_phone(citizen, recipient, phone, draft)
    daily = simulator.settings.zns_daily_quota
    told: Wire = {
        "msg_id": message.message_id,
        "sent_time": str(message.sent_at),
        "sending_mode": str(body.get("sending_mode") or "1"),
        "quota": {"dailyQuota": str(daily), "remainingQuota": str(max(daily - _sent_today(simulator), 0))},
    }
    return done(told)


def _reach_refusal(simulator: Simulator, citizen: Citizen | None, phone: str) -> Refusal | None:
    options = simulator.faults.options
    hour = vietnam_time(simulator.now_ms()).hour
    if options.zns_night and (hour >= NIGHT_FROM or hour < NIGHT_UNTIL):
        return Refusal(-133, "Messages are not sent at night")
    is_unknown = citizen is None and (options.zns_known_phones_only or not phone)
    if is_unknown or phone.endswith(ENDING_WITHOUT_ACCOUNT):
        return Refusal(-118, "Zalo account not existed")
    if phone.endswith(ENDING_THAT_REFUSES):
        return Refusal(-141, "User refused to receive messages from this OA")
    if _sent_today(simulator) >= simulator.settings.zns_daily_quota:
        return Refusal(-144, "Daily quota of the OA is exceeded")
    return None


def _sent_today(simulator: Simulator) -> int:
    return simulator.messages.template_sends_since(start_of_vietnam_day(simulator.now_ms()))
