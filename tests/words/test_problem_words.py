"""The words for what goes wrong."""

import pytest

from tests.fakes import FakeFormats
from tray_app import i18n
from tray_app.errors import Kind, Problem
from tray_app.lemlist.key import LONGEST, KeyFault
from tray_app.store.file_fault import FaultKind, FileFault
from tray_app.words import amounts
from tray_app.words import problem_words as problem_words_module
from tray_app.words.problem_words import (
    Remedy,
    detail_words,
    history_fault_words,
    problem_words,
    remedy_words,
)

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


def test_only_what_is_asked_for_is_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    translated: list[str] = []

    def tr(text: str, **values: object) -> str:
        translated.append(text)
        return i18n.tr(text, **values)

    for module in (amounts, problem_words_module):
        monkeypatch.setattr(module, "tr", tr)
    words = problem_words(Kind.OFFLINE)
    assert translated == [words.title, words.message]
    translated.clear()
    texts = (
        detail_words(Problem(Kind.BAD_KEY, KeyFault.EMPTY), FORMATS),
        history_fault_words(FileFault(FaultKind.NEWER)),
        remedy_words(Remedy.UNLOCK),
        amounts.bucket_label("paid"),
    )
    assert tuple(translated) == texts


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
