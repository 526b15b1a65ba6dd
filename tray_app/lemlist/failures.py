"""What keeps a request from being answered, as the kinds of problem that it stands for."""

import socket
import ssl
from http.client import HTTPException, IncompleteRead

import requests
import urllib3
from urllib3.exceptions import NewConnectionError

from tray_app.errors import Kind, Problem
from tray_app.lemlist.address import is_loopback
from tray_app.lemlist.connect import leads_here
from tray_app.lemlist.network_fault import NetworkFault
from tray_app.lemlist.transport import ProxyRefusedError, SocksRefusedError
from tray_app.lemlist.trust import unreadable_variable

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


_SOCKS_REPLIES = {2: Kind.ACCESS_BLOCKED, **dict.fromkeys((3, 4, 5, 6), Kind.OFFLINE)}
"""By RFC 1928, 6: the proxy's rules forbid it, or the proxy itself can't reach lemlist."""


class OfProxy(Problem):
    """What one proxy has failed at, and another one may not."""


def transport_problem(error: Exception, host: str, way: str) -> Problem:
    """Name the failure of a connection to a host, through a proxy or directly."""
    if not way and _is_blocked(host, error):
        return Problem(Kind.ACCESS_BLOCKED, NetworkFault.LEADS_HERE)
    return _failure(error, way)


def _is_blocked(host: str, error: Exception) -> bool:
    """Tell whether a connection has failed because the host's name is answered for with no use."""
    cause = _innermost(error)
    is_found = isinstance(cause, NewConnectionError) and not isinstance(
        cause.__cause__, socket.gaierror
    )
    is_astray = is_found or isinstance(error, requests.exceptions.SSLError)
    return is_astray and not is_loopback(host) and leads_here(host)


def _failure(error: Exception, way: str) -> Problem:
    """Name an error. OSError comes last: all errors of requests are some."""
    name = type(error).__name__
    cause = _innermost(error)
    if isinstance(cause, ProxyRefusedError):
        return OfProxy(_kind_of_refusal(cause.status), f"status {cause.status}")
    if isinstance(cause, SocksRefusedError):
        return OfProxy(_SOCKS_REPLIES.get(cause.reply, Kind.PROXY), f"SOCKS reply {cause.reply}")
    # urllib3 has an error of its own where no connection through a SOCKS proxy comes about.
    if way and (isinstance(error, _OF_PROXY) or isinstance(cause, NewConnectionError)):
        return OfProxy(Kind.PROXY, name)
    if isinstance(error, requests.exceptions.SSLError | urllib3.exceptions.SSLError):
        return _tls_problem(cause)
    if isinstance(error, requests.exceptions.Timeout | urllib3.exceptions.TimeoutError):
        return Problem(Kind.TIMEOUT, name)
    if isinstance(cause, IncompleteRead):  # the connection has ended before the answer did
        return Problem(Kind.OFFLINE, type(cause).__name__)
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
