"""Where the key comes from."""

import pytest

from tests.fakes import FakeKeychain
from tray_app.errors import Kind, Problem
from tray_app.lemlist.key import KEY_VARIABLE
from tray_app.team.credentials import Credentials, KeySource

KEY = "fake-key-1"
OTHER = "fake-key-2"


def test_from_the_keychain_once_a_run() -> None:
    keychain = FakeKeychain(f" {KEY}\n")
    credentials = Credentials({}, keychain)
    assert credentials.source is None
    assert credentials.get() == credentials.get() == KEY
    assert credentials.source is KeySource.KEYCHAIN
    assert len(keychain.prompts) == 1


def test_the_environment_overrides_the_keychain() -> None:
    keychain = FakeKeychain(OTHER)
    credentials = Credentials({KEY_VARIABLE: f" {KEY} "}, keychain)
    assert credentials.source is KeySource.ENVIRONMENT
    assert (credentials.get(), credentials.source) == (KEY, KeySource.ENVIRONMENT)
    assert keychain.prompts == []


def test_an_empty_variable_is_none() -> None:
    credentials = Credentials({KEY_VARIABLE: ""}, FakeKeychain(KEY))
    assert (credentials.get(), credentials.source) == (KEY, KeySource.KEYCHAIN)


@pytest.mark.parametrize("text", ["  ", "clé", "k" * 1001, "a\nb"], ids=lambda text: text[:5])
def test_an_unusable_variable_is_not_passed_over(text: str) -> None:
    with pytest.raises(Problem) as caught:
        Credentials({KEY_VARIABLE: text}, FakeKeychain(KEY)).get()
    assert caught.value.kind is Kind.BAD_KEY


def test_no_key() -> None:
    with pytest.raises(Problem) as caught:
        Credentials({}, FakeKeychain()).get()
    assert caught.value.kind is Kind.NO_KEY


def test_an_unusable_key_in_the_keychain() -> None:
    with pytest.raises(Problem) as caught:
        Credentials({}, FakeKeychain("clé")).get()
    assert caught.value.kind is Kind.BAD_KEY


def test_a_locked_keychain_is_asked_again() -> None:
    keychain = FakeKeychain(KEY, Problem(Kind.KEYCHAIN_LOCKED))
    credentials = Credentials({}, keychain)
    with pytest.raises(Problem):
        credentials.get()
    keychain.problem = None
    assert credentials.get(prompt=True) == KEY
    assert keychain.prompts == [False, True]


def test_a_key_that_is_kept() -> None:
    keychain = FakeKeychain(KEY)
    credentials = Credentials({}, keychain)
    credentials.keep(OTHER)
    assert keychain.key == OTHER
    assert (credentials.get(), credentials.source) == (OTHER, KeySource.KEYCHAIN)


def test_the_old_key_stays_when_the_new_one_can_not_be_kept() -> None:
    keychain = FakeKeychain(KEY)
    credentials = Credentials({}, keychain)
    credentials.get()
    keychain.problem = Problem(Kind.KEYCHAIN_UNAVAILABLE)
    with pytest.raises(Problem):
        credentials.keep(OTHER)
    assert (credentials.get(), keychain.key) == (KEY, KEY)


def test_a_key_that_is_forgotten_is_found_anew() -> None:
    keychain = FakeKeychain(KEY)
    credentials = Credentials({}, keychain)
    credentials.get()
    credentials.use(OTHER)
    credentials.forget()
    assert credentials.source is None
    assert credentials.get() == KEY
    keychain.key = None
    credentials.forget()
    with pytest.raises(Problem):
        credentials.get()


def test_a_key_for_this_run_only() -> None:
    keychain = FakeKeychain(problem=Problem(Kind.KEYCHAIN_UNAVAILABLE))
    credentials = Credentials({}, keychain)
    credentials.use(KEY)
    assert (credentials.get(), credentials.source) == (KEY, KeySource.THIS_RUN)
    assert keychain.key is None
