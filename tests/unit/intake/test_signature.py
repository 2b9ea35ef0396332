"""Zalo's signature, as docs/bad-input.md and the sample vectors have it."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from services.intake.domain.json_body import NotAnObject, read_object
from services.intake.domain.signature import NotSigned, Signed, SigningKeys, verify

VECTORS = json.loads(Path("tests/zalo_signature_vectors.json").read_text("utf-8"))
KEYS = SigningKeys("app", ("secret",))
BODY = b'{"event_name":"follow","timestamp":"1795000000000"}'


def sign(raw: bytes, timestamp: str, app_id: str = "app", secret: str = "secret") -> str:
    return sha256(app_id.encode() + raw + timestamp.encode("utf-8", "surrogatepass") + secret.encode()).hexdigest()


def check(raw: bytes, header: str | None, keys: SigningKeys = KEYS) -> Signed | NotSigned:
    body = read_object(raw)
    assert not isinstance(body, NotAnObject)
    return verify(raw, body, header, keys)


@pytest.mark.parametrize(
    "vector", [vector for vector in VECTORS["vectors"] if "recipe" not in vector], ids=lambda vector: vector["file"]
)
def test_every_sample_body_carries_a_right_signature(vector: dict) -> None:
    raw = Path("tests/zalo_events", vector["file"]).read_bytes()
    keys = SigningKeys(VECTORS["app_id"], (VECTORS["oa_secret_key"],))
    assert check(raw, vector["headers"]["X-ZEvent-Signature"], keys) == Signed("app_id")
    assert check(raw + b" ", vector["headers"]["X-ZEvent-Signature"], keys) == NotSigned("mismatch")


def test_the_vector_of_an_independent_implementation_matches() -> None:
    raw = (
        '{"oa_id":"oa_id","user_id_by_app":"user_id_by_app","event_name":"add_user_to_tag","tag":{"user_ids":["user_id"],'
        '"name":"Hoàn thành"},"app_id":"app_id","timestamp":"1702095015762"}'
    ).encode()
    header = "mac=f0866f93f29edf589f83fb9edb3b57c47fc34eef8bfd71dd6a00daa517382007"
    assert check(raw, header, SigningKeys("appID", ("oaSecret",))) == Signed("app_id")


@pytest.mark.parametrize(
    "form",
    ["mac={}", "mac = {}", " mac= {} ", "MAC={}", "Mac =  {}"],
)
@pytest.mark.parametrize("case", [str.lower, str.upper])
def test_the_header_may_have_blanks_and_capitals(form: str, case) -> None:
    assert check(BODY, form.format(case(sign(BODY, "1795000000000")))) == Signed("app_id")


RIGHT = sign(BODY, "1795000000000")


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (None, "no_header"),
        ("", "no_header"),
        (RIGHT, "bad_header"),
        ("mac=", "bad_header"),
        (f"mac={RIGHT[:-1]}", "bad_header"),
        (f"mac={RIGHT}0", "bad_header"),
        (f"mac={RIGHT[:-1]}g", "bad_header"),
        (f"sha256={RIGHT}", "bad_header"),
        (f"mac={RIGHT}, mac={RIGHT}", "bad_header"),
        ("mac=" + "٣" * 64, "bad_header"),
        (f"mac={sign(BODY, '1795000000000', secret='other')}", "mismatch"),
        (f"mac={sign(BODY, '1795000000000', app_id='other')}", "mismatch"),
        (f"mac={sign(BODY, '')}", "mismatch"),
    ],
)
def test_whatever_is_not_exactly_right_is_refused(header: str | None, reason: str) -> None:
    assert check(BODY, header) == NotSigned(reason)


@pytest.mark.parametrize("secrets", [(), ("",), ("", "")])
def test_an_empty_secret_never_matches_even_its_own_signature(secrets: tuple[str, ...]) -> None:
    header = f"mac={sign(BODY, '1795000000000', secret='')}"
    assert check(BODY, header, SigningKeys("app", secrets)) == NotSigned("no_secret")


def test_an_empty_app_id_never_matches() -> None:
    header = f"mac={sign(BODY, '1795000000000', app_id='')}"
    assert check(BODY, header, SigningKeys("", ("secret",))) == NotSigned("no_secret")


@pytest.mark.parametrize(
    "stamp", ["", ',"timestamp":""', ',"timestamp":null', ',"timestamp":true', ',"timestamp":["1"]']
)
def test_a_body_without_a_timestamp_is_refused(stamp: str) -> None:
    raw = f'{{"event_name":"follow"{stamp}}}'.encode()
    assert check(raw, f"mac={sign(raw, '')}") == NotSigned("no_timestamp")


@pytest.mark.parametrize("digits", ["1795000000000", "0", "-5", "1.795e12", "1795000000000.0", "1" * 40])
def test_a_timestamp_given_as_a_number_is_signed_with_its_digits_as_written(digits: str) -> None:
    raw = f'{{"timestamp":{digits}}}'.encode()
    assert check(raw, f"mac={sign(raw, digits)}") == Signed("app_id")


def test_half_a_character_in_the_timestamp_is_refused_without_an_error() -> None:
    raw = b'{"timestamp":"\\ud83d"}'
    assert check(raw, "mac=" + "0" * 64) == NotSigned("mismatch")


def test_the_bytes_count_not_what_they_mean() -> None:
    raw = b'{ "timestamp" : "1795000000000", "event_name":"follow" }\n'
    header = f"mac={sign(raw, '1795000000000')}"
    assert check(raw, header) == Signed("app_id")
    rewritten = json.dumps(json.loads(raw)).encode()
    assert check(rewritten, header) == NotSigned("mismatch")


def test_while_a_secret_is_reset_the_former_one_still_counts() -> None:
    header = f"mac={sign(BODY, '1795000000000', secret='former')}"
    assert check(BODY, header, SigningKeys("app", ("present", "former"))) == Signed("app_id")
    assert check(BODY, header, SigningKeys("app", ("present", ""))) == NotSigned("mismatch")


def test_a_signature_with_the_accounts_id_counts_only_when_asked_for_and_says_so() -> None:
    header = f"mac={sign(BODY, '1795000000000', app_id='oa')}"
    assert check(BODY, header) == NotSigned("mismatch")
    assert check(BODY, header, SigningKeys("app", ("secret",), oa_id="oa")) == Signed("oa_id")
