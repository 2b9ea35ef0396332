"""Who a citizen is, and what they told, stands in nothing that is kept in the clear. Told last, about all before."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from libs.local import wait_until
from libs.local.demo import SERVICES
from tests.support.citizen import Citizen
from tests.support.city import City
from tests.support.officer import ANSWER, AgencySystem, Browser

CHILD = "Bảo Ngọc Uyên Phương"
UNUSUAL = f"phường Láng bắt phải có hộ khẩu giấy mới nhận hồ sơ khai sinh cho cháu {CHILD}"
WORDS = (UNUSUAL, CHILD)
OPEN = ("ZALO_APP_ID", "ZALO_OA_ID", "OFFICER_SESSION_PUBLIC_KEYS")
"""What stands among the secrets and is none."""
LINE_OF_ACCESS = re.compile(r'"event": "request"')


@pytest.fixture(scope="module")
def marks(city: City, told: list[Citizen], systems: dict[str, AgencySystem]) -> list[str]:
    """What gives somebody away, of everybody who wrote in this run, after one more story with every kind of trouble."""
    citizen, desk = Citizen(city), Browser(city)
    told.append(citizen)
    code = citizen.files(UNUSUAL)
    citizen.hears_where_it_went(code)
    clerk = systems["clerk"]
    case = clerk.cases()[code]["id"]
    for action, body in (("accept", {}), ("answer", {"outcome": "accepted", "text": ANSWER}), ("submit", {})):
        clerk.does(case, action, **body)
    systems["approver"].does(case, "approve")
    citizen.hears(lambda message: ANSWER in message.text)
    desk.signs_in("vanphong")
    assert citizen.name in desk.sends(desk.finds(code).form("/unmask"), why="kiểm thử").text
    _make_trouble(city, citizen, code)
    quiet = " + ".join(f"(SELECT count(*) FROM {service}.outbox)" for service in SERVICES)
    assert wait_until(lambda: city.administrator.one(f"SELECT {quiet}") == 0, 20)
    desk.close()
    citizen.close()
    people = [secret for one in told for secret in (one.name, one.phone[1:], one.user_id)]
    return [*people, *WORDS, *(secret for name, secret in city.secrets.items() if name not in OPEN)]


def test_nothing_of_a_citizen_is_in_logs_metrics_or_the_events_that_wait(city: City, marks: list[str]) -> None:
    log = city.log()
    assert len(LINE_OF_ACCESS.findall(log)) > 50, "there are access lines to look through"
    places = {"the log": log}
    for service in SERVICES:
        places[f"metrics of {service}"] = city.web.get(f"/{service}/metrics").raise_for_status().text
        for path in ("health/ready", "health/live", "openapi.json"):
            places[f"{path} of {service}"] = city.web.get(f"/{service}/{path}").text
    places |= dict(_waiting(city))
    found = [f"{place} tells {mark!r}" for place, text in places.items() for mark in _told_by(text, marks)]
    assert not found, "\n".join(found)


def test_events_name_nobody_whatever_they_say(city: City, marks: list[str]) -> None:
    said = city.administrator.rows("SELECT name, body FROM witness.said")
    assert {"feedback.received.v1", "sender.identified.v1", "reply.requested.v1", "feedback.resolved.v1"} <= {
        row["name"] for row in said
    }
    people = [mark for mark in marks if mark not in WORDS]
    everything = "\n".join(row["body"].decode() for row in said)
    assert _told_by(everything, [ANSWER]), "what is public travels in the clear, and the search finds it"
    assert not _told_by(everything, people)


def test_what_rests_in_intake_and_notifier_is_sealed(city: City, marks: list[str]) -> None:
    found = []
    for schema in ("intake", "notifier", "portal_bridge"):
        for table in city.administrator.rows(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = $1", schema
        ):
            name = f"{schema}.{table['table_name']}"
            rows = city.administrator.rows(f"SELECT row_to_json(t)::text AS text FROM {name} t")
            text = "\n".join(_readable(row["text"]) for row in rows)
            found += [f"{name} tells {mark!r}" for mark in _told_by(text, marks)]
    assert not found, "\n".join(found)


def _make_trouble(city: City, citizen: Citizen, code: str) -> None:
    """Errors quote what they trip over, unless somebody took care."""
    for path in (f"/tra-cuu?ma={quote(citizen.name)}", f"/khong-co/{citizen.phone}", f"/desk/search?q={citizen.phone}"):
        city.web.get(path)
    city.web.post("/tra-cuu", data={"code": code, "digits": citizen.phone[-4:]}).raise_for_status()
    city.web.post("/tra-cuu", data={"code": citizen.name, "digits": citizen.phone})
    city.web.post("/desk/sign-in", data={"login": citizen.phone, "password": citizen.name})
    for content in (UNUSUAL.encode(), b"\xff" + UNUSUAL.encode(), f'{{"text": "{UNUSUAL}"'.encode()):
        city.web.post("/intake/webhooks/zalo", content=content, headers={"X-ZEvent-Signature": f"mac={citizen.phone}"})
        city.web.post("/triage/api/v1/classify", content=content, headers={"Content-Type": "application/json"})
        city.web.post("/routing/api/v1/assignments:explain", content=content)
    city.web.post("/triage/api/v1/classify", json={"text": UNUSUAL, "sender": citizen.phone})


def _waiting(city: City) -> Iterator[tuple[str, str]]:
    """What waits in outboxes, inboxes and on the shelves, as text."""
    for service in SERVICES:
        for table in ("outbox", "inbox", "deferred_events"):
            rows = city.administrator.rows(f"SELECT row_to_json(t)::text AS text FROM {service}.{table} t")
            yield f"{service}.{table}", "\n".join(_readable(row["text"]) for row in rows)


def _told_by(text: str, marks: list[str]) -> list[str]:
    # Also as JSON and addresses write them.
    lower = text.lower()
    return [
        mark
        for mark in dict.fromkeys(marks)
        if any(form.lower() in lower for form in (mark, quote(mark), mark.encode("unicode_escape").decode()))
    ]


def _readable(row: str) -> str:
    """A row as text, with what is bytes (`\\\\x…`) also read as what it says."""
    return row + "".join(
        bytes.fromhex(found).decode("utf-8", "replace") for found in re.findall(r"\\\\x([0-9a-f]+)", row)
    )
