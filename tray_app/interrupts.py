"""Ctrl-C: the program ends at once and quietly, whatever it is doing."""

import os
import signal

INTERRUPTED = 130
"""The exit code, as shells have it for Ctrl-C."""


def end_when_interrupted() -> None:
    """End the process at Ctrl-C from now on; files are written to survive that.

    A KeyboardInterrupt in an import or in a destructor would get lost or leave a traceback.
    """
    signal.signal(signal.SIGINT, lambda _number, _frame: os._exit(INTERRUPTED))
