"""A host with several addresses, some of which lead nowhere, over real sockets."""

import socket
from collections.abc import Iterator

import pytest

from tests.servers.local_servers import LocalServer, closed_port, resolve, swallowing_address
from tests.waiting import PATIENCE
from tray_app.lemlist.connect import by_turns, connect

SHORT = 0.5  # seconds; a deadline that a test can wait for
HOST = "several.test"


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with LocalServer() as running:
        yield running


@pytest.fixture
def hole() -> Iterator[tuple[str, int]]:
    with swallowing_address() as address:
        yield address


def test_an_address_that_swallows_packets_keeps_nobody_from_the_next(
    server: LocalServer, hole: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve(monkeypatch, HOST, hole, hole, ("127.0.0.1", server.port))
    with connect(HOST, 443, PATIENCE) as connected:
        assert connected.getpeername() == ("127.0.0.1", server.port)
        assert connected.gettimeout() == PATIENCE


def test_addresses_that_refuse_are_passed_over(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Linux refuses the first one at once (ENETUNREACH), the others refuse by themselves.
    dead = ("127.0.0.1", closed_port())
    resolve(monkeypatch, HOST, ("255.255.255.255", 1), dead, dead, ("127.0.0.1", server.port))
    with connect(HOST, 443, PATIENCE) as connected:
        assert connected.getpeername() == ("127.0.0.1", server.port)


def test_a_whole_family_that_leads_nowhere_keeps_nobody_waiting_for_its_end() -> None:
    def found(family: int, *names: str) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        return [(family, socket.SOCK_STREAM, 6, "", (name, 443)) for name in names]

    sixes, fours = found(socket.AF_INET6, "::1", "::2", "::3"), found(socket.AF_INET, "1.1.1.1")
    assert [address[0] for _, address in by_turns(sixes + fours)] == [
        "::1",
        "1.1.1.1",
        "::2",
        "::3",
    ]
    assert [address[0] for _, address in by_turns(fours)] == ["1.1.1.1"]


def test_no_address_answers_in_time(hole: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, HOST, hole, hole)
    with pytest.raises(TimeoutError):
        connect(HOST, 443, SHORT)


def test_the_last_refusal_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, HOST, ("127.0.0.1", closed_port()))
    with pytest.raises(ConnectionRefusedError):
        connect(HOST, 443, PATIENCE)
    resolve(monkeypatch, HOST)
    with pytest.raises(OSError, match="no address"):
        connect(HOST, 443, PATIENCE)
