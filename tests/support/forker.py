"""A process that has loaded all our code once, and becomes any program of ours by forking: `python -m … SOCKET`.

Half of a short-lived process's time would be spent importing the same libraries. Run by `forked.py`, never by hand.
What it forks is a process of its own in everything a test can see: number, session, settings, log, signals, death.
"""

import ctypes
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
import time
from typing import Any, Final

from libs.local.tether import PR_SET_PDEATHSIG

_LONGEST_WISH: Final = 200_000
"""Bytes of one wish; the settings of a whole city are a twentieth of it."""
_LOADED: Final = (
    "libs.local.gateway",
    "services.intake.app",
    "services.notifier.app",
    "services.portal_bridge.app",
    "services.routing.app",
    "services.triage.app",
    "simulators.zalo_oa.app",
)


def main() -> None:
    """Fork as told, and say how the forked ended, until nobody asks any more; then they die too."""
    asker = socket.socket(fileno=int(sys.argv[1]))
    for module in _LOADED:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    forker = os.getpid()
    while True:
        wish, descriptors, _, _ = socket.recv_fds(asker, _LONGEST_WISH, 1)
        if not wish:
            return
        told: dict[str, Any] = json.loads(wish)
        if "ended" in told:
            asker.send(json.dumps(_ending(told["ended"])).encode())
            continue
        pid = os.fork()
        if pid == 0:
            asker.close()
            _become(told, descriptors[0], forker)
            return
        os.close(descriptors[0])
        asker.send(json.dumps(pid).encode())


def _ending(pid: int) -> int | None:
    """How a forked process ended, as `subprocess` tells it; None while it lives."""
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def _become(told: dict[str, Any], log: int, forker: int) -> None:
    """What `subprocess` and the tether do for a process started anew, then the program itself."""
    os.setsid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(told["death_signal"]), 0, 0, 0)
    if os.getppid() != forker:
        sys.exit("the process that wanted this one has died meanwhile")
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(log)
    os.chdir(told["folder"])
    os.environ.clear()
    os.environ.update(told["environment"])
    time.tzset()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    module, *words = told["words"]
    sys.argv = [module, *words]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
