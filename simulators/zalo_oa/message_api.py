"""Sending to a citizen by user id: consultation messages, template messages, reactions."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from simulators.zalo_oa.answer import done, read_json, refused
from simulators.zalo_oa.citizen import Citizen
from simulators.zalo_oa.clock import DAY_MS
from simulators.zalo_oa.event import Wire
from simulators.zalo_oa.message import Message
from simulators.zalo_oa.message_form import Limits, Uploads, read_message
from simulators.zalo_oa.oa_act import Draft
from simulators.zalo_oa.refusal import Refusal
from simulators.zalo_oa.simulator import Simulator, SimulatorDep
from simulators.zalo_oa.template import Misfit

PERMITTED_AFTER_INTERACTION_MS = 7 * DAY_MS

router = APIRouter()


@router.post("/v3.0/oa/message/cs")
async def send_consultation(request: Request, simulator: SimulatorDep) -> JSONResponse:
    """Send text, buttons, a picture, a file or a list to a citizen who interacted within seven days."""
    body = await read_json(request)
    recipient = body.get("recipient")
    if not isinstance(recipient, dict):
        raise Refusal.of("recipient")
    citizen = _recipient(simulator, recipient.get("user_id"))
    settings, files = simulator.settings, simulator.files
    draft = read_message(
        body.get("message"),
        Limits(settings.text_limit, settings.button_title_limit),
        Uploads(files.get, files.is_expired, files.url, files.sample_url),
    )
    _check_window(simulator, citizen)
    message = simulator.oa_acts.send(citizen, draft)
    return done(_sent(simulator, message, "reply"))


@router.post("/v3.0/oa/message/template")
async def send_template(request: Request, simulator: SimulatorDep) -> JSONResponse:
    """Send a template message to a user id; no window, but a price."""
    body = await read_json(request)
    citizen = _recipient(simulator, body.get("user_id"))
    values = body.get("template_data")
    template = simulator.templates.fitting(
        body.get("template_id"), values, declared_only=simulator.faults.options.templates_declared_only
    )
    match template:
        case Misfit(code=-109):
            raise Refusal.of("template_id")
        case Misfit():
            raise Refusal.of("template_data")
    if template.kind == "otp":
        return refused(-249, "Template can not be sent by user id")
    assert isinstance(values, dict)
    draft = Draft(
        text=template.as_read(values),
        buttons=tuple(template.buttons),
        echo="oa_send_template",
        template=template.sent(values, tracking_id=""),
    )
    message = simulator.oa_acts.send(citizen, draft, "template")
    return done(_sent(simulator, message, "purchase_quota"))


@router.post("/v2.0/oa/message")
async def react(request: Request, simulator: SimulatorDep) -> JSONResponse:
    """Put a reaction on a citizen's message; as a way of sending text this endpoint is closed."""
    body = await read_json(request)
    action, recipient = body.get("sender_action"), body.get("recipient")
    if not isinstance(action, dict) or not isinstance(recipient, dict):
        return refused(-240, "Message V2 API was shut down")
    citizen = _recipient(simulator, recipient.get("user_id"))
    message_id, icon = action.get("react_message_id"), action.get("react_icon")
    if not isinstance(message_id, str) or not isinstance(icon, str) or simulator.messages.get(message_id) is None:
        raise Refusal.of("react_message_id")
    simulator.oa_acts.react(citizen, message_id, icon)
    return done({"message_id": message_id})


def _recipient(simulator: Simulator, user_id: object) -> Citizen:
    citizen = simulator.citizens.get(user_id) if isinstance(user_id, str) and user_id else None
    if citizen is None:
        raise Refusal.of("user_id")
    if simulator.faults.options.follow_required and not citizen.is_follower:
        raise Refusal(-213, "User has not followed OA")
    return citizen


def _check_window(simulator: Simulator, citizen: Citizen) -> None:
    last = citizen.last_interaction_at
    if last is None or simulator.now_ms() - last > PERMITTED_AFTER_INTERACTION_MS:
        raise Refusal(-230, "User has not interacted with the OA in the past 7 days")


def _sent(simulator: Simulator, message: Message, quota_type: str) -> Wire:
    told: Wire = {
        "message_id": message.message_id,
        "user_id": message.user_id,
        "sent_time": str(message.sent_at),
    }
    if simulator.faults.options.quota_members:
        told["quota"] = {"quota_type": quota_type, "owner_type": "OA", "owner_id": simulator.settings.oa_id}
    return told
