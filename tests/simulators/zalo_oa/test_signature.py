"""The digests equal the published vectors."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from simulators.zalo_oa.signature import mini_app_digest, oa_digest, secret_proof

VECTORS = json.loads((Path(__file__).parents[2] / "zalo_signature_vectors.json").read_text())
OA_VECTORS = [each for each in VECTORS["vectors"] if "api_key" not in each]


@pytest.mark.parametrize("vector", OA_VECTORS, ids=lambda vector: vector["file"])
def test_the_digest_of_a_sample_equals_the_published_one(
    vector: dict[str, object], sample: Callable[[str], bytes]
) -> None:
    digest = oa_digest(
        VECTORS["app_id"], sample(str(vector["file"])), str(vector["timestamp"]), VECTORS["oa_secret_key"]
    )
    headers = vector["headers"]
    assert isinstance(headers, dict)
    assert headers["X-ZEvent-Signature"] == f"mac={digest}"


def test_the_independent_vector_with_vietnamese_text_is_met() -> None:
    body = (
        '{"oa_id":"oa_id","user_id_by_app":"user_id_by_app","event_name":"add_user_to_tag",'
        '"tag":{"user_ids":["user_id"],"name":"Hoàn thành"},"app_id":"app_id","timestamp":"1702095015762"}'
    ).encode()
    expected = "f0866f93f29edf589f83fb9edb3b57c47fc34eef8bfd71dd6a00daa517382007"
    assert oa_digest("appID", body, "1702095015762", "oaSecret") == expected


def test_the_mini_app_signs_by_another_recipe(sample: Callable[[str], bytes]) -> None:
    (vector,) = (each for each in VECTORS["vectors"] if "api_key" in each)
    digest = mini_app_digest(json.loads(sample(vector["file"])), vector["api_key"])
    assert vector["headers"]["X-ZEvent-Signature"] == digest


def test_the_secret_proof_is_an_hmac_of_the_token() -> None:
    expected = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
    assert secret_proof("key", "The quick brown fox jumps over the lazy dog") == expected
