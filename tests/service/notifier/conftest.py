"""The notifier at work before a simulated Zalo."""

import pytest

from tests.service.notifier.scene import Scene, scene
from tests.support.service import Runs


@pytest.fixture
async def at_work(runs: Runs) -> Scene:
    """A notifier that knows nobody yet."""
    return await scene(runs)


@pytest.fixture
async def known(at_work: Scene) -> Scene:
    """A notifier that knows one citizen and one case of theirs."""
    await at_work.knows_citizen()
    await at_work.knows_case()
    return at_work
