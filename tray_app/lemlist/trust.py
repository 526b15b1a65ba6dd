"""Which certificates servers are verified by."""

import os
import re
import ssl
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from tray_app.errors import Kind, Problem

_BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables in which companies name their certificates to requests and programs like it."""

_OPENSSL_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""What replaces the system's certificates in OpenSSL, which passes over what it can't read."""

_HASHED_NAME = re.compile(r"[0-9a-f]{8}\.[0-9]")
"""How a certificate in a folder must be called for OpenSSL to find it (``openssl rehash``)."""


class _SharedContext(ssl.SSLContext):
    """A context that several threads use.

    urllib3 sets the protocols for each connection, and OpenSSL then gives back the memory of those
    before, while it may be copying them for a connection of another thread.
    """

    _has_protocols = False

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        """Set the protocols the first time."""
        if not self._has_protocols:
            self._has_protocols = True
            super().set_alpn_protocols(alpn_protocols)


class Trust:
    """The context that verifies servers, for all keys of a program.

    To read all of the system's certificates takes 40 ms of processor time and 0.9 MB. So they are
    read once, and not at all as long as the one that is needed is found in a folder.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._context: ssl.SSLContext | None = None
        self._of_folder: ssl.SSLContext | None = None
        self._folder_may_do = True

    def context(self) -> ssl.SSLContext:
        """Return the context; blocks while it is read, and raises as :func:`trusted` does."""
        with self._lock:
            if self._context is not None:
                return self._context
            if self._folder_may_do:
                self._context = self._of_folder = _trust_in_folder()
            context = self._context or trusted()
            # A context of truststore's secures one connection at a time, so that one server that
            # hangs would hold up all others; it holds no certificates, and is made at once.
            if isinstance(context, _SharedContext):
                self._context = context
            return context

    def forget(self, context: ssl.SSLContext) -> bool:
        """Have the certificates read anew, as it may be for their lack that something failed.

        Returns whether there may be others now, so that it makes sense to try again at once: some
        companies add theirs to the file with all certificates, and not to the folder.
        """
        with self._lock:
            is_of_folder = context is self._of_folder
            if is_of_folder:
                self._folder_may_do = False
            if self._context is context:
                self._context = None
            return is_of_folder


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
    context = _SharedContext(ssl.PROTOCOL_TLS_CLIENT)
    if Path(bundle).is_dir():
        if not any(_HASHED_NAME.fullmatch(each.name) for each in Path(bundle).iterdir()):
            raise FileNotFoundError
        context.load_verify_locations(capath=bundle)
    else:
        context.load_verify_locations(cafile=bundle)
    return context


def _trust_in_folder() -> ssl.SSLContext | None:
    """Return a context that reads a certificate of the system's when it needs it.

    ``None`` where there is no folder for that, or a variable names other certificates.
    """
    names = (*_BUNDLE_VARIABLES, "SSL_CERT_FILE")
    folder = ssl.get_default_verify_paths().capath
    if sys.platform == "linux" and folder is not None and not any(map(os.environ.get, names)):
        with suppress(OSError):
            return _trust_in(folder)
    return None


def _system_trust() -> ssl.SSLContext:
    """Return a context that verifies servers by the system's certificates.

    truststore finds them everywhere, but on Linux reads them anew for each connection. There, a
    context of Python's has what OpenSSL finds by itself, or else what truststore has found: a
    program that was made on one distribution looks in the wrong folder on another.
    """
    context = _SharedContext(ssl.PROTOCOL_TLS_CLIENT)
    if sys.platform == "linux":
        context.set_default_verify_paths()
        if context.cert_store_stats()["x509_ca"]:
            return context
    import truststore  # which takes 0.2 MB

    truststores = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if sys.platform != "linux":
        return truststores
    # truststore reads them as soon as a connection is to be made.
    connection = truststores.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="any")
    if found := connection.context.get_ca_certs(binary_form=True):
        context.load_verify_locations(cadata=b"".join(found))
    return context
