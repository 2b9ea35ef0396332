"""Turns into another program: as another user if told so, and tied to the life of the process that started it.

Run by path, never imported: `python -I -S tether.py PARENT DEATH_SIGNAL UID GID PROGRAM ARGUMENTS...`;
DEATH_SIGNAL 0 ties nothing, UID -1 changes no user.

Why not `subprocess`: its `preexec_fn` runs Python between fork and exec, where a parent with threads may hang; and the
kernel forgets a death signal when the user changes, so it must be set after that and before the program starts.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    parent, death_signal, uid, gid = (int(argument) for argument in arguments[:4])
    program = arguments[4:]
    if uid >= 0:
        os.setgroups([gid])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    if death_signal:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(death_signal), 0, 0, 0)
        if os.getppid() != parent:
            sys.exit("the process that wanted this one has died meanwhile")
    # Python ignores these two; the program expects the system's way.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    try:
        os.execv(program[0], program)  # noqa: S606
    except OSError as error:
        sys.exit(f"{program[0]} cannot be started: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
