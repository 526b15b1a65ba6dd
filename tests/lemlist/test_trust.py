"""The system's certificates are read once, and again when a server could not be verified."""

import ssl
from pathlib import Path

import pytest
import truststore

from tests.servers.local_servers import RawServer, SecureProxy, answer, certificate, hashed
from tray_app.errors import Kind, Problem
from tray_app.lemlist import trust
from tray_app.lemlist.balance import Balance
from tray_app.lemlist.client import Client
from tray_app.lemlist.trust import Trust

KEY = "fake-key"
HOST = "127.0.0.1"


def client_of(server: RawServer, shared: Trust | None = None) -> Client:
    return Client(f"https://{HOST}:{server.port}/api", KEY, shared)


def problem_of(client: Client) -> Kind:
    with pytest.raises(Problem) as caught:
        client.balance()
    return caught.value.kind


def companys_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """Return a server's context whose certificate is trusted, but not in the system's folder."""
    _, other = certificate(tmp_path, "localhost")
    incomplete = hashed(tmp_path / "incomplete", other, "localhost")
    (tmp_path / "company").mkdir()
    context, public = certificate(tmp_path / "company", HOST)
    monkeypatch.setenv("SSL_CERT_DIR", str(hashed(tmp_path / "whole", public, HOST)))
    paths = ssl.get_default_verify_paths()._replace(capath=str(incomplete))
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
    return context


def test_certificates_are_read_once_for_all_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, public = certificate(tmp_path, HOST)
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    shared = Trust()
    with RawServer(answer(), context) as server:
        client = client_of(server, shared)
        assert client.balance() == Balance(7)
        public.unlink()
        assert client.balance() == Balance(7)
        assert client_of(server, shared).balance() == Balance(7)


def test_an_answer_that_is_an_error_has_nothing_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, public = certificate(tmp_path, HOST)
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    shared = Trust()
    read = shared.context()
    refusal = answer(b"Unauthorized", "401 Unauthorized", "text/plain")
    with RawServer(refusal, context) as server:
        assert problem_of(client_of(server, shared)) is Kind.UNAUTHORIZED
    assert shared.context() is read


def test_a_certificate_that_is_installed_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the user asks IT for the company proxy's certificate, as the popup advises."""
    _, trusted = certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    (tmp_path / "proxy").mkdir()
    context, public = certificate(tmp_path / "proxy", HOST)
    with RawServer(answer(), context) as server:
        client = client_of(server)
        assert problem_of(client) is Kind.TLS
        trusted.write_bytes(public.read_bytes())
        assert client.balance() == Balance(7)


def test_who_was_refused_last_does_not_have_read_again_what_was_read_since() -> None:
    shared = Trust()
    refused = shared.context()
    shared.forget(refused)
    read_since = shared.context()
    shared.forget(refused)
    assert shared.context() is read_since is not refused


def test_from_a_folder_only_what_is_needed_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, public = certificate(tmp_path, HOST)
    folder = hashed(tmp_path / "folder", public, HOST)
    (folder / "00000000.0").write_text("unreadable")
    monkeypatch.setenv("SSL_CERT_DIR", str(folder))
    shared = Trust()
    assert shared.context().cert_store_stats()["x509"] == 0
    with RawServer(answer(), context) as server:
        assert client_of(server, shared).balance() == Balance(7)
    assert shared.context().cert_store_stats()["x509"] == 1


def test_a_certificate_that_is_not_in_the_folder_is_looked_for_elsewhere_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a company adds its own to the file that has all certificates, and nowhere else."""
    context = companys_own(tmp_path, monkeypatch)
    shared = Trust()
    with RawServer(answer(), context) as server:
        assert client_of(server, shared).balance() == Balance(7)
        assert server.connections == 2
        assert client_of(server, shared).balance() == Balance(7)
        assert server.connections == 3
    (tmp_path / "stranger").mkdir()
    unknown, _ = certificate(tmp_path / "stranger", "stranger")
    with RawServer(answer(), unknown) as server:
        for asked in (1, 2):
            assert problem_of(client_of(server, shared)) is Kind.TLS
            assert server.connections == asked


@pytest.mark.parametrize("ways", ["{}", "{};direct://"])
def test_a_proxy_whose_certificate_is_not_in_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ways: str
) -> None:
    """A proxy that speaks TLS itself, which is not given up for a direct try after it."""
    tls = companys_own(tmp_path, monkeypatch)
    (tmp_path / "lemlist").mkdir()
    lemlists, its_public = certificate(tmp_path / "lemlist", "api.lemlist.test")
    for folder in ("incomplete", "whole"):
        hashed(tmp_path / folder, its_public, "api.lemlist.test")
    with RawServer(answer(), lemlists) as server, SecureProxy(server.port, tls) as proxy:
        named = ways.format(proxy.url).split(";")
        monkeypatch.setattr("tray_app.lemlist.client.desktops_proxies", lambda _url: named)
        client = Client("https://api.lemlist.test/api", KEY)
        assert client.balance() == Balance(7)
        assert len(proxy.requests) == 1


def test_where_openssl_finds_none_what_truststore_finds_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on another distribution than the one on which the program was made."""
    context, public = certificate(tmp_path, HOST)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "nowhere"))
    # The list is truststore's own; there is no file of it that a test may write.
    monkeypatch.setattr("truststore._openssl._CA_FILE_CANDIDATES", [str(public)])
    shared = Trust()
    with RawServer(answer(), context) as server:
        assert client_of(server, shared).balance() == Balance(7)
        public.unlink()
        assert client_of(server, shared).balance() == Balance(7)


def test_a_context_that_secures_one_connection_at_a_time_is_not_shared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That of truststore, which Windows and macOS have."""
    make = lambda: truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # noqa: E731
    monkeypatch.setattr(trust, "_trust_in_folder", lambda: None)
    monkeypatch.setattr(trust, "_system_trust", make)
    shared = Trust()
    assert shared.context() is not shared.context()
