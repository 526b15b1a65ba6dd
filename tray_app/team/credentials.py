"""The key of a team: from the environment, from the keychain, or for this run only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tray_app.errors import Kind, Problem
from tray_app.lemlist.key import KEY_VARIABLE, clean_key
from tray_app.store.keychain import Keychain


class KeySource(StrEnum):
    """Where a key comes from."""

    ENVIRONMENT = "environment"
    KEYCHAIN = "keychain"
    THIS_RUN = "this_run"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class Key:
    """A key and where it comes from. Its text stays out of ``repr``."""

    text: str = field(repr=False)
    source: KeySource


class Credentials:
    """Finds the key once, until it is to be forgotten, and keeps a new one.

    Blocks as the keychain does.
    """

    def __init__(self, environ: Mapping[str, str], keychain: Keychain) -> None:
        self._from_environment = environ.get(KEY_VARIABLE, "")
        self._keychain = keychain
        self._key: Key | None = None

    def get(self, *, prompt: bool = False) -> Key:
        """Return the key; with ``prompt`` the user may be asked to unlock the keychain.

        Raises:
            Problem: ``no_key``, ``bad_key``, ``keychain_locked`` or ``keychain_unavailable``.
        """
        if self._key is None:
            self._key = self._find(prompt=prompt)
        return self._key

    @property
    def source(self) -> KeySource | None:
        """Where the key comes from, as far as is known."""
        if self._from_environment:
            return KeySource.ENVIRONMENT
        return self._key.source if self._key else None

    def _find(self, *, prompt: bool) -> Key:
        if self._from_environment:
            return Key(clean_key(self._from_environment), KeySource.ENVIRONMENT)
        stored = self._keychain.read(prompt=prompt)
        if stored is None:
            raise Problem(Kind.NO_KEY)
        return Key(clean_key(stored), KeySource.KEYCHAIN)

    def keep(self, key: str) -> None:
        """Store a key that works, and use it from now on.

        Raises:
            Problem: ``keychain_locked`` or ``keychain_unavailable``; the old key stays.
        """
        self._keychain.write(key)
        self._key = Key(key, KeySource.KEYCHAIN)

    def forget(self) -> None:
        """Let go of the key, and find one anew at the next `get`."""
        self._key = None

    def use(self, key: str, source: KeySource = KeySource.THIS_RUN) -> None:
        """Use a key without storing it."""
        self._key = Key(key, source)
