"""What only a terminal says: the commands that help, where a window would have a button."""

import math
import shlex
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from tray_app.errors import NEEDS_ANOTHER_KEY, Kind, Problem
from tray_app.i18n import tr
from tray_app.words.formats import Formats
from tray_app.words.problem_words import ProblemWords, fixed_key_words, problem_words, store_name


def key_set_command(team: str = "") -> str:
    """Return the command that stores a key; ``team`` is given where it must name one of several."""
    command = "lemlist-credits key set"
    return f"{command} --team {shlex.quote(team)}" if team else command


class KeyOrigin(NamedTuple):
    """Where a key comes from, and so what helps when there is a problem with the key."""

    is_variable: bool = False
    """Whether it is the key in ``LEMLIST_API_KEY``."""
    can_be_variable: bool = True
    """Whether a key in ``LEMLIST_API_KEY`` would be used in its place, as it is the first team's.
    For another team the variable would show the team's credits as those of the first."""
    command: str = key_set_command()
    """Takes another key in its place."""


ONLY_TEAMS = KeyOrigin()
"""The origin of the only team's key."""


def problem_in_terminal(problem: Problem, origin: KeyOrigin = ONLY_TEAMS) -> ProblemWords:
    """Say what happened, and which command helps, if a key is to blame: one of this ``origin``."""
    title, message = problem_words(problem, is_retried=False)
    match problem.kind:
        case Kind.NO_KEY:
            message = _another_key_words(origin)
        case Kind.KEYCHAIN_UNAVAILABLE if origin.can_be_variable:
            message = tr("Set the variable LEMLIST_API_KEY to your API key.")
        case Kind.KEYCHAIN_UNAVAILABLE:
            message = tr("The API keys of several teams need a {store}.", store=store_name())
        case Kind.KEYCHAIN_LOCKED if origin.can_be_variable:
            message = tr(
                "Unlock the {store}, or set the variable LEMLIST_API_KEY to your API key.",
                store=store_name(),
            )
        case Kind.DEFECT:
            message = tr("Please report these lines with what 'lemlist-credits --version' prints.")
        case kind if kind in NEEDS_ANOTHER_KEY and origin.is_variable:
            message = fixed_key_words()
        case kind if kind in NEEDS_ANOTHER_KEY:
            message = f"{message} {_another_key_words(origin)}"
    if problem.retry_after is not None:
        n = math.ceil(problem.retry_after)
        again = tr(
            "Run the command again in {n} second.", "Run the command again in {n} seconds.", n, n=n
        )
        message = f"{message} {again}"
    return ProblemWords(title, message)


def _another_key_words(origin: KeyOrigin) -> str:
    if origin.can_be_variable:
        return tr("Run '{command}', or set the variable LEMLIST_API_KEY.", command=origin.command)
    return tr("Run '{command}'.", command=origin.command)


def variable_wins_words() -> str:
    """Say that the key which was stored is not the one that is used."""
    return tr(
        "The variable LEMLIST_API_KEY is set. Its key is used in place of the stored one, until "
        "you remove the variable."
    )


def waiting_words() -> str:
    """Say that the user is waited for."""
    return tr(
        "Waiting for your consent: the {store} asks whether lemlist credits may read your API key.",
        store=store_name(),
    )


def key_stored_words(team: str | None, credits: int, formats: Formats) -> str:
    """Say that a key is stored, and what it opens."""
    store = store_name()
    stored = tr("The API key is stored in the {store}.", store=store)
    if team:
        stored = tr("The API key of {team} is stored in the {store}.", team=team, store=store)
    amount = formats.number(credits)
    left = tr("{amount} credit is left.", "{amount} credits are left.", credits, amount=amount)
    return f"{stored} {left}"


def unclear_team_words(names: Iterable[str], *, is_named: bool, is_known: bool) -> str:
    """Say that it is not clear which of these teams is meant."""
    if not is_named:
        why = tr("There are several teams. Name one of them with --team.")
    elif is_known:
        why = tr("More than one team has this name. Use the ID, or the name with its number.")
    else:
        why = tr("No team has this name or ID.")
    return f"{why} {tr('The teams are: {teams}.', teams=', '.join(names))}"


def status_headings() -> tuple[str, str, str, str]:
    """Head the table of all teams."""
    return tr("Team"), tr("Level"), tr("Credits"), tr("How long they last")


def key_removed_words(*, was_there: bool) -> str:
    """Say that there is no key any more, or that there was none."""
    if was_there:
        return tr("The API key is removed from the {store}.", store=store_name())
    return tr("There was no API key in the {store}.", store=store_name())


def no_history_words() -> str:
    """Say that nothing was recorded yet."""
    return tr("There is no history yet.")


def no_history_title() -> str:
    """Head, for programs, the reason why no history is printed."""
    return tr("No history")


def whose_history_words(*, is_named: bool) -> str:
    """Say why it is not known whose history is meant: of a named team, or of the key's."""
    if is_named:
        return tr("No team, or more than one, has this name or ID.")
    return tr(
        "The team of this API key is not known yet. Run 'lemlist-credits status' once, "
        "or name a team with --team."
    )


def known_histories_words(names: Iterable[str]) -> str:
    """List the teams of which there is a history."""
    return tr("There is a history of: {teams}.", teams=", ".join(names))


def left_out_words(team: str) -> str:
    """Say that a team is missing among all."""
    return tr("{team} is left out, as its history is not known.", team=team)


def no_days_words(team: str) -> str:
    """Say that nothing was recorded in the days that were asked for."""
    return tr("There is no history of {team} in these days.", team=team)


def team_and_id_words(name: str, team_id: str) -> str:
    """Name a team, with the identity by which it can be asked for."""
    return tr("{name} ({identity})", name=name, identity=team_id) if name else team_id


def read_words(moment: datetime, formats: Formats) -> str:
    """Say how old the last figures are."""
    return tr("Balance from {time}.", time=formats.day_and_time(moment))


def no_screen_words() -> str:
    """Say that there is no place for an icon, and what does without one."""
    return tr("There is no screen for the tray icon here. Use: lemlist-credits status")


def root_words() -> str:
    """Say what root, with the home of another user, is to know."""
    return tr("Run by root, lemlist credits keeps nothing in another user's home.")


def unwritable_words(reason: str | None) -> str:
    """Say that what is printed goes nowhere, by the system's ``reason``."""
    return tr("The output can't be written: {reason}.", reason=reason)


def refused_title() -> str:
    """Head, for programs, the reason why a command is not done."""
    return tr("The command can't be done")


def question_words(question: str) -> str:
    """Ask what is answered with yes or no; no is what an empty answer means."""
    return tr("{question} [y/N]", question=question)


def yes_words() -> tuple[str, str]:
    """Return the answers that mean yes."""
    return tr("y"), tr("yes")
