"""A language whose words are 40 % longer than English ones, to see whether there is room for it."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tray_app import i18n

MORE = 0.4
_WORD = re.compile(r"\{[^}]*\}|[^\W\d_]+")


def longer(text: str) -> str:
    """Make each word of a text longer; what is filled in, and a mnemonic, stay.

    >>> longer("{n} &days left")
    '{n} &daysäß leftäß'
    """

    def lengthened(word: re.Match[str]) -> str:
        if word[0].startswith("{"):
            return word[0]
        return word[0] + ("äßéü" * len(word[0]))[: round(len(word[0]) * MORE)]

    return _WORD.sub(lengthened, text)


@contextmanager
def longer_words() -> Iterator[None]:
    """Speak that language."""
    usual = i18n.tr

    def tr(one: str, many: str | None = None, /, *count: Any, **values: Any) -> str:
        return usual(longer(one), None if many is None else longer(many), *count, **values)

    def speak(before: object, now: object) -> None:
        for name, module in list(sys.modules.items()):
            if name.startswith("tray_app") and getattr(module, "tr", None) is before:
                module.tr = now  # type: ignore[attr-defined]

    speak(usual, tr)
    try:
        yield
    finally:
        speak(tr, usual)
