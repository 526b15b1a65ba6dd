"""Where this program keeps its files, as each platform wants it."""

import os
import re
import sys
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import platformdirs

APP = "lemlist-credits"

NOWHERE = Path(os.devnull) / APP
"""A folder that can't exist: nothing can be written there, as on a disk that is read-only."""


def _folder(locate: Callable[..., Path], **options: bool) -> Path:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # platformdirs warns of an unusual place
            if is_anothers(locate(APP, appauthor=False)):
                return NOWHERE
            return locate(APP, appauthor=False, **options)
    except (RuntimeError, OSError):  # there is no home folder, or none that can be used
        return NOWHERE


def is_anothers(folder: Path) -> bool:
    """Tell whether this is root in the home of somebody else, as with sudo.

    The owner of the home could not read or write what root leaves there.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return False
    there = next(each for each in (folder, *folder.parents) if each.exists())
    return there.stat().st_uid != 0


def _file(locate: Callable[..., Path], name: str) -> Path:
    return _folder(locate) / name


# Each of these is a function that returns the path.
settings_file = partial(_file, platformdirs.user_config_path, "settings.json")
alerts_file = partial(_file, platformdirs.user_state_path, "alerts.json")
screen_file = partial(_file, platformdirs.user_state_path, "screen.json")
teams_file = partial(_file, platformdirs.user_state_path, "teams.json")
history_file = partial(_file, platformdirs.user_data_path, "history.sqlite")
log_file = partial(_file, platformdirs.user_log_path, "lemlist-credits.log")


def session_of(environ: Mapping[str, str]) -> str:
    """Name the graphical session: a user may have a screen at the desk and one by VNC.

    The name is good for a part of a file's name. Where there are no such sessions it is empty. All
    screens of an X display (":0.1") are one session.
    """
    if sys.platform in ("win32", "darwin"):
        return ""  # DISPLAY is of an X server that runs beside the desktop: VcXsrv, XQuartz
    x_display = re.sub(r"(:\d+)\.\d+$", r"\1", environ.get("DISPLAY", ""))
    display = environ.get("WAYLAND_DISPLAY") or x_display
    return re.sub(r"\W+", "-", display).strip("-")


def runtime_folder() -> Path:
    """Return the folder for what one running instance tells another.

    platformdirs makes a missing one, with the right permissions: without them the next instance
    would look for this instance in another folder.
    """
    return _folder(platformdirs.user_runtime_path, ensure_exists=True)
