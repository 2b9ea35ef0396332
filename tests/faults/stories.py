"""A few citizens who tell whole feedbacks, one after the other, whatever happens to the city meanwhile."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Final, Self

from tests.support.citizen import BIRTH, Citizen

AT_ONCE: Final = 2
PATIENCE_S: Final = 240.0


class Stories:
    """`with Stories(somebody) as stories:` they go on until the block ends; then each is told to its end."""

    def __init__(self, somebody: Callable[[], Citizen], *, at_once: int = AT_ONCE) -> None:
        self._somebody = somebody
        self._at_once = at_once
        self._ending = threading.Event()
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="story")
        self._told: list[Future[int]] = []

    def __enter__(self) -> Self:
        self._told = [self._threads.submit(self._tell) for _ in range(self._at_once)]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ending.set()
        self._threads.shutdown()
        if error is None:
            assert sum(one.result() for one in self._told) >= self._at_once

    def _tell(self) -> int:
        """Each feedback by somebody new, up to the notice of who answers; how many."""
        told = 0
        while told == 0 or not self._ending.is_set():
            citizen = self._somebody()
            code = citizen.files(BIRTH, within_s=PATIENCE_S)
            citizen.hears_where_it_went(code, within_s=PATIENCE_S)
            told += 1
        return told
