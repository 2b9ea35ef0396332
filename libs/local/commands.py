"""Several of our programs one after another in one process: most of the time of each is spent importing the same.

`python -m libs.local.commands '[["services.embedded", "prepare"], ["services.embedded"]]'`: each is a list of words as
they would stand behind `python -m`; the first that fails ends it.
"""

import json
import runpy
import sys


def main(programs: list[list[str]]) -> int:
    """Run each to its end; the exit status is that of the last one run."""
    for module, *words in programs:
        sys.argv = [module, *words]
        try:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        except SystemExit as end:
            if end.code:
                print(f"failed: {module} {' '.join(words)}", file=sys.stderr)
                return end.code if isinstance(end.code, int) else 1
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
