"""The start of the tray program: the icon first, then all the rest.

Half of the start's time is imports. Those that the icon does not need come after it: a worker
imports what is not Qt's, and then the GUI thread what is, a module at a time.
"""

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QPixmapCache
from PySide6.QtWidgets import QApplication

from tray_app.desktop.actions import Actions
from tray_app.desktop.system.bus import Bus
from tray_app.desktop.system.gate import Gate
from tray_app.desktop.system.screen import has_screen
from tray_app.desktop.system.single_instance import SingleInstance
from tray_app.desktop.system.uncaught import UncaughtErrors
from tray_app.desktop.tray.tray import Tray
from tray_app.i18n import tr
from tray_app.interrupts import end_when_interrupted
from tray_app.store.folders import log_file, runtime_folder
from tray_app.terminal.running_tray import DEMO, SHOW, TRAY, in_session, tell

PICTURES_KEPT = 0
"""Kilobytes of replaced icons that Qt keeps for later. By default they are 10 MB, and Qt wakes up
every 10 s to look after them (qpixmapcache.cpp, QPMCache)."""

if TYPE_CHECKING:
    from tray_app.desktop.app import App
    from tray_app.errors import Problem
    from tray_app.store.keychain import Keychain

APP_MODULES = (
    "tray_app.desktop.hidden_figures",
    "tray_app.desktop.team_list",
    "tray_app.desktop.windows.key_flow",
    "tray_app.desktop.tray.news_desk",
    "tray_app.desktop.windows.history_and_plan",
    "tray_app.desktop.app",
)
"""The modules that the GUI thread imports, with those that each of them imports."""

NO_SCREEN = 1
"""The exit code where Qt would abort, as over SSH and in a job of cron."""

CANNOT_START = 6
"""The exit code when a defect keeps the program from starting, as in ``terminal/output.py``."""


def run(environ: Mapping[str, str], *, demo: int, verbose: bool) -> int:
    """Start the tray program, and return its exit code when it ends.

    ``demo`` is the number of invented teams that are shown; 0 shows the user's own.
    """
    if not has_screen(os.environ):
        return _say_no_screen()
    _let_no_sources_be_read()
    qt = _application()
    qt.setApplicationName("lemlist-credits")
    qt.setApplicationDisplayName(tr("lemlist credits"))
    qt.setDesktopFileName("lemlist-credits")
    qt.setQuitOnLastWindowClosed(False)
    QPixmapCache.setCacheLimit(PICTURES_KEPT)
    name = in_session(DEMO if demo else TRAY, environ)
    instance = SingleInstance(runtime_folder(), name)
    if not instance.acquire():
        tell(runtime_folder(), name, SHOW)
        return 0
    gate = Gate()
    uncaught = UncaughtErrors(qt, gate)
    bus = Bus("SESSION", qt, gate)
    tray = Tray(qt, Actions(qt), bus)
    tray.show()
    from tray_app.desktop.system.imports import import_in_turn
    from tray_app.desktop.system.worker import Worker

    app: App | None = None
    disk = Worker("disk", gate)
    end_logging: list[Callable[[], None]] = []

    def prepare() -> "Keychain":
        from tray_app.store.folders import settings_file
        from tray_app.store.keychain import Keychain
        from tray_app.store.settings import FIRST_ACCOUNT, SettingsFile
        from tray_app.team.credentials import accounts_with_stored_keys

        instance.open()
        keychain = Keychain(FIRST_ACCOUNT)
        with suppress(Exception):  # a defect, of which Teams tells as it meets the same one
            teams = SettingsFile(settings_file()).load().teams
            wanted = accounts_with_stored_keys(environ, teams)
            if wanted and not demo:
                keychain.begin_to_read(wanted)  # takes as long as all that follows
        from tray_app.logs import start_logging

        end_logging.append(start_logging(log_file(), verbose=verbose))
        # All that App's modules import of other rooms (tests/program/test_importing.py).
        import tray_app.report.diagnostics
        import tray_app.report.points
        import tray_app.report.team_views
        import tray_app.store.hidden_until
        import tray_app.team.list_changes
        import tray_app.team.session
        import tray_app.words.settings_words
        import tray_app.words.team_words
        import tray_app.words.trend_words  # noqa: F401

        return keychain

    def go_on(keychain: "Keychain") -> None:
        import_in_turn(APP_MODULES, lambda: begin(keychain), give_up)

    def begin(keychain: "Keychain") -> None:
        nonlocal app
        from tray_app.desktop.app import App

        app = App(environ, instance, keychain, tray, bus, disk, gate, uncaught)
        qt.aboutToQuit.connect(app.stop)
        app.start(demo=demo)

    def give_up(_defect: "Problem | None" = None) -> None:
        # Without an App behind it, the icon could not even be told to quit.
        qt.exit(CANNOT_START)

    disk.submit(prepare, go_on, give_up)
    code = qt.exec()
    end_when_interrupted()  # as Qt's loop no longer hears of signals
    gate.close()
    instance.close()
    for end in end_logging:
        end()
    return code


def _let_no_sources_be_read() -> None:
    """Keep PySide6 from looking for its name in the source of each module that is imported later.

    It does so for its switches, as ``snake_case``, of which nothing here makes use. It would take
    6 ms of a bundle's start, although no sources are there, and 30 ms and 8 MB without a bundle
    (``_mod_uses_pyside`` in shibokensupport's feature.py, PySide6 6.11).
    """
    feature = sys.modules.get("shibokensupport.feature")
    if feature is not None:
        vars(feature)["_mod_uses_pyside"] = lambda _module: False


def _say_no_screen() -> int:
    from tray_app.terminal.output import complain
    from tray_app.words.command_words import no_screen_words

    complain(no_screen_words())
    return NO_SCREEN


def _application() -> QApplication:
    """Return Qt's application; a display that does not let it in ends the program with a sentence.

    Qt would abort, as with a display of an SSH connection that has ended, or of another user.
    """

    def pass_on(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        if kind is QtMsgType.QtFatalMsg:
            os._exit(_say_no_screen())
        with suppress(OSError, AttributeError):  # no standard error
            sys.stderr.write(f"{context.category}: {message}\n")

    before = qInstallMessageHandler(pass_on)
    qt = QApplication(sys.argv[:1])
    qInstallMessageHandler(before)
    return qt
