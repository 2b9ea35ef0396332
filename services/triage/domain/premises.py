"""Where citizens' words may be sent to be judged."""

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

_INNER_NAMES: Final = (".internal", ".local", ".localhost")
"""Names that exist inside a network only. Source: RFC 6761, RFC 6762; ICANN resolution 2024.07.29.06."""


def may_be_sent_to(scheme: str, host: str) -> bool:
    """Whether nobody on the way can read what is sent: it is encrypted, or never leaves the city's own network."""
    if scheme == "https":
        return True
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        name = host.lower().rstrip(".")
        return bool(name) and ("." not in name or name.endswith(_INNER_NAMES))
    return _is_inner(address)


def _is_inner(address: IPv4Address | IPv6Address) -> bool:
    mapped = getattr(address, "ipv4_mapped", None)
    inner = mapped or address
    return inner.is_loopback or (inner.is_private and not (inner.is_unspecified or inner.is_link_local))
