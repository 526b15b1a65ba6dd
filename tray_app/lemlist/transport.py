"""requests, made to keep a deadline and to trust what the system trusts."""

import os
import re
import socket
import ssl
import sys
import threading
from base64 import b64encode
from contextlib import suppress
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any

import requests
import truststore
import urllib3
from urllib3 import HTTPConnectionPool, PoolManager
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, SystemTimeWarning

from tray_app.errors import Kind, Problem
from tray_app.lemlist.connect import connect

# It is printed where the clock is wrong; what certificates make of that is said in words.
urllib3.disable_warnings(SystemTimeWarning)

_BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables in which companies name their certificates to requests and programs like it."""

_OPENSSL_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""What replaces the system's certificates in OpenSSL, which passes over what it can't read."""

_HASHED_NAME = re.compile(r"[0-9a-f]{8}\.[0-9]")
"""How a certificate in a folder must be called for OpenSSL to find it (``openssl rehash``)."""


def trusted() -> ssl.SSLContext:
    """Return a context that verifies servers by the certificates that are to be trusted.

    These are the system's, unless a variable replaces them.

    Raises:
        Problem: ``certificates``: a variable names some that can't be read.
    """
    for name in _BUNDLE_VARIABLES:
        if bundle := os.environ.get(name):
            try:
                return _trust_in(bundle)
            except OSError:
                raise Problem(Kind.CERTIFICATES, name) from None
    return _system_trust()


def unreadable_variable() -> str | None:
    """Return the variable that names certificates which OpenSSL could not read, if there is one.

    On Windows and macOS these variables count for nothing.
    """
    named = {name: os.environ.get(name) for name in _OPENSSL_VARIABLES}
    for name, places in named.items() if sys.platform == "linux" else ():
        if places and not any(map(_is_readable, places.split(os.pathsep))):
            return name
    return None


def _is_readable(bundle: str) -> bool:
    try:
        _trust_in(bundle)
    except OSError:
        return False
    return True


def _trust_in(bundle: str) -> ssl.SSLContext:
    """Return a context that trusts the certificates in a file or a folder; raise an OSError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if Path(bundle).is_dir():
        if not any(_HASHED_NAME.fullmatch(each.name) for each in Path(bundle).iterdir()):
            raise FileNotFoundError
        context.load_verify_locations(capath=bundle)
    else:
        context.load_verify_locations(cafile=bundle)
    return context


def _system_trust() -> ssl.SSLContext:
    """Return a context that verifies servers by the system's certificates.

    truststore finds them everywhere, but on Linux reads them anew for each connection, in 40 ms of
    processor time. Where OpenSSL finds them by itself, this context reads them once.
    """
    if sys.platform == "linux":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.set_default_verify_paths()
        if context.cert_store_stats()["x509_ca"]:
            return context
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


_SOCKS_PORT = 1080
"""Where a SOCKS proxy listens whose address names no port."""


class ProxyRefusedError(OSError):
    """The proxy has answered, with another status than 200."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status


class SocksRefusedError(OSError):
    """A SOCKS proxy has answered that there is no connection, by a reply of RFC 1928, 6."""

    def __init__(self, reply: int) -> None:
        super().__init__()
        self.reply = reply


_SOCKS_REPLY = re.compile(r"\b0x(0[1-8]): ")
"""How PySocks writes a proxy's reply, of which urllib3 passes on the text alone."""


def _refusal_in(error: NewConnectionError) -> NewConnectionError | SocksRefusedError:
    """Return the refusal of a SOCKS proxy that an error tells of, else the error itself."""
    reply = _SOCKS_REPLY.search(str(error))
    return error if reply is None else SocksRefusedError(int(reply[1]))


class _Response(HTTPResponse):
    def begin(self) -> None:
        """Read past all that only announces the answer, which http.client does past 100 alone.

        https://github.com/python/cpython/issues/42550
        """
        super().begin()
        while 101 < self.status < 200:
            self.headers = None  # type: ignore[assignment]  # or nothing more would be read
            super().begin()


class CuttableAdapter(requests.adapters.HTTPAdapter):
    """Connections that another thread can cut off, whose servers ``trust`` verifies.

    The timeout of requests starts anew with each byte, so that a server that drips its headers
    could hold a thread for hours. Cutting the socket wakes that thread.
    """

    def __init__(self, trust: ssl.SSLContext | None = None) -> None:
        self._trust = trust
        self._sockets: list[socket.socket] = []
        self._is_cut = threading.Event()
        super().__init__()

    def cut(self) -> None:
        """End every connection, whatever it waits for, and let no other begin."""
        self._is_cut.set()
        for handle in tuple(self._sockets):
            with suppress(OSError):  # the connection has ended by itself
                handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connections and the handles on them."""
        super().close()
        while self._sockets:
            self._sockets.pop().close()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make direct connections cuttable, and have ``trust`` verify them."""
        super().init_poolmanager(*args, ssl_context=self._trust, **kwargs)
        self._make_cuttable(self.poolmanager)

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        """Do the same for connections through a proxy."""
        if proxy.lower().startswith("https:"):  # urllib3 has SOCKS proxies refuse the word
            kwargs["proxy_ssl_context"] = self._trust
        manager = super().proxy_manager_for(proxy, ssl_context=self._trust, **kwargs)
        self._make_cuttable(manager)
        return manager

    def proxy_headers(self, proxy: str) -> dict[str, str]:
        """Return the login for a proxy, in UTF-8 as browsers send it (RFC 7617, 2.1)."""
        user, password = requests.utils.get_auth_from_url(proxy)
        login = b64encode(f"{user}:{password}".encode()).decode()
        return {"Proxy-Authorization": f"Basic {login}"} if user else {}

    def cert_verify(self, conn: Any, *_arguments: Any) -> None:
        """Replace requests' hook, which would add requests' own certificates to the system's."""
        conn.cert_reqs = "CERT_REQUIRED"

    def _make_cuttable(self, manager: PoolManager) -> None:
        manager.pool_classes_by_scheme = {
            scheme: self._cuttable(pool_class)
            for scheme, pool_class in manager.pool_classes_by_scheme.items()
        }

    def _cuttable(self, pool_class: type[HTTPConnectionPool]) -> type[HTTPConnectionPool]:
        sockets, is_cut = self._sockets, self._is_cut

        class Connection(pool_class.ConnectionCls):  # type: ignore[name-defined,misc]
            def _new_conn(self) -> socket.socket:
                sock: socket.socket
                try:
                    if proxy := getattr(self, "_socks_options", None):
                        # PySocks would try one of the proxy's addresses after the other.
                        port = proxy["proxy_port"] = int(proxy["proxy_port"] or _SOCKS_PORT)
                        with connect(proxy["proxy_host"], port, self.timeout) as probe:
                            proxy["proxy_host"] = probe.getpeername()[0]
                        sock = super()._new_conn()
                    else:
                        sock = connect(self._dns_host, self.port, self.timeout)
                except TimeoutError as error:
                    raise ConnectTimeoutError(self, "no address answered") from error
                except NewConnectionError as error:
                    raise _refusal_in(error) from None
                # The system refuses a name such as "pro..xy" with a UnicodeError.
                except (OSError, UnicodeError) as error:
                    raise NewConnectionError(self, str(error)) from error
                # A second handle, as TLS takes the socket's own away during its handshake.
                sockets.append(sock.dup())
                if is_cut.is_set():  # cut while the system resolved the name
                    sock.close()
                    raise ConnectionAbortedError
                return sock

            response_class = _Response

            def _tunnel(self) -> None:
                try:
                    super()._tunnel()
                except (OSError, HTTPException) as error:
                    # urllib3 blames the proxy for an OSError of a connection that is closed.
                    self.close()
                    if refusal := re.match(r"Tunnel connection failed: (\d+)", str(error)):
                        raise ProxyRefusedError(int(refusal[1])) from None
                    raise OSError(type(error).__name__) from None

        return type("Pool", (pool_class,), {"ConnectionCls": Connection})
