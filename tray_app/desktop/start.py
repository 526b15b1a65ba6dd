"""The start of the tray program: the icon first, then all the rest.

Half of the start's time is imports. Those that the icon does not need are made by the worker, so
that the icon is up early and the GUI thread waits for none of them.
"""

import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QPixmapCache
from PySide6.QtWidgets import QApplication

from tray_app.desktop.gate import Gate
from tray_app.desktop.single_instance import SingleInstance
from tray_app.desktop.tray import Tray
from tray_app.i18n import tr
from tray_app.interrupts import end_when_interrupted
from tray_app.lemlist.key import KEY_VARIABLE
from tray_app.running_tray import DEMO, TRAY
from tray_app.store.folders import log_file, runtime_folder

PICTURES_KEPT = 0
"""Kilobytes of pictures that Qt keeps for later: by default 10 MB of replaced icons, and as long as
there are any it wakes up every 10 s to look after them (qpixmapcache.cpp, QPMCache)."""

if TYPE_CHECKING:
    from tray_app.store.keychain import Keychain

    Prepared = tuple[Keychain, Callable[[], None], ModuleType]


def run(environ: Mapping[str, str], *, demo: bool, verbose: bool) -> int:
    """Start the tray program, and return its exit code when it ends."""
    qt = QApplication(sys.argv[:1])
    qt.setApplicationName("lemlist-credits")
    qt.setApplicationDisplayName(tr("lemlist credits"))
    qt.setDesktopFileName("lemlist-credits")
    qt.setQuitOnLastWindowClosed(False)
    QPixmapCache.setCacheLimit(PICTURES_KEPT)
    instance = SingleInstance(runtime_folder(), DEMO if demo else TRAY)
    if not instance.acquire():
        instance.call_first()
        return 0
    gate = Gate()
    start = Start(qt, environ, instance, gate)
    start.begin(demo=demo, verbose=verbose)
    code = qt.exec()
    end_when_interrupted()  # what hears of signals in Qt's loop does so no longer
    gate.close()
    instance.close()
    start.stop_logging()
    return code


class Start(QObject):
    """Shows the icon, has the rest imported, and hands over to the :class:`App`."""

    def __init__(
        self,
        qt: QApplication,
        environ: Mapping[str, str],
        instance: SingleInstance,
        gate: Gate,
    ) -> None:
        super().__init__(qt)
        self._qt = qt
        self._environ = environ
        self._instance = instance
        self._gate = gate
        self._tray = Tray(self, gate)
        self.stop_logging: Callable[[], None] = lambda: None

    def begin(self, *, demo: bool, verbose: bool) -> None:
        """Show the icon at once, and go on when all is imported."""

        def prepare() -> "Prepared":
            from tray_app.store.keychain import ACCOUNT, Keychain

            self._instance.open()
            keychain = Keychain(ACCOUNT)
            if not (demo or self._environ.get(KEY_VARIABLE)):
                keychain.begin_to_read()  # which takes as long as all that follows
            from tray_app.logs import start_logging

            stop_logging = start_logging(log_file(), verbose=verbose)
            from tray_app.desktop import app

            return keychain, stop_logging, app

        def go_on(prepared: "Prepared") -> None:
            keychain, self.stop_logging, app = prepared
            self._app = app.App(
                self._environ, self._instance, keychain, self._tray, disk, self._gate
            )
            self._qt.aboutToQuit.connect(self._app.stop)
            self._app.start(demo=demo)

        self._tray.show()
        from tray_app.desktop.worker import Worker

        disk = Worker("disk", self._gate)
        disk.submit(prepare, go_on)
