"""One running instance for each user; a second start opens the popup of the first."""

import getpass
import sys
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal, Slot

_HELLO_TIME = 1000  # milliseconds for the first instance to listen


class SingleInstance(QObject):
    """Holds the place of the one instance, and hears of later starts."""

    opened_again = Signal()

    def __init__(self, folder: Path, name: str) -> None:
        """``folder`` exists, where it can; ``name`` tells programs apart that share it."""
        super().__init__()
        self._lock = QLockFile(str(folder / f"{name}.lock"))
        self._lock.setStaleLockTime(0)  # only a dead process loses its lock, never a busy one
        # Unix takes a path; Windows has names of pipes, which all users of a computer share.
        self._address = (
            f"{name}-{getpass.getuser()}"
            if sys.platform == "win32"
            else str(folder / f"{name}.sock")
        )

    def acquire(self) -> bool:
        """Become the one instance; ``False`` if there is one already.

        Where no lock can be had, as on a full or read-only disk, every instance is the one.
        """
        is_first = (
            self._lock.tryLock(0) or self._lock.error() != QLockFile.LockError.LockFailedError
        )
        if sys.platform == "win32" and is_first:
            import ctypes

            # By this name the installer sees that the program runs (Inno Setup, AppMutex).
            self._mutex = ctypes.windll.kernel32.CreateMutexW(None, False, "lemlist-credits")
        return is_first

    def listen(self) -> None:
        """Begin to hear of later starts."""
        from PySide6.QtNetwork import QLocalServer

        # Holding the lock, what is left at the address is of a process that has died.
        QLocalServer.removeServer(self._address)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._visited)
        self._server.listen(self._address)

    def call_first(self) -> None:
        """Ask the instance that is running to show itself."""
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket()
        socket.connectToServer(self._address)
        socket.waitForConnected(_HELLO_TIME)
        socket.disconnectFromServer()

    @Slot()
    def _visited(self) -> None:
        while visitor := self._server.nextPendingConnection():
            visitor.deleteLater()
            self.opened_again.emit()
