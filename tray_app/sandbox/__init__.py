"""A stand-in lemlist API on loopback, for the demo, the tests and for whoever writes scripts.

It gives the documented answers on ``GET /api/team/credits`` and ``GET /api/team`` with the
documented codes, messages and rate limit, and an HTML page with a 200 on every other path.
``resources/openapi.yaml`` describes it. Keys: the sandbox's own is good, ``blocked-key`` gets
403, ``nobody-key`` 404, any other 401, none 400.

While it runs, its method calls or its control route ``/sandbox`` change what it does::

    GET  /sandbox                                     the state, all stories and faults
    POST /sandbox {"story": "drain"}                  begins a story
    POST /sandbox {"total": 480}                      fixes the balance
    POST /sandbox {"balance": {"paid": 12}}           fixes the balance, bucket by bucket
    POST /sandbox {"fault": "429", "retry_after": 9}  switches a fault on
    POST /sandbox {"fault": null}                     switches it off

A POST needs ``Content-Type: application/json``. A web page in the user's browser can't use the
route: whatever carries an ``Origin`` or a ``Host`` that isn't loopback is refused.

The sandbox keeps and prints no key that it is sent.
"""

import hashlib
import json
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Self

from tray_app.interrupts import INTERRUPTED
from tray_app.sandbox.answers import (
    DEMO_KEY,
    DEMO_TEAM_ID,
    credits_answer,
    judge,
    team_answer,
)
from tray_app.sandbox.control import help_text, serve_control
from tray_app.sandbox.exchange import HTML, JSON, TEXT, Exchange
from tray_app.sandbox.faults import FAULTS, MESSAGES, PAGE, Fault, check_params
from tray_app.sandbox.rate import RateLimit
from tray_app.sandbox.server import Incoming, Server
from tray_app.sandbox.stories import STORIES, Buckets, split

__all__ = ["DEMO_KEY", "DEMO_TEAM_ID", "FAULTS", "STORIES", "Asked", "Sandbox", "main"]

_METHODS = "GET, HEAD, OPTIONS"
_MOST_KEPT = 10_000


class Asked(NamedTuple):
    """A request as the sandbox remembers it: without its key, query and body."""

    method: str
    path: str
    time: float
    """By the sandbox's clock."""
    accept_encoding: str | None


class Sandbox:
    """A stand-in lemlist API on 127.0.0.1; a context manager.

    Args:
        port: 0 picks a free one, which a restart then keeps.
        story: one of ``STORIES``; it begins at once.
        key: the key that is accepted.
        team_name: what ``GET /team`` answers.
        clock: seconds that never go back; moves the story and the rate limit.
        request_limit: requests allowed per key in two seconds.

    Raises:
        ValueError: there is no such story.
    """

    faults: Mapping[str, Fault] = FAULTS
    """What can be switched on, by name."""

    def __init__(
        self,
        *,
        port: int = 0,
        story: str = "steady",
        key: str = DEMO_KEY,
        team_name: str = "Acme Growth",
        clock: Callable[[], float] = time.monotonic,
        request_limit: int = 20,
    ):
        self.requests: list[Asked] = []
        """What was asked of the API, oldest first; the last 10,000 are kept."""
        self.max_in_flight = 0
        """The most API requests that were ever answered at the same time."""
        self.access_log: Callable[[str], None] | None = None
        """Gets a line with method, path and status after each answer."""
        self._port = port
        self._key = key
        self._team_name = team_name
        self._clock = clock
        self._limit = RateLimit(request_limit, clock)
        self._lock = threading.Lock()
        self._in_flight: set[int] = set()
        self._fault: tuple[str, Mapping[str, Any]] | None = None
        self._fixed: Buckets | None = None
        self._server: Server | None = None
        self.set_story(story)

    # --- life ---

    @property
    def url(self) -> str:
        """The base address of the API, as ``LEMLIST_API_URL`` wants it, once started."""
        return f"http://127.0.0.1:{self._port}/api"

    @property
    def control_url(self) -> str:
        """The address of the control route, once started."""
        return f"http://127.0.0.1:{self._port}/sandbox"

    def start(self) -> None:
        """Listen. Returns at once.

        Raises:
            OSError: the port is taken.
        """
        if self._server is not None:
            return
        self._server = Server(self._port, self._serve)
        self._port = self._server.port

    def stop(self) -> None:
        """Stop listening and end every connection, whatever it is doing. May be called again."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # --- what it answers ---

    @property
    def balance(self) -> Buckets:
        """The credits at this moment."""
        with self._lock:
            if self._fixed is not None:
                return self._fixed
            return STORIES[self._story].balance_at(self._clock() - self._begun)

    def set_balance(
        self,
        *,
        subscription: int | None = None,
        paid: int | None = None,
        gifted: int | None = None,
        freemium: int | None = None,
    ) -> None:
        """Fix the balance, which stops the story; a bucket that isn't named keeps its amount.

        Raises:
            ValueError: an amount is not a whole number, or negative.
        """
        named = {
            "subscription": subscription,
            "paid": paid,
            "gifted": gifted,
            "freemium": freemium,
        }
        changed = {name: amount for name, amount in named.items() if amount is not None}
        for amount in changed.values():
            _check_amount(amount)
        self._fix(self.balance._replace(**changed))

    def set_total(self, total: int) -> None:
        """Fix the balance at a total, split as a healthy team's is.

        Raises:
            ValueError: the total is not a whole number, or negative.
        """
        _check_amount(total)
        self._fix(split(total))

    def set_story(self, name: str) -> None:
        """Begin a story.

        Raises:
            ValueError: there is none of that name.
        """
        if name not in STORIES:
            raise ValueError(f"no story is called {name!r}")
        with self._lock:
            self._story, self._begun, self._fixed = name, self._clock(), None

    def set_fault(self, name: str | None, **params: object) -> None:
        """Switch one of the ``faults`` on in place of the one before; ``None`` is none.

        Every fault takes ``path="/team"`` or ``"/team/credits"``, which leaves the other well.
        Those that are a status also take ``retry_after`` (any text; ``None`` for no such header),
        the slow one ``seconds``.

        Raises:
            ValueError: there is none of that name, or it doesn't take these parameters.
        """
        if name is None:
            if params:
                raise ValueError("no fault takes no parameters")
            self._fault = None
        else:
            if name not in self.faults:
                raise ValueError(f"no fault is called {name!r}")
            self._fault = (name, check_params(self.faults[name], params))

    def _fix(self, balance: Buckets) -> None:
        with self._lock:
            self._story, self._fixed = "fixed", balance

    @property
    def story(self) -> str:
        """The name of the story that is being told."""
        return self._story

    @property
    def fault(self) -> tuple[str, Mapping[str, Any]] | None:
        """The fault in force and its parameters."""
        return self._fault

    def _serve(self, incoming: Incoming, connection: socket.socket) -> bool:
        if incoming.path == "/sandbox":
            exchange = Exchange(connection, incoming.method, {})
            serve_control(self, exchange, incoming)
            return exchange.keep_alive
        authorization = incoming.headers.get("Authorization", "")
        # It may hold somebody's real key, sent here by mistake: keep only what can't be turned
        # back into it.
        who = hashlib.sha256(authorization.encode("utf-8", "surrogateescape")).hexdigest()
        asked = Asked(
            incoming.method,
            incoming.path,
            self._clock(),
            incoming.headers.get("Accept-Encoding"),
        )
        with self._lock:
            self.requests.append(asked)
            del self.requests[:-_MOST_KEPT]
            self._in_flight.add(id(asked))
            self.max_in_flight = max(self.max_in_flight, len(self._in_flight))
            within_limit, rate_headers = self._limit.take(who)

        def end() -> None:
            with self._lock:
                self._in_flight.discard(id(asked))

        # It ends before its last byte is sent: after it the client may ask the next at once.
        exchange = Exchange(connection, incoming.method, rate_headers, before_end=end)
        try:
            if within_limit:
                self._answer(exchange, incoming.method, incoming.path, authorization)
            else:
                exchange.send(429, MESSAGES[429].encode())
        finally:
            end()
            if self.access_log is not None:
                self.access_log(f"{asked.method} {asked.path} {exchange.status or '-'}")
        return exchange.keep_alive

    def _answer(self, exchange: Exchange, method: str, path: str, authorization: str) -> None:
        if path == "/api/team/credits":
            good = json.dumps(credits_answer(self.balance)).encode()
        elif path == "/api/team":
            good = json.dumps(team_answer(self._team_name)).encode()
        else:
            exchange.send(200, PAGE, HTML)
            return
        route = path.removeprefix("/api")
        name, params = self._fault or (None, {})
        fault = self.faults[name] if name and params.get("path", route) == route else None
        if fault and not fault.spoils_balance:
            fault.play(exchange, good, params)
        elif method == "OPTIONS":
            exchange.send(204, headers={"Allow": _METHODS})
        elif method not in ("GET", "HEAD"):
            exchange.send(405, MESSAGES[405].encode(), TEXT, {"Allow": _METHODS})
        elif (status := judge(authorization, self._key)) != 200:
            exchange.send(status, MESSAGES[status].encode())
        elif fault and route == "/team/credits":
            fault.play(exchange, good, params)
        else:
            exchange.send(200, good, JSON)


def _check_amount(amount: object) -> None:
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < 0:
        raise ValueError("an amount is a whole number, 0 or more")


def main(port: int = 0, story: str = "steady") -> int:
    """Run a sandbox for people until Ctrl-C or SIGTERM; return the exit code, which tells which.

    It prints what it offers on standard output and a line for each request on standard error.
    """
    try:
        sandbox = Sandbox(port=port, story=story)
        sandbox.access_log = lambda line: print(line, file=sys.stderr, flush=True)  # noqa: T201
        sandbox.start()
    except (OSError, OverflowError, ValueError) as error:
        print(f"The sandbox can't start: {error}", file=sys.stderr)  # noqa: T201
        return 1
    ended = threading.Event()
    codes = {signal.SIGINT: INTERRUPTED, signal.SIGTERM: 0}
    code = 0

    def end(number: int, _frame: object) -> None:
        nonlocal code
        code = codes[signal.Signals(number)]
        ended.set()

    before = {number: signal.signal(number, end) for number in codes}
    try:
        print(help_text(sandbox), flush=True)  # noqa: T201
        # On Windows a wait without a timeout can't be interrupted.
        while not ended.wait(1.0):
            pass
    finally:
        sandbox.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
    return code
