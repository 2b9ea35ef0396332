"""Runs several of our programs one after another in one process: `python -m tests.support.commands '[["…", "…"], …]'`.

Each is a list of words as they would stand behind `python -m`. Most of the time of a command is spent importing.
"""

import json
import runpy
import sys


def main(programs: list[list[str]]) -> int:
    """Run each to its end; stop at the first that fails."""
    for module, *words in programs:
        sys.argv = [module, *words]
        try:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        except SystemExit as end:
            if end.code:
                sys.stderr.write(f"failed: {module} {' '.join(words)}\n")
                return 1
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
