"""The address of the API."""

import pytest

from tray_app.errors import Kind, Problem
from tray_app.lemlist.address import API_URL, URL_VARIABLE, api_url, is_loopback


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (None, API_URL),
        ("", API_URL),
        ("  \n", API_URL),
        ("https://api.example/api", "https://api.example/api"),
        (" https://api.example/api/ ", "https://api.example/api"),
        ("HTTPS://api.example:8443", "HTTPS://api.example:8443"),
        ("http://127.0.0.1:8000/api", "http://127.0.0.1:8000/api"),
        ("http://127.9.9.9/api", "http://127.9.9.9/api"),
        ("http://LocalHost:8000/api", "http://LocalHost:8000/api"),
        ("http://[::1]:8000/api", "http://[::1]:8000/api"),
        ("https://my_host-1.example./api", "https://my_host-1.example./api"),
        ("https://büro.example/api", "https://büro.example/api"),
        ("https://[fd00::1]/api", "https://[fd00::1]/api"),
        ("https://[fe80::1%eth0]/api", "https://[fe80::1%eth0]/api"),
    ],
)
def test_usable(text: str | None, address: str) -> None:
    assert api_url({} if text is None else {URL_VARIABLE: text}) == address


@pytest.mark.parametrize(
    "text",
    [
        "http://api.lemlist.com/api",
        "http://192.168.0.1/api",
        "http://0.0.0.0/api",
        "http://localhost.example/api",
        "http://127.0.0.1.example/api",
        "http://127.0.0.1@evil.example/api",
        "http://127.0.0.1\\@evil.example/api",
        "https://user:password@api.example/api",
        "https://api.example/api?key=1",
        "https://api.example/api?",
        "https://api.example/api#part",
        "https://api.example/api#",
        "https://api.example:port/api",
        "https://api.example:99999/api",
        "https://[::1/api",
        f"https://{'a' * 64}.example/api",
        "https://api..example/api",
        "https:///api",
        "https://exa mple",
        "https://exa%20mple",
        "https://*:1",
        "https://api,example/api",
        "https://<host>/api",
        "https://api.example\\api",
        "ftp://127.0.0.1/api",
        "file:///etc/passwd",
        "api.lemlist.com/api",
        "//api.lemlist.com/api",
        "nonsense",
    ],
)
def test_unusable(text: str) -> None:
    with pytest.raises(Problem) as caught:
        api_url({URL_VARIABLE: text})
    assert caught.value.kind is Kind.BAD_ADDRESS
    assert text not in repr(caught.value)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.255.255.254", True),
        ("::1", True),
        ("localhost", True),
        ("::", False),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
