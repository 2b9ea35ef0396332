"""Commands of triage beside the running service, as an operator types them."""

import asyncio
from collections.abc import Callable

Say = Callable[..., "asyncio.Future[int]"]
