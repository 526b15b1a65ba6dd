"""The text of an API key."""

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


def clean_key(text: str) -> str:
    """Return a key without the white space that a paste brings along.

    lemlist documents no format of keys.

    Raises:
        Problem: ``bad_key``: empty, too long, or not to be carried by Basic authentication.
    """
    key = text.strip()
    if not key:
        raise Problem(Kind.BAD_KEY, KeyFault.EMPTY)
    if len(key) > LONGEST:
        raise Problem(Kind.BAD_KEY, KeyFault.TOO_LONG)
    if not key.isascii() or not key.isprintable():
        raise Problem(Kind.BAD_KEY, KeyFault.ODD_CHARACTERS)
    return key
