"""The words for what goes wrong."""

import pytest

from tray_app.errors import Kind, Problem

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
    problem = Problem(kind, "a detail")
    assert 0 < len(problem.title) <= 63  # what Windows shows of a notification's title
    assert not problem.title.endswith(".")
    assert problem.message.endswith(".")
    assert str(problem) == f"{problem.title} (a detail)"
    assert str(Problem(kind)) == problem.title


def test_words_differ() -> None:
    assert len({Problem(kind).title for kind in Kind}) == len(Kind)
    assert len({Problem(kind).message for kind in Kind}) == len(Kind)
