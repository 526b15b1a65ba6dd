"""The first that a bundle runs, before PyInstaller's own start: it has nothing useless said.

Only what is built into Python can be imported this early.
"""

import _signal
import sys

# Ctrl-C ends the program without a word. It has its own way as soon as it runs (see
# ``tray_app/interrupts.py``); until then Python's would leave a traceback of the start.
_signal.signal(_signal.SIGINT, _signal.SIG_DFL)

# requests warns of it when it has nothing to guess with. As an option of Python itself this would
# make Python import a dozen modules, in which a Ctrl-C gets lost, before anything here can run.
sys.warnoptions.append("ignore:Unable to find acceptable character detection")
