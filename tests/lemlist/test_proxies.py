"""Which proxy is used: the environment's, else that of the desktop's settings."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from jeepney import (
    DBusAddress,
    HeaderFields,
    MessageType,
    new_error,
    new_method_call,
    new_method_return,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection

from tests.servers.local_servers import (
    ConnectProxy,
    RawServer,
    answer,
    certificate,
    closed_port,
    swallowing_address,
)
from tests.waiting import PATIENCE, wait_until
from tray_app.errors import Problem
from tray_app.lemlist.balance import Balance
from tray_app.lemlist.client import Client
from tray_app.lemlist.proxies import DIRECTLY, desktops_proxies, shown, ways_to

URL = "https://api.lemlist.com/api"
PORTAL = "org.freedesktop.portal.Desktop"
SHORT = 1.0  # seconds; a deadline that a test can wait for, and a good answer can keep


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A message bus of its own."""
    command = ["dbus-daemon", "--session", "--nofork", "--print-address"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as daemon:
        assert daemon.stdout is not None
        address = daemon.stdout.readline().strip()
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address
        daemon.terminate()


@contextmanager
def portal(address: str, *ways: str) -> Iterator[list[str]]:
    """A desktop's portal, which answers each question for a proxy with these.

    https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.ProxyResolver.html
    Yields what it is asked for. Without an answer it fails, as where the settings' script does.
    """
    asked: list[str] = []
    with open_dbus_connection(address) as connection:
        Proxy(message_bus, connection).RequestName(PORTAL)

        def serve() -> None:
            while True:
                call = connection.receive()
                if call.header.message_type is not MessageType.method_call:
                    continue
                if call.header.fields[HeaderFields.member] == "End":
                    connection.send(new_method_return(call))
                    return
                interface = call.header.fields[HeaderFields.interface]
                assert interface == "org.freedesktop.portal.ProxyResolver"
                assert call.header.fields[HeaderFields.path] == "/org/freedesktop/portal/desktop"
                asked.append(call.body[0])
                answer = new_method_return(call, "as", (list(ways),))
                connection.send(answer if ways else new_error(call, "org.example.Failed"))

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield asked
        finally:
            with open_dbus_connection(address) as other:
                place = DBusAddress("/", bus_name=PORTAL, interface="org.example.End")
                other.send_and_get_reply(new_method_call(place, "End"))
            thread.join()


@pytest.mark.parametrize(
    ("answers", "ways"),
    [
        (["direct://"], [DIRECTLY]),
        (["http://proxy.test:3128"], ["http://proxy.test:3128"]),
        (["socks://proxy.test:1080"], ["socks5h://proxy.test:1080"]),
        (["socks5://proxy.test:1080"], ["socks5h://proxy.test:1080"]),
        # a script that names a second one for when the first is not there
        (
            ["http://a.test:1", "http://b.test:2", "direct://"],
            ["http://a.test:1", "http://b.test:2", ""],
        ),
        ([], [DIRECTLY]),
    ],
)
def test_the_desktops_proxy(bus: str, answers: list[str], ways: list[str]) -> None:
    with portal(bus, *answers) as asked:
        assert ways_to(URL, desktops_proxies) == ways
    assert asked == [URL]


@contextmanager
def proxied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[ConnectProxy, Client]]:
    """A trusted server that only a proxy leads to, and a client for it with a short deadline."""
    tls, public = certificate(tmp_path, "api.lemlist.test")
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    with RawServer(answer(), tls) as server, ConnectProxy(server.port) as proxy:
        yield proxy, Client("https://api.lemlist.test/api", "fake-key", deadline=SHORT)


def test_a_proxy_that_swallows_packets_keeps_nobody_from_the_next(
    bus: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the company's at home, of which its script (PAC) says: then try this one, or directly."""
    with (
        proxied(tmp_path, monkeypatch) as (proxy, client),
        swallowing_address() as hole,
        portal(bus, f"http://127.0.0.1:{hole[1]}", proxy.url),
    ):
        assert client.balance() == Balance(7)


def test_a_proxy_that_never_answers_keeps_nobody_from_the_next(
    bus: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        proxied(tmp_path, monkeypatch) as (proxy, client),
        socket.create_server(("127.0.0.1", 0)) as silent,
        portal(bus, f"http://127.0.0.1:{silent.getsockname()[1]}", proxy.url),
    ):
        assert client.balance() == Balance(7)


def test_a_proxy_that_is_named_twice_keeps_nobody_from_the_next(
    bus: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by "SOCKS5 host:1080; SOCKS host:1080", which old browsers need."""
    place = f"127.0.0.1:{closed_port()}"
    with (
        proxied(tmp_path, monkeypatch) as (proxy, client),
        portal(bus, f"socks5://{place}", f"socks://{place}", proxy.url, proxy.url),
    ):
        assert client.balance() == Balance(7)


def test_a_proxy_that_refuses_keeps_nobody_from_the_next(
    bus: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        proxied(tmp_path, monkeypatch) as (proxy, client),
        ConnectProxy(0, "403 Forbidden") as first,
        ConnectProxy(0, "502 Bad Gateway") as second,
        portal(bus, first.url, second.url, proxy.url),
    ):
        assert client.balance() == Balance(7)


def test_the_desktop_is_asked_once_in_a_while(
    bus: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxied(tmp_path, monkeypatch) as (proxy, client), portal(bus, proxy.url) as asked:
        for expected, again in ((1, 600.0), (1, 600.0), (2, 0.0)):
            monkeypatch.setattr("tray_app.lemlist.client.ASK_AGAIN", again)
            assert client.balance() == Balance(7)
            assert len(asked) == expected


def test_the_desktop_is_asked_anew_after_a_time_out(
    bus: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a laptop leaves the company's network, whose proxy lets nobody know."""
    with (
        proxied(tmp_path, monkeypatch) as (proxy, client),
        socket.create_server(("127.0.0.1", 0)) as silent,
    ):
        with (
            portal(bus, f"http://127.0.0.1:{silent.getsockname()[1]}"),
            pytest.raises(Problem),
        ):
            client.balance()
        wait_until(no_request_in_flight, PATIENCE, "the request's thread has ended")
        with portal(bus, proxy.url) as asked:
            assert client.balance() == Balance(7)
        assert len(asked) == 1


def no_request_in_flight() -> bool:
    return all(each.name != "lemlist-request" for each in threading.enumerate())


def test_no_portal_and_no_bus(bus: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ways_to(URL, desktops_proxies) == [DIRECTLY]
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    assert ways_to(URL, desktops_proxies) == [DIRECTLY]
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    assert ways_to(URL, desktops_proxies) == [DIRECTLY]


@pytest.mark.parametrize(
    ("variables", "ways"),
    [
        ({"HTTPS_PROXY": "http://mine.test:1"}, ["http://mine.test:1"]),
        ({"https_proxy": "http://mine.test:1"}, ["http://mine.test:1"]),
        ({"ALL_PROXY": "socks5h://mine.test:1"}, ["socks5h://mine.test:1"]),
        ({"ALL_PROXY": "socks://mine.test:1"}, ["socks5h://mine.test:1"]),
        ({"HTTP_PROXY": "http://mine.test:1"}, ["http://desktops.test:1"]),
        ({"NO_PROXY": "api.lemlist.com"}, [DIRECTLY]),
        ({"NO_PROXY": "example.test, .lemlist.com"}, [DIRECTLY]),
        ({"no_proxy": "lemlist.com"}, [DIRECTLY]),
        ({"NO_PROXY": "*"}, [DIRECTLY]),
        ({"NO_PROXY": "localhost,*"}, [DIRECTLY]),
        ({"NO_PROXY": "*.lemlist.com"}, [DIRECTLY]),
        ({"NO_PROXY": "*lemlist.com"}, [DIRECTLY]),
        ({"NO_PROXY": "localhost API.lemlist.com"}, [DIRECTLY]),
        ({"NO_PROXY": "api.lemlist.com:443"}, [DIRECTLY]),
        ({"NO_PROXY": ".lemlist.com:443,"}, [DIRECTLY]),
        ({"NO_PROXY": "api.lemlist.com:8443"}, ["http://desktops.test:1"]),
        ({"NO_PROXY": "localhost,, ."}, ["http://desktops.test:1"]),
        ({"NO_PROXY": "list.com"}, ["http://desktops.test:1"]),
        ({"NO_PROXY": "::1,[::1],10.0.0.0/8"}, ["http://desktops.test:1"]),
        ({"NO_PROXY": "example.test"}, ["http://desktops.test:1"]),
        ({"HTTPS_PROXY": "http://mine.test:1", "NO_PROXY": "lemlist.com"}, [DIRECTLY]),
    ],
)
def test_the_environment_wins(
    bus: str, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], ways: list[str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with portal(bus, "http://desktops.test:1") as asked:
        assert ways_to(URL, desktops_proxies) == ways
    assert bool(asked) == (ways == ["http://desktops.test:1"])


def test_addresses_and_this_computer(bus: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://mine.test:1")
    monkeypatch.setenv(
        "NO_PROXY", "10.0.0.0/8,192.0.2.7 192.0.2.9:8443,fd00::/8,[fe80::7]:8443,[fe80::8]"
    )
    for place in ("10.1.2.3", "192.0.2.7", "192.0.2.9:8443", "[fd12::1]", "[fe80::7]:8443"):
        assert ways_to(f"https://{place}/api", desktops_proxies) == [DIRECTLY]
    assert ways_to("https://[fe80::8]/api", desktops_proxies) == [DIRECTLY]
    for place in ("192.0.2.8", "192.0.2.9", "[fe80::7]", "[fe80::9]"):
        assert ways_to(f"https://{place}/api", desktops_proxies) == ["http://mine.test:1"]
    monkeypatch.setenv("HTTP_PROXY", "http://mine.test:1")
    for host in ("localhost", "127.0.0.1", "127.9.9.9"):
        assert ways_to(f"http://{host}:8000/api", desktops_proxies) == [DIRECTLY]


@pytest.mark.parametrize(
    ("written", "way"),
    [
        (' "http://proxy.test:3128" ', "http://proxy.test:3128"),
        ("http://proxy.test:3128\r", "http://proxy.test:3128"),
        ("'proxy.test:3128'", "proxy.test:3128"),
        ("http://[fd00::1]:3128/", "http://[fd00::1]:3128/"),
        (r"http://CORP\me:pass@proxy.test:1", "http://CORP%5Cme:pass@proxy.test:1"),
        ("http://me:p@s#/?@proxy.test:1", "http://me:p%40s%23%2F%3F@proxy.test:1"),
        ("http://me:p%40ss@proxy.test:1", "http://me:p%40ss@proxy.test:1"),
        ("socks5://me:päss@proxy.test:1", "socks5h://me:p%C3%A4ss@proxy.test:1"),
        ("socks4a://proxy.test:1", "socks4a://proxy.test:1"),
        ("http://us\udcffr:pw@proxy.test:1", "http://us%3Fr:pw@proxy.test:1"),  # no UTF-8
    ],
)
def test_a_proxy_as_people_write_it(
    monkeypatch: pytest.MonkeyPatch, written: str, way: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", written)
    assert ways_to(URL, desktops_proxies) == [way]


def test_no_password_is_shown() -> None:
    assert shown("me:secret@proxy.test:3128") == "proxy.test:3128"
    assert shown("http://me:se/cret@proxy.test:3128") == "http://proxy.test:3128"
    assert shown("http://me:secret@proxy.test:3128") == "http://proxy.test:3128"
    assert shown("http://me:p@ss@proxy.test:3128") == "http://proxy.test:3128"
    assert shown("socks5h://proxy.test:1080") == "socks5h://proxy.test:1080"
    assert shown(DIRECTLY) == ""


def test_two_threads_can_import_what_is_built_on_requests_at_once() -> None:
    """Each took a lock of Python's that the other wanted, and both got half a module."""
    code = """
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
with ThreadPoolExecutor(2) as threads:
    list(threads.map(import_module, ("tray_app.lemlist.client", "tray_app.lemlist.proxies")))
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert ended.returncode == 0, ended.stderr
