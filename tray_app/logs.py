"""The log: small files in the platform's log folder, written away from whoever logs."""

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType

END_TIME = 0.5
"""Seconds that the end of the log waits: a terminal that was stopped by Ctrl-S takes nothing."""

LARGEST_FILE = 200_000  # bytes
OLD_FILES = 2  # kept beside the newest


def start_logging(file: Path, *, verbose: bool) -> Callable[[], None]:
    """Send what is logged to a file and to standard error; return the function that ends it.

    A thread writes, so that a slow disk holds up nobody. Where no file can be written, there is
    none.
    """
    logging.raiseExceptions = False
    with suppress(OSError):
        for folder in (file.parent.parent, file.parent):  # parents are made without the mode
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    log_file = RotatingFileHandler(
        file, maxBytes=LARGEST_FILE, backupCount=OLD_FILES, encoding="utf-8", delay=True
    )
    log_file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handlers: list[logging.Handler] = [log_file]
    if sys.stderr is not None:  # a windowed program on Windows has none
        terminal = logging.StreamHandler()
        terminal.setLevel(logging.DEBUG if verbose else logging.WARNING)
        terminal.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
        handlers.append(terminal)
    queue: SimpleQueue[logging.LogRecord] = SimpleQueue()
    sender = QueueHandler(queue)
    root = logging.getLogger()
    root.addHandler(sender)
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    listener = QueueListener(queue, *handlers, respect_handler_level=True)
    listener.start()

    def stop() -> None:
        root.removeHandler(sender)
        ending = threading.Thread(target=listener.stop, name="end of the log", daemon=True)
        ending.start()
        ending.join(END_TIME)
        for handler in handlers:
            with suppress(OSError):  # closing tries to write what a full disk did not take
                handler.close()

    return stop


def outline(error: BaseException | None, frames: TracebackType | None) -> str:
    """Say what was raised, and where, without the values: one may be the key."""
    places = (
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(frames)
    )
    return " > ".join((*places, type(error).__name__))
