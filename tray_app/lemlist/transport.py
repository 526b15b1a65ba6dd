"""requests, made to keep a deadline and to verify servers by a given context."""

import re
import socket
import ssl
from base64 import b64encode
from contextlib import suppress
from functools import cache, partial
from http.client import HTTPException, HTTPResponse
from typing import Any

import requests
import urllib3
from urllib3 import HTTPConnectionPool, PoolManager
from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, SystemTimeWarning

from tray_app.lemlist.connect import connect

# It is printed where the clock is wrong; what certificates make of that is said in words.
urllib3.disable_warnings(SystemTimeWarning)

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


class _Handles:
    """Second handles on the sockets of connections, by which another thread ends these.

    ``has_met_distrust`` tells whether the certificate of one of the servers was not trusted.
    """

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self._is_cut = False
        self.has_met_distrust = False

    def add(self, sock: socket.socket) -> None:
        """Take a handle of its own, as TLS takes the socket's away during its handshake."""
        self._sockets.append(sock.dup())
        if self._is_cut:  # while the system resolved the name
            sock.close()
            raise ConnectionAbortedError

    def cut(self) -> None:
        """End every connection, whatever it waits for, and let no other begin."""
        self._is_cut = True
        for handle in tuple(self._sockets):
            with suppress(OSError):  # the connection has ended by itself
                handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the handles back."""
        while self._sockets:
            self._sockets.pop().close()


class CuttableAdapter(requests.adapters.HTTPAdapter):
    """Connections that another thread can cut off, whose servers ``trust`` verifies.

    The timeout of requests starts anew with each byte, so that a server that drips its headers
    could hold a thread for hours. Cutting the socket wakes that thread.
    """

    def __init__(self, trust: ssl.SSLContext | None = None) -> None:
        self._trust = trust
        self._handles = _Handles()
        super().__init__()

    @property
    def has_met_distrust(self) -> bool:
        """Whether the certificate of a server, or of a proxy, was not trusted."""
        return self._handles.has_met_distrust

    def cut(self) -> None:
        """End every connection, whatever it waits for, and let no other begin."""
        self._handles.cut()

    def close(self) -> None:
        """Close the connections and the handles on them."""
        super().close()
        self._handles.close()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make direct connections cuttable, and have ``trust`` verify them."""
        super().init_poolmanager(*args, ssl_context=self._trust, **kwargs)
        self._make_cuttable(self.poolmanager)

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        """Do the same for connections through a proxy."""
        if proxy in self.proxy_manager:
            return self.proxy_manager[proxy]
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
            scheme: partial(_cuttable(pool_class), handles=self._handles)  # type: ignore[misc]
            for scheme, pool_class in manager.pool_classes_by_scheme.items()
        }


class _CuttableConnection(HTTPConnection):
    response_class = _Response
    timeout: float  # which each request has
    handles: _Handles

    def connect(self) -> None:
        try:
            super().connect()
        except ssl.SSLCertVerificationError:
            self.handles.has_met_distrust = True
            raise

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
        self.handles.add(sock)
        return sock

    def _tunnel(self) -> None:
        try:
            super()._tunnel()
        except (OSError, HTTPException) as error:
            # urllib3 blames the proxy for an OSError of a connection that is closed.
            self.close()
            if refusal := re.match(r"Tunnel connection failed: (\d+)", str(error)):
                raise ProxyRefusedError(int(refusal[1])) from None
            raise OSError(type(error).__name__) from None


class _CuttablePool(HTTPConnectionPool):
    def __init__(self, *args: Any, handles: _Handles, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._handles = handles

    def _new_conn(self) -> Any:
        connection: Any = super()._new_conn()
        connection.handles = self._handles
        return connection


@cache
def _cuttable(pool_class: type[HTTPConnectionPool]) -> type[_CuttablePool]:
    """Return such a pool whose connections can be cut.

    It is made once: a class is freed only when Python looks for garbage, and until then keeps the
    memory around it from being given back.
    """
    connection = type("Connection", (_CuttableConnection, pool_class.ConnectionCls), {})
    return type("Pool", (_CuttablePool, pool_class), {"ConnectionCls": connection})
