"""One running instance for each session: it hears of later starts, and of commands elsewhere."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot

from tray_app.store.lock import try_to_lock
from tray_app.terminal.running_tray import (
    KEY_CHANGED,
    LONGEST_WORD,
    SETTINGS_CHANGED,
    pipe_of,
    socket_of,
    tell_all,
)

if TYPE_CHECKING:
    import socket

    from PySide6.QtNetwork import QLocalSocket


class SingleInstance(QObject):
    """Holds the place of the one instance, and hears what others have to tell it."""

    opened_again = Signal()
    key_changed_elsewhere = Signal()
    """The key in the keychain is another one, or gone."""
    settings_changed_elsewhere = Signal()
    """The settings file was saved, which has the list of teams too."""

    def __init__(self, folder: Path, name: str) -> None:
        """``name`` tells the programs apart that share the folder."""
        super().__init__()
        self._folder = folder
        self._name = name
        self._lock: int | None = None
        self._socket: socket.socket | None = None
        self._notifier: QSocketNotifier | None = None

    def acquire(self) -> bool:
        """Become the one instance; ``False`` if there is one already.

        The system ends the lock with its process, so a killed instance keeps nobody out. Where no
        lock can be had, as on a full or read-only disk, every instance counts as the one.
        """
        if sys.platform == "win32":
            import ctypes

            # By this name the installer sees that the program runs (Inno Setup, AppMutex).
            self._mutex = ctypes.windll.kernel32.CreateMutexW(None, False, "lemlist-credits")
        with suppress(OSError):
            path = self._folder / f"{self._name}.lock"
            self._lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            return try_to_lock(self._lock)
        return True

    def open(self) -> None:
        """Open the socket, in any thread. Words that others send wait there until :meth:`listen`.

        Called before the key is read, so that no word of a later key is missed.
        """
        if sys.platform == "win32":
            return  # ``listen`` makes the pipe
        import socket

        address = socket_of(self._folder, self._name)
        # Qt's server would take 3 MB for its network library, which Linux needs for nothing else.
        opened = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        opened.setblocking(False)
        try:
            # The lock is held, so a socket at the address is of a process that has died.
            address.unlink(missing_ok=True)
            opened.bind(str(address))
            address.chmod(0o600)
        except OSError:
            opened.close()
        else:
            self._socket = opened

    def listen(self) -> None:
        """Begin to hear of others; where no socket can be had, later starts just end."""
        if sys.platform == "win32":
            self._listen_to_pipe()
        elif self._socket is not None:
            self._notifier = QSocketNotifier(self._socket.fileno(), QSocketNotifier.Type.Read, self)
            self._notifier.activated.connect(self._receive)

    def telling_others(self, word: bytes) -> Callable[[], None]:
        """Return what tells the instances in the user's other sessions a word. It may block."""
        return partial(tell_all, self._folder, word, but=self._name)

    def close(self) -> None:
        """Hear of nobody any more, and let the next instance be the first."""
        if self._notifier is not None:
            self._notifier.setEnabled(False)
        if self._socket is not None:
            self._socket.close()
        if self._lock is not None:
            os.close(self._lock)

    @Slot()
    def _receive(self) -> None:
        if self._socket is not None:
            with suppress(OSError):  # woken for nothing
                self._take(self._socket.recv(LONGEST_WORD))

    def _take(self, word: bytes) -> None:
        if word == KEY_CHANGED:
            self.key_changed_elsewhere.emit()
        elif word == SETTINGS_CHANGED:
            self.settings_changed_elsewhere.emit()
        else:
            self.opened_again.emit()

    # On Windows, where a pipe takes the place of the socket

    def _listen_to_pipe(self) -> None:
        from PySide6.QtNetwork import QLocalServer

        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._visited_by_pipe)
        self._server.listen(pipe_of(self._name))

    @Slot()
    def _visited_by_pipe(self) -> None:
        while visitor := self._server.nextPendingConnection():
            # All that a visitor had to say has come when the visitor has gone.
            visitor.disconnected.connect(partial(self._left_pipe, visitor))

    def _left_pipe(self, visitor: "QLocalSocket") -> None:
        self._take(bytes(visitor.readAll().data()))
        visitor.deleteLater()
