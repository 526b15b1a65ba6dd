"""``lemlist-credits key``: store the API key, or remove it."""

import codecs
import getpass
import signal
import sys
from collections.abc import Mapping

from tray_app.errors import Kind, Problem
from tray_app.i18n import tr
from tray_app.interrupts import end_when_interrupted
from tray_app.lemlist.key import KEY_VARIABLE, KeyFault, clean_key, key_line
from tray_app.store.folders import runtime_folder
from tray_app.store.keychain import Keychain
from tray_app.store.settings import FIRST_ACCOUNT, TeamEntry
from tray_app.team.api import Connector, check_key
from tray_app.terminal.output import Refusal, complain, key_from, print_text
from tray_app.terminal.own_teams import STORED, OwnTeam, find_teams, load_choices, the_team
from tray_app.terminal.running_tray import KEY_CHANGED, tell_all
from tray_app.words.command_words import (
    KeyOrigin,
    key_removed_words,
    key_set_command,
    key_stored_words,
    variable_wins_words,
)
from tray_app.words.formats import TerminalFormats
from tray_app.words.team_words import another_teams_key_words

MOST_READ = 64 * 1024
"""Bytes of standard input in which a key is looked for."""


def key_set(environ: Mapping[str, str], wanted: str | None) -> int:
    """Read a key from standard input or a hidden prompt, check it, and store it.

    It becomes the key of the team that is called as ``wanted``, or of the only team.

    Raises:
        Problem: the key is no good, or can't be checked or stored.
        Refusal: the team is not clear, or the key is another team's.
    """
    entry, others = _team_and_others(wanted)
    is_first = entry.account == FIRST_ACCOUNT
    origin = KeyOrigin(can_be_variable=is_first, command=key_set_command(wanted or ""))
    with key_from(origin):
        key = read_key()
        checked = check_key(Connector(environ), key)
        for other in others:
            if other.opens(key, checked.team_id):
                raise Refusal(another_teams_key_words(other.name))
        Keychain(entry.account).write(key)
    tell_all(runtime_folder(), KEY_CHANGED)
    print_text(key_stored_words(checked.team, checked.balance.credits, TerminalFormats()))
    if environ.get(KEY_VARIABLE) and (entry.account == FIRST_ACCOUNT or not others):
        complain(variable_wins_words())
    return 0


def key_remove(wanted: str | None) -> int:
    """Delete the key of a team from the keychain; raises as :func:`key_set` does."""
    entry, others = _team_and_others(wanted)
    with key_from(KeyOrigin(can_be_variable=not others)):
        was_there = Keychain(entry.account).remove()
    tell_all(runtime_folder(), KEY_CHANGED)
    print_text(key_removed_words(was_there=was_there))
    return 0


def _team_and_others(wanted: str | None) -> tuple[TeamEntry, list[OwnTeam]]:
    """Return the team that is meant, and all others of the list."""
    entries = load_choices().teams
    if wanted is None and len(entries) == 1:
        return entries[0], []
    teams = find_teams(STORED, entries, prompt=True)
    meant = the_team(teams, wanted)
    return meant.entry, [team for team in teams if team is not meant]


def read_key() -> str:
    """Return the key on standard input or from a hidden prompt; raises a Problem, ``bad_key``."""
    return clean_key(_typed_key())


def _read_until_a_line() -> bytes:
    """Read standard input as far as there is a line with something on it, or all of UTF-16."""
    content = b""
    while line := sys.stdin.buffer.readline(MOST_READ - len(content)):
        content += line
        is_utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        if not is_utf_16 and key_line(line):
            break
    return content


def _typed_key() -> str:
    if sys.stdin is None:  # closed
        return ""
    try:
        if not sys.stdin.isatty():
            return key_line(_read_until_a_line())
        # On a KeyboardInterrupt getpass switches the terminal's echo on again.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        key = getpass.getpass(tr("lemlist API key: "))
        end_when_interrupted()
        return key
    except EOFError:
        return ""
    except UnicodeDecodeError:
        raise Problem(Kind.BAD_KEY, KeyFault.ODD_CHARACTERS) from None
