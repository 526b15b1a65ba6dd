"""Through which proxy lemlist is reached: as the environment says, else as the system says."""

import ipaddress
import logging
import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import quote, urlsplit
from urllib.request import getproxies, proxy_bypass

import requests

from tray_app.lemlist.address import is_loopback

log = logging.getLogger(__name__)

DIRECTLY = ""
"""What stands for no proxy."""

_PORTAL_TIME = 2.0
"""Seconds for the desktop to answer, which may have to fetch and run a script."""


def ways_to(url: str, ask_desktop: Callable[[str], list[str]]) -> list[str]:
    """Return the ways to try in turn: addresses of proxies, and :data:`DIRECTLY` for no proxy.

    ``HTTPS_PROXY``, ``ALL_PROXY`` and ``NO_PROXY`` come first. Where they name no proxy, Python
    asks Windows and macOS for their settings, and ``ask_desktop`` asks GNOME, Plasma and others.
    Requests to this computer go through no proxy.
    """
    host = urlsplit(url).hostname or ""
    if is_loopback(host) or _is_exempt(host, urlsplit(url).port or 443):
        return [DIRECTLY]
    named = requests.utils.select_proxy(url, getproxies())
    ways = [named] if named else ask_desktop(url) if sys.platform == "linux" else []
    return [_usable(way) for way in ways] or [DIRECTLY]


def _is_exempt(host: str, port: int) -> bool:
    """Tell whether ``NO_PROXY`` names a host, else the system's exceptions where it has any.

    There is no standard. Understood is what curl, Go and Python understand: commas and spaces, a
    domain with all below it, also written ``.domain`` and ``*.domain``, ``*``, ports, addresses and
    networks.
    """
    names = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    if not names:
        with suppress(OSError):  # Windows may have to resolve the name
            return bool(proxy_bypass(host))
        return False
    return any(_fits(each, host, port) for each in re.split(r"[\s,]+", names.lower()))


def _fits(entry: str, host: str, port: int) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry.strip("[]"), strict=False)
    name = entry.removesuffix(f":{port}").strip("[]")
    domain = name.removeprefix("*").removeprefix(".")
    return name == "*" or (domain != "" and (host == domain or host.endswith(f".{domain}")))


def shown(way: str) -> str:
    """Return a proxy's address without the user and the password that may be in it."""
    scheme, colon, _, place = _parts(way)
    return scheme + colon + place


def _usable(way: str) -> str:
    """Write a proxy as requests wants it.

    Files of variables leave spaces and quotes around it; users leave characters in the login that
    have another meaning in an address, as a backslash or "#". "socks" is what GNOME calls a
    SOCKS 5 proxy. That it resolves names itself, as browsers have it do, requests writes as
    "socks5h": where such a proxy is needed, this computer often can't. Bytes of the login that are
    no text can't be sent in any case: they become question marks, and the proxy refuses the login.
    """
    scheme, colon, login, place = _parts(way.strip(" \t\r\n\"'"))
    if scheme.lower() == "direct":
        return DIRECTLY
    if scheme.lower() in ("socks", "socks5"):
        scheme = "socks5h"
    login = quote(login, safe="%:", errors="replace")
    return scheme + colon + (f"{login}@" if login else "") + place


def _parts(way: str) -> tuple[str, str, str, str]:
    """Take a proxy's address apart: scheme, what follows it, login, place. Each may be empty."""
    scheme, colon, rest = way.partition("://") if "://" in way else ("", "", way)
    login, _, place = rest.rpartition("@")
    return scheme, colon, login, place


def desktops_proxies(url: str) -> list[str]:
    """Return what the desktop's portal says of an address; nothing where there is none.

    The portal also runs a script (PAC) that the settings name.
    """
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection
    from jeepney.wrappers import unwrap_msg

    portal = DBusAddress(
        "/org/freedesktop/portal/desktop",
        bus_name="org.freedesktop.portal.Desktop",
        interface="org.freedesktop.portal.ProxyResolver",
    )
    try:
        with open_dbus_connection(bus="SESSION") as bus:
            call = new_method_call(portal, "Lookup", "s", (url,))
            (ways,) = unwrap_msg(bus.send_and_get_reply(call, timeout=_PORTAL_TIME))
    except Exception as error:
        log.info("the desktop names no proxy: %s", type(error).__name__)
        return []
    return [str(way) for way in ways]
