"""The limit counts per minute of the platform's clock."""

from simulators.zalo_oa.gate import RateLimit


def test_the_limit_begins_anew_with_each_minute() -> None:
    limit = RateLimit(per_minute=2)
    assert [limit.take(59_000), limit.take(59_500), limit.take(59_999), limit.take(60_000)] == [1, 0, -1, 1]
