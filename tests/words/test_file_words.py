"""What is said of the program's files."""

import pytest

from tray_app.store.file_fault import FaultKind, FileFault
from tray_app.words.file_words import history_fault_words


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
