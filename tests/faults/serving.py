"""Starts what a test has planted something in: the embedded city, or one of its services in a process of its own."""

from libs.launch.cli import main
from services import embedded


def serve(which: str) -> int:
    """Serve until stopped, as `python -m services.embedded` or `python -m services.<name> serve` would."""
    if which == "embedded":
        return embedded.main(["serve"])
    service = next(one for one in embedded.SERVICES if one.name == which)
    return main(service, ["serve"])
