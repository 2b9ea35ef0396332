"""Zalo's door: verify, store, say thank you. Everything else is done later, from the store."""

from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from libs.contracts.vocabulary import Channel
from libs.runtime.ids import uuid7
from libs.runtime.log import get_logger
from libs.runtime.run import Run
from libs.web import PlainRoute, Problem

from .domain.webhook import Admitted, Sampled, Turned, admit
from .ingest import Busy
from .parts import IntakeParts
from .posted import NotRead, read_posted
from .store import Arrival

log = get_logger()


router = APIRouter(tags=["webhooks"], route_class=PlainRoute)

UNSIGNED_ALARM: Final = 10
"""So many wrong signatures without a right one between them: the secret is probably wrong, and Zalo will give us up."""

_ABOUT: Final[dict[int | str, dict[str, Any]]] = {
    401: {"description": "Not signed for our app, or about another account. Nothing is stored."},
    413: {"description": "Longer than 1 MiB. Nothing is stored."},
    503: {"description": "Not stored in time: send it again."},
}


@router.post("/webhooks/zalo", response_class=Response, responses=_ABOUT)
async def receive_zalo_event(request: Request) -> Response:
    """Keep a signed event of ours, once, and answer when it is safe on disk."""
    run: Run[IntakeParts] = request.app.state.run  # not as a dependency: this is the busiest route of all
    settings = run.settings
    raw = await read_posted(request, settings.body_limit_bytes, settings.body_within_s)
    if isinstance(raw, NotRead):
        run.parts.meters.turned.labels(raw.reason).inc()
        # The rest of the body is not wanted: the connection ends here.
        return _problem(raw.status, raw.reason, {"Connection": "close"})
    received_at = run.clock.now()
    match admit(raw, request.headers.get("x-zevent-signature"), run.parts.signing, run.parts.account, received_at):
        case Admitted() as admitted:
            return await _keep(run, raw, admitted, received_at)
        case Sampled():
            return Response()
        case Turned(status, reason):
            _count_turned(run, reason)
            return _problem(status, reason)


@router.get("/webhooks/zalo", response_class=Response)
@router.head("/webhooks/zalo", include_in_schema=False)
async def say_webhook_is_here(_request: Request) -> Response:
    """For people who open the address, and for consoles that only look whether it is there; echoes nothing."""
    return Response("Webhook của Lắng Nghe.\n", media_type="text/plain; charset=utf-8")


async def _keep(run: Run[IntakeParts], raw: bytes, admitted: Admitted, received_at: datetime) -> Response:
    parts = run.parts
    _count_signed(run, admitted)
    arrival = Arrival(
        event_id=uuid7(),
        channel=Channel.ZALO,
        sender_key=parts.keys.sender(Channel.ZALO, admitted.citizen) if admitted.citizen else None,
        event_name=admitted.event_name,
        event_at=admitted.event_at,
        received_at=received_at,
        body=parts.sealer.seal_bytes(raw),
        keys=tuple(parts.keys.happening(Channel.ZALO, key) for key in admitted.keys),
    )
    try:
        kept = await parts.ingest.keep(arrival)
    except Busy:
        parts.meters.busy.inc()
        return Problem(503, "busy", "Đang bận, xin gửi lại", headers={"Retry-After": "5"}).response()
    parts.meters.arrived.labels(admitted.kind, kept.value).inc()
    return Response()


def _count_signed(run: Run[IntakeParts], admitted: Admitted) -> None:
    meters = run.parts.meters
    meters.signed_by.labels(admitted.signed_by).inc()
    if meters.unsigned_in_a_row:
        meters.unsigned_in_a_row = 0
        run.metrics.alarm.labels("zalo_signature").set(0)


def _count_turned(run: Run[IntakeParts], reason: str) -> None:
    meters = run.parts.meters
    meters.turned.labels(reason).inc()
    if reason != "mismatch":
        return
    meters.unsigned_in_a_row += 1
    if meters.unsigned_in_a_row == UNSIGNED_ALARM:
        run.metrics.alarm.labels("zalo_signature").set(1)
        log.error("zalo_signatures_do_not_match", in_a_row=UNSIGNED_ALARM)


def _problem(status: int, reason: str, headers: dict[str, str] | None = None) -> Response:
    return Problem(status, reason.replace("_", "-"), _TITLES[status], headers=headers or {}).response()


_TITLES: Final = {
    400: "Nội dung gửi không đọc được",
    401: "Không xác nhận được nơi gửi",
    408: "Nội dung gửi tới quá chậm",
    413: "Nội dung gửi quá lớn",
}
