"""The API's client, against servers that do everything a server can do, over real sockets."""

import base64
import gc
import gzip
import logging
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.examples import HEALTHY
from tests.servers.faulty_sandbox import FAULTS, Sandbox
from tests.servers.local_servers import (
    ConnectProxy,
    LocalServer,
    RawServer,
    SecureProxy,
    SocksProxy,
    answer,
    certificate,
    closed_port,
    resolve,
    swallowing_address,
)
from tests.waiting import PATIENCE, wait_until
from tray_app.errors import Kind, Problem
from tray_app.lemlist.balance import Balance, Team
from tray_app.lemlist.client import DEADLINE, LARGEST_BODY, Client
from tray_app.lemlist.network_fault import NetworkFault
from tray_app.lemlist.transport import CuttableAdapter
from tray_app.rules.schedule import LONGEST_PAUSE

KEY = "fake-key-0123456789abcdef"
ENCODED_KEY = base64.b64encode(f":{KEY}".encode()).decode()
SHORT = 0.5  # seconds; a deadline that a test can wait for
REMOTE = "api.lemlist.test"
"""A host that no name server knows, and only the proxy finds."""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(story="fixed", key=KEY, request_limit=1_000_000) as running:
        yield running


@pytest.fixture(autouse=True)
def _the_key_is_not_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    records = caplog.get_records("call")
    assert_no_secret("\n".join(logging.Formatter().format(each) for each in records))


def assert_no_secret(text: str) -> None:
    for secret in (KEY, ENCODED_KEY, "FAKE-SECRET"):
        assert secret not in text


def problem_of(client: Client) -> Problem:
    """Ask for the balance and return the problem, which must not hold the key."""
    with pytest.raises(Problem) as caught:
        client.balance()
    problem = caught.value
    assert_no_secret(repr(problem) + str(problem))
    assert_no_secret("".join(traceback.format_exception(problem)))
    return problem


def test_a_defect_in_the_request_is_not_called_a_bad_answer(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr("tray_app.lemlist.client._exchange", fail)
    with pytest.raises(ZeroDivisionError):
        Client(sandbox.url, KEY).balance()


def requests_in_flight() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == "lemlist-request"]


def no_request_in_flight() -> bool:
    return not requests_in_flight()


def header(request: bytes, name: str) -> str | None:
    found = re.search(rf"^{name}: (.*?)\r$".encode(), request, re.MULTILINE | re.IGNORECASE)
    return found[1].decode() if found else None


# --- good answers -------------------------------------------------------------------------------


def test_balance_and_team(sandbox: Sandbox) -> None:
    client = Client(sandbox.url, KEY)
    assert client.balance() == HEALTHY
    assert client.team(DEADLINE) == Team("tea_sandbox0000000001", "Acme Growth")
    assert [(asked.method, asked.path) for asked in sandbox.requests] == [
        ("GET", "/api/team/credits"),
        ("GET", "/api/team"),
    ]


def test_what_is_sent() -> None:
    with RawServer(answer()) as server:
        Client(f"http://127.0.0.1:{server.port}/api", KEY).balance()
    (request,) = server.requests
    assert request.startswith(b"GET /api/team/credits HTTP/1.1\r\n")
    assert header(request, "Authorization") == f"Basic {ENCODED_KEY}"
    assert header(request, "Accept-Encoding") == "identity"
    assert header(request, "Accept") == "application/json"
    assert (header(request, "User-Agent") or "").startswith("lemlist-credits/")
    assert request.count(ENCODED_KEY.encode()) == 1
    assert KEY.encode() not in request


def test_repr_hides_the_key() -> None:
    assert_no_secret(repr(Client("https://api.example", KEY)))


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("some-other-key", Kind.UNAUTHORIZED),
        ("blocked-key", Kind.FORBIDDEN),
        ("nobody-key", Kind.NO_USER),
    ],
)
def test_keys_that_are_refused(sandbox: Sandbox, key: str, kind: Kind) -> None:
    assert problem_of(Client(sandbox.url, key)).kind is kind


def test_a_wrong_path_is_a_page(sandbox: Sandbox) -> None:
    wrong = sandbox.url.removesuffix("/api")
    assert problem_of(Client(wrong, KEY)).kind is Kind.UNEXPECTED_RESPONSE


def test_the_real_rate_limit() -> None:
    with Sandbox(story="fixed", key=KEY, request_limit=1) as sandbox:
        client = Client(sandbox.url, KEY)
        assert client.balance() == HEALTHY  # although that answer has a Retry-After too
        problem = problem_of(client)
    assert (problem.kind, problem.retry_after) == (Kind.RATE_LIMITED, 2)


# --- every fault of the sandbox -----------------------------------------------------------------

UNEXPECTED = Kind.UNEXPECTED_RESPONSE
OUTCOMES: dict[str, Kind | Balance] = {
    "204": UNEXPECTED,
    "206": UNEXPECTED,
    "301": UNEXPECTED,
    "302": UNEXPECTED,
    "304": UNEXPECTED,
    "307": UNEXPECTED,
    "308": UNEXPECTED,
    "400": Kind.BAD_REQUEST,
    "401": Kind.UNAUTHORIZED,
    "402": Kind.PAYMENT_REQUIRED,
    "403": Kind.FORBIDDEN,
    "404": Kind.NO_USER,
    "405": UNEXPECTED,
    "418": UNEXPECTED,
    "429": Kind.RATE_LIMITED,
    "500": Kind.SERVER_ERROR,
    "502": Kind.SERVER_ERROR,
    "503": Kind.SERVER_ERROR,
    "html": UNEXPECTED,
    "html-as-json": UNEXPECTED,
    "plain-json": UNEXPECTED,
    "empty-body": UNEXPECTED,
    "truncated-json": UNEXPECTED,
    "bom": HEALTHY,
    "utf-16": HEALTHY,
    "bad-utf-8": UNEXPECTED,
    "list": UNEXPECTED,
    "other-shape": UNEXPECTED,
    "other-details": UNEXPECTED,
    "null": UNEXPECTED,
    "deep-nesting": UNEXPECTED,
    "duplicate-keys": HEALTHY,
    "extra-fields": HEALTHY,
    "nan": UNEXPECTED,
    "infinity": UNEXPECTED,
    "1e300": UNEXPECTED,
    "huge-integer": UNEXPECTED,
    "strings": UNEXPECTED,
    "booleans": UNEXPECTED,
    "negative": Balance(-12_431, -12_431, -8_001, -4_101, -331, -1),
    "float-integral": HEALTHY,
    "float-fractional": UNEXPECTED,
    "null-total": Balance(12_430, None, 8_000, 4_100, 330, 0),
    "missing-total": Balance(12_430, None, 8_000, 4_100, 330, 0),
    "missing-credits": HEALTHY,
    "missing-both": UNEXPECTED,
    "missing-buckets": Balance(12_430, 12_430, 8_000, 4_100),
    "missing-details": Balance(12_430),
    "totals-disagree": HEALTHY,
    "sum-disagrees": Balance(12_430, 12_430, 8_000, 1_000_007, 330, 0),
    "huge-body": UNEXPECTED,
    "gzip-bomb": UNEXPECTED,
    "many-headers": UNEXPECTED,
    "long-header": UNEXPECTED,
    "length-too-long": Kind.OFFLINE,
    "length-too-short": UNEXPECTED,
    "bad-chunks": Kind.OFFLINE,  # as if cut off where a chunk's size would stand
    "not-http": UNEXPECTED,
    "slow": Kind.TIMEOUT,
    "dripped-body": Kind.TIMEOUT,
    "dripped-headers": Kind.TIMEOUT,
    "stalled-body": Kind.TIMEOUT,
    "silent": Kind.TIMEOUT,
    "reset": Kind.OFFLINE,
    "closed": Kind.OFFLINE,
}
PARAMS: dict[str, dict[str, Any]] = {
    "slow": {"seconds": 60},
    "dripped-body": {"seconds": 0.05},
    "dripped-headers": {"seconds": 0.05},
}


def test_no_fault_is_left_out() -> None:
    assert OUTCOMES.keys() == FAULTS.keys()


@pytest.mark.parametrize("fault", OUTCOMES)
def test_fault_and_recovery(sandbox: Sandbox, fault: str) -> None:
    expected = OUTCOMES[fault]
    client = Client(sandbox.url, KEY, deadline=SHORT if expected is Kind.TIMEOUT else DEADLINE)
    sandbox.set_fault(fault, **PARAMS.get(fault, {}))
    if isinstance(expected, Balance):
        assert client.balance() == expected
    else:
        assert problem_of(client).kind is expected
    wait_until(no_request_in_flight, PATIENCE, "the request's thread has ended")
    sandbox.set_fault(None)
    assert client.balance() == HEALTHY


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, UNEXPECTED) for status in (201, 203, 300, 303, 305, 409, 410, 431)),
        *((status, Kind.SERVER_ERROR) for status in (408, 421, 425, 501, 504, 520, 599)),
        (407, Kind.PROXY),  # of one that nobody has asked for
        (451, Kind.ACCESS_BLOCKED),
    ],
)
def test_other_statuses(status: int, kind: Kind) -> None:
    with RawServer(answer(status=f"{status} Odd")) as server:
        problem = problem_of(Client(f"http://127.0.0.1:{server.port}", KEY))
    assert problem.kind is kind
    assert problem.retry_after is None


BLOCKED = Kind.ACCESS_BLOCKED
PAGE = b"<!doctype html><title>Just a moment...</title><p>Checking your browser</p>"


@pytest.mark.parametrize(
    ("content_type", "body", "kinds"),
    [
        ("text/plain", b"User linked to this API key is blocked", "of the key"),
        ("Text/Plain; charset=utf-8", b"whatever is said of the KEY", "of the key"),
        ("text/plain", b"whatever is said of the user", "of the key"),
        # Traefik, Envoy, Kong, nginx's controller and others, who say no more of themselves
        ("text/plain; charset=utf-8", b"404 page not found\n", "vague"),
        ("text/plain", b"RBAC: access denied", "vague"),
        ("text/plain", b"default backend - 404", "vague"),
        ("text/plain", b"", "vague"),
        ("text/html; charset=UTF-8", PAGE, "blocked"),
        ("application/json", b'{"message": "Forbidden"}', "of the key where undocumented"),
        ("", b"", "blocked"),
        ("text/plain; charset=UTF-8", b"error code: 1020", "blocked"),
        ("text/plain", b"\n" + PAGE, "blocked"),
    ],
)
@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("400 Bad Request", Kind.BAD_REQUEST),
        ("401 Unauthorized", Kind.UNAUTHORIZED),
        ("402 Payment Required", Kind.PAYMENT_REQUIRED),
        ("403 Forbidden", Kind.FORBIDDEN),
        ("404 Not Found", Kind.NO_USER),
        ("429 Too Many Requests", Kind.RATE_LIMITED),
    ],
)
def test_only_an_answer_as_lemlist_gives_it_says_something_about_the_key(
    status: str, verdict: Kind, content_type: str, body: bytes, kinds: str
) -> None:
    is_of_key = (
        kinds == "of the key"
        or (kinds != "blocked" and status[:3] in ("402", "429"))
        or (kinds == "vague" and status[:3] == "401")
    )
    elsewhere = UNEXPECTED if verdict is Kind.NO_USER else BLOCKED
    with RawServer(answer(body, status, content_type, "Retry-After: 9\r\n")) as server:
        problem = problem_of(Client(f"http://127.0.0.1:{server.port}", KEY))
    assert problem.kind is (verdict if is_of_key else elsewhere)
    assert problem.retry_after == (9 if verdict is Kind.RATE_LIMITED else None)


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        ([b"Your", b" user is blocked"], Kind.FORBIDDEN),
        ([b" ", b"<title>Key</title>"], BLOCKED),
        ([b"x" * 200, b"y" * 200, b"user"], BLOCKED),
    ],
)
def test_a_refusal_that_comes_in_pieces(parts: list[bytes], kind: Kind) -> None:
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (*parts, b""))
    head = (
        "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with RawServer(head.encode() + chunks) as server:
        assert problem_of(Client(f"http://127.0.0.1:{server.port}", KEY)).kind is kind


@pytest.mark.parametrize(
    ("status", "location", "kind"),
    [
        ("511 Network Authentication Required", None, Kind.NETWORK_SIGN_IN),
        ("302 Found", "http://login.hotel.test/?from=lemlist", Kind.NETWORK_SIGN_IN),
        ("307 Temporary Redirect", "https://filter.test/sign-in", Kind.NETWORK_SIGN_IN),
        ("302 Found", "//login.hotel.test/", Kind.NETWORK_SIGN_IN),
        ("301 Moved Permanently", "/api/v2/team/credits", UNEXPECTED),
        ("308 Permanent Redirect", "http://127.0.0.1/v2", UNEXPECTED),
        ("302 Found", "http://[", UNEXPECTED),
        ("302 Found", None, UNEXPECTED),
        ("304 Not Modified", "http://login.hotel.test/", UNEXPECTED),
    ],
)
def test_a_network_that_wants_a_sign_in(status: str, location: str | None, kind: Kind) -> None:
    extra = "" if location is None else f"Location: {location}\r\n"
    with RawServer(answer(PAGE, status, "text/html", extra)) as server:
        assert problem_of(Client(f"http://127.0.0.1:{server.port}", KEY)).kind is kind


def test_a_body_that_is_packed_although_it_was_not_to_be() -> None:
    packed = gzip.compress(b'{"credits": 7}')
    for body, credits in ((packed, 7), (b"nonsense", None), (gzip.compress(bytes(10**6)), None)):
        with RawServer(answer(body, extra="Content-Encoding: GZIP\r\n")) as server:
            client = Client(f"http://127.0.0.1:{server.port}", KEY)
            if credits is None:
                assert problem_of(client).kind is UNEXPECTED
            else:
                assert client.balance() == Balance(credits)


def test_a_wrong_clock_prints_no_warning(tls: ssl.SSLContext) -> None:
    """In a process, as pytest has filters of its own."""
    with RawServer(answer(), tls) as server:
        program = f"""
import datetime, urllib3.connection
urllib3.connection.RECENT_DATE = datetime.date.max  # or the clock were to be set back
from tray_app.lemlist.client import Client
print(Client("https://127.0.0.1:{server.port}", "any").balance().credits)
"""
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("7\n", "")


def test_what_only_announces_the_answer_is_read_past() -> None:
    """RFC 9110, 15.2: there may be several, and nobody has to have asked for them."""
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
    announced = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + hint + hint
    with RawServer(announced + answer()) as server:
        assert Client(f"http://127.0.0.1:{server.port}", KEY).balance() == Balance(7)


def test_a_gateway_that_says_the_type_twice() -> None:
    reply = answer(extra="content-type: application/json; charset=utf-8\r\n")
    with RawServer(reply) as server:
        assert Client(f"http://127.0.0.1:{server.port}", KEY).balance() == Balance(7)


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"\r\n\r\n",
        b"HTTP/1.1",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: -5\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: many\r\n\r\n{}",
        CHUNKED + b"ffffffffffffffffff\r\n{}",
        CHUNKED + b"2\r\n{}\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 200,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
        bytes(range(256)) * 40,
        answer(b"{" * LARGEST_BODY),
        answer(b" " * LARGEST_BODY + b'{"credits": 7}'),
    ],
    ids=lambda reply: repr(reply[:60])[2:-1] + f" {len(reply)}",
)
def test_broken_http(reply: bytes) -> None:
    with RawServer(reply) as server:
        client = Client(f"http://127.0.0.1:{server.port}", KEY, deadline=5)
        assert problem_of(client).kind in (UNEXPECTED, Kind.OFFLINE)


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{",
        CHUNKED + b"e\r\n{",
        CHUNKED + b"1\r\n{",
        CHUNKED + b"1\r\n{\r\n",
        b"HTTP/1.1 401 Unauthorized\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nNo",
    ],
    ids=["length", "first chunk", "chunk's end", "next chunk", "refusal"],
)
def test_an_answer_that_is_cut_off(reply: bytes) -> None:
    """As where the network goes away: it is no answer that an update could help to read."""
    with RawServer(reply) as server:
        assert problem_of(Client(f"http://127.0.0.1:{server.port}", KEY)).kind is Kind.OFFLINE


def test_a_length_that_is_two() -> None:
    reply = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9, 8\r\n\r\n{}"
    with RawServer(reply) as server, warnings.catch_warnings():
        # urllib3 leaves such a connection to the garbage collector, which complains.
        warnings.simplefilter("ignore", ResourceWarning)
        assert problem_of(Client(f"http://127.0.0.1:{server.port}", KEY)).kind is UNEXPECTED
        gc.collect()


def test_the_largest_body_that_is_read() -> None:
    body = b'{"credits": 7}'.ljust(LARGEST_BODY)
    with RawServer(answer(body)) as server:
        assert Client(f"http://127.0.0.1:{server.port}", KEY).balance() == Balance(7)


def test_chunks_and_no_length() -> None:
    plain = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"credits": 7}'
    for reply in (plain, CHUNKED + b'5\r\n{"cre\r\n9\r\ndits": 7}\r\n0\r\n\r\n'):
        with RawServer(reply) as server:
            assert Client(f"http://127.0.0.1:{server.port}", KEY).balance() == Balance(7)


# --- Retry-After --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("9", 9),
        (" 9 ", 9),
        (None, 2),
        ("", 2),
        ("0", 2),
        ("-5", 2),
        ("2.5", 2.5),
        ("120.25", 120.25),
        ("0.5", 0.5),
        ("1.2.3", 2),
        ("1e3", 2),
        ("soon", 2),
        ("nan", 2),
        ("inf", 2),
        ("²", 2),
        ("3600", LONGEST_PAUSE),
        (str(10**9), LONGEST_PAUSE),
        ("9" * 400, LONGEST_PAUSE),
        ("9" * 5000, LONGEST_PAUSE),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_PAUSE),
        ("Wed, 01 Jan 2020 00:00:00 GMT", 2),
        ("Wed, 99 Foo 2020 00:00:00 GMT", 2),
        ("Fri, 31 Dec 99999 23:59:59 GMT", 2),
        ("Thu Jul 25 2024 14:43:48 GMT+0200 (Central European Summer Time)", 2),
    ],
    ids=lambda value: str(value)[:40],
)
def test_retry_after(sandbox: Sandbox, retry_after: str | None, seconds: float) -> None:
    client = Client(sandbox.url, KEY)
    sandbox.set_fault("429", retry_after=retry_after)
    problem = problem_of(client)
    assert (problem.kind, problem.retry_after) == (Kind.RATE_LIMITED, seconds)


def test_retry_after_a_date(sandbox: Sandbox) -> None:
    asked = time.time()  # noqa: TID251  (from now)
    sandbox.set_fault("429", retry_after=formatdate(asked + 100, usegmt=True))
    wait = problem_of(Client(sandbox.url, KEY)).retry_after
    assert wait is not None
    # A date has whole seconds, and some time has passed since.
    assert asked + 99 <= time.time() + wait  # noqa: TID251  (from now)
    assert wait <= 100


@pytest.mark.parametrize("wrong", [-7200, 7200])
def test_retry_after_a_date_while_a_clock_is_wrong(wrong: float) -> None:
    """Whether this computer's or the server's: what counts is the time between the server's two."""
    there = time.time() + wrong  # noqa: TID251  (from now)
    dates = (
        f"Date: {formatdate(there, usegmt=True)}\r\n"
        f"Retry-After: {formatdate(there + 100, usegmt=True)}\r\n"
    )
    with RawServer(answer(b"", "429 Too Many Requests", "text/plain", dates)) as server:
        assert problem_of(Client(f"http://127.0.0.1:{server.port}", KEY)).retry_after == 100


def test_of_two_pauses_the_longer_counts() -> None:
    twice = "Retry-After: 9\r\nRetry-After: 60\r\n"
    with RawServer(answer(b"", "429 Too Many Requests", "text/plain", twice)) as server:
        assert problem_of(Client(f"http://127.0.0.1:{server.port}", KEY)).retry_after == 60


@pytest.mark.parametrize(
    ("status", "expected"), [("503", 9), ("500", None), ("502", None), ("401", None), ("418", None)]
)
def test_where_retry_after_counts(sandbox: Sandbox, status: str, expected: float | None) -> None:
    sandbox.set_fault(status, retry_after="9")
    assert problem_of(Client(sandbox.url, KEY)).retry_after == expected


# --- redirects, .netrc, proxies: the key goes nowhere else ----------------------------------------


def write_netrc(home: Path, *hosts: str) -> None:
    """Give requests a reason to send another login, or this one elsewhere."""
    netrc = home / ".netrc"
    netrc.write_text("".join(f"machine {host} login user password wrong\n" for host in hosts))
    netrc.chmod(0o600)


@pytest.mark.parametrize("status", ["301", "302", "307", "308"])
def test_redirects_are_not_followed(sandbox: Sandbox, home: Path, status: str) -> None:
    write_netrc(home, "127.0.0.1", "localhost")
    with RawServer(answer()) as other:
        for host in ("127.0.0.1", "localhost"):
            sandbox.set_fault(status, location=f"http://{host}:{other.port}/api/team/credits")
            assert problem_of(Client(sandbox.url, KEY)).kind in (UNEXPECTED, Kind.NETWORK_SIGN_IN)
        sandbox.set_fault(status, location="/api/team")
        assert problem_of(Client(sandbox.url, KEY)).kind in (UNEXPECTED, Kind.NETWORK_SIGN_IN)
    assert other.connections == 0
    assert {asked.path for asked in sandbox.requests} == {"/api/team/credits"}


def test_netrc_is_not_used(sandbox: Sandbox, home: Path) -> None:
    write_netrc(home, "127.0.0.1")
    assert Client(sandbox.url, KEY).balance() == HEALTHY


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_loopback_goes_past_the_proxy(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with ConnectProxy(sandbox_port(sandbox)) as proxy:
        monkeypatch.setenv(name, proxy.url)
        assert Client(sandbox.url, KEY).balance() == HEALTHY
        there = sandbox.url.replace("127.0.0.1", "localhost")
        assert Client(there, KEY).balance() == HEALTHY
    assert proxy.requests == []


def sandbox_port(sandbox: Sandbox) -> int:
    return int(sandbox.url.split(":")[2].split("/")[0])


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """Return what makes a server one that this computer trusts."""
    context, public = certificate(tmp_path, REMOTE, "localhost", "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    return context


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_https_goes_through_the_proxy(
    tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, home: Path, name: str
) -> None:
    write_netrc(home, REMOTE, "127.0.0.1")
    with RawServer(answer(), tls) as server, ConnectProxy(server.port) as proxy:
        monkeypatch.setenv(name, proxy.url)
        assert Client(f"https://{REMOTE}/api", KEY).balance() == Balance(7)
    (connect,) = proxy.requests
    assert connect.startswith(f"CONNECT {REMOTE}:443 HTTP/1.".encode())
    assert header(connect, "Authorization") is None
    assert header(connect, "Proxy-Authorization") is None
    assert header(server.requests[0], "Authorization") == f"Basic {ENCODED_KEY}"


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("me:secret", "me:secret"),
        ("me:p%40ss", "me:p@ss"),
        (r"CORP\me:p@ss#/", r"CORP\me:p@ss#/"),
        ("me:grün€", "me:grün€"),
    ],
)
def test_a_proxy_with_a_password(
    tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, written: str, sent: str
) -> None:
    with RawServer(answer(), tls) as server, ConnectProxy(server.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{written}@127.0.0.1:{proxy.port}")
        assert Client(f"https://{REMOTE}/api", KEY).balance() == Balance(7)
    login = base64.b64encode(sent.encode()).decode()
    assert header(proxy.requests[0], "Proxy-Authorization") == f"Basic {login}"
    assert header(server.requests[0], "Proxy-Authorization") is None


def test_a_proxy_at_an_ipv6_address(tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    class SixthProxy(ConnectProxy):
        address_family = socket.AF_INET6

    with RawServer(answer(), tls) as server, SixthProxy(server.port, host="::1") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://[::1]:{proxy.port}")
        assert Client(f"https://{REMOTE}/api", KEY).balance() == Balance(7)
    assert len(proxy.requests) == 1


def test_a_proxy_that_speaks_tls_is_trusted_as_lemlist_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a variable names a file for TLS' secrets that can't be written."""
    context, public = certificate(tmp_path, REMOTE, "127.0.0.1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(public))
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "nowhere" / "keys"))
    with RawServer(answer(), context) as server, SecureProxy(server.port, context) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert Client(f"https://{REMOTE}/api", KEY).balance() == Balance(7)
    assert len(proxy.requests) == 1


def test_no_proxy_is_obeyed(tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(answer(), tls) as server, ConnectProxy(server.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", REMOTE)
        assert problem_of(Client(f"https://{REMOTE}/api", KEY)).kind is Kind.OFFLINE
    assert proxy.requests == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("407 Proxy Authentication Required", Kind.PROXY),
        ("400 Bad Request", Kind.PROXY),
        ("403 Filtered", Kind.ACCESS_BLOCKED),
        ("451 Unavailable For Legal Reasons", Kind.ACCESS_BLOCKED),
        ("502 Gone", Kind.SERVER_ERROR),
        ("504 Gateway Timeout", Kind.SERVER_ERROR),
    ],
)
def test_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch, status: str, kind: Kind) -> None:
    with ConnectProxy(closed_port(), status) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        problem = problem_of(Client(f"https://{REMOTE}/api", KEY))
    assert (problem.kind, problem.detail) == (kind, f"status {status[:3]}")
    assert len(proxy.requests) == 1


@pytest.mark.parametrize(
    "proxy",
    [
        "http://127.0.0.1:{}",
        "127.0.0.1:{}",
        "https://127.0.0.1:{}",
        "socks5://127.0.0.1:{}",
        "socks5h://127.0.0.1:{}",
        "http://:{}",
        "http://proxy.invalid:port",
        "http://pro..xy:3128",
        "http://.corp:3128",
        "socks5://pro..xy:1080",
        "http://us\udcffr:pw@127.0.0.1:{}",
        "socks5://us\udcffr:pw@127.0.0.1:{}",
        "http://pro\udcffxy:3128",
        "http//127.0.0.1:{}",
        "sock5://127.0.0.1:{}",
        "nonsense://x:{}",
    ],
)
def test_a_proxy_that_can_not_be_used(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.format(closed_port()))
    assert problem_of(Client(f"https://{REMOTE}/api", KEY)).kind is Kind.PROXY


def test_a_proxy_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    class Babbler(LocalServer):
        def finish_request(self, request: Any, client_address: Any) -> None:
            request.sendall(b"220 mail.test ready\r\n")

    with Babbler() as server:
        for scheme in ("http", "socks5h"):
            monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://127.0.0.1:{server.port}")
            assert problem_of(Client(f"https://{REMOTE}/api", KEY)).kind is Kind.PROXY


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize("scheme", ["socks5h", "socks", "SOCKS5H"])
def test_a_socks_proxy(
    tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, name: str, scheme: str
) -> None:
    with RawServer(answer(), tls) as server, SocksProxy(server.port) as proxy:
        monkeypatch.setenv(name, f"{scheme}://{proxy.address}")
        assert Client(f"https://{REMOTE}/api", KEY).balance() == Balance(7)
    assert proxy.asked == [REMOTE]  # the proxy resolves the name
    assert header(server.requests[0], "Authorization") == f"Basic {ENCODED_KEY}"


def test_a_socks_proxy_without_a_port(tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    place = ("127.10.80.1", 1080)  # an address of this computer where nobody else listens
    with RawServer(answer(), tls) as server, SocksProxy(server.port, place=place) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"socks5://{place[0]}")
        assert Client(f"https://{REMOTE}/api", KEY).balance() == Balance(7)
    assert proxy.asked == [REMOTE]


def test_a_socks_proxy_with_a_password(
    tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RawServer(answer(), tls) as server, SocksProxy(server.port, password="secret") as proxy:
        client = Client(f"https://{REMOTE}/api", KEY)
        for login in ("", "me:wrong@"):
            monkeypatch.setenv("HTTPS_PROXY", f"socks5h://{login}{proxy.address}")
            assert problem_of(client).kind is Kind.PROXY
        monkeypatch.setenv("HTTPS_PROXY", f"socks5h://me:secret@{proxy.address}")
        assert client.balance() == Balance(7)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (1, Kind.PROXY),
        (2, Kind.ACCESS_BLOCKED),
        (3, Kind.OFFLINE),
        (4, Kind.OFFLINE),
        (5, Kind.OFFLINE),
        (6, Kind.OFFLINE),
        (7, Kind.PROXY),
        (8, Kind.PROXY),
        (9, Kind.PROXY),
    ],
)
def test_a_socks_proxy_that_refuses(
    monkeypatch: pytest.MonkeyPatch, reply: int, kind: Kind
) -> None:
    """The proxy is not to blame for what its rules forbid, and for what lies behind it."""
    with SocksProxy(closed_port(), reply) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"socks5h://{proxy.address}")
        assert problem_of(Client(f"https://{REMOTE}/api", KEY)).kind is kind


@pytest.mark.parametrize("scheme", ["http", "socks5h"])
def test_a_proxy_whose_first_address_swallows_packets(
    tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    kinds = {"http": ConnectProxy, "socks5h": SocksProxy}
    with (
        RawServer(answer(), tls) as server,
        kinds[scheme](server.port) as proxy,
        swallowing_address() as hole,
    ):
        resolve(monkeypatch, "proxy.test", hole, ("127.0.0.1", proxy.port))
        monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://proxy.test:{proxy.port}")
        assert Client(f"https://{REMOTE}/api", KEY).balance() == Balance(7)


# --- TLS ----------------------------------------------------------------------------------------


def test_a_certificate_that_the_system_trusts(tls: ssl.SSLContext) -> None:
    with RawServer(answer(), tls) as server:
        for host in ("127.0.0.1", "localhost"):
            client = Client(f"https://{host}:{server.port}/api", KEY)
            assert client.balance() == Balance(7)


def test_a_bundle_of_certificates_for_requests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, public = certificate(tmp_path, REMOTE)
    with RawServer(answer(), context) as server, ConnectProxy(server.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        client = Client(f"https://{REMOTE}/api", KEY)
        assert problem_of(client).kind is Kind.TLS
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(public))
        assert client.balance() == Balance(7)


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_that_a_variable_names_and_nobody_can_read(
    tls: ssl.SSLContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "letter.txt").write_text("no certificate")
    (tmp_path / "folder").mkdir()
    shutil.copy(tmp_path / "certificate.pem", tmp_path / "folder")
    with RawServer(answer(), tls) as server:
        client = Client(f"https://127.0.0.1:{server.port}/api", KEY)
        for place in ("removed/ca-bundle.crt", "letter.txt", "folder"):  # without its hash
            bundle = tmp_path / place
            monkeypatch.setenv(name, str(bundle))
            problem = problem_of(client)
            assert (problem.kind, problem.detail) == (Kind.CERTIFICATES, name)
        monkeypatch.delenv(name)
        assert client.balance() == Balance(7)


def test_a_certificate_that_nobody_trusts(tmp_path: Path) -> None:
    context, _ = certificate(tmp_path, "127.0.0.1")
    with RawServer(answer(), context) as server:
        problem = problem_of(Client(f"https://127.0.0.1:{server.port}", KEY))
    assert (problem.kind, problem.detail) == (Kind.TLS, NetworkFault.UNKNOWN_ISSUER)
    assert server.requests == []


def test_a_certificate_for_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, public = certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    with RawServer(answer(), context) as server:
        problem = problem_of(Client(f"https://127.0.0.1:{server.port}", KEY))
    assert (problem.kind, problem.detail) == (Kind.TLS, NetworkFault.OTHER_HOST)
    assert server.requests == []


def test_a_certificate_that_has_expired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, public = certificate(tmp_path, "127.0.0.1", expired=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    with RawServer(answer(), context) as server:
        problem = problem_of(Client(f"https://127.0.0.1:{server.port}", KEY))
    assert (problem.kind, problem.detail) == (Kind.TLS, NetworkFault.WRONG_DATE)
    assert server.requests == []


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("SSL_CERT_FILE", "removed/bundle.pem"),  # as after conda has been removed
        ("SSL_CERT_FILE", "letter.txt"),
        ("SSL_CERT_DIR", "removed"),
        ("SSL_CERT_DIR", "."),
    ],
)
def test_certificates_that_openssl_passes_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, place: str
) -> None:
    """It is said only where a server is not trusted: the system's certificates may well do."""
    (tmp_path / "letter.txt").write_text("no certificate")
    context, _ = certificate(tmp_path, "127.0.0.1")
    monkeypatch.setenv(name, str(tmp_path / place))
    with RawServer(answer(), context) as server:
        problem = problem_of(Client(f"https://127.0.0.1:{server.port}", KEY))
    assert (problem.kind, problem.detail) == (Kind.CERTIFICATES, name)
    assert server.requests == []


def test_no_tls_where_it_is_expected(sandbox: Sandbox) -> None:
    address = sandbox.url.replace("http:", "https:")
    assert problem_of(Client(address, KEY)).kind is Kind.TLS


def test_tls_that_breaks_in_the_middle(tls: ssl.SSLContext) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n"
    with RawServer(head, tls, afterwards=bytes(range(100))) as server:
        assert problem_of(Client(f"https://127.0.0.1:{server.port}", KEY)).kind is Kind.TLS


# --- no connection, no time ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:{}", "https://127.0.0.1:{}", "http://[::1]:{}", "https://{}.invalid/api"],
)
def test_offline(address: str) -> None:
    assert problem_of(Client(address.format(closed_port()), KEY)).kind is Kind.OFFLINE


def test_back_online(sandbox: Sandbox) -> None:
    client = Client(sandbox.url, KEY)
    sandbox.stop()
    assert problem_of(client).kind is Kind.OFFLINE
    sandbox.start()
    assert client.balance() == HEALTHY


def test_a_server_that_never_greets() -> None:
    """TLS waits for the greeting inside the handshake, which has to be cut too."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"https://127.0.0.1:{listener.getsockname()[1]}/api"
        assert problem_of(Client(address, KEY, deadline=SHORT)).kind is Kind.TIMEOUT
        wait_until(no_request_in_flight, PATIENCE, "the request's thread has ended")


def test_a_proxy_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{listener.getsockname()[1]}")
        client = Client(f"https://{REMOTE}/api", KEY, deadline=SHORT)
        assert problem_of(client).kind is Kind.PROXY
        wait_until(no_request_in_flight, PATIENCE, "the request's thread has ended")


@pytest.mark.parametrize("scheme", ["http", "socks5h"])
def test_a_proxy_that_swallows_packets(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    with swallowing_address() as hole:
        monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://127.0.0.1:{hole[1]}")
        client = Client(f"https://{REMOTE}/api", KEY, deadline=SHORT)
        assert problem_of(client).kind is Kind.PROXY
        wait_until(no_request_in_flight, PATIENCE, "the request's thread has ended")


@pytest.mark.parametrize("addresses", [["0.0.0.0"], ["127.0.0.1"], ["0.0.0.0", "127.0.0.9"]])
def test_a_name_that_a_blocker_leads_to_this_computer(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    resolve(monkeypatch, REMOTE, *((each, closed_port()) for each in addresses))
    problem = problem_of(Client(f"https://{REMOTE}/api", KEY))
    assert (problem.kind, problem.detail) == (Kind.ACCESS_BLOCKED, NetworkFault.LEADS_HERE)


def test_a_blocker_with_a_page_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, _ = certificate(tmp_path, "blocker.test")
    with RawServer(answer(PAGE), context) as server:
        resolve(monkeypatch, REMOTE, ("127.0.0.1", server.port))
        problem = problem_of(Client(f"https://{REMOTE}/api", KEY))
    assert (problem.kind, problem.detail) == (Kind.ACCESS_BLOCKED, NetworkFault.LEADS_HERE)
    assert server.requests == []


def test_the_team_has_its_own_deadline(sandbox: Sandbox) -> None:
    client = Client(sandbox.url, KEY)
    sandbox.set_fault("silent", path="/team")
    with pytest.raises(Problem) as caught:
        client.team(SHORT)
    assert caught.value.kind is Kind.TIMEOUT
    wait_until(no_request_in_flight, PATIENCE, "the request's thread has ended")
    assert client.balance() == HEALTHY


def test_a_name_server_that_hangs(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's resolution can't be cut: its thread is left to itself, and no second begun."""
    released, resolve = threading.Event(), socket.getaddrinfo

    def hang(*arguments: object, **options: object) -> object:
        assert released.wait(30)
        return resolve(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    client = Client(sandbox.url.replace("127.0.0.1", "localhost"), KEY, deadline=SHORT)
    assert problem_of(client).kind is Kind.TIMEOUT
    assert problem_of(client).kind is Kind.TIMEOUT
    assert len(requests_in_flight()) == 1
    released.set()
    wait_until(no_request_in_flight, PATIENCE, "the request's thread has ended")
    assert sandbox.requests == []  # what nobody waits for is not asked
    assert client.balance() == HEALTHY


def test_a_cut_adapter_makes_no_connection(sandbox: Sandbox) -> None:
    adapter = CuttableAdapter()
    with requests.Session() as session:
        session.mount("http://", adapter)
        assert session.get(sandbox.url, timeout=5).status_code == 200
        adapter.cut()
        with pytest.raises(requests.ConnectionError):
            session.get(sandbox.url, timeout=5)
    assert len(sandbox.requests) == 1


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_nothing_stays_open(sandbox: Sandbox) -> None:
    client = Client(sandbox.url, KEY)
    client.balance()
    wait_until(lambda: not sandbox.open_connections, PATIENCE, "the sandbox has closed its side")
    before = open_files()
    for fault in ("500", "html", "huge-body", "reset", "closed", "bad-chunks", "many-headers"):
        sandbox.set_fault(fault)
        problem_of(client)
    wait_until(lambda: not sandbox.open_connections, PATIENCE, "the sandbox has closed its side")
    assert open_files() == before
