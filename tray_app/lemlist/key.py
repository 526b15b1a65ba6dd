"""The text of an API key."""

import codecs
import re
import unicodedata
from enum import StrEnum, auto

from tray_app.errors import Kind, Problem

KEY_VARIABLE = "LEMLIST_API_KEY"
"""The variable of the environment that overrides the stored key."""

LONGEST = 1000
"""Characters. Seen keys have 32; Windows' keychain ends at 1,280."""


class KeyFault(StrEnum):
    """What keeps a text from being a key, as the ``detail`` of a problem."""

    EMPTY = auto()
    TOO_LONG = auto()
    ODD_CHARACTERS = auto()


_QUOTES = ('""', "''", "``", "“”", "‘’", "„“", "«»")
_PREFIX = re.compile(
    r"(?:export\s+|set\s+)?[A-Z_]*KEY\s*=\s*(?=\S)|(?:Authorization:\s*)?Bearer\s+(?=\S)",
    re.IGNORECASE,
)
"""How a line of a script or a settings file begins, and the header of other APIs."""


def clean_key(text: str) -> str:
    """Return a key without what was copied along with it and is surely no part of it.

    That is white space, characters that nobody sees (a byte order mark, a zero-width space), quotes
    in pairs, and what begins a line of settings or a header. lemlist documents no format of keys.

    Raises:
        Problem: ``bad_key``: empty, too long, or not to be carried by Basic authentication.
    """
    key = _seen(text)
    while (core := _core(key)) != key:
        key = core
    if not key:
        raise Problem(Kind.BAD_KEY, KeyFault.EMPTY)
    if len(key) > LONGEST:
        raise Problem(Kind.BAD_KEY, KeyFault.TOO_LONG)
    if not key.isascii() or not key.isprintable():
        raise Problem(Kind.BAD_KEY, KeyFault.ODD_CHARACTERS)
    return key


def _seen(text: str) -> str:
    """Take off the white space around a text, and the characters that nobody sees."""
    return "".join(each for each in text if unicodedata.category(each) != "Cf").strip()


def _core(key: str) -> str:
    """Take off one pair of quotes, or what is before the key."""
    if len(key) >= 2 and key[0] + key[-1] in _QUOTES:
        return key[1:-1].strip()
    return _PREFIX.sub("", key, count=1) if _PREFIX.match(key) else key


def key_line(content: bytes) -> str:
    """Return the first line on which there is something to see.

    The text is UTF-8, or UTF-16 with a mark.

    Raises:
        Problem: ``bad_key``: it is no text.
    """
    is_utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if is_utf_16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise Problem(Kind.BAD_KEY, KeyFault.ODD_CHARACTERS) from None
    return next((line for line in text.splitlines() if _seen(line)), "")
