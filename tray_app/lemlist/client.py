"""One request to the lemlist API, which ends in an answer or in a :class:`Problem`, in time."""

import re
import socket
import ssl
import threading
import time
from contextlib import suppress
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from urllib.parse import urlsplit

import requests
import urllib3
from urllib3.exceptions import NewConnectionError

from tray_app import __version__
from tray_app.errors import Kind, Problem
from tray_app.lemlist.address import is_loopback
from tray_app.lemlist.balance import Balance, Team, parse_balance, parse_team
from tray_app.lemlist.connect import leads_here
from tray_app.lemlist.network_fault import NetworkFault
from tray_app.lemlist.proxies import desktops_proxies, ways_to
from tray_app.lemlist.transport import (
    CuttableAdapter,
    ProxyRefusedError,
    trusted,
    unreadable_variable,
)
from tray_app.rules.schedule import LONGEST_PAUSE

DEADLINE = 15.0
"""Seconds for one request in all, from the resolution of the host's name to the last byte."""

_TIME_TO_CONNECT = 2 / 3
"""Of the deadline: what has not connected by then never does, and something is to be said of it.
Where there are several ways, they share this time."""

LARGEST_BODY = 64 * 1024
"""Bytes. A balance takes about 150, a team a few thousand."""

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

_OF_GATEWAYS = {407: Kind.PROXY, 451: Kind.ACCESS_BLOCKED}
"""What only those say who stand between; a proxy does also when nobody has asked for one."""

_PASSING = (408, 421, 425)
"""Statuses beside 500 to 599 that ask for another try (RFC 9110, RFC 8470)."""

_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?")

_SIGN_IN_REDIRECTS = (301, 302, 303, 307, 308)

_BROKEN_OFF = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)
"""The connection ends while it is being secured, as behind some firewalls: no matter of trust.
Before Python 3.11.3 the second stands for the first (https://github.com/python/cpython/issues/95494).
"""

_OF_PROXY = (
    requests.exceptions.ProxyError,
    requests.exceptions.ConnectTimeout,
    requests.exceptions.InvalidURL,
)
"""Of the two addresses that can be invalid, the proxy's is the one that is not checked before."""


_TLS_FAULTS = {
    **dict.fromkeys((9, 10), NetworkFault.WRONG_DATE),
    **dict.fromkeys((2, 18, 19, 20, 21), NetworkFault.UNKNOWN_ISSUER),
    **dict.fromkeys((62, 64), NetworkFault.OTHER_HOST),
}
"""By OpenSSL's codes (X509_V_ERR_*). Windows and macOS have others, which leave it open."""


class _OfProxy(Problem):
    """What one proxy has failed at, and another one may not."""


class Client:
    """The API, as one key sees it. Blocks; meant for a worker thread."""

    def __init__(self, base_url: str, key: str, *, deadline: float = DEADLINE) -> None:
        self._base_url = base_url
        self._key = key
        self._deadline = deadline
        self._trust: ssl.SSLContext | None = None
        self._desktops_proxies: list[str] | None = None
        self._unfinished: threading.Event | None = None

    def balance(self) -> Balance:
        """Fetch the team's credits.

        Raises:
            Problem: of a kind that :func:`_raise_for_status` or :func:`_transport_problem` names.
        """
        return parse_balance(self._get("/team/credits", self._deadline))

    def team(self, deadline: float) -> Team:
        """Fetch the team's identity, in ``deadline`` seconds; raise as :meth:`balance` does."""
        return parse_team(self._get("/team", min(deadline, self._deadline)))

    def _get(self, path: str, deadline: float) -> bytes:
        """Fetch one path in a thread of its own, and leave that thread when time is up.

        Cutting the connection ends the thread, unless the system is resolving a name. No other
        request begins until the thread has ended.
        """
        if self._unfinished is not None and not self._unfinished.is_set():
            raise Problem(Kind.TIMEOUT, "the last request has not ended")
        if self._trust is None and urlsplit(self._base_url).scheme == "https":
            self._trust = trusted()
        adapter = CuttableAdapter(self._trust)
        outcome: list[bytes | Exception] = []
        has_ended = threading.Event()

        def run() -> None:
            try:
                outcome.append(self._fetch(self._base_url + path, adapter, deadline))
            except Exception as error:
                outcome.append(error)
            finally:
                adapter.close()
                has_ended.set()

        thread = threading.Thread(target=run, name="lemlist-request", daemon=True)
        thread.start()
        result: bytes | Exception
        if has_ended.wait(deadline):
            thread.join()
            result = outcome[0]
        else:
            adapter.cut()
            self._unfinished = has_ended
            result = Problem(Kind.TIMEOUT, f"no whole answer in {deadline:.0f} s")
        if isinstance(result, Problem):
            # By the next request the user may be in another network, or have a certificate.
            self._desktops_proxies = self._trust = None
        if isinstance(result, Exception):
            raise result
        return result

    def _fetch(self, url: str, adapter: CuttableAdapter, deadline: float) -> bytes:
        """Fetch by the first proxy that connects, of those that are to be tried in turn."""
        *others, last = ways_to(url, self._ask_desktop)
        time_to_connect = deadline * _TIME_TO_CONNECT / (len(others) + 1)
        limits = time_to_connect, deadline
        for way in others:
            with suppress(_OfProxy):
                return _exchange(url, self._key, adapter, limits, way)
        return _exchange(url, self._key, adapter, limits, last)

    def _ask_desktop(self, url: str) -> list[str]:
        """Ask the desktop once; that takes as long as half a poll."""
        if self._desktops_proxies is None:
            self._desktops_proxies = desktops_proxies(url)
        return self._desktops_proxies


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Say that nothing is a redirect.

        Otherwise requests reads and unpacks a redirect's whole body, even when told not to follow.
        """


def _exchange(
    url: str, key: str, adapter: CuttableAdapter, limits: tuple[float, float], way: str
) -> bytes:
    """Send the request through a proxy or directly, and return the body of a good JSON answer.

    ``limits`` are the seconds to connect, and for each answer of the connection.
    """
    try:
        with _Session() as session:
            session.trust_env = False  # ways_to() and trusted() have read the environment
            session.proxies = {"all": way} if way else {}
            session.mount("https://", adapter)
            session.mount("http://", adapter)
            with session.get(
                url,
                auth=("", key),
                headers={
                    "Accept": "application/json",
                    "Accept-Encoding": "identity",  # a packed body may be a bomb
                    "User-Agent": f"lemlist-credits/{__version__}",
                },
                allow_redirects=False,  # the key goes to the configured host and nowhere else
                stream=True,
                timeout=limits,
            ) as response:
                _raise_for_status(response)
                return _read(response)
    except (OSError, ValueError, urllib3.exceptions.HTTPError) as error:
        # requests raises OSErrors; while the body is read, urllib3 raises errors of its own.
        if not way and _is_blocked(urlsplit(url).hostname or "", error):
            raise Problem(Kind.ACCESS_BLOCKED, NetworkFault.LEADS_HERE) from None
        raise _transport_problem(error, way) from None


def _raise_for_status(response: requests.Response) -> None:
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
    text = response.raw.read1(256, decode_content=False).strip().lower()
    if text.startswith(_GATEWAYS_WORDS):
        return False
    if response.status_code in _UNDOCUMENTED:
        return media_type in ("text/plain", "application/json")
    is_told = response.status_code == 401 or any(word in text for word in _LEMLISTS_WORDS)
    return media_type == "text/plain" and is_told


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


def _read(response: requests.Response) -> bytes:
    """Read a body of bounded size, without unpacking it."""
    body = bytearray()
    while chunk := response.raw.read1(4096, decode_content=False):
        body += chunk
        if len(body) > LARGEST_BODY:
            raise Problem(Kind.UNEXPECTED_RESPONSE, "the answer is too large")
    return bytes(body)


def _is_blocked(host: str, error: Exception) -> bool:
    """Tell whether a connection has failed because the host's name is answered for with no use."""
    cause = _innermost(error)
    is_found = isinstance(cause, NewConnectionError) and not isinstance(
        cause.__cause__, socket.gaierror
    )
    is_astray = is_found or isinstance(error, requests.exceptions.SSLError)
    return is_astray and not is_loopback(host) and leads_here(host)


def _transport_problem(error: Exception, way: str) -> Problem:
    """Name the failure of a connection. OSError comes last: all errors of requests are some."""
    name = type(error).__name__
    cause = _innermost(error)
    if isinstance(cause, ProxyRefusedError):
        return _OfProxy(_kind_of_refusal(cause.status), f"status {cause.status}")
    # urllib3 has an error of its own where no connection through a SOCKS proxy comes about.
    if way and (isinstance(error, _OF_PROXY) or isinstance(cause, NewConnectionError)):
        return _OfProxy(Kind.PROXY, name)
    if isinstance(error, requests.exceptions.SSLError | urllib3.exceptions.SSLError):
        return _tls_problem(cause)
    if isinstance(error, requests.exceptions.Timeout | urllib3.exceptions.TimeoutError):
        return Problem(Kind.TIMEOUT, name)
    # Only the innermost error tells a server that breaks HTTP from a connection that breaks.
    bad_http = isinstance(cause, HTTPException | urllib3.exceptions.InvalidHeader)
    if bad_http and not isinstance(cause, OSError):
        return Problem(Kind.UNEXPECTED_RESPONSE, type(cause).__name__)
    if isinstance(error, OSError) or isinstance(cause, OSError):
        return Problem(Kind.OFFLINE, name)
    return Problem(Kind.UNEXPECTED_RESPONSE, name)


def _kind_of_refusal(status: int) -> Kind:
    """Name what a proxy's refusal to connect stands for."""
    if status in (403, 451):
        return Kind.ACCESS_BLOCKED
    return Kind.SERVER_ERROR if status >= 500 else Kind.PROXY


def _tls_problem(cause: BaseException) -> Problem:
    if isinstance(cause, _BROKEN_OFF):
        return Problem(Kind.OFFLINE, type(cause).__name__)
    if isinstance(cause, ssl.SSLCertVerificationError):
        if (variable := unreadable_variable()) is not None:
            return Problem(Kind.CERTIFICATES, variable)
        code = getattr(cause, "verify_code", 0)
        return Problem(Kind.TLS, _TLS_FAULTS.get(code, NetworkFault.BAD_CERTIFICATE))
    return Problem(Kind.TLS, type(cause).__name__)


def _innermost(error: BaseException) -> BaseException:
    """Return the error that requests and urllib3 have wrapped in their own."""
    for inner in (getattr(error, "reason", None), *error.args[-1:]):
        if isinstance(inner, BaseException):
            return _innermost(inner)
    return error
