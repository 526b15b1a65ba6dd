"""The sandbox, asked over real sockets."""

import base64
import http.client
import json
import math
import re
import signal
import socket
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import PROJECT
from tests.fake_clock import FakeClock
from tests.servers.faulty_sandbox import FAULTS, Sandbox
from tests.waiting import PATIENCE, wait_until
from tray_app.sandbox import DEMO_KEY, faults
from tray_app.sandbox.stories import STORIES, split

CREDITS = "/api/team/credits"
TEAM = "/api/team"
RATE_HEADERS = ("Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(story="fixed", request_limit=1_000_000) as running:
        yield running


class Reply(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def content_type(self) -> str:
        return self.headers.get_content_type()


def basic(key: str, login: str = "") -> str:
    return "Basic " + base64.b64encode(f"{login}:{key}".encode()).decode()


def connect(sandbox: Sandbox) -> socket.socket:
    return socket.create_connection(("127.0.0.1", urlsplit(sandbox.url).port or 0), timeout=10)


def ask(
    sandbox: Sandbox,
    path: str = CREDITS,
    method: str = "GET",
    *,
    authorization: str | None = basic(DEMO_KEY),
    headers: dict[str, str] | None = None,
    body: str | None = None,
) -> Reply:
    sent = dict(headers or {})
    if authorization is not None:
        sent["Authorization"] = authorization
    connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=10)
    try:
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        return Reply(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def control(sandbox: Sandbox, wish: object, **headers: str) -> Reply:
    sent = {
        "Content-Type": "application/json",
        **{k.replace("_", "-"): v for k, v in headers.items()},
    }
    return ask(sandbox, "/sandbox", "POST", authorization=None, headers=sent, body=json.dumps(wish))


def send_request(connection: socket.socket, path: str = CREDITS, method: str = "GET") -> None:
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Connection: close",
        f"Authorization: {basic(DEMO_KEY)}",
    ]
    connection.sendall("".join(f"{line}\r\n" for line in [*lines, ""]).encode())


def raw(sandbox: Sandbox, most: int = 1_000_000) -> bytes:
    """Return what comes over the wire until the connection ends, or so many bytes."""
    data = b""
    with connect(sandbox) as connection:
        send_request(connection)
        while len(data) < most and (part := connection.recv(65536)):
            data += part
    return data


# --- good answers -------------------------------------------------------------------------------


def test_credits(sandbox: Sandbox) -> None:
    sandbox.set_balance(subscription=80, paid=10, gifted=10, freemium=0)

    reply = ask(sandbox)

    assert (reply.status, reply.content_type) == (200, "application/json")
    assert reply.json == {
        "credits": 100,
        "details": {
            "remaining": {
                "total": 100,
                "freemium": 0,
                "subscription": 80,
                "gifted": 10,
                "paid": 10,
            }
        },
    }


def test_team_holds_its_name_and_made_up_secrets(sandbox: Sandbox) -> None:
    reply = ask(sandbox, TEAM)

    assert (reply.status, reply.content_type) == (200, "application/json")
    assert reply.json["_id"].startswith("tea_")
    assert reply.json["name"] == "Acme Growth"
    assert "FAKE-SECRET" in reply.json["hooks"][0]["targetUrl"]
    assert "@" in reply.json["invitedUsers"][0]["email"]


@pytest.mark.parametrize(
    ("authorization", "status", "message"),
    [
        (None, 400, "No API key provided"),
        (f"Bearer {DEMO_KEY}", 400, "No API key provided"),
        (DEMO_KEY, 400, "No API key provided"),
        (basic(""), 400, "No API key provided"),
        (basic("another-key"), 401, "The authentication you supplied is incorrect"),
        (basic("anöther-key"), 401, "The authentication you supplied is incorrect"),
        (basic(DEMO_KEY, login="user"), 401, "The authentication you supplied is incorrect"),
        (basic("", login=DEMO_KEY), 401, "The authentication you supplied is incorrect"),
        ("Basic %%%", 401, "The authentication you supplied is incorrect"),
        (basic("blocked-key"), 403, "User linked to this API key is blocked"),
        (basic("nobody-key"), 404, "No user found for this API key"),
    ],
)
@pytest.mark.parametrize("path", [CREDITS, TEAM])
def test_keys(
    sandbox: Sandbox, path: str, authorization: str | None, status: int, message: str
) -> None:
    reply = ask(sandbox, path, authorization=authorization)

    assert (reply.status, reply.content_type) == (status, "text/plain")
    assert reply.body.decode() == message


def test_another_key_can_be_the_good_one() -> None:
    with Sandbox(key="fake-key-of-a-test") as sandbox:
        assert ask(sandbox, authorization=basic("fake-key-of-a-test")).status == 200
        assert ask(sandbox, authorization=basic("fake-key-of-a-test-2")).status == 200
        assert ask(sandbox).status == 401


def test_each_key_opens_a_team_of_its_own(sandbox: Sandbox) -> None:
    keys = [DEMO_KEY, *(f"{DEMO_KEY}-{number}" for number in range(2, 51))]
    told = [ask(sandbox, TEAM, authorization=basic(key)).json for key in keys]
    assert len({team["_id"] for team in told}) == len({team["name"] for team in told}) == 50
    assert (told[1]["_id"], told[1]["name"]) == ("tea_sandbox0000000002", "Acme UK")
    for key in (f"{DEMO_KEY}-1", f"{DEMO_KEY}-02", f"{DEMO_KEY}-51"):
        assert ask(sandbox, authorization=basic(key)).status == 401


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_wrong_methods(sandbox: Sandbox, method: str) -> None:
    reply = ask(sandbox, CREDITS, method, body="{}")

    assert (reply.status, reply.content_type) == (405, "text/plain")
    assert reply.body == b"Method not allowed"
    assert reply.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_head_has_no_body(sandbox: Sandbox) -> None:
    with connect(sandbox) as connection:
        send_request(connection, CREDITS, "HEAD")
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\n")


def test_head_and_options(sandbox: Sandbox) -> None:
    head, options = ask(sandbox, CREDITS, "HEAD"), ask(sandbox, CREDITS, "OPTIONS")

    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(ask(sandbox).body))
    assert (options.status, options.headers["Allow"]) == (204, "GET, HEAD, OPTIONS")
    assert not [name for name in options.headers if name.lower().startswith("access-control")]


def test_unknown_paths_answer_200_with_a_page(sandbox: Sandbox) -> None:
    for path in ("/", "/api", "/api/teams", "/api/team/credits/more"):
        reply = ask(sandbox, path, authorization=None)
        assert (reply.status, reply.content_type) == (200, "text/html")


def test_one_connection_carries_many_requests(sandbox: Sandbox) -> None:
    connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=10)
    for method, body, status in (
        ("GET", None, 200),
        ("POST", b"x" * 9_000, 405),
        ("GET", None, 200),
    ):
        connection.request(method, CREDITS, body, {"Authorization": basic(DEMO_KEY)})
        answer = connection.getresponse()
        answer.read()
        assert (answer.status, answer.will_close) == (status, False)
    connection.close()


@pytest.mark.parametrize(
    "framing",
    [
        "Content-Length: 99999999",
        f"Content-Length: {'9' * 5_000}",
        "Content-Length: -1",
        "Transfer-Encoding: chunked",
    ],
)
def test_a_body_it_will_not_read_ends_the_connection(sandbox: Sandbox, framing: str) -> None:
    with connect(sandbox) as connection:
        connection.sendall(
            f"POST {CREDITS} HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n".encode()
        )
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 405 ")


def test_it_listens_on_loopback_only(sandbox: Sandbox) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/api", sandbox.url)


# --- rate limit ---------------------------------------------------------------------------------


def test_rate_limit_per_key_on_all_routes() -> None:
    clock = FakeClock()
    with Sandbox(clock=clock.seconds, request_limit=3) as sandbox:
        replies = [ask(sandbox, path) for path in (CREDITS, TEAM, "/api/unknown", CREDITS, TEAM)]
        assert [reply.status for reply in replies] == [200, 200, 200, 429, 429]
        assert [reply.headers["X-RateLimit-Remaining"] for reply in replies] == list("21000")
        assert replies[3].content_type == "text/plain"

        assert ask(sandbox, authorization=basic("another-key")).status == 401

        clock.forward(seconds=1.9)
        assert ask(sandbox).status == 429
        clock.forward(seconds=0.1)
        assert ask(sandbox).status == 200


def test_the_limit_is_lemlists_unless_told_otherwise() -> None:
    with Sandbox(clock=FakeClock().seconds) as sandbox:
        assert [ask(sandbox).status for _ in range(21)] == [200] * 20 + [429]


@pytest.mark.parametrize(
    ("path", "method", "authorization"),
    [
        (CREDITS, "GET", basic(DEMO_KEY)),
        (TEAM, "GET", None),
        (CREDITS, "POST", None),
        (CREDITS, "OPTIONS", None),
        ("/", "GET", None),
    ],
)
def test_every_answer_tells_the_rate_limit(
    path: str, method: str, authorization: str | None
) -> None:
    with Sandbox() as sandbox:
        headers = ask(sandbox, path, method, authorization=authorization).headers

    assert [headers[name] for name in RATE_HEADERS[:3]] == ["2", "20", "19"]
    assert re.fullmatch(
        r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} \d\d \d{4} \d\d:\d\d:\d\d"
        r" GMT\+0000 \(Coordinated Universal Time\)",
        headers["X-RateLimit-Reset"],
    )


# --- balance and stories ------------------------------------------------------------------------


def test_a_total_is_split_over_the_buckets(sandbox: Sandbox) -> None:
    for total in (0, 1, 100, 480, 12_430, 305_000):
        sandbox.set_total(total)
        answer = ask(sandbox).json
        remaining = answer["details"]["remaining"]
        assert answer["credits"] == remaining.pop("total") == sum(remaining.values()) == total
    assert sandbox.story == "fixed"


def test_a_fixed_balance_stops_the_story() -> None:
    clock = FakeClock()
    with Sandbox(story="drain", clock=clock.seconds) as sandbox:
        clock.forward(seconds=25)
        sandbox.set_balance(gifted=7)
        before = ask(sandbox).json
        clock.forward(seconds=100)
        assert ask(sandbox).json == before
        assert before["details"]["remaining"]["gifted"] == 7
        sandbox.set_story("drain")
        assert ask(sandbox).json["credits"] == 12_430


def test_a_story_moves_with_the_clock() -> None:
    clock = FakeClock()
    with Sandbox(story="dry", clock=clock.seconds) as sandbox:
        amounts = []
        for _ in range(9):
            amounts.append(ask(sandbox).json["credits"])
            clock.forward(seconds=10)
    assert amounts == [620, 520, 420, 320, 220, 120, 20, 0, 0]


def level(total: int) -> str:
    if total == 0:
        return "empty"
    return "critical" if total <= 100 else "low" if total <= 500 else "healthy"


@pytest.mark.parametrize(
    ("story", "levels"),
    [
        ("steady", ["healthy"]),
        ("fixed", ["healthy"]),
        ("drain", ["healthy", "low", "critical", "empty"]),
        ("refill", ["low", "healthy"]),
        ("dry", ["healthy", "low", "critical", "empty"]),
        ("demo", ["healthy", "low", "critical", "empty", "healthy", "low", "critical", "empty"]),
    ],
)
def test_what_the_stories_tell(story: str, levels: list[str]) -> None:
    seen = [level(STORIES[story].balance_at(seconds / 2).total) for seconds in range(600)]
    assert [
        now for before, now in zip([None, *seen], seen, strict=False) if now != before
    ] == levels
    assert set(STORIES) == {"steady", "fixed", "drain", "refill", "dry", "demo"}


def test_each_level_of_the_demo_outlasts_a_poll_every_30_s() -> None:
    seen = [level(STORIES["demo"].balance_at(second).total) for second in range(150)]
    assert min(seen.count(name) for name in set(seen)) > 30


@settings(database=None, deadline=None)
@given(st.sampled_from(sorted(STORIES)), st.floats(-100, 1e7))
def test_stories_give_whole_amounts_of_zero_or_more(story: str, seconds: float) -> None:
    for amount in STORIES[story].balance_at(seconds):
        assert type(amount) is int
        assert amount >= 0


@settings(database=None, deadline=None)
@given(st.integers(0, 10**12))
def test_a_split_adds_up(total: int) -> None:
    assert split(total).total == total
    assert min(split(total)) >= 0


@pytest.mark.parametrize("amount", [-1, 1.5, "1", True, math.nan])
def test_bad_amounts_are_refused(sandbox: Sandbox, amount: Any) -> None:
    before = sandbox.balance
    with pytest.raises(ValueError, match="whole number"):
        sandbox.set_total(amount)
    with pytest.raises(ValueError, match="whole number"):
        sandbox.set_balance(paid=amount)
    assert sandbox.balance == before


def test_unknown_stories_are_refused(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="'epic'"):
        sandbox.set_story("epic")
    with pytest.raises(ValueError, match="'epic'"):
        Sandbox(story="epic")


# --- faults -------------------------------------------------------------------------------------

STATUSES = {
    "204": b"",
    "304": b"",
    "400": b"No API key provided",
    "401": b"The authentication you supplied is incorrect",
    "402": b"Payment required",
    "403": b"User linked to this API key is blocked",
    "404": b"No user found for this API key",
    "405": b"Method not allowed",
    "418": b"I'm a Teapot",
    "429": b"Too many requests",
    "500": b"Internal Server Error",
    "502": b"Bad Gateway",
    "503": b"Service Unavailable",
}
REDIRECTS = ("301", "302", "307", "308")


def remaining(body: bytes) -> Any:
    return json.loads(body)["details"]["remaining"]


def every_amount(body: bytes) -> list[Any]:
    return [json.loads(body)["credits"], *remaining(body).values()]


BODIES: dict[str, Callable[[bytes], bool]] = {
    "html": lambda body: b"<html>" in body,
    "html-as-json": lambda body: b"<html>" in body,
    "plain-json": lambda body: json.loads(body)["credits"] == 12_430,
    "empty-body": lambda body: body == b"",
    "truncated-json": lambda body: body.startswith(b'{"credits": 12430') and body.count(b"}") < 3,
    "bom": lambda body: body.startswith(b"\xef\xbb\xbf{"),
    "utf-16": lambda body: json.loads(body.decode("utf-16"))["credits"] == 12_430,
    "bad-utf-8": lambda body: b"\xff" in body,
    "list": lambda body: json.loads(body)[0]["credits"] == 12_430,
    "other-shape": lambda body: json.loads(body) == {"ok": True},
    "other-details": lambda body: json.loads(body)["details"] == [],
    "null": lambda body: body == b"null",
    "deep-nesting": lambda body: body.startswith(b"[" * 20_000) and body.endswith(b"]" * 20_000),
    "duplicate-keys": lambda body: body.count(b'"total"') == 2,
    "extra-fields": lambda body: (
        json.loads(body)["plan"] is None and remaining(body)["total"] == 12_430
    ),
    "nan": lambda body: all(math.isnan(amount) for amount in every_amount(body)),
    "infinity": lambda body: set(every_amount(body)) == {math.inf},
    "1e300": lambda body: set(every_amount(body)) == {1e300},
    "huge-integer": lambda body: b"9" * 5_000 in body,
    "strings": lambda body: every_amount(body)[0] == "12430",
    "booleans": lambda body: all(amount is True for amount in every_amount(body)),
    "negative": lambda body: max(every_amount(body)) < 0,
    "float-integral": lambda body: b"12430.0" in body,
    "float-fractional": lambda body: b"12430.5" in body,
    "null-total": lambda body: remaining(body)["total"] is None and b"12430" in body,
    "missing-total": lambda body: "total" not in remaining(body) and b"12430" in body,
    "missing-credits": lambda body: b"credits" not in body and remaining(body)["total"] == 12_430,
    "missing-both": lambda body: b"credits" not in body and "total" not in remaining(body),
    "missing-buckets": lambda body: set(remaining(body)) == {"total", "subscription", "paid"},
    "missing-details": lambda body: json.loads(body) == {"credits": 12_430},
    "totals-disagree": lambda body: json.loads(body)["credits"] != remaining(body)["total"],
    "sum-disagrees": lambda body: remaining(body)["paid"] > remaining(body)["total"],
}
CONTENT_TYPES = {"html": "text/html", "plain-json": "text/plain"}
ON_THE_WIRE = {
    "206",
    "huge-body",
    "gzip-bomb",
    "many-headers",
    "long-header",
    "length-too-long",
    "length-too-short",
    "bad-chunks",
    "not-http",
    "slow",
    "dripped-body",
    "dripped-headers",
    "stalled-body",
    "silent",
    "reset",
    "closed",
}


def test_every_fault_has_a_test_here() -> None:
    assert set(FAULTS) == {*STATUSES, *REDIRECTS, *BODIES, *ON_THE_WIRE}
    assert all(fault.description for fault in FAULTS.values())


@pytest.mark.parametrize("name", STATUSES)
def test_status_faults(sandbox: Sandbox, name: str) -> None:
    sandbox.set_fault(name)
    for path in (CREDITS, TEAM):
        reply = ask(sandbox, path)
        assert (reply.status, reply.body) == (int(name), STATUSES[name])
    sandbox.set_fault(None)
    assert ask(sandbox).status == 200


@pytest.mark.parametrize("status", ["429", "503"])
@pytest.mark.parametrize(
    "value", ["30", "soon", "", "-5", "1e9", "Wed, 21 Oct 2026 07:28:00 GMT", "½"]
)
def test_retry_after_can_be_anything(sandbox: Sandbox, status: str, value: str) -> None:
    sandbox.set_fault(status, retry_after=value)
    assert ask(sandbox).headers.get_all("Retry-After") == [value]


@pytest.mark.parametrize("status", ["429", "503"])
def test_retry_after_can_be_missing(sandbox: Sandbox, status: str) -> None:
    sandbox.set_fault(status, retry_after=None)
    assert "Retry-After" not in ask(sandbox).headers


def test_server_errors_come_without_rate_headers_unless_asked_for(sandbox: Sandbox) -> None:
    sandbox.set_fault("502")
    assert not set(RATE_HEADERS) & set(ask(sandbox).headers)
    sandbox.set_fault("429")
    assert set(RATE_HEADERS) <= set(ask(sandbox).headers)


@pytest.mark.parametrize("name", REDIRECTS)
def test_redirects(sandbox: Sandbox, name: str) -> None:
    for location in ("/api/v2/team", "http://127.0.0.1:9/api/team/credits"):
        sandbox.set_fault(name, location=location)
        reply = ask(sandbox)
        assert (reply.status, reply.headers["Location"]) == (int(name), location)
    sandbox.set_fault(name)
    assert ask(sandbox, ask(sandbox).headers["Location"]).content_type == "text/html"


@pytest.mark.parametrize("name", BODIES)
def test_body_faults(sandbox: Sandbox, name: str) -> None:
    sandbox.set_fault(name)

    reply = ask(sandbox)

    assert reply.status == 200
    assert reply.content_type == CONTENT_TYPES.get(name, "application/json")
    assert BODIES[name](reply.body), reply.body[:300]


def test_a_spoilt_balance_leaves_all_else_well(sandbox: Sandbox) -> None:
    sandbox.set_fault("strings")
    assert ask(sandbox, TEAM).json["name"] == "Acme Growth"
    assert ask(sandbox, authorization=basic("another-key")).status == 401


def test_a_fault_can_be_kept_to_one_path(sandbox: Sandbox) -> None:
    sandbox.set_fault("500", path="/team")
    assert [ask(sandbox, path).status for path in (TEAM, CREDITS)] == [500, 200]
    sandbox.set_fault("500", path="/team/credits")
    assert [ask(sandbox, path).status for path in (TEAM, CREDITS)] == [200, 500]


def test_partial_content(sandbox: Sandbox) -> None:
    sandbox.set_fault("206")
    reply = ask(sandbox)
    assert reply.status == 206
    assert reply.headers["Content-Range"].startswith("bytes 0-")


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("huge-body", b"x" * 100_000),
        ("many-headers", b"X-Padding-999: "),
        ("long-header", b"x" * 200_000),
        ("bad-chunks", b"Transfer-Encoding: chunked\r\n"),
        ("bad-chunks", b"\r\n\r\nnot-a-size\r\n"),
        ("not-http", b"SSH-2.0-"),
    ],
)
def test_strange_answers(sandbox: Sandbox, name: str, sign: bytes) -> None:
    sandbox.set_fault(name)
    assert sign in raw(sandbox)


def test_gzip_bomb(sandbox: Sandbox) -> None:
    sandbox.set_fault("gzip-bomb")

    head, _, start = raw(sandbox, 50_000).partition(b"\r\n\r\n")

    assert b"Content-Encoding: gzip" in head
    inflated = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(start, 20_000_000)
    assert len(inflated) > 100 * len(start)


@pytest.mark.parametrize(
    ("name", "difference"), [("length-too-long", 100), ("length-too-short", -10)]
)
def test_wrong_lengths(sandbox: Sandbox, name: str, difference: int) -> None:
    sandbox.set_fault(name)
    head, _, body = raw(sandbox).partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body) + difference}\r\n".encode() in head


@pytest.mark.parametrize("name", ["slow", "dripped-body", "dripped-headers"])
def test_slow_answers_are_good_in_the_end(sandbox: Sandbox, name: str) -> None:
    sandbox.set_fault(name, seconds=0.0001)
    assert ask(sandbox).json["credits"] == 12_430


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("slow", b""),
        ("silent", b""),
        ("dripped-headers", b"H"),
        ("dripped-body", b"\r\n\r\n{"),
        ("stalled-body", b'\r\n\r\n{"credits": 12430'),
        ("huge-body", b"xxx"),
    ],
)
def test_stop_ends_a_request_that_hangs(name: str, said: bytes) -> None:
    sandbox = Sandbox(story="fixed")
    sandbox.start()
    sandbox.set_fault(name, **({"seconds": 3600} if "seconds" in FAULTS[name].params else {}))
    with connect(sandbox) as connection:
        send_request(connection)
        heard = b""
        while said not in heard:
            heard += connection.recv(1024)
        wait_until(lambda: sandbox.max_in_flight, PATIENCE, "the request arrives")

        sandbox.stop()  # waits for all threads, and by themselves some of the faults last an hour
    sandbox.stop()


def test_a_client_that_leaves_frees_its_thread(sandbox: Sandbox) -> None:
    sandbox.set_fault("silent")
    with connect(sandbox) as connection:
        send_request(connection)
        wait_until(lambda: sandbox.max_in_flight, PATIENCE, "the request arrives")
        assert sandbox.open_connections == 1
    wait_until(lambda: not sandbox.open_connections, PATIENCE, "the connection's thread ends")


def test_reset(sandbox: Sandbox) -> None:
    sandbox.set_fault("reset")
    with pytest.raises(ConnectionResetError):
        raw(sandbox)


def test_closed(sandbox: Sandbox) -> None:
    sandbox.set_fault("closed")
    assert raw(sandbox) == b""


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("no-such-fault", {}),
        ("silent", {"retry_after": "2"}),
        ("429", {"location": "/"}),
        ("429", {"retry_after": "2\nX-Evil: 1"}),
        ("429", {"retry_after": "2\rX-Evil: 1"}),
        ("429", {"retry_after": "€"}),
        ("slow", {"seconds": "1"}),
        ("slow", {"seconds": -1}),
        ("slow", {"seconds": math.nan}),
        ("500", {"path": "/other"}),
    ],
)
def test_bad_faults_are_refused(sandbox: Sandbox, name: str, params: dict[str, object]) -> None:
    sandbox.set_fault("418")
    with pytest.raises(ValueError, match=r"."):
        sandbox.set_fault(name, **params)
    assert sandbox.fault == ("418", {})


# --- the control route --------------------------------------------------------------------------


def test_the_control_route_tells_the_state(sandbox: Sandbox) -> None:
    sandbox.set_fault("429", retry_after="9")
    state = ask(sandbox, "/sandbox", authorization=None).json
    assert state["url"] == sandbox.url
    assert state["story"] == "fixed"
    assert state["balance"]["total"] == 12_430
    assert state["fault"] == {"fault": "429", "retry_after": "9"}
    assert state["faults"] == {name: fault.description for name, fault in FAULTS.items()}
    assert set(state["stories"]) == set(STORIES)


def test_the_control_route_changes_what_it_does(sandbox: Sandbox) -> None:
    assert control(sandbox, {"fault": "429", "retry_after": "soon"}).status == 200
    assert (ask(sandbox).status, ask(sandbox).headers["Retry-After"]) == (429, "soon")
    assert control(sandbox, {"fault": None}).json["fault"] is None
    assert control(sandbox, {"total": 480}).json["balance"]["total"] == 480
    assert ask(sandbox).json["credits"] == 480
    assert control(sandbox, {"balance": {"paid": 0, "gifted": 3}}).status == 200
    assert remaining(ask(sandbox).body)["gifted"] == 3
    assert control(sandbox, {"story": "dry"}).json["story"] == "dry"
    assert ask(sandbox).json["credits"] == 620


@pytest.mark.parametrize(
    "wish",
    [
        None,
        [],
        {},
        "fault",
        {"falut": "429"},
        {"fault": "no-such-fault"},
        {"fault": ["429"]},
        {"fault": "429", "name": "x"},
        {"fault": "429", "\ud800": "x"},
        {"fault": None, "retry_after": 2},
        {"story": "epic"},
        {"story": {}},
        {"story": "dry", "total": 1},
        {"total": -1},
        {"total": None},
        {"balance": {"bonus": 1}},
        {"balance": 5},
        {"team": 2},
        {"team": 0, "total": 1},
        {"team": 51, "fault": "429"},
        {"team": None, "story": "dry"},
        {"team": "2", "story": "dry"},
    ],
)
def test_the_control_route_refuses_what_it_does_not_know(sandbox: Sandbox, wish: object) -> None:
    before = sandbox.fault, sandbox.story, sandbox.balance
    reply = control(sandbox, wish)
    assert (reply.status, reply.content_type) == (400, "text/plain")
    assert (sandbox.fault, sandbox.story, sandbox.balance) == before


def test_the_control_route_changes_one_team_alone(sandbox: Sandbox) -> None:
    def second(path: str = CREDITS) -> Reply:
        return ask(sandbox, path, authorization=basic(f"{DEMO_KEY}-2"))

    before = sandbox.balance
    assert control(sandbox, {"team": 2, "total": 480}).json["balance"]["total"] == 480
    assert second().json["credits"] == 480
    assert control(sandbox, {"team": 2, "balance": {"paid": 0}}).status == 200
    told = control(sandbox, {"team": 2, "story": "dry"}).json
    assert (told["team"], told["story"]) == ("Acme UK", "dry")
    assert second().json["credits"] == 620
    assert (sandbox.story, sandbox.balance) == ("fixed", before)

    assert control(sandbox, {"team": 2, "fault": "402", "path": "/team"}).status == 200
    assert (second(TEAM).status, second().status, ask(sandbox, TEAM).status) == (402, 200, 200)
    assert control(sandbox, {"team": 2, "fault": None}).json["fault"] is None
    assert second(TEAM).status == 200


@pytest.mark.parametrize("text", ["", "{", "[" * 60_000, "\udcff", "x" * 70_000])
def test_the_control_route_survives_bad_json(sandbox: Sandbox, text: str) -> None:
    body = text.encode("utf-8", "surrogateescape")
    with connect(sandbox) as connection:
        connection.sendall(
            b"POST /sandbox HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        )
        if len(body) <= 65536:
            connection.sendall(body)
        assert connection.recv(4096).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example:80"}, 403),
        ({"Host": "["}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_a_web_page_can_not_use_the_control_route(
    sandbox: Sandbox, headers: dict[str, str], status: int
) -> None:
    reply = control(sandbox, {"fault": "500"}, **headers)
    assert reply.status == status
    assert sandbox.fault is None
    assert not [name for name in reply.headers if name.lower().startswith("access-control")]
    assert control(sandbox, {"fault": "500"}, Host="localhost:1").status == 200


def test_the_control_route_takes_no_other_method(sandbox: Sandbox) -> None:
    for method in ("PUT", "DELETE", "OPTIONS"):
        reply = ask(sandbox, "/sandbox", method, authorization=None)
        assert (reply.status, reply.headers["Allow"]) == (405, "GET, POST")


# --- what it remembers --------------------------------------------------------------------------


def test_requests_are_remembered(sandbox: Sandbox) -> None:
    ask(sandbox, CREDITS, headers={"Accept-Encoding": "identity"})
    ask(sandbox, TEAM + "?version=v2", "POST")
    ask(sandbox, "/sandbox")
    assert [(asked.method, asked.path) for asked in sandbox.requests] == [
        ("GET", CREDITS),
        ("POST", TEAM),
    ]
    assert sandbox.requests[0].accept_encoding == "identity"
    assert sandbox.requests[0].time <= sandbox.requests[1].time


def test_requests_at_the_same_time_are_counted(sandbox: Sandbox) -> None:
    ask(sandbox)
    ask(sandbox)
    assert sandbox.max_in_flight == 1
    sandbox.set_fault("silent")
    with connect(sandbox) as one, connect(sandbox) as other:
        send_request(one)
        send_request(other)
        wait_until(lambda: sandbox.max_in_flight == 2, PATIENCE, "two requests are in flight")


def test_keys_are_kept_and_printed_nowhere(
    sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    key = "fake-key-of-a-test"
    ask(sandbox, f"{CREDITS}?key={key}", authorization=basic(key))
    ask(sandbox, authorization=f"Bearer {key}")
    sandbox.set_fault("reset")
    with pytest.raises(OSError, match="reset"):
        ask(sandbox, authorization=basic(key))
    wait_until(lambda: len(sandbox.answers) == 3, PATIENCE, "three lines are logged")

    remembered = repr(vars(sandbox))
    for secret in (key, basic(key).split()[1]):
        assert secret not in remembered
    # Each connection has a thread of its own, which logs after it has answered.
    assert sorted(sandbox.answers) == [f"GET {CREDITS} {status}" for status in (200, 400, 401)]
    assert capfd.readouterr() == ("", "")


# --- its life -----------------------------------------------------------------------------------


def test_stop_ends_idle_connections_and_frees_the_port() -> None:
    sandbox = Sandbox()
    with sandbox, connect(sandbox) as idle:
        ask(sandbox)
        url = sandbox.url
        sandbox.stop()
        assert idle.recv(1) == b""
        with pytest.raises(ConnectionRefusedError):
            ask(sandbox)

        sandbox.start()
        assert sandbox.url == url
        assert ask(sandbox).status == 200


def test_a_taken_port_is_an_error(sandbox: Sandbox) -> None:
    port = urlsplit(sandbox.url).port
    assert port is not None
    with pytest.raises(OSError, match="in use"):
        Sandbox(port=port).start()


def test_it_needs_the_standard_library_only() -> None:
    code = (
        "import sys, tray_app.sandbox.command;"
        "print([m for m in sys.modules if m.split('.')[0] in ('PySide6', 'requests', 'urllib3')])"
    )
    assert run_python("-c", code).communicate(timeout=30)[0] == "[]\n"


def run_python(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_as_a_command(number: signal.Signals) -> None:
    with run_python("main.py", "sandbox", "--story", "fixed") as process:
        try:
            assert process.stdout is not None
            printed = ""
            while '{"fault": null}' not in printed:
                printed += process.stdout.readline()
            found = re.search(r"URL +http://127\.0\.0\.1:(\d+)/api", printed)
            assert found is not None
            assert DEMO_KEY in printed
            assert all(name in printed for name in [*STORIES, *faults.FAULTS])

            connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=10)
            connection.request(
                "GET", f"{CREDITS}?k=fake", headers={"Authorization": basic(DEMO_KEY)}
            )
            assert json.loads(connection.getresponse().read())["credits"] == 12_430
            process.send_signal(number)
            _, logged = process.communicate(timeout=10)
            connection.close()
        finally:
            process.kill()
    assert process.returncode == (130 if number == signal.SIGINT else 0)
    assert logged == f"GET {CREDITS} 200\n"


@pytest.mark.parametrize("option", ["--story=epic", "--port=70000"])
def test_as_a_command_with_bad_arguments(option: str) -> None:
    with run_python("main.py", "sandbox", option) as process:
        printed, said = process.communicate(timeout=30)
    assert (process.returncode, printed) == (1, "")
    assert said.startswith("The sandbox can't start: ")
    assert "Traceback" not in said
