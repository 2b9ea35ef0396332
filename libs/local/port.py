"""Ports of the private servers: on loopback only, and the same as the last time where that is possible."""

import socket

from libs.local.error import LocalError

ADDRESS = "127.0.0.1"


class PortError(LocalError):
    """No port is left on loopback."""


def free_port(remembered: int | None = None) -> int:
    """Give the port of the last time if nobody has it now, else one the system picks.

    Raises: PortError
    """
    for wanted in (remembered or 0, 0):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((ADDRESS, wanted))
            except OSError:
                continue
            return int(trial.getsockname()[1])
    raise PortError(f"No port is free on {ADDRESS}.")
