"""The first that a bundle runs, before PyInstaller's own start: Ctrl-C ends it without a word.

The program has its own way as soon as it runs (see ``tray_app/interrupts.py``). Until then Python's
would leave a traceback of the start. Only what is built into Python can be imported this early.
"""

import _signal

_signal.signal(_signal.SIGINT, _signal.SIG_DFL)
