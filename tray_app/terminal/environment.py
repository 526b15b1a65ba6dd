"""The environment that the program was started in, and what of it others are to find."""

import os
import sys

from tray_app.lemlist.key import KEY_VARIABLE


def take_environment() -> dict[str, str]:
    """Return the environment, and keep its key from programs that are started from here."""
    _restore_library_path()
    environ = dict(os.environ)
    os.environ.pop(KEY_VARIABLE, None)
    return environ


def _restore_library_path() -> None:
    """Give programs that are started from a bundle, as the browser, their own libraries.

    The bundle's starter points ``LD_LIBRARY_PATH`` at the bundle (PyInstaller, "Run-time
    Information"). This process has read it by now.
    """
    if sys.platform != "linux" or not getattr(sys, "frozen", False):
        return
    original = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    os.environ.pop("LD_LIBRARY_PATH", None)
    if original is not None:
        os.environ["LD_LIBRARY_PATH"] = original
