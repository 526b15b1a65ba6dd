"""Ctrl-C: the program ends at once and quietly, whatever it is doing."""

import os
import signal

INTERRUPTED = 130
"""The exit code, as shells have it for Ctrl-C."""


def end_when_interrupted() -> None:
    """End the process at Ctrl-C from now on.

    Not by a KeyboardInterrupt: raised anywhere, in an import or in a destructor, it gets lost or
    leaves a traceback. Nothing is left half done, as files are written to survive a kill.
    """
    signal.signal(signal.SIGINT, lambda _number, _frame: os._exit(INTERRUPTED))
