"""The HTTP face of any service."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select, text

from libs.runtime.run import Run
from libs.web import RunDep, create_app
from libs.web.problem import Problem
from tests.runtime.hotel import Trouble, kitchen
from tests.support.service import Runs

router = APIRouter()


class Order(BaseModel):
    """What a guest orders."""

    plates: int


@router.post("/orders")
async def order(wanted: Order) -> dict[str, int]:
    return {"plates": wanted.plates}


@router.get("/closed")
async def closed() -> None:
    raise Problem(409, "kitchen-closed", "Bếp đã đóng", detail="mở lại lúc 6:00", reopens="06:00")


@router.get("/broken")
async def broken() -> None:
    raise RuntimeError("số 0912345678")


@router.get("/row")
async def row(run: RunDep) -> str:
    async with run.begin() as tx:
        await tx.session.execute(select(run.tables.leases).with_for_update())
    return "done"


def _http(run: Run[Any]) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=create_app(run), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


async def _serving(runs: Runs, **settings: Any) -> Run[Any]:
    return await runs(replace(kitchen(Trouble()), routers=(router,)), toy=True, **{"database_wait_s": 0.8, **settings})


async def test_a_refusal_is_a_problem_document(runs: Runs) -> None:
    async with _http(await _serving(runs)) as http:
        answer = await http.get("/closed")
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:problem:kitchen-closed",
        "title": "Bếp đã đóng",
        "status": 409,
        "detail": "mở lại lúc 6:00",
        "reopens": "06:00",
    }


async def test_an_invalid_request_is_told_where_and_not_what_it_held(runs: Runs) -> None:
    async with _http(await _serving(runs)) as http:
        answer = await http.post("/orders", json={"plates": "số 0912345678"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"where": "body.plates", "what": "int_parsing"}]
    assert "0912345678" not in answer.text


@pytest.mark.parametrize("chunked", [False, True], ids=["its length told", "in chunks"])
async def test_a_body_that_is_too_long_is_refused_and_one_that_fits_is_not(runs: Runs, chunked: bool) -> None:
    async def in_chunks(body: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(body), 10):
            yield body[start : start + 10]

    headers = {"content-type": "application/json"}
    async with _http(await _serving(runs, body_limit_bytes=40)) as http:
        for body, status in ((b'{"plates": 3}', 200), (b'{"plates": 3' + b" " * 40 + b"}", 413)):
            answer = await http.post("/orders", content=in_chunks(body) if chunked else body, headers=headers)
            assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["connection"] == "close"


async def test_an_unexpected_error_tells_nothing_and_is_counted(runs: Runs) -> None:
    run = await _serving(runs)
    async with _http(run) as http:
        answer = await http.get("/broken")
        metrics = (await http.get("/metrics")).text
    assert answer.status_code == 500
    assert "0912345678" not in answer.text
    assert 'kitchen_http_requests_total{method="GET",route="/broken",status="500"} 1.0' in metrics


async def test_an_unknown_address_is_a_problem_and_its_text_is_no_label(runs: Runs) -> None:
    async with _http(await _serving(runs)) as http:
        assert (await http.get("/0912345678")).headers["content-type"] == "application/problem+json"
        assert "0912345678" not in (await http.get("/metrics")).text


async def test_a_locked_row_is_answered_busy_within_a_second_and_nothing_hangs(runs: Runs) -> None:
    run = await _serving(runs)
    async with run.begin() as tx:
        await tx.session.execute(text("LOCK TABLE kitchen.leases IN ACCESS EXCLUSIVE MODE"))
        async with _http(run) as http, asyncio.timeout(2):
            answer = await http.get("/row")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


async def test_an_empty_pool_is_answered_busy_and_heals(runs: Runs) -> None:
    run = await _serving(runs, database_pool_size=1)
    async with _http(run) as http:
        async with run.begin() as tx:
            await tx.session.execute(text("SELECT 1"))
            async with asyncio.timeout(2):
                assert (await http.get("/row")).status_code == 503
        assert (await http.get("/row")).status_code == 200


@pytest.mark.parametrize(("path", "status"), [("/health/live", 200), ("/health/ready", 503), ("/row", 503)])
async def test_without_its_database_a_service_is_alive_but_not_ready(runs: Runs, path: str, status: int) -> None:
    run = await _serving(runs, database_url="postgresql+asyncpg://nobody:x@127.0.0.1:9/none")
    async with _http(run) as http:
        assert (await http.get(path)).status_code == status


async def test_with_its_database_a_service_is_ready(runs: Runs) -> None:
    async with _http(await _serving(runs)) as http:
        answer = await http.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["checks"]["database"]["state"] == "ok"
