"""Triage's decisions timed from inside, one after another: `python -m tests.bench.deciding < texts`.

Reads texts as JSON, one a line; prints how many milliseconds of processor each decision took, as one JSON list.
"""

import json
import sys
import time
from typing import Final

from libs.runtime.clock import SystemClock
from services.triage.domain import TrainedClassifier
from services.triage.model_file import shipped_model
from services.triage.province import read_tables, read_time_zone, rows_of
from services.triage.settings import OfflineSettings

WARMING: Final = 100
"""So many texts come first and are not counted: a service that has just started is not what is measured."""


def main() -> None:
    """Decide about all of them on the day of today, as the service does."""
    settings = OfflineSettings()
    folder = settings.province_dir
    classifier = TrainedClassifier(rows_of(read_tables(folder)), shipped_model(), settings.policy)
    on = SystemClock().now().astimezone(read_time_zone(folder)).date()
    texts: list[str] = [json.loads(line) for line in sys.stdin.buffer]
    took = []
    for text in texts:
        began = time.thread_time_ns()
        classifier.decide(text, on)
        took.append((time.thread_time_ns() - began) / 1e6)
    sys.stdout.write(json.dumps(took[WARMING:]))


if __name__ == "__main__":
    main()
