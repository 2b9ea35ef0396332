"""What stands on the broker, read from the catalogue of events."""

from collections import defaultdict

from libs.contracts.catalogue import CATALOGUE, EXCHANGE
from libs.runtime.bus.topology import Topology


def topology() -> Topology:
    """The exchange, and who hears what from it."""
    hears: defaultdict[str, list[str]] = defaultdict(list)
    for entry in CATALOGUE:
        for service in entry.hearers:
            hears[service].append(entry.event.name)
    return Topology(EXCHANGE, {service: tuple(names) for service, names in hears.items()})
