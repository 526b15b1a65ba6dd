"""What the commands say beside what the screen does; their help is in ``terminal/arguments.py``."""

from collections.abc import Iterable
from datetime import datetime

from tray_app.i18n import tr
from tray_app.words.formats import Formats


def key_stored_words(team: str | None, credits: int, formats: Formats) -> str:
    """Say whose key was stored."""
    return tr(
        "The key of {team} ({amount} credits) is stored.",
        team=team or tr("a team without a name"),
        amount=formats.number(credits),
    )


def key_removed_words(*, was_there: bool) -> str:
    """Say that there is no key any more."""
    return tr("The key is removed.") if was_there else tr("There was no key.")


def team_words(team_id: str, name: str) -> str:
    """Name a team, with the identity by which it can be asked for."""
    return tr("{name} ({identity})", name=name, identity=team_id) if name else team_id


def figures_from_words(seen_at: datetime, formats: Formats) -> str:
    """Say when the last figures of a history were seen."""
    return tr("Figures from {time}.", time=formats.day_and_time(seen_at))


def no_history_words(team: str = "") -> str:
    """Say that there is no history, or none of a team in the days that were asked for."""
    if team:
        return tr("There is no history of {team} in these days.", team=team)
    return tr("There is no history yet.")


def unknown_team_words(*, of_key: bool) -> str:
    """Say why nobody knows whose history is meant: the key's, or that of a team that was named."""
    if of_key:
        return tr("Which team this key opens is not known yet: run status once, or use --team.")
    return tr("There is no history of such a team, or of more than one.")


def known_teams_words(teams: Iterable[str]) -> str:
    """Say of which teams there is a history."""
    return tr("There is a history of: {teams}.", teams=", ".join(teams))


def unwritable_words(reason: str | None) -> str:
    """Say why the output was lost."""
    return tr("The output can't be written: {reason}.", reason=reason)
