"""What only a terminal says: the commands that help, where a window would have a button."""

import math
import shlex
from collections.abc import Iterable

from tray_app.errors import NEEDS_ANOTHER_KEY, Kind, Problem
from tray_app.i18n import tr
from tray_app.words.formats import Formats
from tray_app.words.problem_words import ProblemWords, fixed_key_words, problem_words, store_name


def problem_in_terminal(
    problem: Problem, *, has_variable: bool = False, team: str = ""
) -> ProblemWords:
    """Say what happened, and which command helps.

    ``has_variable`` tells that the key is the one in ``LEMLIST_API_KEY``; ``team`` is given where
    the command has to name one of several.
    """
    title, message = problem_words(problem, is_retried=False)
    variable = tr("Set the variable LEMLIST_API_KEY to your API key.")
    set_key = tr("Run 'lemlist-credits key set', or set the variable LEMLIST_API_KEY.")
    if team:
        set_key = tr("Run 'lemlist-credits key set --team {team}'.", team=shlex.quote(team))
    match problem.kind:
        case Kind.NO_KEY:
            message = set_key
        case Kind.KEYCHAIN_UNAVAILABLE:
            message = variable
        case Kind.KEYCHAIN_LOCKED:
            message = tr(
                "Unlock the {store}, or set the variable LEMLIST_API_KEY to your API key.",
                store=store_name(),
            )
        case Kind.RATE_LIMITED if problem.retry_after is not None:
            n = math.ceil(problem.retry_after)
            again = tr(
                "Run the command again in {n} second.",
                "Run the command again in {n} seconds.",
                n,
                n=n,
            )
            message = f"{message} {again}"
        case Kind.DEFECT:
            message = tr("Please report these lines with what 'lemlist-credits --version' prints.")
        case kind if kind in NEEDS_ANOTHER_KEY and has_variable:
            message = fixed_key_words()
        case kind if kind in NEEDS_ANOTHER_KEY:
            message = f"{message} {set_key}"
    return ProblemWords(title, message)


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
