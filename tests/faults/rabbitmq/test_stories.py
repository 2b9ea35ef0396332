"""Both stories once over RabbitMQ, two processes of each service: the handlers cannot tell the difference."""

from collections.abc import Callable, Iterator

import pytest

from tests.e2e.test_conduct import (  # noqa: F401 - the same stories, told to another city
    code,
    test_a_head_answers_for_conduct_and_the_office_approves,
    test_conduct_comes_to_the_wards_head_and_to_the_office,
)
from tests.e2e.test_procedure import (  # noqa: F401
    test_a_citizen_is_asked_only_for_what_is_missing_and_changes_one_thing_before_confirming,
    test_the_ward_answers_and_the_answer_arrives_on_the_same_phone,
)
from tests.support.five_services import FiveServices
from tests.support.officer import SYSTEMS, AgencySystem, Browser, desk_of, let_in


@pytest.fixture(scope="module")
def systems(standing_city: FiveServices) -> Iterator[dict[str, AgencySystem]]:
    """Systems of the ward Láng, of its head, of the Office and of the auditor."""
    connected = let_in(standing_city, **SYSTEMS)
    yield connected
    for system in connected.values():
        system.close()


@pytest.fixture
def browser(city: FiveServices) -> Iterator[Callable[[str], Browser]]:
    """`browser("lang.canbo")`: that officer, signed in at the desk."""
    with desk_of(city) as sit_down:
        yield sit_down
