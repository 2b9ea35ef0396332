"""The host behind attachment links, in each of its manners."""

import httpx
import pytest

from simulators.zalo_oa.media import SAMPLE_DOCUMENT, SAMPLE_PHOTO, SAMPLES

NAME = SAMPLE_PHOTO


@pytest.mark.parametrize(
    ("name", "magic", "mime"),
    [
        (SAMPLE_PHOTO, b"\xff\xd8\xff", "image/jpeg"),
        (SAMPLE_DOCUMENT, b"%PDF", "application/pdf"),
        ("nhan-dan-cam-on.png", b"\x89PNG", "image/png"),
        ("chan-dung.png", b"\x89PNG", "image/png"),
        ("loi-noi.amr", b"#!AMR\n", "audio/amr"),
    ],
)
async def test_a_sample_is_what_it_says(browser: httpx.AsyncClient, name: str, magic: bytes, mime: str) -> None:
    answer = await browser.get(f"/media/sample/{name}")
    assert answer.content.startswith(magic)
    assert answer.headers["content-type"] == mime


async def test_a_slow_file_arrives_whole(browser: httpx.AsyncClient) -> None:
    await browser.post("/faults", json={"media_slow_s": 0.03})
    assert (await browser.get(f"/media/slow/{NAME}")).content == (SAMPLES / NAME).read_bytes()


async def test_a_huge_file_is_huge_and_does_not_say_so_before(browser: httpx.AsyncClient) -> None:
    await browser.post("/faults", json={"media_huge_bytes": 3_000_000})
    answer = await browser.get(f"/media/huge/{NAME}")
    assert "content-length" not in answer.headers
    assert len(answer.content) >= 3_000_000


async def test_a_missing_file_is_missing(browser: httpx.AsyncClient) -> None:
    for path in (f"/media/missing/{NAME}", "/media/sample/none.jpg", "/media/files/none/a.jpg", "/media/sample/.."):
        assert (await browser.get(path)).status_code == 404


async def test_a_page_can_call_itself_a_picture(browser: httpx.AsyncClient) -> None:
    answer = await browser.get(f"/media/wrong-type/{NAME}")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.content.startswith(b"<!doctype html>")


async def test_a_link_can_lead_elsewhere_and_into_a_private_network(browser: httpx.AsyncClient) -> None:
    here = await browser.get(f"/media/redirect/{NAME}")
    assert (here.status_code, here.headers["location"]) == (302, f"http://127.0.0.1:9000/media/sample/{NAME}")
    private = await browser.get(f"/media/redirect-private/{NAME}")
    assert private.headers["location"].startswith("http://10.")
