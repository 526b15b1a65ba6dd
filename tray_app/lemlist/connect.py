"""A connection to whichever of a host's addresses answers first."""

import ipaddress
import itertools
import os
import selectors
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

HEAD_START = 0.25
"""Seconds for an address to answer before the next one is tried beside it (RFC 8305, 5)."""


def connect(host: str, port: int, seconds: float) -> socket.socket:
    """Return a connected socket, within ``seconds`` after the host's name was resolved.

    The resolution itself nobody can interrupt. No later call of the socket waits longer than
    ``seconds``.

    Where IPv6 is broken, packets to the first address are often lost without a word. Trying one
    address after the other would then use up the whole time on the first.

    Raises:
        OSError: no address answers; if none did in time, a TimeoutError.
    """
    # urllib3 leaves the brackets around the IPv6 address of a proxy.
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    addresses = list(by_turns(found))
    deadline = time.monotonic() + seconds
    last_error = OSError(f"{host} has no address")
    with selectors.DefaultSelector() as selector:
        try:
            while addresses or selector.get_map():
                if addresses:
                    family, address = addresses.pop(0)
                    try:
                        _begin(selector, family, address)
                    except OSError as error:  # as without a route
                        last_error = error
                        continue
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                for key, _ in selector.select(min(left, HEAD_START) if addresses else left):
                    sock: socket.socket = key.fileobj  # type: ignore[assignment]
                    selector.unregister(sock)
                    # It can be written: it is connected, or refused as its code says.
                    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    if code == 0:
                        sock.settimeout(seconds)
                        return sock
                    sock.close()
                    last_error = OSError(code, os.strerror(code))
        finally:
            for key in list(selector.get_map().values()):
                key.fileobj.close()  # type: ignore[union-attr]
    raise last_error


def by_turns(found: Iterable[tuple[int, int, int, str, Any]]) -> Iterator[tuple[int, Any]]:
    """Take addresses of both families in turn, as the whole first family may lead nowhere."""
    kinds: dict[int, list[tuple[int, Any]]] = {}
    for family, _, _, _, address in found:
        kinds.setdefault(family, []).append((family, address))
    rounds = itertools.zip_longest(*kinds.values())
    return (one for each in rounds for one in each if one is not None)


def leads_here(host: str) -> bool:
    """Tell whether a host's name leads to this computer, or to no computer, and nowhere else.

    This is how ad blockers and hosts files answer for what they block.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    addresses = [ipaddress.ip_address(address[0]) for _, _, _, _, address in found]
    return all(each.is_loopback or each.is_unspecified for each in addresses)


def _begin(selector: selectors.BaseSelector, family: int, address: Any) -> None:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(BlockingIOError):  # the selector says when it is connected
            sock.connect(address)
        selector.register(sock, selectors.EVENT_WRITE)
    except BaseException:
        sock.close()
        raise
