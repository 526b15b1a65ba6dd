"""Where the API is, and where a user goes on the web."""

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from tray_app.errors import Kind, Problem

API_URL = "https://api.lemlist.com/api"
KEYS_PAGE = "https://app.lemlist.com/settings/integrations"
"""Where keys are made (lemlist's API documentation, "Authentication")."""
BILLING_PAGE = "https://app.lemlist.com/settings/billing"
"""Where team admins buy credits."""

URL_VARIABLE = "LEMLIST_API_URL"

_HOST_NAME = re.compile(rb"[\w.-]+")
"""What the name of a host is made of, once it is in ASCII."""


def api_url(environ: Mapping[str, str]) -> str:
    """Return the API's base address, without a slash at its end.

    ``LEMLIST_API_URL`` overrides the real address. http is for this computer only: elsewhere the
    key would travel in the clear.

    Raises:
        Problem: ``bad_address``.
    """
    text = environ.get(URL_VARIABLE, "").strip()
    if not text:
        return API_URL
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
        name = (host or "").encode("idna")
    except ValueError:
        raise Problem(Kind.BAD_ADDRESS, "it is not an address") from None
    if not host or parts.username is not None or "?" in text or "#" in text:
        raise Problem(Kind.BAD_ADDRESS, "it must be a host and a path, nothing else")
    if ":" not in host and not _HOST_NAME.fullmatch(name):
        raise Problem(Kind.BAD_ADDRESS, "no host is called like that")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise Problem(Kind.BAD_ADDRESS, "it must be https, or http on this computer")
    return text.rstrip("/")


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address can only be this computer."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
