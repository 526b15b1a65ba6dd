"""``lemlist-credits status``: ask once, and print the balance."""

from collections.abc import Mapping
from datetime import UTC, datetime

from tray_app.errors import Kind, Problem
from tray_app.report.exports import status_json
from tray_app.report.view import view_of
from tray_app.store.folders import history_file, settings_file
from tray_app.store.history_database import History
from tray_app.store.keychain import Keychain
from tray_app.store.settings import FIRST_ACCOUNT, Settings, SettingsFile
from tray_app.team.analyst import Analyst
from tray_app.team.api import connector
from tray_app.team.credentials import Credentials
from tray_app.team.watch import Snapshot, Watch
from tray_app.terminal.output import complain, print_json, print_table, print_text
from tray_app.words.command_words import waiting_words
from tray_app.words.formats import TerminalFormats
from tray_app.words.problem_words import history_fault_words
from tray_app.words.settings_words import settings_fault_words


def status(environ: Mapping[str, str], *, as_json: bool) -> int:
    """Fetch once and print the balance, for people or as one JSON object, or raise a Problem."""
    choices = SettingsFile(settings_file()).load()
    settings = choices.settings
    for fault in choices.faults:
        complain(settings_fault_words(fault, TerminalFormats()))
    credentials = Credentials(environ, Keychain(FIRST_ACCOUNT, lambda: complain(waiting_words())))
    past = History(history_file())
    watch = Watch(credentials, connector(environ), None, settings, Analyst(past))
    watch.poll()
    snapshot = watch.study()
    past.close()
    if snapshot.history_fault is not None:
        complain(history_fault_words(snapshot.history_fault))
    if snapshot.reading is None:
        raise snapshot.problem or Problem(Kind.UNEXPECTED_RESPONSE)
    if as_json:
        print_json(status_json(snapshot.reading, snapshot, settings))
    else:
        _print_figures(snapshot, settings)
    return 0


def _print_figures(snapshot: Snapshot, settings: Settings) -> None:
    view = view_of(snapshot, settings, TerminalFormats(), datetime.now(UTC))
    print_text(f"{view.team}: {view.headline}")
    print_table([(row.label, row.text) for row in view.rows], indent="  ")
    for sentence in filter(None, (view.forecast, view.buys, view.advice, view.expiry)):
        print_text(sentence)
