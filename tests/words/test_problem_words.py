"""The words for what goes wrong."""

import pytest

from tests.fakes import FakeFormats
from tray_app.errors import Kind, Problem
from tray_app.lemlist.key import LONGEST, KeyFault
from tray_app.store.file_fault import FaultKind, FileFault
from tray_app.words.problem_words import detail_words, history_fault_words, problem_words

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
    # `bad_address` is the clear error for an unusable LEMLIST_API_URL, `defect` for what this
    # program does wrong itself.
    assert set(Kind) == DOCUMENTED | {"bad_address", "defect"}


@pytest.mark.parametrize("kind", Kind)
def test_words(kind: Kind) -> None:
    words = problem_words(kind)
    assert 0 < len(words.title) <= 63  # what Windows shows of a notification's title
    assert not words.title.endswith(".")
    assert words.message.endswith(".")
    assert words.text == f"{words.title}. {words.message}"


def test_words_differ() -> None:
    assert len({problem_words(kind).title for kind in Kind}) == len(Kind)
    assert len({problem_words(kind).message for kind in Kind}) == len(Kind)


def test_each_fault_of_a_key_has_words() -> None:
    said = {detail_words(Problem(Kind.BAD_KEY, fault), FORMATS) for fault in KeyFault}
    assert len(said) == len(KeyFault)
    assert not said & set(KeyFault)


def test_a_detail_is_told_as_it_is() -> None:
    assert detail_words(Problem(Kind.TLS, "expired"), FORMATS) == "expired"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (
            FileFault(FaultKind.BROKEN, "old.sqlite"),
            "The history file was broken. It is kept as old.sqlite; a new one was begun.",
        ),
        (
            FileFault(FaultKind.UNUSABLE, "/data/history.sqlite"),
            "/data/history.sqlite can't be used: the history is not kept.",
        ),
        (
            FileFault(FaultKind.NEWER),
            "The history is from a newer version. It is left alone and not used.",
        ),
    ],
    ids=lambda given: given.kind if isinstance(given, FileFault) else None,
)
def test_what_is_wrong_with_the_history(fault: FileFault, words: str) -> None:
    assert history_fault_words(fault) == words


def test_how_long_a_key_can_be_is_told_by_its_rule() -> None:
    words = detail_words(Problem(Kind.BAD_KEY, KeyFault.TOO_LONG), FORMATS)
    assert words == f"it is longer than {FORMATS.number(LONGEST)} characters"
