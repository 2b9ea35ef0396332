"""Reads what a broker sends to a client and spoils its confirms: some are lost, some say no.

Source: AMQP 0-9-1, 2.3.5 (frames) and the method ids of the class `basic`, with RabbitMQ's `nack`.
"""

from dataclasses import dataclass
from typing import Final

_HEADER: Final = 7
_END: Final = 1
_METHOD: Final = 1
_BASIC: Final = 60
_ACK: Final = 80
_NACK: Final = 120


@dataclass(slots=True)
class ConfirmSpoiler:
    """Every n-th confirm is lost, or turned into a refusal; 0 spoils none. A broker acknowledges nothing else."""

    lose_every: int = 0
    refuse_every: int = 0
    seen: int = 0
    lost: int = 0
    refused: int = 0

    def judged(self, frame: bytes) -> bytes:
        """The frame as the client gets to see it; empty when it is lost."""
        if not _is_confirm(frame):
            return frame
        self.seen += 1
        if self.lose_every and self.seen % self.lose_every == 0:
            self.lost += 1
            return b""
        if self.refuse_every and self.seen % self.refuse_every == 0:
            self.refused += 1
            # Both carry a number and a byte of flags, of which "multiple" is the lowest bit in either.
            return frame[: _HEADER + 2] + _NACK.to_bytes(2, "big") + frame[_HEADER + 4 :]
        return frame


class Frames:
    """One connection's bytes from the broker, cut into frames however they arrive."""

    def __init__(self, spoiler: ConfirmSpoiler) -> None:
        self._spoiler = spoiler
        self._rest = b""

    def passed(self, arrived: bytes) -> bytes:
        """What goes on to the client of the bytes that arrived; a frame that is not whole waits for the rest of it."""
        waiting, whole = self._rest + arrived, []
        while len(waiting) >= _HEADER:
            length = _HEADER + int.from_bytes(waiting[3:7], "big") + _END
            if len(waiting) < length:
                break
            whole.append(self._spoiler.judged(waiting[:length]))
            waiting = waiting[length:]
        self._rest = waiting
        return b"".join(whole)


def _is_confirm(frame: bytes) -> bool:
    method = (frame[0], int.from_bytes(frame[_HEADER : _HEADER + 2], "big"), int.from_bytes(frame[9:11], "big"))
    return method == (_METHOD, _BASIC, _ACK)
