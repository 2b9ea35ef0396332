"""The page with the phones: what it shows, and the few things only somebody at the page does."""

import asyncio
from pathlib import Path, PurePosixPath
from typing import Annotated, Final

from fastapi import APIRouter, Form, HTTPException, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, Field

from simulators.zalo_oa import attachment
from simulators.zalo_oa.citizen import MORE_NAMES, Citizen, Driver
from simulators.zalo_oa.delivery import for_testers
from simulators.zalo_oa.event import Wire
from simulators.zalo_oa.fault import TITLES, Act, Fault
from simulators.zalo_oa.file import Purpose
from simulators.zalo_oa.media import mime_of
from simulators.zalo_oa.message import Message
from simulators.zalo_oa.simulator import Simulator, SimulatorDep

ROOM: Final = Path(__file__).parent / "phone"
PHONES_AT_MOST: Final = 8
MESSAGES_SHOWN: Final = 80
DELIVERIES_SHOWN: Final = 40
WAIT_AT_MOST_S: Final = 20.0
UPLOAD_LIMIT_BYTES: Final = 25 * 1024 * 1024

OPTION_TITLES: Final[dict[str, str]] = {
    "echo": "Báo lại tin của cơ quan (oa_send_*)",
    "received": "Báo đã nhận",
    "seen": "Báo đã xem",
    "follow_required": "Chỉ gửi được cho người quan tâm (-213)",
    "quota_members": "Kèm hạn mức trong câu trả lời",
    "zns_night": "Không gửi tin mẫu ban đêm (-133)",
    "zns_known_phones_only": "Chỉ số của người ở đây có tài khoản (-118)",
    "templates_declared_only": "Chỉ nhận mẫu đã khai báo (-109)",
}

router = APIRouter()
_templates = Environment(loader=FileSystemLoader(ROOM / "templates"), autoescape=True, undefined=StrictUndefined)


def render(name: str, **values: object) -> HTMLResponse:
    """A page of the simulator, which may load nothing from elsewhere but pictures of this machine."""
    policy = (
        "default-src 'self'; img-src 'self' data: blob: http://127.0.0.1:* http://localhost:*;"
        " object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    return HTMLResponse(_templates.get_template(name).render(**values), headers={"Content-Security-Policy": policy})


@router.get("/", response_class=HTMLResponse)
async def phones(simulator: SimulatorDep) -> HTMLResponse:
    """The phones side by side, and the drawer."""
    groups = {
        "Webhook gửi đi": [each for each in (*Fault, *Act) if each.value.startswith("webhook_")],
        "API nhận vào": [each for each in Fault if each.value.startswith("api_")] + [Act.TOKEN_EXPIRED_NOW],
        "Cấp mã truy cập": [each for each in Fault if each.value.startswith("oauth_")],
    }
    return render(
        "phones.html",
        oa_name=simulator.settings.oa_name,
        webhook_url=simulator.settings.webhook_url,
        groups=groups,
        titles=TITLES,
        acts=set(Act),
        option_titles=OPTION_TITLES,
    )


@router.get("/phone/snapshot")
async def snapshot(simulator: SimulatorDep, after: int = 0) -> JSONResponse:
    """Everything the page shows; waits until something changed since the revision the page knows."""
    if after == simulator.pulse.revision:
        await simulator.pulse.wait_beyond(after, WAIT_AT_MOST_S)
        await asyncio.sleep(0.03)  # changes come in bursts: message, echo, receipt
    revision = simulator.pulse.revision
    citizens = simulator.citizens.on_page(PHONES_AT_MOST)
    return JSONResponse(
        {
            "revision": revision,
            "now": simulator.now_ms(),
            "registered": simulator.outgoing.is_registered,
            "switches": simulator.faults.left(),
            "options": simulator.faults.options.model_dump(),
            "citizens": [_phone(simulator, each) for each in citizens],
            "deliveries": [for_testers(*each) for each in simulator.outgoing.latest(DELIVERIES_SHOWN)],
        }
    )


class NewCitizen(BaseModel):
    """A citizen somebody adds at the page; the first free invented name when none is given."""

    name: str = Field("", max_length=60)


@router.post("/phone/citizens")
async def add_citizen(simulator: SimulatorDep, asked: NewCitizen) -> dict[str, str]:
    """Put one more phone on the page."""
    shown = simulator.citizens.on_page(1000)
    taken = {each.name for each in shown}
    name = asked.name.strip() or next((each for each in MORE_NAMES if each not in taken), "Người dân mới")
    user_id = str(8_100_000_000_000_000_000 + simulator.now_ms())
    return {"user_id": simulator.citizen_acts.met(user_id, name, Driver.PAGE).user_id}


class Look(BaseModel):
    """Messages that are in sight on a phone."""

    message_ids: list[str] = Field(max_length=200)


@router.post("/phone/{user_id}/seen")
async def see(simulator: SimulatorDep, user_id: str, look: Look) -> dict[str, bool]:
    """The page shows these messages to this citizen."""
    simulator.citizen_acts.look(_citizen(simulator, user_id), look.message_ids)
    return {"done": True}


@router.post("/phone/{user_id}/file")
async def send_file(
    simulator: SimulatorDep, user_id: str, file: UploadFile, caption: Annotated[str, Form(max_length=2000)] = ""
) -> dict[str, bool]:
    """Send a photo or a document from this computer as the citizen."""
    _citizen(simulator, user_id)
    citizen = simulator.citizen_acts.met(user_id, driver=Driver.PAGE)
    content = await file.read(UPLOAD_LIMIT_BYTES + 1)
    if not content or len(content) > UPLOAD_LIMIT_BYTES:
        raise HTTPException(413, "Tệp trống hoặc quá lớn")
    name = PurePosixPath(file.filename or "tep").name
    mime = mime_of(name)
    url = simulator.files.url(simulator.files.keep(Purpose.FROM_CITIZEN, name, mime, content))
    if mime in {"image/jpeg", "image/png", "image/webp", "image/heic"}:
        simulator.citizen_acts.write(citizen, caption, attachment.image(url))
    else:
        simulator.citizen_acts.write(citizen, "", attachment.file(url, name, content))
    return {"done": True}


class Typed(BaseModel):
    """What the person at the account's chat console typed."""

    user_id: str
    text: str = Field(min_length=1, max_length=2000)


@router.post("/console/say")
async def type_in_console(simulator: SimulatorDep, typed: Typed) -> dict[str, str]:
    """Answer a citizen from the account's chat console, as staff do without our software."""
    message = simulator.oa_acts.type_in_console(_citizen(simulator, typed.user_id), typed.text)
    return {"message_id": message.message_id}


def _citizen(simulator: Simulator, user_id: str) -> Citizen:
    citizen = simulator.citizens.get(user_id)
    if citizen is None:
        raise HTTPException(404, "Không có người này")
    return citizen


def _phone(simulator: Simulator, citizen: Citizen) -> Wire:
    shown = [each for each in simulator.messages.of_citizen(citizen.user_id, MESSAGES_SHOWN) if not each.is_hidden]
    return {
        "user_id": citizen.user_id,
        "name": citizen.name,
        "phone": citizen.phone,
        "ward": citizen.ward,
        "address": citizen.address,
        "is_follower": citizen.is_follower,
        "messages": [_bubble(simulator, each) for each in shown],
    }


def _bubble(simulator: Simulator, message: Message) -> Wire:
    told = simulator.outgoing.state_of(message.delivery_id) if message.delivery_id is not None else None
    return {
        "message_id": message.message_id,
        "side": message.side,
        "kind": message.kind,
        "text": message.text,
        "buttons": list(message.buttons),
        "attachments": list(message.attachments),
        "template": message.template,
        "quote_message_id": message.quote_message_id,
        "sent_at": message.sent_at,
        "seen_at": message.seen_at,
        "told": told,
    }
