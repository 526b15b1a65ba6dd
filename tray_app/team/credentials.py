"""The key of a team: from the environment, from the keychain, or for this run only."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from tray_app.errors import Kind, Problem
from tray_app.lemlist.key import KEY_VARIABLE, clean_key
from tray_app.store.keychain import Keychain
from tray_app.store.settings import FIRST_ACCOUNT, TeamEntry


class KeySource(StrEnum):
    """Where a key comes from."""

    ENVIRONMENT = "environment"
    KEYCHAIN = "keychain"
    THIS_RUN = "this_run"
    DEMO = "demo"


def accounts_with_stored_keys(environ: Mapping[str, str], teams: Iterable[TeamEntry]) -> list[str]:
    """Return the accounts whose keys are in the keychain: the environment may have the first's."""
    stands_in = FIRST_ACCOUNT if environ.get(KEY_VARIABLE) else None
    return [team.account for team in teams if team.account != stands_in]


def watched_teams(environ: Mapping[str, str], teams: Iterable[TeamEntry]) -> list[TeamEntry]:
    """Return the teams of a list, and first that of the environment's key if it is not among them.

    The environment's key stands in for the first account's, which may have been removed.
    """
    teams = list(teams)
    if environ.get(KEY_VARIABLE) and all(team.account != FIRST_ACCOUNT for team in teams):
        return [TeamEntry(), *teams]
    return teams


class Credentials:
    """Finds the key, and keeps it until :meth:`forget`. Calls wait for the keychain."""

    def __init__(self, environ: Mapping[str, str], keychain: Keychain) -> None:
        self._from_environment = environ.get(KEY_VARIABLE, "")
        self._keychain = keychain
        self._key: str | None = None
        self._source: KeySource | None = None

    @property
    def source(self) -> KeySource | None:
        """Where the key comes from, as far as is known."""
        return KeySource.ENVIRONMENT if self._from_environment else self._source

    def get(self, *, prompt: bool = False) -> str:
        """Return the key; with ``prompt`` the user may be asked to unlock the keychain.

        Raises:
            Problem: ``no_key``, ``bad_key``, ``keychain_locked`` or ``keychain_unavailable``.
        """
        if self._key is None:
            found = self._from_environment or self._keychain.read(prompt=prompt)
            if found is None:
                raise Problem(Kind.NO_KEY)
            self._key, self._source = clean_key(found), KeySource.KEYCHAIN
        return self._key

    def keep(self, key: str) -> None:
        """Store a key that works, and use it from now on.

        Raises:
            Problem: as the keychain does; the old key stays.
        """
        self._keychain.write(key)
        self.use(key, KeySource.KEYCHAIN)

    def use(self, key: str, source: KeySource = KeySource.THIS_RUN) -> None:
        """Use a key without storing it."""
        self._key, self._source = key, source

    def doubt(self) -> None:
        """Find the key anew at the next `get`, unless its user would have to consent again."""
        if not self._keychain.asks_for_consent:
            self.forget()

    def forget(self) -> None:
        """Let go of the key, and find one anew at the next `get`."""
        self._key = self._source = None
        self._keychain.forget()
