"""What adds a team to the user's list, or removes a team. Waits for the disk."""

from contextlib import suppress

from tray_app.errors import Problem
from tray_app.store.alerts_file import AlertsFile
from tray_app.store.folders import alerts_file
from tray_app.store.keychain import Keychain
from tray_app.store.settings import SettingsFile, new_team


def add_team(file: SettingsFile, keychain: Keychain, key: str) -> str:
    """Store the key of a new team, put the team at the end of the list, and return its account.

    Raises:
        Problem: the key can't be stored.
        OSError: the list can't be saved.
        ValueError: there are as many teams as there can be.
    """
    team = new_team()
    own = keychain.of(team.account)
    # The key comes first: if nobody unlocks the keychain, the list stays as it was.
    own.write(key)
    try:
        file.add_team(team)
    except (OSError, ValueError):
        with suppress(Problem):
            own.remove()
        raise
    return team.account


def remove_team(file: SettingsFile, keychain: Keychain, account: str) -> None:
    """Remove a team's key, its place in the list, and what was said of it; its history stays.

    Raises:
        Problem: the key can't be removed; all is as it was.
        OSError: the list can't be saved.
    """
    # The list is saved first as it is: if that fails, the team does not lose its key alone.
    file.try_to_save()
    keychain.of(account).remove()
    file.remove_team(account)
    with suppress(OSError):  # no other team will ever have this account
        AlertsFile(alerts_file(), account).remove()
