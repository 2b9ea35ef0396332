"""What machines do with cases. Each request names the version it saw (`If-Match`) and may be repeated safely."""

import hashlib
import re
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse

from libs.contracts.vocabulary import AgencyId, MatterCode
from libs.web.problem import Problem

from ..access import OfficerDep
from ..casework import Accept, Answer, Approve, Assign, Command, Done, Refuse, Return, SendBack, Submit, act
from ..parts import RunDep
from ..store import AccountStore
from .refusal import problem_of
from .shape import ActionDone, AnswerBody, AssignBody, RefuseBody, ReturnBody, SendBackBody

router = APIRouter(prefix="/api/v1", tags=["cases"], responses={409: {}, 404: {}, 428: {}})

_VERSION: Final = re.compile(r'"(\d{1,9})"')
_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")


class Acting:
    """A caller about to change a case: who, at which version, and whether this was asked before."""

    def __init__(
        self,
        request: Request,
        run: RunDep,
        officer: OfficerDep,
        if_match: Annotated[str | None, Header(description='The version seen, e.g. `"3"`')] = None,
        idempotency_key: Annotated[str | None, Header()] = None,
    ) -> None:
        self._request = request
        self._run = run
        self._officer = officer
        self._seen_version = _version(if_match)
        self._key = _key(idempotency_key)

    async def do(self, feedback_id: UUID, command: Command) -> JSONResponse:
        """Carry a command out once, whatever the number of times it is sent.

        Raises:
            Problem: it was refused, or the key was used for something else.
        """
        async with self._run.begin() as tx:
            accounts = AccountStore(tx.session)
            if self._key is not None:
                request_hash = await self._hash()
                before = await accounts.first_request(self._officer.id, self._key, request_hash, tx.now)
                if before is not None:
                    if before.request_hash != request_hash:
                        raise Problem(409, "key-used", "Idempotency-Key đã dùng cho một yêu cầu khác")
                    return _answer(before.status, before.body, before.version)
            outcome = await act(command, feedback_id, self._seen_version, self._officer, tx)
            if not isinstance(outcome, Done):
                raise problem_of(outcome)
            done = ActionDone(id=feedback_id, state=outcome.state, version=outcome.version).model_dump(mode="json")
            if self._key is not None:
                await accounts.keep_answer(self._officer.id, self._key, 200, done, outcome.version)
        return _answer(200, done, outcome.version)

    async def _hash(self) -> bytes:
        body = await self._request.body()
        return hashlib.sha256(self._request.url.path.encode() + b"\0" + body).digest()


ActingDep = Annotated[Acting, Depends()]


@router.post("/cases/{feedback_id}:accept", response_model=ActionDone)
async def accept(feedback_id: UUID, acting: ActingDep) -> JSONResponse:
    """Take a case on; the citizen is told."""
    return await acting.do(feedback_id, Accept())


@router.post("/cases/{feedback_id}:return", response_model=ActionDone)
async def return_(feedback_id: UUID, body: ReturnBody, acting: ActingDep) -> JSONResponse:
    """Give a case back to the Office as not competent; the citizen is not told."""
    return await acting.do(feedback_id, Return(body.note))


@router.post("/cases/{feedback_id}:assign", response_model=ActionDone)
async def assign(feedback_id: UUID, body: AssignBody, acting: ActingDep) -> JSONResponse:
    """The Office gives a case to an agency; its clocks start now."""
    matter = MatterCode(body.matter) if body.matter else None
    command = Assign(AgencyId(body.agency_id), body.note, body.kind, matter, is_complex=body.complex)
    return await acting.do(feedback_id, command)


@router.post("/cases/{feedback_id}:answer", response_model=ActionDone)
async def answer(feedback_id: UUID, body: AnswerBody, acting: ActingDep) -> JSONResponse:
    """Save a revision of the answer; nobody is told yet."""
    return await acting.do(feedback_id, Answer(body.outcome, body.text))


@router.post("/cases/{feedback_id}:submit", response_model=ActionDone)
async def submit(feedback_id: UUID, acting: ActingDep) -> JSONResponse:
    """Hand the answer to whoever approves it."""
    return await acting.do(feedback_id, Submit())


@router.post("/cases/{feedback_id}:approve", response_model=ActionDone)
async def approve(feedback_id: UUID, acting: ActingDep) -> JSONResponse:
    """Approve the answer, which somebody else wrote; it goes to the citizen."""
    return await acting.do(feedback_id, Approve())


@router.post("/cases/{feedback_id}:send-back", response_model=ActionDone)
async def send_back(feedback_id: UUID, body: SendBackBody, acting: ActingDep) -> JSONResponse:
    """Ask for a better answer."""
    return await acting.do(feedback_id, SendBack(body.note))


@router.post("/cases/{feedback_id}:refuse", response_model=ActionDone)
async def refuse(feedback_id: UUID, body: RefuseBody, acting: ActingDep) -> JSONResponse:
    """The Office says why a feedback is not handled here and where to go; the citizen is told."""
    return await acting.do(feedback_id, Refuse(body.reason, body.explanation, body.note))


def _version(if_match: str | None) -> int:
    if if_match is None:
        raise Problem(428, "version-needed", "Cần tiêu đề If-Match với phiên bản hồ sơ đã xem")
    found = _VERSION.fullmatch(if_match.strip())
    if found is None:
        raise Problem(400, "bad-version", 'If-Match phải có dạng "3"')
    return int(found[1])


def _key(idempotency_key: str | None) -> str | None:
    if idempotency_key is not None and not _KEY.fullmatch(idempotency_key):
        raise Problem(400, "bad-key", "Idempotency-Key chỉ gồm 1–200 ký tự ASCII không dấu cách")
    return idempotency_key


def _answer(status: int, body: object, version: int) -> JSONResponse:
    return JSONResponse(body, status_code=status, headers={"ETag": f'"{version}"'})
