"""The system's certificates are read once, and again when a server could not be verified."""

from pathlib import Path

import pytest

from tests.servers.local_servers import RawServer, answer, certificate
from tray_app.errors import Kind, Problem
from tray_app.lemlist.balance import Balance
from tray_app.lemlist.client import Client

KEY = "fake-key"


def test_certificates_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, public = certificate(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    with RawServer(answer(), context) as server:
        client = Client(f"https://127.0.0.1:{server.port}/api", KEY)
        assert client.balance() == Balance(7)
        public.unlink()
        assert client.balance() == Balance(7)


def test_a_certificate_that_is_installed_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the user asks IT for the company proxy's certificate, as the popup advises."""
    _, trusted = certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    (tmp_path / "proxy").mkdir()
    context, public = certificate(tmp_path / "proxy", "127.0.0.1")
    with RawServer(answer(), context) as server:
        client = Client(f"https://127.0.0.1:{server.port}/api", KEY)
        with pytest.raises(Problem) as caught:
            client.balance()
        assert caught.value.kind is Kind.TLS
        trusted.write_bytes(public.read_bytes())
        assert client.balance() == Balance(7)
