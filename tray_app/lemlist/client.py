"""One request to the lemlist API, which ends in an answer or in a :class:`Problem`, in time."""

import threading
import time
import zlib
from contextlib import suppress
from urllib.parse import urlsplit

import requests
import urllib3

from tray_app import __version__
from tray_app.errors import Kind, Problem
from tray_app.lemlist.answers import raise_for_status
from tray_app.lemlist.balance import Balance, Team, parse_balance, parse_team
from tray_app.lemlist.failures import OfProxy, transport_problem
from tray_app.lemlist.proxies import desktops_proxies, ways_to
from tray_app.lemlist.transport import CuttableAdapter
from tray_app.lemlist.trust import Trust

DEADLINE = 15.0
"""Seconds for one request in all, from the resolution of the host's name to the last byte."""

_TIME_TO_CONNECT = 2 / 3
"""Of the deadline: what has not connected by then never does, and something is to be said of it.
Where there are several ways, they share this time."""

ASK_AGAIN = 600.0
"""Seconds after which the desktop is asked anew for its proxy, which the user may have changed."""

LARGEST_BODY = 64 * 1024
"""Bytes. A balance takes about 150, a team a few thousand."""


class Client:
    """The API, as one key sees it. Blocks; meant for a worker thread."""

    def __init__(
        self, base_url: str, key: str, trust: Trust | None = None, *, deadline: float = DEADLINE
    ) -> None:
        """Keys that are used by one program share their ``trust``."""
        self._base_url = base_url
        self._key = key
        self._deadline = deadline
        self._trust = trust or Trust()
        self._desktops_proxies: list[str] | None = None
        self._asked_at = 0.0
        self._unfinished: threading.Event | None = None

    def balance(self) -> Balance:
        """Fetch the team's credits.

        Raises:
            Problem: of a kind that :func:`raise_for_status` or :func:`transport_problem` names.
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
        began = time.monotonic()
        is_secure = urlsplit(self._base_url).scheme == "https"
        trusted = self._trust.context() if is_secure else None
        adapter = CuttableAdapter(trusted)
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
        has_failed = isinstance(result, Problem)
        if has_failed:
            self._desktops_proxies = None  # the user may be in another network by the next request
        if trusted is not None and adapter.has_met_distrust:
            # By the next request the user may have the certificate of a proxy or a virus scanner.
            may_do_now = self._trust.forget(trusted)
            if may_do_now and has_failed:
                return self._get(path, deadline - (time.monotonic() - began))
        if isinstance(result, Exception):
            raise result
        return result

    def _fetch(self, url: str, adapter: CuttableAdapter, deadline: float) -> bytes:
        """Fetch by the first proxy that connects, of those that are to be tried in turn."""
        *others, last = ways_to(url, self._ask_desktop)
        time_to_connect = deadline * _TIME_TO_CONNECT / (len(others) + 1)
        limits = time_to_connect, deadline
        for way in others:
            with suppress(OfProxy):
                return _exchange(url, self._key, adapter, limits, way)
        return _exchange(url, self._key, adapter, limits, last)

    def _ask_desktop(self, url: str) -> list[str]:
        """Ask the desktop once in a while; that takes as long as half a poll."""
        now = time.monotonic()
        if self._desktops_proxies is None or now > self._asked_at + ASK_AGAIN:
            self._desktops_proxies, self._asked_at = desktops_proxies(url), now
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
                raise_for_status(response)
                return _read(response)
    except (OSError, ValueError, urllib3.exceptions.HTTPError) as error:
        # requests raises OSErrors; while the body is read, urllib3 raises errors of its own.
        raise transport_problem(error, urlsplit(url).hostname or "", way) from None


def _read(response: requests.Response) -> bytes:
    """Read a body of bounded size. Some servers pack one that was to be sent as it is."""
    body = bytearray()
    while len(body) <= LARGEST_BODY:
        if not (chunk := response.raw.read1(4096, decode_content=False)):
            break
        body += chunk
    if response.headers.get("Content-Encoding", "").strip().lower() == "gzip":
        body = _unpacked(body)
    if len(body) > LARGEST_BODY:
        raise Problem(Kind.UNEXPECTED_RESPONSE, "the answer is too large")
    return bytes(body)


def _unpacked(body: bytearray) -> bytearray:
    """Unpack no more than is too large already."""
    try:
        return bytearray(zlib.decompressobj(wbits=31).decompress(body, LARGEST_BODY + 1))
    except zlib.error:
        raise Problem(Kind.UNEXPECTED_RESPONSE, "not gzip") from None
