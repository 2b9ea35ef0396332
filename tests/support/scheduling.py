"""Which worker runs which test: those that share a city stay together, all others go wherever there is room."""

from typing import Final

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

SHARING_A_CITY: Final = ("tests/e2e/", "tests/faults/rabbitmq/", "tests/faults/")


class ByCity(LoadScopeScheduling):  # type: ignore[misc]  # xdist tells no types
    """The scheduler of xdist that keeps scopes together, with our own idea of a scope.

    Not `--dist loadgroup`: it writes a group into a private field of pytest's tests, which pytest 9 no longer reads.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in SHARING_A_CITY if nodeid.startswith(folder)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByCity:
    """Use it whatever was asked for on the command line."""
    return ByCity(config, log)
