"""Every fault over the whole way of the data: what the user sees, and that it passes.

A row of the table is a fault, and what becomes of it. Each is played over real sockets to the
tray program, which runs as a process of its own (`fault_program.py`), and to `status --json`:
from nothing known, and over good figures; and each time the next good answer has to recover.
"""

import gzip
import json
import os
import select
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, Self

import pytest
import requests

from tests import PROJECT
from tests.fake_clock import FakeClock
from tests.program.fault_program import KEY, NETWORK
from tests.program.tray_program import BUNDLE, FROM_SOURCE
from tests.servers import fault_servers as servers
from tests.servers.fault_servers import Fault, World, by_front, by_sandbox, by_secure_front
from tests.servers.faulty_sandbox import FAULTS, Sandbox
from tests.servers.local_servers import answer, closed_port
from tests.waiting import wait_until
from tray_app.errors import NEEDS_ANOTHER_KEY, Problem
from tray_app.lemlist.client import DEADLINE
from tray_app.rules.history import BUCKETS
from tray_app.team.watch import SECOND_ANSWER
from tray_app.terminal import status_command
from tray_app.terminal.output import fail
from tray_app.words.amounts import bucket_label
from tray_app.words.problem_words import fixed_key_words

ANSWERED = 60.0  # seconds; generous, since build machines are slow
LONGEST_STALL = 50.0  # milliseconds
SHORT = 1.0  # seconds; a deadline that a test can wait for, and a good answer can keep

Figures = tuple[int, int | None, int | None, int | None, int | None, int | None]
"""Credits, total, subscription, paid, gifted, freemium."""

BEFORE: Figures = (12_430, 12_430, 8_000, 4_100, 330, 0)
NOW: Figures = (9_840, 9_840, 6_000, 3_500, 300, 40)
"""What a broken world would tell."""


@dataclass(frozen=True)
class Shown:
    """What the user is told of a kind of failure."""

    title: str
    message: str
    button: str
    exit_code: int


AGAIN = " Trying again automatically."
SHOWN = {
    "bad_request": Shown(
        "lemlist received no API key", "Enter the API key again.", "Enter key…", 2
    ),
    "unauthorized": Shown(
        "lemlist doesn't accept this API key",
        "The key may be mistyped or deleted. Enter another one.",
        "Enter key…",
        2,
    ),
    "payment_required": Shown(
        "Payment needed in lemlist", "Ask a team admin to check Plans & Billing.", "", 2
    ),
    "forbidden": Shown(
        "The user of this API key is blocked",
        "Ask a team admin to unblock the user, or enter another user's key.",
        "Enter key…",
        2,
    ),
    "no_user": Shown(
        "lemlist finds no user for this API key",
        "Enter the API key of another user of your team.",
        "Enter key…",
        2,
    ),
    "rate_limited": Shown(
        "Too many requests with this API key",
        f"Another tool is probably using the same key.{AGAIN}",
        "",
        3,
    ),
    "server_error": Shown(
        "lemlist is temporarily unavailable",
        f"lemlist or a proxy returned error {{status}}.{AGAIN}",
        "",
        4,
    ),
    "access_blocked": Shown(
        "Access to lemlist was blocked",
        f"A company filter may block lemlist. Ask IT.{AGAIN}",
        "",
        4,
    ),
    "network_sign_in": Shown(
        "Sign in to the network",
        f"The network answers in place of lemlist. Open a web page to sign in.{AGAIN}",
        "",
        4,
    ),
    "proxy": Shown(
        "Can't connect through the proxy",
        f"Check the proxy's address and password, or ask IT.{AGAIN}",
        "",
        4,
    ),
    "offline": Shown(
        "Can't reach lemlist", f"Check your internet connection, VPN or proxy.{AGAIN}", "", 4
    ),
    "timeout": Shown(
        "lemlist is taking too long to answer",
        f"If this continues, check your internet connection.{AGAIN}",
        "",
        4,
    ),
    "tls": Shown(
        "Can't connect to lemlist securely",
        "A firewall or proxy may be in the way. On guest Wi-Fi, sign in to the network first, "
        f"or ask IT.{AGAIN}",
        "",
        4,
    ),
    "unexpected_response": Shown(
        "Couldn't read lemlist's reply",
        "On guest Wi-Fi, sign in to the network first. If this continues, update lemlist credits."
        f"{AGAIN}",
        "",
        6,
    ),
}
WANTS_LOGIN = (
    "The proxy wants a user and password in its address. If it takes only Windows sign-ins (NTLM), "
    f"ask IT.{AGAIN}"
)
NOT_SENT = "Your API key was not sent."
MORE_EXACTLY = {
    "407-page": WANTS_LOGIN,
    "proxy-407": WANTS_LOGIN,
    "expired": (
        f"{NOT_SENT} Check this computer's date, or ask IT about the company proxy's certificate."
        f"{AGAIN}"
    ),
    "self-signed": (
        f"{NOT_SENT} On guest Wi-Fi, sign in to the network first. In a company, ask IT for the "
        f"proxy's certificate.{AGAIN}"
    ),
    "wrong-host": (
        f"{NOT_SENT} Another server answers in place of lemlist. On guest Wi-Fi, sign in to the "
        f"network first, or ask IT.{AGAIN}"
    ),
}
"""What rows say that tell more than their kind does."""


@dataclass(frozen=True)
class Row:
    """A fault and what becomes of it: a kind of failure, or figures after all."""

    name: str
    fault: Fault
    kind: str = ""
    retry_after: range = range(0)
    """The seconds that may be told; none when empty. Only a date leaves more than one."""
    figures: Figures = NOW
    hangs: bool = False
    """Whether only the deadline ends it: `status` has the whole 15 s."""

    @property
    def shown(self) -> Shown:
        """What the user is told of it, with its details."""
        shown = SHOWN[self.kind]
        status = self.name.removeprefix("proxy-")[:3]
        message = MORE_EXACTLY.get(self.name, shown.message)
        return replace(shown, message=message.format(status=status))


def bad(name: str, kind: str, fault: Fault | None = None, retry_after: int | None = None) -> Row:
    seconds = range(0) if retry_after is None else range(retry_after, retry_after + 1)
    return Row(name, fault or by_sandbox(name), kind, seconds)


def good(name: str, figures: Figures = NOW, fault: Fault | None = None) -> Row:
    return Row(name, fault or by_sandbox(name), figures=figures)


def hangs(name: str, fault: Fault | None = None) -> Row:
    return Row(name, fault or by_sandbox(name), "timeout", hangs=True)


def limited(name: str, retry_after: str | None, seconds: int) -> Row:
    return bad(name, "rate_limited", by_sandbox("429", retry_after=retry_after), seconds)


def json_text(text: str) -> Fault:
    return by_front(servers.say(answer(text.encode())))


def plain(status: str, text: str) -> Fault:
    """A refusal in plain text, as lemlist's are."""
    return by_front(servers.say(answer(text.encode(), status, "text/plain; charset=utf-8")))


def page(status: str) -> Fault:
    """A page of a filter, a gateway or a network, in place of lemlist's answer."""
    body = b"<!doctype html><title>Just a moment...</title><p>Checking your browser"
    return by_front(servers.say(answer(body, status, "text/html; charset=UTF-8")))


HTTP = b"HTTP/1.1 "
HEAD = HTTP + b"200 OK\r\nContent-Type: application/json\r\n"
UNKNOWN = "unexpected_response"
BLOCKED = "access_blocked"
SIGN_IN = "network_sign_in"

ROWS = [
    # every documented status, and others
    bad("400", "bad_request"),
    bad("401", "unauthorized"),
    bad("402", "payment_required"),
    bad("403", "forbidden"),
    bad("404", "no_user"),
    bad("405", UNKNOWN),
    bad("418", UNKNOWN),
    bad("429", "rate_limited", retry_after=2),
    limited("429-seconds", "9", 9),
    Row("429-date", servers.retry_at("429", 100), "rate_limited", range(60, 101)),
    limited("429-missing", None, 2),
    limited("429-negative", "-5", 2),
    limited("429-billion", "1000000000", 3600),
    limited("429-garbage", "soon", 2),
    bad("500", "server_error"),
    bad("500-seconds", "server_error", by_sandbox("500", retry_after="9")),
    bad("502", "server_error"),
    bad("502-seconds", "server_error", by_sandbox("502", retry_after="9")),
    bad("503", "server_error"),
    bad("503-seconds", "server_error", by_sandbox("503", retry_after="9"), 9),
    Row("503-date", servers.retry_at("503", 100), "server_error", range(60, 101)),
    bad("503-negative", "server_error", by_sandbox("503", retry_after="-5")),
    bad("503-billion", "server_error", by_sandbox("503", retry_after="1000000000"), 3600),
    bad("503-garbage", "server_error", by_sandbox("503", retry_after="soon")),
    # somebody between this computer and lemlist says so, who knows nothing of the key
    bad("401-page", BLOCKED, page("401 Unauthorized")),
    bad("402-page", BLOCKED, page("402 Payment Required")),
    bad("403-page", BLOCKED, page("403 Forbidden")),
    bad("429-page", BLOCKED, page("429 Too Many Requests"), 2),
    bad("404-page", UNKNOWN, page("404 Not Found")),
    bad("503-page", "server_error", page("503 Service Unavailable")),
    bad("403-plain", BLOCKED, plain("403 Forbidden", "RBAC: access denied")),
    bad("404-plain", UNKNOWN, plain("404 Not Found", "404 page not found")),
    bad("407-page", "proxy", page("407 Proxy Authentication Required")),
    bad("451-page", BLOCKED, page("451 Unavailable For Legal Reasons")),
    bad("408-page", "server_error", page("408 Request Timeout")),
    bad("421-page", "server_error", page("421 Misdirected Request")),
    bad("425-page", "server_error", page("425 Too Early")),
    bad("511", SIGN_IN, page("511 Network Authentication Required")),
    bad("204", UNKNOWN),
    bad("206", UNKNOWN),
    bad("304", UNKNOWN),
    bad("301", UNKNOWN),
    bad("302", UNKNOWN),
    bad("307", UNKNOWN),
    bad("308", UNKNOWN),
    good("100-first", fault=by_front(servers.say_first(HTTP + b"100 Continue\r\n\r\n"))),
    good("103-first", fault=by_front(servers.say_first(HTTP + b"103 Hint\r\nLink: </>\r\n\r\n"))),
    bad("100-only", "offline", by_front(servers.say(HTTP + b"100 Continue\r\n\r\n"))),
    bad("101", UNKNOWN, by_front(servers.say(HTTP + b"101 Switching Protocols\r\n\r\n"))),
    hangs(
        "100-forever",
        by_front(servers.say_on_and_on(b"", HTTP + b"100 Continue\r\n\r\n", seconds=0.05)),
    ),
    # what a 200 holds
    bad("html", UNKNOWN),
    bad("html-as-json", UNKNOWN),
    bad("plain-json", UNKNOWN),
    bad("empty-body", UNKNOWN),
    bad("truncated-json", UNKNOWN),
    bad("other-shape", UNKNOWN),
    bad("other-details", UNKNOWN),
    bad("list", UNKNOWN),
    bad("deep-nesting", UNKNOWN),
    bad("bad-utf-8", UNKNOWN),
    good("duplicate-keys"),
    good("extra-fields"),
    good(
        "type-twice",
        (9_840, None, None, None, None, None),
        by_front(
            servers.say(answer(b'{"credits": 9840}', extra="content-type: application/json\r\n"))
        ),
    ),
    good("bom"),
    good("utf-16"),
    bad("null", UNKNOWN),
    bad("nan", UNKNOWN),
    bad("infinity", UNKNOWN),
    bad("1e300", UNKNOWN),
    bad("huge-integer", UNKNOWN),
    bad("strings", UNKNOWN),
    bad("booleans", UNKNOWN),
    good("negative", (-9_841, -9_841, -6_001, -3_501, -301, -41)),
    bad("float-fractional", UNKNOWN),
    good("float-integral"),
    good("null-total", (9_840, None, 6_000, 3_500, 300, 40)),
    good("missing-total", (9_840, None, 6_000, 3_500, 300, 40)),
    good("missing-credits"),
    bad("missing-both", UNKNOWN),
    good("missing-buckets", (9_840, 9_840, 6_000, 3_500, None, None)),
    good("missing-details", (9_840, None, None, None, None, None)),
    good("totals-disagree"),
    good("sum-disagrees", (9_840, 9_840, 6_000, 1_000_007, 300, 40)),
    good(
        "null-buckets",
        (9_840, None, None, None, None, None),
        json_text('{"credits": 9840, "details": {"remaining": {"total": null, "paid": null}}}'),
    ),
    good(
        "negative-bucket",
        (9_840, 9_840, None, 9_900, -60, None),
        json_text('{"details": {"remaining": {"total": 9840, "paid": 9900, "gifted": -60}}}'),
    ),
    # how it travels
    bad("huge-body", UNKNOWN),
    bad(
        "10-gigabytes",
        UNKNOWN,
        by_front(
            servers.say_on_and_on(HEAD + b"Content-Length: 10000000000\r\n\r\n", b" " * 65536)
        ),
    ),
    bad("gzip-bomb", UNKNOWN),
    good(
        "gzip-unasked",
        (9_840, None, None, None, None, None),
        by_front(
            servers.say(
                answer(gzip.compress(b'{"credits": 9840}'), extra="Content-Encoding: gzip\r\n")
            )
        ),
    ),
    bad(
        "redirect-10-gigabytes",
        UNKNOWN,
        by_front(
            servers.say_on_and_on(
                HTTP + b"302 Found\r\nLocation: /\r\nContent-Length: 10000000000\r\n\r\n",
                b" " * 65536,
            )
        ),
    ),
    bad("many-headers", UNKNOWN),
    bad("long-header", UNKNOWN),
    bad("length-too-long", "offline"),
    bad("length-too-short", UNKNOWN),
    bad("bad-chunks", "offline"),
    bad("not-http", UNKNOWN),
    hangs("slow", by_sandbox("slow", seconds=60)),
    hangs("dripped-body"),
    hangs("dripped-headers"),
    hangs("stalled-body"),
    hangs("silent"),
    bad("reset", "offline"),
    bad("reset-at-once", "offline", by_front(servers.reset)),
    bad("closed", "offline"),
    # the same inside of TLS, as it is with the real lemlist
    hangs("tls-silent", by_secure_front(servers.hang)),
    bad("tls-reset", "offline", by_secure_front(servers.reset)),
    bad("tls-closed", "offline", by_secure_front(servers.close)),
    bad("tls-truncated", "offline", by_secure_front(servers.say(answer()[:-5]))),
    hangs("greeting-silent", servers.by_greeting(servers.hang)),
    bad("greeting-reset", "offline", servers.by_greeting(servers.reset_greeting)),
    bad("greeting-closed", "offline", servers.by_greeting(servers.close)),
    bad("greeting-broken-off", "offline", servers.by_greeting(servers.break_off_greeting)),
    bad("greeting-ended", "offline", servers.by_greeting(servers.end_greeting)),
    # no way there
    bad("refused", "offline", servers.no_server),
    bad("dns", "offline", servers.no_way_to(servers.REMOTE)),
    bad("unreachable", "offline", servers.no_way_to(servers.UNREACHABLE)),
    # somebody else is there
    bad("self-signed", "tls", servers.by_impostor(servers.self_signed, is_trusted=False)),
    bad("expired", "tls", servers.by_impostor(servers.expired)),
    bad("wrong-host", "tls", servers.by_impostor(servers.wrong_host)),
    bad("old-protocol", "tls", servers.by_impostor(servers.old_protocol)),
    bad("proxy-407", "proxy", servers.by_proxy("407 Proxy Authentication Required")),
    bad("proxy-403", BLOCKED, servers.by_proxy("403 Forbidden")),
    bad("proxy-502", "server_error", servers.by_proxy("502 Bad Gateway")),
    bad("proxy-302", "proxy", servers.by_proxy("302 Found")),
    bad("captive-portal", SIGN_IN, servers.secure_redirect_to("http://localhost:{}/login")),
    bad("other-port", UNKNOWN, servers.redirect_to("http://127.0.0.1:{}/api/team/credits")),
    bad("other-host", SIGN_IN, servers.redirect_to("http://localhost:{}/api/team/credits", "307")),
    bad("to-https", UNKNOWN, servers.redirect_to("https://127.0.0.1:{}/api/team/credits", "301")),
    bad("to-http", UNKNOWN, servers.secure_redirect_to("http://127.0.0.1:{}/api/team/credits")),
]
BY_NAME = {row.name: row for row in ROWS}

BUNDLED = (
    "100-first",
    "401",
    "429-billion",
    "503-seconds",
    "missing-buckets",
    "nan",
    "gzip-bomb",
    "reset",
    "dns",
    "self-signed",
    "other-host",
    "silent",
    "dripped-headers",
)
"""The rows that the bundle is asked as well; it has its own Python, TLS and certificates."""
AS_PROCESSES = {
    **{f"source-{row.name}": (FROM_SOURCE, row) for row in ROWS if row.hangs},
    **{f"bundle-{name}": (BUNDLE, BY_NAME[name]) for name in BUNDLED},
}


def test_no_fault_of_the_sandbox_is_left_out() -> None:
    assert FAULTS.keys() <= BY_NAME.keys()
    assert len(BY_NAME) == len(ROWS)


# --- the program, and what is seen of it ----------------------------------------------------------


def environment(home: Path) -> dict[str, str]:
    """The variables of a process whose home is this folder."""
    folders = {
        f"XDG_{name}_HOME": str(home / name) for name in ("CACHE", "CONFIG", "DATA", "STATE")
    }
    return (
        os.environ
        | folders
        | {
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={home}/no-bus",
            "LC_ALL": "C.UTF-8",
        }
    )


def write_netrc(home: Path) -> None:
    """Give requests a reason to send another login, also to those it is redirected to."""
    netrc = home / ".netrc"
    hosts = ("127.0.0.1", "localhost", servers.REMOTE)
    netrc.write_text("".join(f"machine {host} login user password wrong\n" for host in hosts))
    netrc.chmod(0o600)


class LedProgram:
    """The tray program on a lead, inside a `with` block."""

    def __init__(self, home: Path) -> None:
        self._log = home / "stderr"
        self._checked = 0
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.program.fault_program"],
                cwd=PROJECT,
                env=environment(home)
                | {
                    "QT_QPA_PLATFORM": "offscreen",
                    "LEMLIST_API_KEY": KEY,
                    "LEMLIST_API_URL": f"http://127.0.0.1:{closed_port()}/api",
                },
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def __enter__(self) -> Self:
        self._answer("the start")  # nothing of which is left for the first command
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(ANSWERED)
        finally:
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()

    def ask(self, do: str, **command: object) -> dict[str, Any]:
        """Give a command, and return what the user sees when it has been carried out."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **command}) + "\n")
        self._process.stdin.flush()
        return self._answer(do)

    def _answer(self, to: str) -> dict[str, Any]:
        assert self._process.stdout is not None
        answered, _, _ = select.select([self._process.stdout], [], [], ANSWERED)
        line = self._process.stdout.readline() if answered else ""
        assert line, f"no answer to {to!r}; the program said:\n{self.said()}"
        seen: dict[str, Any] = json.loads(line)
        return seen

    def assert_well(self) -> None:
        """Fail if it has ended, or has told of a defect since this was last asked."""
        said = self.said()
        new, self._checked = said[self._checked :], len(said)
        assert self._process.poll() is None, said
        for defect in ("Traceback", "uncaught", KEY):
            assert defect not in new

    def said(self) -> str:
        """What it wrote to its standard error."""
        return self._log.read_text()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedProgram]:
    """The one tray program that lives through all faults."""
    home = tmp_path_factory.mktemp("program")
    write_netrc(home)
    with LedProgram(home) as program:
        yield program


def grouped(amount: int | None) -> str:
    return "–" if amount is None else f"{amount:,}".replace("-", "−")


def expect_fresh(seen: dict[str, Any], figures: Figures) -> None:
    """These figures, and nothing wrong with them."""
    credits, _, subscription, paid, gifted, freemium = figures
    if credits < 0:
        assert seen["icon"] == ["empty", credits, False]
        assert {f"{grouped(credits)} credits", "Empty", grouped(paid)} <= set(seen["texts"])
        return
    assert seen["icon"] == ["healthy", credits, False]
    kinds = dict(zip(BUCKETS, (subscription, paid, gifted, freemium), strict=True))
    rows: list[tuple[str, ...]] = [
        (bucket_label(kind), grouped(kinds[kind])) for kind in kinds if kinds[kind] != 0
    ]
    if set(kinds.values()) == {None}:
        rows = [("lemlist doesn't say which kinds of credits these are.",)]
    assert [text for text in seen["texts"][1:] if text != NO_TRAY] == [
        *("just now", f"{credits:,} credits", "Healthy"),
        *chain.from_iterable(rows),
    ]
    assert seen["buttons"] == ["Calculator", "Buy credits"]


def expect_nothing_known(seen: dict[str, Any], shown: Shown) -> None:
    """The problem, and no figure."""
    assert seen["icon"] == ["unknown", None, False]
    assert seen["texts"][:3] == ["lemlist credits", shown.title, shown.message]
    assert not [text for text in seen["texts"] if text[:1].isdigit() or text == "0"]
    assert seen["buttons"] == [shown.button] * bool(shown.button)


def expect_out_of_date(seen: dict[str, Any], shown: Shown) -> None:
    """The problem, and the figures of before, said to be out of date."""
    assert seen["icon"] == ["healthy", BEFORE[0], True]
    assert seen["texts"][:11] == [
        *("Acme Growth", "12,430 credits", "Healthy · out of date", shown.title, shown.message),
        *(bucket_label("subscription"), "8,000", bucket_label("paid"), "4,100"),
        *(bucket_label("gifted"), "330"),
    ]
    assert seen["buttons"] == [shown.button] * bool(shown.button)


NO_TRAY = "This desktop has no tray. Closing this window ends the program."


def expect_status(row: Row, code: int, output: str) -> None:
    """What `status --json` prints, and its exit code."""
    said = json.loads(output)
    if row.kind:
        shown, error = row.shown, said.pop("error")
        retry_after = error.pop("retry_after", None)
        # Nothing is tried again, and the command that helps is named.
        message = error.pop("message")
        if message != fixed_key_words() or row.kind not in NEEDS_ANOTHER_KEY:
            assert message.startswith(shown.message.removesuffix(AGAIN))
        assert error == {"kind": row.kind, "title": shown.title}
        assert retry_after in row.retry_after if row.retry_after else retry_after is None
        assert code == shown.exit_code
        assert said == {}
    else:
        names = ("total", "subscription", "paid", "gifted", "freemium")
        credits, *remaining = row.figures
        assert (said["credits"], said["level"]) == (credits, "empty" if credits < 0 else "healthy")
        assert said["remaining"] == dict(zip(names, remaining, strict=True))
        assert code == 0


def expect_key_was_kept(world: World) -> None:
    """That nobody but the configured host got the key."""
    for head in world.heard_by_strangers:
        assert b"authorization" not in head.lower()
        assert KEY.encode() not in head
        assert b64encode(f":{KEY}".encode()) not in head


# --- the table, played ----------------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_tray(row: Row, program: LedProgram) -> None:
    with World(KEY, row.fault) as world:
        # What the program itself does to block its GUI thread, it does each time. What a busy
        # computer does (see StallWatch for what is not counted), it does not do ten times.
        stalls: list[float] = []
        while not stalls or (stalls[-1] > LONGEST_STALL and len(stalls) < 10):
            stalls.append(play(row, world, program))
        assert min(stalls) <= LONGEST_STALL, stalls
        expect_key_was_kept(world)


def play(row: Row, world: World, program: LedProgram) -> float:
    """Break and mend the world twice, and return the longest stall in milliseconds."""
    deadline = SHORT if row.hangs else DEADLINE
    stalls: list[float] = []

    def poll(do: str = "poll") -> dict[str, Any]:
        asked = world.asked
        seen = program.ask(do, url=world.url, env=world.env, deadline=deadline)
        program.assert_well()
        assert world.asked - asked <= 1
        assert world.max_in_flight <= 1
        stalls.append(seen["stall_ms"])
        return seen

    def poll_until_sure() -> dict[str, Any]:
        seen = poll()
        return poll() if seen["wait"] == SECOND_ANSWER else seen

    def mended() -> dict[str, Any]:
        world.mend()
        return poll_until_sure()

    world.break_()
    seen = poll("watch")
    if row.kind:
        expect_nothing_known(seen, row.shown)
        assert not row.retry_after or seen["wait"] >= row.retry_after[0]
    else:
        expect_fresh(seen, row.figures)
    expect_fresh(mended(), BEFORE)
    world.break_()
    seen = poll_until_sure()
    if row.kind:
        expect_out_of_date(seen, row.shown)
    else:
        expect_fresh(seen, row.figures)
    expect_fresh(mended(), BEFORE)
    return max(stalls)


@pytest.mark.parametrize("row", [row for row in ROWS if not row.hangs], ids=lambda row: row.name)
def test_status(
    row: Row,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_netrc(home)
    with World(KEY, row.fault) as world:
        world.break_()
        for name in NETWORK:
            if name in world.env:
                monkeypatch.setenv(name, world.env[name])
        environ = {"LEMLIST_API_KEY": KEY, "LEMLIST_API_URL": world.url}
        try:
            code = status_command.status(environ, as_json=True)
        except Problem as problem:
            code = fail(problem, as_json=True)
        output = capsys.readouterr()
        expect_status(row, code, output.out)
        assert KEY not in output.out + output.err
        assert world.asked <= 1
        assert world.max_in_flight <= 1
        expect_key_was_kept(world)


@pytest.fixture(scope="module", autouse=True)
def processes(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, tuple[World, subprocess.Popen[str]]]]:
    """Processes of `status --json`, started all at once and early, as they have 15 s to wait."""
    with ExitStack() as stack:
        started = {}
        for name, (program, row) in AS_PROCESSES.items():
            # One each, as a pause that one of them is asked for would hold for all.
            home = tmp_path_factory.mktemp("status")
            write_netrc(home)
            world = stack.enter_context(World(KEY, row.fault))
            world.break_()
            process = stack.enter_context(
                subprocess.Popen(
                    [*program, "status", "--json"],
                    env=environment(home)
                    | {"LEMLIST_API_KEY": KEY, "LEMLIST_API_URL": world.url, **world.env},
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            stack.callback(process.kill)
            started[name] = (world, process)
        # From here on they wait, and take no time from the tests.
        wait_until(
            lambda: all(
                world.is_reached if AS_PROCESSES[name][1].hangs else process.poll() is not None
                for name, (world, process) in started.items()
            ),
            ANSWERED,
            "every process has asked",
        )
        yield started


@pytest.mark.parametrize("name", AS_PROCESSES)
def test_status_of_a_process(
    name: str, processes: dict[str, tuple[World, subprocess.Popen[str]]]
) -> None:
    world, process = processes[name]
    output, errors = process.communicate(timeout=ANSWERED)
    expect_status(AS_PROCESSES[name][1], process.returncode, output)
    assert KEY not in output + errors
    assert "Traceback" not in errors
    expect_key_was_kept(world)


# --- impatience -----------------------------------------------------------------------------------


def test_a_burst_of_clicks(program: LedProgram) -> None:
    """One answer does for all clicks within two seconds of it."""
    with Sandbox(story="fixed", key=KEY) as sandbox:
        program.ask("watch", url=sandbox.url, deadline=DEADLINE)
        seen = program.ask("click", times=1000)
        assert sandbox.max_in_flight == 1
        assert set(sandbox.answers) == {"GET /api/team/credits 200", "GET /api/team 200"}
        assert sandbox.answers.count("GET /api/team/credits 200") <= 2 + seen["seconds"] / 2
        expect_fresh(seen, BEFORE)


def test_a_burst_of_clicks_when_others_have_used_up_the_limit(program: LedProgram) -> None:
    """The one refusal is obeyed: nothing is asked before its two seconds are over."""
    clock = FakeClock()
    with Sandbox(story="fixed", key=KEY, clock=clock.seconds) as sandbox:
        answers = sandbox.answers
        for _ in range(20):
            requests.get(f"{sandbox.url}/team/credits", auth=("", KEY), timeout=ANSWERED)
        wait_until(lambda: len(answers) == 20, ANSWERED, "all answers are heard")
        del answers[:]
        clock.forward(seconds=1)
        seen = program.ask("watch", url=sandbox.url, deadline=DEADLINE)
        assert seen["texts"][1] == SHOWN["rate_limited"].title
        went_on = time.monotonic()
        sandbox.clock = lambda: clock.seconds() + time.monotonic() - went_on
        seen = program.ask("click", times=1000)
        assert sandbox.max_in_flight == 1
        assert answers[:2] == ["GET /api/team/credits 429", "GET /api/team/credits 200"]
        assert len([one for one in answers if one.endswith(" 429")]) == 1
        expect_fresh(seen, BEFORE)


def test_a_burst_of_clicks_at_a_server_that_only_refuses(program: LedProgram) -> None:
    with Sandbox(story="fixed", key=KEY, request_limit=0) as sandbox:
        program.ask("watch", url=sandbox.url, deadline=DEADLINE)
        program.ask("click", times=1000)
        asked = [one.time for one in sandbox.requests]
        assert sandbox.max_in_flight == 1
        assert len(asked) >= 2
        assert all(later - sooner >= 2 for sooner, later in pairwise(asked))


# --- the measure ----------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["doze", "toil"])
def test_a_stall_is_noticed(program: LedProgram, how: str) -> None:
    """Whether the GUI thread waits for something or works on something."""
    assert program.ask(how, ms=120)["stall_ms"] > LONGEST_STALL
