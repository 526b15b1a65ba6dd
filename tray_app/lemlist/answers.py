"""What an answer's status and headers say, and whether lemlist says it or what stands between."""

import re
import time
from contextlib import suppress
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests

from tray_app.errors import Kind, Problem
from tray_app.rules.schedule import LONGEST_PAUSE

_RATE_WINDOW = 2.0
"""Seconds to wait after a 429 that names no time: lemlist allows 20 requests in 2 seconds."""

_VERDICTS = {
    400: Kind.BAD_REQUEST,
    401: Kind.UNAUTHORIZED,
    402: Kind.PAYMENT_REQUIRED,
    403: Kind.FORBIDDEN,
    404: Kind.NO_USER,
    429: Kind.RATE_LIMITED,
}
"""What lemlist's answers say about the key, by their status."""

_UNDOCUMENTED = (402, 429)
"""Verdicts whose media type lemlist's page on credits does not tell; the others are plain text."""

_GATEWAYS_WORDS = (b"error code:", b"<")
"""How the body of a gateway's answer begins although its type is plain text: Cloudflare's
(https://developers.cloudflare.com/support/troubleshooting/http-status-codes/), and any page."""

_LEMLISTS_WORDS = (b"key", b"user")
"""What lemlist's page has in each of its refusals but 401. What stands between may refuse in plain
text as well, as Traefik with "404 page not found" and Envoy with "RBAC: access denied"."""

_MOST_OF_TEXT = 256
"""Bytes of a refusal that are looked at; lemlist's are shorter."""

_OF_GATEWAYS = {407: Kind.PROXY, 451: Kind.ACCESS_BLOCKED}
"""Only proxies and filters send these. A proxy that nobody has chosen may send 407, too."""

_PASSING = (408, 421, 425)
"""Statuses beside 500 to 599 that ask for another try (RFC 9110, RFC 8470)."""

_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?")

_SIGN_IN_REDIRECTS = (301, 302, 303, 307, 308)


def raise_for_status(response: requests.Response) -> None:
    """Raise the problem that the status or the type of an answer stands for.

    Only an answer as lemlist gives it says something about the key. Filters, gateways and networks
    answer with the same codes, and then with a page of their own.
    """
    status = response.status_code
    media_type = re.split("[;,]", response.headers.get("Content-Type", ""))[0].strip().lower()
    if status == 200:
        if media_type != "application/json":
            # Unknown paths answer 200 with a page of HTML; so do captive portals.
            raise Problem(Kind.UNEXPECTED_RESPONSE, "not JSON")
        return
    detail = f"status {status}"
    if status == 511 or (status in _SIGN_IN_REDIRECTS and _leads_elsewhere(response)):
        raise Problem(Kind.NETWORK_SIGN_IN, detail)
    if 500 <= status <= 599 or status in _PASSING:
        retry_after = _retry_after(response) if status == 503 else None
        raise Problem(Kind.SERVER_ERROR, detail, retry_after=retry_after)
    if status in _OF_GATEWAYS:
        raise Problem(_OF_GATEWAYS[status], detail)
    if status not in _VERDICTS:
        raise Problem(Kind.UNEXPECTED_RESPONSE, detail)
    wait = (_retry_after(response) or _RATE_WINDOW) if status == 429 else None
    if not _is_lemlists(response, media_type):
        # A page that is missing is no refusal: the address is wrong, or not lemlist's.
        kind = Kind.UNEXPECTED_RESPONSE if status == 404 else Kind.ACCESS_BLOCKED
        raise Problem(kind, f"{detail}, not from lemlist", retry_after=wait)
    raise Problem(_VERDICTS[status], detail, retry_after=wait)


def _leads_elsewhere(response: requests.Response) -> bool:
    """Tell whether a redirect leads to another host, as a network's page for signing in."""
    with suppress(ValueError):
        asked = urlsplit(response.url).hostname
        return urlsplit(response.headers.get("Location", "")).hostname not in (None, asked)
    return False


def _is_lemlists(response: requests.Response, media_type: str) -> bool:
    """Tell whether a refusal looks like one of lemlist's."""
    text = _beginning(response).strip().lower()
    if text.startswith(_GATEWAYS_WORDS):
        return False
    if response.status_code in _UNDOCUMENTED:
        return media_type in ("text/plain", "application/json")
    is_told = response.status_code == 401 or any(word in text for word in _LEMLISTS_WORDS)
    return media_type == "text/plain" and is_told


def _beginning(response: requests.Response) -> bytes:
    """Read the beginning of a body, which may come in pieces."""
    body = b""
    while left := _MOST_OF_TEXT - len(body):
        if not (chunk := response.raw.read1(left, decode_content=False)):
            break
        body += chunk
    return body


def _retry_after(response: requests.Response) -> float | None:
    """Return the seconds of ``Retry-After``, which may be a date (RFC 9110, 10.2.3).

    The header counts only with a 429 or a 503: this API sends it with a 200, too. Gateways send
    fractions, and add a header of their own: the longest wait counts.
    """
    # Whoever names a time goes by its own clock, and this computer's may be wrong.
    now = _time_of(response.headers.get("Date", "")) or time.time()
    waits = []
    for text in map(str.strip, response.raw.headers.getlist("Retry-After")):
        if _NUMBER.fullmatch(text):
            waits.append(float(text))
        elif (end := _time_of(text)) is not None:
            waits.append(end - now)
    wait = max(waits, default=0.0)
    return min(wait, LONGEST_PAUSE) if wait > 0 else None


def _time_of(date: str) -> float | None:
    """Return a date of HTTP in seconds since the epoch."""
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
