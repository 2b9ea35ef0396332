"""What Zalo's answers mean, byte by byte."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from libs.runtime.metrics import Metrics
from libs.web.outbound import OutboundHttp
from services.notifier.clients import (
    RefreshLost,
    RefreshNotSent,
    RefreshRefused,
    Renewed,
    ZaloClient,
    ZaloOAuth,
)
from services.notifier.domain.attempt import Refused, Sent, TokenDead, TryLater, Uncertain
from services.notifier.domain.wording import Option
from services.notifier.domain.zalo_error import ErrorClass

Answer = Callable[[httpx.Request], httpx.Response]
HOA = "6143092758814407315"


def http(answer: Answer) -> OutboundHttp:
    return OutboundHttp("zalo", "https://zalo.test", Metrics("notifier"), transport=httpx.MockTransport(answer))


def said(body: Any, status: int = 200, **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda _: httpx.Response(status, content=content, headers=headers)


def fails(error: type[httpx.TransportError]) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error("on purpose", request=request)

    return answer


OK = {"data": {"message_id": "63ecf43f", "sent_time": "1"}, "error": 0, "message": "Success"}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(said(OK), Sent("63ecf43f"), id="taken"),
        pytest.param(
            said({**OK, "data": {"message_id": 63, "quota": {"quota_type": "purchase_quota"}}}),
            Sent("63", "purchase_quota"),
            id="id as a number, billed",
        ),
        pytest.param(said({"error": 0}), Sent(None), id="taken, nothing more said"),
        pytest.param(said({"error": "0", "data": []}), Sent(None), id="error as a text"),
        pytest.param(said({"error": -216, "message": "invalid"}), TokenDead("zalo:-216"), id="token dead"),
        pytest.param(said({"error": -124, "message": "invalid"}), TokenDead("zalo:-124"), id="token dead, other host"),
        pytest.param(said({"error": -220}, 401), TokenDead("zalo:-220"), id="token dead, with a status"),
        pytest.param(said({"error": "x"}), Uncertain("zalo:unreadable"), id="error that is no number"),
        pytest.param(said(b"<html>OK</html>"), Uncertain("http:200:not_json"), id="a page"),
        pytest.param(said(b""), Uncertain("http:200:not_json"), id="nothing"),
        pytest.param(said([1]), Uncertain("http:200:not_json"), id="a list"),
        pytest.param(said(b"\xff\xfe{}"), Uncertain("http:200:not_json"), id="not UTF-8"),
        pytest.param(said(b"[" * 100_000), Uncertain("http:200:not_json"), id="too deep"),
        pytest.param(said(b"", 500), TryLater("http:500"), id="server error"),
        pytest.param(said(b"", 503), TryLater("http:503"), id="busy"),
        pytest.param(said(b"", 502), Uncertain("http:502"), id="gateway without an answer"),
        pytest.param(said(b"", 504), Uncertain("http:504"), id="gateway out of patience"),
        pytest.param(said({}, 429, **{"Retry-After": "7"}), TryLater("http:429", 7.0, everyone=True), id="too many"),
        pytest.param(
            said({}, 429, **{"Retry-After": "Mon, 1 Jan"}), TryLater("http:429", everyone=True), id="too many, a date"
        ),
        pytest.param(fails(httpx.ConnectError), TryLater("net:not_sent"), id="not connected"),
        pytest.param(fails(httpx.ConnectTimeout), TryLater("net:not_sent"), id="not connected in time"),
        pytest.param(fails(httpx.ReadTimeout), Uncertain("net:no_answer"), id="silent"),
        pytest.param(fails(httpx.RemoteProtocolError), Uncertain("net:no_answer"), id="cut off"),
    ],
)
async def test_an_answer_to_a_message(answer: Answer, expected: object) -> None:
    client = ZaloClient(http(answer))
    assert await client.send_text("token", HOA, "Xin chào.") == expected
    await client.close()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (said({"error": -230, "message": "no interaction"}), ErrorClass.WAIT),
        (said({"error": -99999, "message": "?"}), ErrorClass.PERMANENT),
        (said(b"", 403), ErrorClass.PERSON),
        (said(b"", 302, Location="https://elsewhere.test"), ErrorClass.PERSON),
        (said(b"", 413), ErrorClass.PERMANENT),
    ],
)
async def test_a_refusal_has_its_class(answer: Answer, kind: ErrorClass) -> None:
    client = ZaloClient(http(answer))
    outcome = await client.send_text("token", HOA, "Xin chào.")
    assert isinstance(outcome, Refused)
    assert outcome.verdict.kind is kind
    await client.close()


async def test_a_message_goes_over_the_wire_as_the_reference_says() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=OK)

    client = ZaloClient(http(answer))
    options = (Option("Gửi đi"), Option("Xem", url="https://a.test/"), Option("Sửa", payload="sua"))
    await client.send_text("token", HOA, "Xin chào.", options)
    (request,) = seen
    assert (request.method, request.url.path) == ("POST", "/v3.0/oa/message/cs")
    assert request.headers["access_token"] == "token"
    assert "authorization" not in request.headers
    body = json.loads(request.content)
    assert body["recipient"] == {"user_id": HOA}
    assert body["message"]["text"] == "Xin chào."
    assert body["message"]["attachment"]["payload"]["buttons"] == [
        {"title": "Gửi đi", "type": "oa.query.show", "payload": "Gửi đi"},
        {"title": "Xem", "type": "oa.open.url", "payload": {"url": "https://a.test/"}},
        {"title": "Sửa", "type": "oa.query.show", "payload": "sua"},
    ]
    await client.close()


@pytest.mark.parametrize(("code", "calls"), [(-201, 2), (-210, 2), (-233, 2), (-230, 1), (-216, 1)])
async def test_a_message_is_tried_without_buttons_only_where_they_may_be_at_fault(code: int, calls: int) -> None:
    seen: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.content)
        return httpx.Response(200, json={"error": code, "message": "refused"})

    client = ZaloClient(http(answer))
    await client.send_text("token", HOA, "Xin chào.", (Option("Gửi đi"),))
    assert len(seen) == calls
    assert calls == 1 or b"buttons" not in seen[1]
    await client.close()


@pytest.mark.parametrize(
    ("answer", "there"),
    [
        (said({"error": 0, "data": {}}), True),
        (said({"error": -216}), True),
        (said(b"<html>", 200), False),
        (said({}, 503), False),
        (fails(httpx.ReadTimeout), False),
        (fails(httpx.ConnectError), False),
    ],
)
async def test_whether_anybody_is_there(answer: Answer, there: bool) -> None:
    client = ZaloClient(http(answer))
    assert await client.answers("token") is there
    await client.close()


NEW = {"access_token": "a2", "refresh_token": "r2", "expires_in": "90000"}
DAY_AND_AN_HOUR = timedelta(hours=25)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(said(NEW), Renewed("a2", "r2", DAY_AND_AN_HOUR), id="renewed"),
        pytest.param(said({**NEW, "expires_in": 3600}), Renewed("a2", "r2", timedelta(hours=1)), id="a number"),
        pytest.param(said({**NEW, "expires_in": "soon"}), Renewed("a2", "r2", DAY_AND_AN_HOUR), id="no number"),
        pytest.param(said({**NEW, "expires_in": 10**30}), Renewed("a2", "r2", DAY_AND_AN_HOUR), id="for ever"),
        pytest.param(said({**NEW, "expires_in": -5}), Renewed("a2", "r2", DAY_AND_AN_HOUR), id="negative"),
        pytest.param(said({"access_token": "a2"}), Renewed("a2", None, DAY_AND_AN_HOUR), id="half a pair"),
        pytest.param(
            said({"error": -14014, "error_name": "Invalid refresh token."}), RefreshRefused("zalo:-14014"), id="refused"
        ),
        pytest.param(said({"access_token": "", "error": -14020}), RefreshRefused("zalo:-14020"), id="empty, refused"),
        pytest.param(said({"access_token": " ", "refresh_token": "r2"}), RefreshLost("http:200"), id="blank"),
        pytest.param(said({"error_name": "odd"}), RefreshLost("http:200"), id="neither nor"),
        pytest.param(said(b"<html>"), RefreshLost("http:200"), id="a page"),
        pytest.param(said(b"", 500), RefreshLost("http:500"), id="server error"),
        pytest.param(said(b"", 503), RefreshNotSent("http:503"), id="busy"),
        pytest.param(said(b"", 429), RefreshNotSent("http:429"), id="too many"),
        pytest.param(said(b"", 403), RefreshRefused("http:403"), id="forbidden"),
        pytest.param(fails(httpx.ConnectError), RefreshNotSent("net:not_sent"), id="not connected"),
        pytest.param(fails(httpx.ReadTimeout), RefreshLost("net:no_answer"), id="silent"),
    ],
)
async def test_an_answer_to_a_refresh(answer: Answer, expected: object) -> None:
    oauth = ZaloOAuth(http(answer), "4187308559620713842", "app-secret")
    assert await oauth.refresh("r1") == expected
    await oauth.close()


async def test_a_refresh_goes_over_the_wire_as_the_reference_says() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=NEW)

    oauth = ZaloOAuth(http(answer), "4187308559620713842", "app-secret")
    await oauth.refresh("r1")
    (request,) = seen
    assert (request.method, request.url.path) == ("POST", "/v4/oa/access_token")
    assert request.headers["secret_key"] == "app-secret"
    assert parse_qs(request.content.decode()) == {
        "refresh_token": ["r1"],
        "app_id": ["4187308559620713842"],
        "grant_type": ["refresh_token"],
    }
    await oauth.close()
