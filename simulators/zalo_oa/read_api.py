"""What the application may read: a person, the account, recent chats, one conversation."""

import json

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from simulators.zalo_oa.answer import done
from simulators.zalo_oa.clock import vietnam_time
from simulators.zalo_oa.event import Wire
from simulators.zalo_oa.message import Message
from simulators.zalo_oa.refusal import BEYOND_LIMIT, Refusal
from simulators.zalo_oa.simulator import Simulator, SimulatorDep

COUNT_AT_MOST = 10
KIND_OF_ATTACHMENT = {"image": "photo", "file": "file", "location": "location", "sticker": "sticker", "link": "link"}

router = APIRouter()


@router.get("/v3.0/oa/user/detail")
async def user_detail(simulator: SimulatorDep, asked: str = Query("", alias="data")) -> JSONResponse:
    """What the account may know of one citizen."""
    user_id = _asked(asked).get("user_id")
    citizen = simulator.citizens.get(user_id) if isinstance(user_id, str) else None
    if citizen is None:
        raise Refusal.of("user_id")
    if simulator.faults.options.follow_required and not citizen.is_follower:
        raise Refusal(-213, "User has not followed OA")
    last = citizen.last_interaction_at
    avatar = simulator.files.sample_url("sample", "chan-dung.png")
    return done(
        {
            "user_id": citizen.user_id,
            "user_id_by_app": citizen.user_id_by_app,
            "user_external_id": "",
            "display_name": citizen.name,
            "user_alias": citizen.name,
            "is_sensitive": False,
            "user_last_interaction_date": vietnam_time(last).strftime("%d/%m/%Y") if last else "",
            "user_is_follower": citizen.is_follower,
            "avatar": avatar,
            "avatars": {"120": avatar, "240": avatar},
            "dynamic_param": "",
            "tags_and_notes_info": {"notes": [], "tag_names": []},
            "shared_info": {
                "address": citizen.address,
                "city": citizen.city,
                "district": "",
                "phone": int(citizen.phone),  # a number: what several integrations met
                "name": citizen.name,
                "user_dob": citizen.born_on,
            },
        }
    )


@router.get("/v2.0/oa/getoa")
async def describe_account(simulator: SimulatorDep) -> JSONResponse:
    """The account itself; integrations use it as a health check."""
    settings = simulator.settings
    return done(
        {
            "oa_id": settings.oa_id,
            "oaid": settings.oa_id,
            "name": settings.oa_name,
            "description": "Tài khoản mô phỏng",
            "is_verified": True,
            "oa_type": 2,
            "cate_name": "Cơ quan nhà nước",
            "num_follower": simulator.citizens.followers(),
            "package_name": "Mô phỏng",
            "linked_ZCA": "",
        }
    )


@router.get("/v2.0/oa/listrecentchat")
async def recent_chats(simulator: SimulatorDep, asked: str = Query("", alias="data")) -> JSONResponse:
    """The latest message of each chat."""
    offset, count = _page(_asked(asked))
    return done([_listed(simulator, each) for each in simulator.messages.latest(offset, count)])


@router.get("/v2.0/oa/conversation")
async def conversation(simulator: SimulatorDep, asked: str = Query("", alias="data")) -> JSONResponse:
    """One citizen's chat, newest first: how gaps after an outage are filled."""
    told = _asked(asked)
    user_id = told.get("user_id")
    if isinstance(user_id, int):  # the official SDK sends it as a number
        user_id = str(user_id)
    if not isinstance(user_id, str) or simulator.citizens.get(user_id) is None:
        raise Refusal.of("user_id")
    offset, count = _page(told)
    return done([_listed(simulator, each) for each in simulator.messages.page_of(user_id, offset, count)])


def _asked(text: str) -> Wire:
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Refusal.of("data")
    return told


def _page(told: Wire) -> tuple[int, int]:
    offset, count = told.get("offset", 0), told.get("count", COUNT_AT_MOST)
    if not isinstance(offset, int) or offset < 0:
        raise Refusal.of("offset")
    if not isinstance(count, int) or count < 1:
        raise Refusal.of("count")
    if count > COUNT_AT_MOST:
        raise Refusal(BEYOND_LIMIT, f"count exceeds {COUNT_AT_MOST}")
    return offset, count


def _listed(simulator: Simulator, message: Message) -> Wire:
    citizen = simulator.citizens.get(message.user_id or "")
    settings = simulator.settings
    name = citizen.name if citizen else ""
    from_citizen = message.side == "citizen"
    user, account = (message.user_id, name), (settings.oa_id, settings.oa_name)
    (from_id, from_name), (to_id, to_name) = (user, account) if from_citizen else (account, user)
    listed: Wire = {
        "src": 1 if from_citizen else 0,
        "time": message.sent_at,
        "type": _kind(message),
        "message": message.text,
        "message_id": message.message_id,
        "from_id": from_id,
        "to_id": to_id,
        "from_display_name": from_name,
        "to_display_name": to_name,
    }
    if message.attachments and "url" in message.attachments[0].get("payload", {}):
        listed["url"] = message.attachments[0]["payload"]["url"]
    return listed


def _kind(message: Message) -> str:
    if not message.attachments:
        return "text"
    return KIND_OF_ATTACHMENT.get(message.attachments[0]["type"], "text")
