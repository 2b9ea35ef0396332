"""Conduct of officials: whoever is accused does not learn of it from us, and who told stays hidden."""

import re
from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest
from fastapi.routing import APIRoute

from libs.local import wait_until
from services.routing.app import SERVICE
from tests.support.citizen import CONSENT, NAME_AND_PHONE, RESIDENCE, SUMMARY, Citizen
from tests.support.city import City
from tests.support.officer import AgencySystem, Browser

SHOUTED = "cán bộ một cửa phường Láng quát tôi, hẹn ba lần không trả kết quả"
LISTS = (
    "new",
    "in-progress",
    "approval",
    "sent-back",
    "late",
    "soon",
    "closed",
    "undecided",
    "sensitive",
    "at-agencies",
)
WORDS = "Đã xem xét và trả lời đầy đủ."
BODIES = {
    "return": {"note": WORDS},
    "assign": {"agency_id": "HN-CN00199", "note": WORDS},
    "answer": {"outcome": "explained", "text": WORDS},
    "send-back": {"note": WORDS},
    "refuse": {"reason": "TCH04"},
    "unmask": {"why": WORDS},
}
AT_DESK = {"version": "1", "seen": "0", "agency_id": "HN-CN00199", "note": WORDS, "outcome": "explained", "text": WORDS}
AT_DESK |= {"reason": "TCH04", "step": "send", "why": WORDS}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
COUNT = re.compile(r'class="count[^"]*">([^<]*)<')


def with_photo(citizen: Citizen) -> str:
    """Tell of the conduct, with a photo; the code."""
    citizen.asks(SHOUTED, CONSENT)
    citizen.asks("", "Chúng tôi đã nhận 1 ảnh", {"type": "image"})
    citizen.asks("tôi đồng ý", NAME_AND_PHONE)
    citizen.asks(f"{citizen.name}, {citizen.phone}", RESIDENCE)
    citizen.asks("ngay nơi xảy ra việc", SUMMARY)
    code = citizen.confirms(SHOUTED)
    citizen.hears_where_it_went(code)
    return code


@pytest.fixture
def code(citizen: Citizen) -> str:
    """The code of a case of conduct, on its way."""
    return with_photo(citizen)


def test_conduct_comes_to_the_wards_head_and_to_the_office(
    code: str, systems: dict[str, AgencySystem], browser: Callable[[str], Browser]
) -> None:
    for name in ("head", "office"):
        case = systems[name].cases()[code]
        assert (case["desk"], case["agency_id"], case["shielded"]) == ("head", "HN-CN00199", True)
    assert code in browser("lang.chutich").open("/desk?list=new").text
    office = browser("vanphong").finds(code)
    assert "Phản ánh về cán bộ" in office.text, "the banner says why not everybody sees it"
    assert code in browser("vanphong").open("/desk?list=at-agencies").text


def test_an_ordinary_officer_of_the_accused_ward_finds_it_on_no_address_of_ours(
    city: City, code: str, systems: dict[str, AgencySystem], browser: Callable[[str], Browser]
) -> None:
    case = systems["head"].cases()[code]["id"]
    assert wait_until(lambda: systems["head"].case(case)["files"][0]["state"] == "ready", 20)
    file = systems["head"].case(case)["files"][0]["file_id"]
    assert systems["head"].asks("GET", f"/cases/{case}/files/{file}").status_code == 200
    clerk = browser("lang.canbo")
    token = clerk.open("/desk").form("/desk/sign-out").fields["csrf"]

    def at_desk(method: str, address: str) -> httpx.Response:
        filled = AT_DESK | {"csrf": token} if method == "POST" else None
        return clerk.http.request(method, address, data=filled, follow_redirects=False)

    def in_api(method: str, address: str) -> httpx.Response:
        return systems["clerk"].asks(method, address, BODIES.get(address.rpartition(":")[2]))

    addresses = [*_addresses_in_api(city), *_addresses_at_desk()]
    assert len(addresses) > 30
    for method, path in addresses:
        ask = at_desk if path.startswith("/desk") else in_api
        address = path.replace("{file_id}", file)
        answers = [ask(method, address.replace("{feedback_id}", one)) for one in (case, str(uuid4()))]
        here, nowhere = ((answer.status_code, UUID.sub("", answer.text)) for answer in answers)
        assert here == nowhere, f"{method} {path} tells that the case is there"
        assert here[0] == 404 or answers[0].is_redirect, f"{method} {path} answers {here[0]}: {here[1]}"


def test_an_ordinary_officer_of_the_accused_ward_sees_it_in_no_list_search_or_count(
    citizen: Citizen, systems: dict[str, AgencySystem], browser: Callable[[str], Browser]
) -> None:
    clerk, approver = browser("lang.canbo"), browser("lang.lanhdao")
    before = {one: _counts(who) for one, who in (("clerk", clerk), ("approver", approver))}
    code = with_photo(citizen)
    assert code in systems["head"].cases()
    for name, who in (("clerk", clerk), ("approver", approver)):
        assert _counts(who) == before[name]
        for slug in LISTS:
            assert code not in who.open(f"/desk?list={slug}").html
        assert code not in systems[name].cases()
        assert code not in systems[name].cases(state="assigned")
        assert code not in systems[name].cases(agency="HN-CN00199")
        found, unknown = who.finds(code), who.finds("HN-PA-000000-00000-0")
        assert found.text.replace(code, "") == unknown.text.replace("HN-PA-000000-00000-0", "")
    assert code not in systems["stranger"].cases()


def test_explaining_who_would_answer_gives_no_case_away(code: str, systems: dict[str, AgencySystem]) -> None:
    case = systems["office"].case(systems["office"].cases()[code]["id"])
    question = case["classification"] | {"place_id": case["place_id"]}
    answer = systems["clerk"].explains(question)
    assert answer.status_code == 200
    assert code not in answer.text
    assert case["id"] not in answer.text


def test_who_told_is_hidden_until_somebody_of_the_office_looks_and_signs_for_it(
    code: str, citizen: Citizen, systems: dict[str, AgencySystem], browser: Callable[[str], Browser]
) -> None:
    office, head = systems["office"], systems["head"]
    case = office.cases()[code]["id"]
    secrets = (citizen.name, citizen.phone, f"84{citizen.phone[1:]}", citizen.user_id)
    for system in (office, head, systems["auditor"]):
        assert not [secret for secret in secrets if secret in str(system.case(case))]
    assert head.tries(case, "unmask", why="muốn biết ai viết").status_code == 403
    assert systems["auditor"].tries(case, "unmask", why="kiểm tra").status_code in (403, 404)

    desk = browser("vanphong")
    page = desk.open(f"/desk/cases/{case}")
    assert not [secret for secret in secrets if secret in page.html]
    shown = desk.sends(page.form("/unmask"), why="gọi lại để xác minh ngày hẹn")
    assert citizen.name in shown.text
    assert f"0{citizen.phone[1:]}" in shown.text.replace(" ", "")
    assert citizen.name not in desk.open(f"/desk/cases/{case}").html, "shown once"
    looked = [line for line in office.case(case)["timeline"] if line["note"] == "gọi lại để xác minh ngày hẹn"]
    assert [line["by_name"] for line in looked] == ["Nguyễn Thu Hà"]


def test_a_head_answers_for_conduct_and_the_office_approves(
    code: str, citizen: Citizen, systems: dict[str, AgencySystem]
) -> None:
    head, office = systems["head"], systems["office"]
    case = head.cases()[code]["id"]
    answer = "Tôi đã làm việc với cán bộ một cửa và xin lỗi ông/bà. Kết quả hồ sơ được trả trong buổi chiều nay."
    head.does(case, "accept")
    head.does(case, "answer", outcome="accepted", text=answer)
    head.does(case, "submit")
    assert head.tries(case, "approve", head.case(case)["version"]).status_code == 403
    office.does(case, "approve")
    citizen.hears(lambda message: answer in message.text)
    for name in ("clerk", "approver"):
        assert code not in systems[name].cases(state="answered")


def _addresses_in_api(city: City) -> list[tuple[str, str]]:
    """Every operation of routing's API that is about one case, whether somebody thought of it here or not."""
    paths = city.web.get("/routing/openapi.json").json()["paths"]
    return [(method.upper(), path) for path, of in paths.items() if "{feedback_id}" in path for method in of]


def _addresses_at_desk() -> list[tuple[str, str]]:
    """Every page and form of the desk that is about one case, each action in turn."""
    routes = [route for router in SERVICE.routers for route in router.routes if isinstance(route, APIRoute)]
    found = {
        (method, route.path.replace("{action}", action))
        for route in routes
        if "/desk/cases/" in route.path
        for method in route.methods or ()
        for action in ("accept", "return", "assign", "approve", "send-back", "refuse", "submit", "any")
    }
    return sorted(found)


def _counts(browser: Browser) -> list[str]:
    return COUNT.findall(browser.open("/desk").html)
