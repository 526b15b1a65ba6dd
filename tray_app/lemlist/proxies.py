"""Through which proxy lemlist is reached: as the environment says, else as the system says."""

import logging
import re
import sys
from collections.abc import Callable
from urllib.parse import urlsplit
from urllib.request import getproxies

from requests.utils import select_proxy, should_bypass_proxies

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
    if is_loopback(urlsplit(url).hostname or "") or should_bypass_proxies(url, no_proxy=None):
        return [DIRECTLY]
    named = select_proxy(url, getproxies())
    ways = [named] if named else ask_desktop(url) if sys.platform == "linux" else []
    return [_usable(way) for way in ways] or [DIRECTLY]


def shown(way: str) -> str:
    """Return a proxy's address without the user and the password that may be in it."""
    return re.sub(r"//[^/]*@", "//", way)


def _usable(way: str) -> str:
    """Write a proxy as requests wants it. "socks" is what GNOME calls a SOCKS 5 proxy."""
    scheme, colon, rest = way.partition("://")
    if scheme.lower() == "direct":
        return DIRECTLY
    return f"socks5h{colon}{rest}" if colon and scheme.lower() == "socks" else way


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
