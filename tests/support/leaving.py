"""What stands for a whole folder of tests is stopped when its last test is done, not at the end of the run.

Loaded by `pytest_plugins` in `tests/conftest.py`. Not the scope "package": the folders of tests are no packages.
"""

from collections.abc import Callable

import pytest

_LEAVING = pytest.StashKey[dict[str, Callable[[], None]]]()


def when_left(config: pytest.Config, folder: str, stop: Callable[[], None]) -> None:
    """Call `stop` when the next test of this process is not in the folder, e.g. `tests/e2e/`."""
    config.stash.setdefault(_LEAVING, {})[folder] = stop


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    leaving = item.config.stash.get(_LEAVING, {})
    goes_to = nextitem.nodeid if nextitem is not None else ""
    for folder in [one for one in leaving if not goes_to.startswith(one)]:
        leaving.pop(folder)()
