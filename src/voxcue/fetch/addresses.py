"""Which addresses of the internet a user's URL may lead to, and what a host name resolves to.

Every address of a name is judged, in whatever spelling it came, after the system's resolver has read it: so
"2130706433", "0x7f.1" and "localhost." are all the loopback that they mean.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from queue import Empty, SimpleQueue
from threading import Thread

Address = IPv4Address | IPv6Address

_UNICAST = ip_network("2000::/3")
"""All of IPv6 that is given out; what lies outside embeds IPv4 (NAT64, mapped, compatible) or is local."""

_NOT_PUBLIC = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # protocol assignments; Python before 3.11.10 lets most of it through
            "192.88.99.0/24",  # relays of 6to4
            "2001::/23",  # protocol assignments, Teredo, which embeds IPv4
            "2002::/16",  # 6to4, which embeds IPv4
            "3fff::/20",  # documentation; Python before 3.14 does not know it
        ),
    )
)


def public_addresses(host: str, port: int, seconds: float) -> list[str]:
    """Resolve a host once; return its addresses in the system's order, or none if any is not public.

    Raises:
        TimeoutError: the resolver took longer than ``seconds``.
        OSError: the resolver cannot be asked now.
    """
    addresses = _resolve(host, port, seconds)
    return addresses if all(_is_public(ip_address(each)) for each in addresses) else []


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return _is_public(address.ipv4_mapped)
        if address not in _UNICAST:
            return False
    special = address.is_multicast or address.is_reserved or not address.is_global
    return not special and not any(address in network for network in _NOT_PUBLIC)


def _resolve(host: str, port: int, seconds: float) -> list[str]:
    """Ask the system's resolver, which knows no time limit, in a thread that is left behind if it is late."""
    answers: SimpleQueue[list[str] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(each[4][0]) for each in found)))
        except Exception as error:  # carried over to the thread that asked
            answers.put(error)

    Thread(target=ask, name="voxcue-resolver", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, UnicodeError):  # a label longer than 63 characters
        return []
    if isinstance(answer, socket.gaierror) and answer.errno in {socket.EAI_NONAME, socket.EAI_NODATA}:
        return []
    if isinstance(answer, Exception):
        raise answer
    return answer
