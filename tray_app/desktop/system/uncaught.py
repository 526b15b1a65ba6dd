"""What is done about a defect of this program: it is logged, said once, and survived."""

import logging
import sys
import threading
from collections import deque
from datetime import UTC, datetime
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from tray_app.desktop.system.gate import Gate

log = logging.getLogger(__name__)


class UncaughtErrors(QObject):
    """Hears of exceptions that nobody caught, in any thread, those of a worker's jobs included."""

    first_raised = Signal()
    """Emitted if :attr:`places` was empty: a user who is told again learns nothing new."""

    def __init__(self, parent: QObject, gate: Gate) -> None:
        super().__init__(parent)
        self._gate = gate
        self.places: deque[tuple[datetime, str]] = deque(maxlen=10)
        """When and where the last defects were met, also before the signal was connected."""
        sys.excepthook = self._take
        threading.excepthook = self._take_from_thread
        sys.unraisablehook = self._take_unraisable

    def _take(
        self, _class: type[BaseException], error: BaseException | None, frames: TracebackType | None
    ) -> None:
        from tray_app.logs import outline  # which the icon does not wait for

        place = outline(error, frames)
        log.critical("uncaught: %s", place)
        is_first = not self.places
        self.places.append((datetime.now(UTC), place))
        if is_first:
            self._gate.emit(self.first_raised)

    def _take_from_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self._take(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    def _take_unraisable(self, arguments: "sys.UnraisableHookArgs") -> None:
        self._take(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
