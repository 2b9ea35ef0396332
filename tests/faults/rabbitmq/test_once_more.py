"""What the city in one process shows every day, once more over RabbitMQ with two processes each. F12, F26, F47."""

import pytest

from tests.faults.test_deaths import (  # noqa: F401 - the same promises in another city
    test_f26_an_answer_that_is_lost_is_cleared_up_by_the_echo,
    test_f26_without_an_echo_there_is_at_most_one_more_copy_and_it_is_recorded_as_such,
)
from tests.faults.test_poison import test_f12_an_event_nobody_can_read_is_dead_at_once_and_alarms  # noqa: F401
from tests.faults.test_repeats import test_f47_our_own_messages_coming_back_cause_no_message  # noqa: F401

pytestmark = [pytest.mark.faults, pytest.mark.campaign]
