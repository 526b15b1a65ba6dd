"""One running instance for each user; a second start opens the popup of the first."""

import sys
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QSocketNotifier, Signal, Slot

_HELLO_TIME = 1.0  # seconds for the first instance to listen


class SingleInstance(QObject):
    """Holds the place of the one instance, and hears of later starts."""

    opened_again = Signal()

    def __init__(self, folder: Path, name: str) -> None:
        """``folder`` exists, where it can; ``name`` tells programs apart that share it."""
        super().__init__()
        self._lock = QLockFile(str(folder / f"{name}.lock"))
        self._lock.setStaleLockTime(0)  # only a dead process loses its lock, never a busy one
        self._name = name
        self._address = folder / f"{name}.sock"

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
        """Begin to hear of later starts; where that can't be, they only end."""
        if sys.platform == "win32":
            self._listen_to_pipe()
            return
        import socket

        # Not Qt's server: its network library takes 3 MB, and is used for nothing else on Linux.
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.setblocking(False)
        with suppress(OSError):
            # Holding the lock, what is left at the address is of a process that has died.
            self._address.unlink(missing_ok=True)
            self._socket.bind(str(self._address))
            self._address.chmod(0o600)
            self._socket.listen()
            self._notifier = QSocketNotifier(self._socket.fileno(), QSocketNotifier.Type.Read, self)
            self._notifier.activated.connect(self._visited)

    def call_first(self) -> None:
        """Ask the instance that is running to show itself."""
        if sys.platform == "win32":
            self._call_pipe()
            return
        import socket

        with suppress(OSError), socket.socket(socket.AF_UNIX) as caller:
            caller.settimeout(_HELLO_TIME)
            caller.connect(str(self._address))

    @Slot()
    def _visited(self) -> None:
        with suppress(OSError):  # who has left meanwhile has called all the same
            self._socket.accept()[0].close()
        self.opened_again.emit()

    # On Windows, whose sockets have no place in a folder

    def _listen_to_pipe(self) -> None:
        from PySide6.QtNetwork import QLocalServer

        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._visited_by_pipe)
        self._server.listen(self._pipe())

    def _call_pipe(self) -> None:
        from PySide6.QtNetwork import QLocalSocket

        caller = QLocalSocket()
        caller.connectToServer(self._pipe())
        caller.waitForConnected(round(_HELLO_TIME * 1000))
        caller.disconnectFromServer()

    def _pipe(self) -> str:
        """Return the name of the pipe; all users of a computer share the names."""
        import getpass

        return f"{self._name}-{getpass.getuser()}"

    @Slot()
    def _visited_by_pipe(self) -> None:
        while visitor := self._server.nextPendingConnection():
            visitor.deleteLater()
            self.opened_again.emit()
