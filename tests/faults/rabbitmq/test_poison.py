"""One event that cannot be handled, over RabbitMQ: it holds up nobody, is kept, and can be run again. F12."""

import pytest

from tests.faults.test_poison import (  # noqa: F401 - the same promise on another bus
    test_f12_a_poisonous_event_is_put_aside_others_go_on_and_it_is_handled_once_its_handler_is_mended,
)

pytestmark = pytest.mark.faults
