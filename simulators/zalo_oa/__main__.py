"""``python -m simulators.zalo_oa``: serve the simulated platform on loopback."""

import logging

import uvicorn

from simulators.zalo_oa.app import create_app
from simulators.zalo_oa.gate import AnswerLost
from simulators.zalo_oa.settings import SimulatorSettings


def main() -> None:
    """Serve until interrupted."""
    settings = SimulatorSettings()
    # An answer lost on purpose is no failure of ours; its traceback would only frighten.
    logging.getLogger("uvicorn.error").addFilter(_is_not_on_purpose)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,
        timeout_keep_alive=75,  # a request that met the closing would be lost, by no fault that was asked for
        timeout_graceful_shutdown=1,  # the page always has a request waiting for news
    )


def _is_not_on_purpose(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], AnswerLost))


if __name__ == "__main__":
    main()
