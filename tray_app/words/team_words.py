"""What a terminal says of the list of teams, and of what is done to the list."""

from tray_app.errors import Kind
from tray_app.i18n import tr
from tray_app.lemlist.key import KEY_VARIABLE
from tray_app.words.problem_words import store_name


def no_teams_words() -> str:
    """Say that the list is empty, and which command begins it."""
    return tr("There are no teams yet. Run 'lemlist-credits teams add'.")


def list_headings() -> tuple[str, str, str]:
    """Head the list of teams."""
    return tr("Team"), tr("API key"), tr("Name in lemlist")


def key_words(kind: Kind | None, *, uses_variable: bool) -> str:
    """Say where a team's key is, or by the ``kind`` of problem why there is none."""
    if uses_variable:
        return KEY_VARIABLE
    match kind:
        case None:
            return tr("stored", context="API key")
        case Kind.NO_KEY:
            return tr("none", context="API key")
        case Kind.BAD_KEY:
            return tr("unusable", context="API key")
        case _:
            return tr("unknown", context="API key")


def has_key_words(team: str) -> str:
    """Say that a team has this key already."""
    return tr(
        "{team} is in the list already, and this API key is stored in the {store}.",
        team=team,
        store=store_name(),
    )


def replace_question(team: str) -> str:
    """Ask whether another key takes the place of a team's."""
    return tr("{team} is in the list already. Replace its API key?", team=team)


def say_replace_words(team: str) -> str:
    """Say how a team's key is replaced without a question."""
    return tr("{team} is in the list already. To replace its API key, add --replace.", team=team)


def unchanged_words() -> str:
    """Say that nothing was done."""
    return tr("Nothing was changed.")


def too_many_words(most: int) -> str:
    """Say that the list is full."""
    return tr("There can be {n} team at most.", "There can be {n} teams at most.", most, n=most)


def remove_question(team: str, *, with_history: bool) -> str:
    """Ask whether a team is to be removed."""
    if with_history:
        return tr("Remove {team}, its API key and its history?", team=team)
    return tr("Remove {team} and its API key?", team=team)


def say_yes_words(team: str) -> str:
    """Say how a team is removed without a question."""
    return tr("To remove {team} without a question, add --yes.", team=team)


def removed_words(team: str, *, with_history: bool) -> str:
    """Say that a team is removed."""
    if with_history:
        return tr("{team}, its API key and its history are removed.", team=team)
    return tr("{team} and its API key are removed. Its history is kept.", team=team)


def unknown_history_words(team: str) -> str:
    """Say that a team's history can't be told from the others."""
    return tr(
        "It is not known which history is that of {team}. Remove the team without --history.",
        team=team,
    )


def shared_history_words(team: str, other: str) -> str:
    """Say that two teams of the list have one history."""
    return tr(
        "{team} and {other} are the same team in lemlist, with one history. Remove {team} without "
        "--history.",
        team=team,
        other=other,
    )


def kept_history_words(other: str | None) -> str:
    """Say why a team's history is kept: ``other`` has the same, or whose it is is not known."""
    if other is None:
        return tr("It is not known which history is the team's, so none is deleted.")
    return tr("{team} has the same history, which is kept.", team=other)


def renamed_words(before: str, name: str) -> str:
    """Say how a team is called now."""
    return tr("{before} is now called {name}.", before=before, name=name)


def another_teams_key_words(team: str) -> str:
    """Say that a key opens another team of the list."""
    return tr("This is an API key of {team}, which is in the list already.", team=team)


def fixed_list_words() -> str:
    """Say that the list can't be changed."""
    return tr("The list of teams can't be changed. Nothing was changed.")


def unsaved_teams_words() -> str:
    """Say that the list stays as it was."""
    return tr("The list of teams can't be saved.")
