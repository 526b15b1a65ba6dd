"""The gate for signals that threads emit; it closes before the program ends."""

import threading

from PySide6.QtCore import SignalInstance


class Gate:
    """Open for as long as Qt runs.

    Threads that nobody waits for still run while PySide6 takes Qt's objects down. A signal that
    such a thread emits then would crash the program.
    """

    def __init__(self) -> None:
        # Reentrant, as a slot that a signal calls at once may emit another signal.
        self._lock = threading.RLock()
        self._is_open = True

    def emit(self, signal: SignalInstance, *values: object) -> None:
        """Emit a signal, unless the gate is closed."""
        with self._lock:
            if self._is_open:
                signal.emit(*values)

    def close(self) -> None:
        """Wait until no signal is being emitted, and let none through from then on."""
        with self._lock:
            self._is_open = False
