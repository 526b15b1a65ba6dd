"""The words for what goes wrong."""

import pytest

from tests.fakes import FakeFormats
from tray_app.errors import NEEDS_ANOTHER_KEY, NEEDS_USER, Kind, Problem
from tray_app.lemlist.key import KeyFault
from tray_app.lemlist.network_fault import NetworkFault
from tray_app.store.file_fault import FaultKind, FileFault
from tray_app.words.command_words import (
    KeyOrigin,
    key_set_command,
    key_stored_words,
    problem_in_terminal,
)
from tray_app.words.problem_words import fixed_key_words, history_fault_words, problem_words

PASSES_BY_ITSELF = {
    Kind.RATE_LIMITED,
    Kind.SERVER_ERROR,
    Kind.OFFLINE,
    Kind.TIMEOUT,
    Kind.ACCESS_BLOCKED,
    Kind.NETWORK_SIGN_IN,
    Kind.PROXY,
    Kind.TLS,
    Kind.UNEXPECTED_RESPONSE,
}
FORMATS = FakeFormats()
DOCUMENTED = {
    "no_key",
    "bad_key",
    "bad_request",
    "unauthorized",
    "payment_required",
    "forbidden",
    "no_user",
    "rate_limited",
    "server_error",
    "offline",
    "timeout",
    "tls",
    "unexpected_response",
    "keychain_locked",
    "keychain_unavailable",
}


def test_kinds() -> None:
    # `bad_address` is the clear error for an unusable LEMLIST_API_URL, `certificates` for variables
    # that name none, `defect` for what this program does wrong itself.
    own = {"bad_address", "keychain_waiting", "list_unsaved", "defect"}
    between = {"access_blocked", "network_sign_in", "proxy", "certificates"}
    assert set(Kind) == DOCUMENTED | between | own


@pytest.mark.parametrize("kind", Kind)
def test_words(kind: Kind) -> None:
    words = problem_words(kind)
    assert not words.title.endswith(".")
    assert words.message.endswith(".")
    assert words.text == f"{words.title}. {words.message}"


def test_words_differ() -> None:
    assert len({problem_words(kind).title for kind in Kind}) == len(Kind)
    assert len({problem_words(kind).message for kind in Kind}) == len(Kind)


def test_what_is_wrong_with_a_key_comes_before_the_remedy() -> None:
    remedy = problem_words(Kind.BAD_KEY).message
    said = {problem_words(Problem(Kind.BAD_KEY, fault)).message for fault in KeyFault}
    assert len(said) == len(KeyFault)
    assert all(text.startswith("The key ") and text.endswith(remedy) for text in said)


@pytest.mark.parametrize("kind", Kind)
def test_only_what_passes_by_itself_is_said_to_be_tried_again(kind: Kind) -> None:
    again = "Trying again automatically."
    assert (again in problem_words(kind).message) is (kind in PASSES_BY_ITSELF)
    assert again not in problem_words(kind, is_retried=False).message
    assert kind not in PASSES_BY_ITSELF & NEEDS_USER


@pytest.mark.parametrize(
    ("problem", "title", "message"),
    [
        (
            Problem(Kind.SERVER_ERROR, "status 502"),
            "lemlist is temporarily unavailable",
            "lemlist or a proxy returned error 502. Trying again automatically.",
        ),
        (
            Problem(Kind.ACCESS_BLOCKED, "status 403, not from lemlist"),
            "Access to lemlist was blocked",
            "A company filter may block lemlist. Ask IT. Trying again automatically.",
        ),
        (
            Problem(Kind.ACCESS_BLOCKED, NetworkFault.LEADS_HERE),
            "Access to lemlist was blocked",
            (
                "An ad blocker, a filter or the hosts file blocks lemlist's address. Allow it "
                "there, or ask IT. Trying again automatically."
            ),
        ),
        (
            Problem(Kind.PROXY, NetworkFault.WANTS_LOGIN),
            "Can't connect through the proxy",
            (
                "The proxy wants a user and password in its address. If it takes only Windows "
                "sign-ins (NTLM), ask IT. Trying again automatically."
            ),
        ),
        (
            Problem(Kind.TLS, NetworkFault.WRONG_DATE),
            "Can't connect to lemlist securely",
            (
                "Your API key was not sent. Check this computer's date, or ask IT about the "
                "company proxy's certificate. Trying again automatically."
            ),
        ),
        (
            Problem(Kind.TLS, NetworkFault.UNKNOWN_ISSUER),
            "Can't connect to lemlist securely",
            (
                "Your API key was not sent. On guest Wi-Fi, sign in to the network first. In a "
                "company, ask IT for the proxy's certificate. Trying again automatically."
            ),
        ),
        (
            Problem(Kind.TLS, NetworkFault.OTHER_HOST),
            "Can't connect to lemlist securely",
            (
                "Your API key was not sent. Another server answers in place of lemlist. On guest "
                "Wi-Fi, sign in to the network first, or ask IT. Trying again automatically."
            ),
        ),
        (
            Problem(Kind.TLS, NetworkFault.BAD_CERTIFICATE),
            "Can't connect to lemlist securely",
            (
                "Your API key was not sent. Check this computer's date, or ask IT about the "
                "company proxy's certificate. Trying again automatically."
            ),
        ),
        (
            Problem(Kind.TLS, "SSLError"),  # which the sending may have met, too
            "Can't connect to lemlist securely",
            (
                "A firewall or proxy may be in the way. On guest Wi-Fi, sign in to the network "
                "first, or ask IT. Trying again automatically."
            ),
        ),
    ],
    ids=lambda given: f"{given.kind}-{given.detail}" if isinstance(given, Problem) else "",
)
def test_only_what_is_proven_is_said(problem: Problem, title: str, message: str) -> None:
    assert problem_words(problem) == (title, message)


@pytest.mark.parametrize(
    ("platform", "store"),
    [("linux", "keyring"), ("darwin", "keychain"), ("win32", "Credential Manager")],
)
def test_the_place_of_the_key_is_called_as_the_platform_calls_it(
    platform: str, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    for kind in (Kind.KEYCHAIN_LOCKED, Kind.KEYCHAIN_UNAVAILABLE):
        title, message = problem_words(kind)
        assert title.startswith(f"The {store} ")
        assert f" {store} " in message
    stored = key_stored_words(None, 1, FORMATS)
    assert stored == f"The API key is stored in the {store}. 1 credit is left."


@pytest.mark.parametrize("kind", sorted(NEEDS_ANOTHER_KEY))
def test_a_terminal_names_the_command_that_helps(kind: Kind) -> None:
    message = problem_in_terminal(Problem(kind)).message
    assert message.endswith("Run 'lemlist-credits key set', or set the variable LEMLIST_API_KEY.")


@pytest.mark.parametrize("kind", Kind)
def test_the_variable_is_named_for_the_first_team_only(kind: Kind) -> None:
    origin = KeyOrigin(can_be_variable=False, command=key_set_command("Acme UK"))
    message = problem_in_terminal(Problem(kind), origin).message
    assert "LEMLIST_API_KEY" not in message
    if kind in NEEDS_ANOTHER_KEY:
        assert message.endswith("Run 'lemlist-credits key set --team 'Acme UK''.")
    if kind is Kind.KEYCHAIN_UNAVAILABLE:
        assert message == "The API keys of several teams need a keyring."
    if kind is Kind.KEYCHAIN_LOCKED:
        assert message == "Unlock the keyring so lemlist credits can read your API key."


@pytest.mark.parametrize("kind", sorted(NEEDS_ANOTHER_KEY - {Kind.NO_KEY}))
def test_only_the_key_of_the_variable_is_mended_there(kind: Kind) -> None:
    message = problem_in_terminal(Problem(kind), KeyOrigin(is_variable=True)).message
    assert message == fixed_key_words()


@pytest.mark.parametrize("kind", Kind)
def test_a_terminal_speaks_of_no_window_and_of_no_later_try(kind: Kind) -> None:
    title, message = problem_in_terminal(Problem(kind))
    assert title == problem_words(kind).title
    for unwanted in ("automatically", "About", "until you quit", "Enter your"):
        assert unwanted not in message


@pytest.mark.parametrize("kind", [Kind.RATE_LIMITED, Kind.SERVER_ERROR])
@pytest.mark.parametrize(
    ("wait", "said"), [(0.4, " again in 1 second."), (9, " again in 9 seconds."), (None, "")]
)
def test_a_terminal_says_when_a_pause_is_over(kind: Kind, wait: float | None, said: str) -> None:
    known = problem_words(kind, is_retried=False).message
    again = f" Run the command{said}" if said else ""
    assert problem_in_terminal(Problem(kind, retry_after=wait)).message == known + again


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (
            FileFault(FaultKind.BROKEN, "old.sqlite"),
            "The damaged history file is kept as old.sqlite. A new history has begun.",
        ),
        (
            FileFault(FaultKind.UNUSABLE, "/data/history.sqlite"),
            "/data/history.sqlite can't be used, so no history is kept.",
        ),
        (
            FileFault(FaultKind.FULL, "/data/history.sqlite"),
            (
                "The disk is full, so no history is kept in /data/history.sqlite. "
                "Make room on the disk."
            ),
        ),
        (
            FileFault(FaultKind.ANOTHERS, "/of $HOME"),
            (
                "No history is kept. /of $HOME or a file in it belongs to another user. "
                "To take it back, run: sudo chown -R \"$USER\" '/of $HOME'"
            ),
        ),
        (
            FileFault(FaultKind.NOWHERE),
            "There is no folder of your own to keep a history in.",
        ),
        (
            FileFault(FaultKind.NEWER),
            "The history is from a newer version of lemlist credits and is not used.",
        ),
    ],
    ids=lambda given: given.kind if isinstance(given, FileFault) else None,
)
def test_what_is_wrong_with_the_history(fault: FileFault, words: str) -> None:
    assert history_fault_words(fault) == words
