"""Zalo's tokens end, or are lost between two breaths; citizens write on and are heard. F23, F24."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from libs.local import wait_until
from libs.local.demo import REPOSITORY
from services.notifier.domain.token import TokenRules
from services.notifier.jobs import JOBS
from tests.faults.conftest import Dying
from tests.support.citizen import BIRTH, CONSENT, Citizen
from tests.support.city import City
from tests.support.history import Historian

pytestmark = pytest.mark.faults

PAIR = "SELECT generation, alarm, refresh_began_at FROM notifier.channel_tokens"
MANY = 50


def test_f23_fifty_messages_that_find_the_token_dead_cause_one_refresh_and_all_arrive(
    city: City, somebody: Callable[[], Citizen], historian: Historian
) -> None:
    before = city.administrator.one(PAIR)
    citizens = [somebody() for _ in range(MANY)]
    city.zalo(token_expired_now=True)
    for citizen in citizens:
        citizen.says("xin chào")
    for citizen in citizens:
        citizen.hears("Kính chào ông/bà")
    assert city.administrator.rows(PAIR) == [{"generation": before + 1, "alarm": None, "refresh_began_at": None}]
    historian.ledger_holds()


def test_f24_killed_after_zalo_rotated_the_token_people_are_alarmed_within_a_minute_and_citizens_are_still_heard(
    city: City, citizen: Citizen, dying: Dying, historian: Historian
) -> None:
    city.administrator.rows("UPDATE notifier.channel_tokens SET last_refresh_at = now() - interval '1 h'")
    with dying("renewed"):
        city.zalo(token_expired_now=True)
        citizen.says(BIRTH)
    # The old pair is used up and nobody has the new one; what citizens write is kept all the same.
    citizen.says("tôi đồng ý")
    assert wait_until(lambda: all(one["state"] == "delivered" for one in city.deliveries(citizen.user_id)), 10)
    rows = city.administrator.rows(PAIR)
    assert (rows[0]["alarm"], rows[0]["refresh_began_at"] is not None) == (None, True)
    look_every = next(job.every for job in JOBS if job.name == "keep_tokens_fresh")
    assert TokenRules().lease + look_every <= timedelta(minutes=1)
    city.administrator.rows(
        "UPDATE notifier.channel_tokens SET refresh_began_at = refresh_began_at - $1::interval", TokenRules().lease
    )
    assert wait_until(
        lambda: city.administrator.rows(PAIR)[0]["alarm"] == "answer_lost", look_every.total_seconds() + 5
    )
    assert wait_until(lambda: 'alarm{what="zalo_token"} 1.0' in city.web.get("/notifier/metrics").text, 15)
    ready = city.web.get("/notifier/health/ready")
    assert (ready.status_code, ready.json()["checks"]["zalo_token"]["detail"]) == (200, "answer_lost")
    assert city.web.get("/intake/health/ready").json()["status"] == "ready"

    give_new_pair(city)
    citizen.hears(CONSENT, within_s=40)
    citizen.hears("xin cho biết họ tên và số điện thoại")
    assert wait_until(lambda: city.administrator.rows(PAIR)[0]["alarm"] is None, 10)
    historian.ledger_holds()


def give_new_pair(city: City) -> None:
    """What the alarmed person does: consent at Zalo again, and hand the new pair to the notifier."""
    back = city.phone.post("/v4/oa/permission", data={"redirect_uri": "http://127.0.0.1:1/xong"}).headers["location"]
    (code,) = parse_qs(urlsplit(back).query)["code"]
    form = {"code": code, "app_id": city.secrets["ZALO_APP_ID"], "grant_type": "authorization_code"}
    secret = {"secret_key": city.secrets["ZALO_APP_SECRET"]}
    pair = city.phone.post("/v4/oa/access_token", data=form, headers=secret).raise_for_status().json()
    subprocess.run(
        [sys.executable, "-m", "services.notifier", "tokens", "set"],
        input=f"{pair['access_token']}\n{pair['refresh_token']}\n".encode(),
        env=city.environment,
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
        timeout=60,
    )
