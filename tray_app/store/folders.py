"""Where this program keeps its files, as each platform wants it."""

import os
import warnings
from collections.abc import Callable
from pathlib import Path

import platformdirs

APP = "lemlist-credits"

NOWHERE = Path(os.devnull) / APP
"""A folder that can't exist: keeping a file there fails, as on a disk that can't be written."""


def settings_file() -> Path:
    """Return the place of the user's settings."""
    return _folder(platformdirs.user_config_path) / "settings.json"


def alerts_file() -> Path:
    """Return the place of what the user was told."""
    return _folder(platformdirs.user_state_path) / "alerts.json"


def teams_file() -> Path:
    """Return the place of what is known of the keys and their teams."""
    return _folder(platformdirs.user_state_path) / "teams.json"


def history_file() -> Path:
    """Return the place of the history of the balance."""
    return _folder(platformdirs.user_data_path) / "history.sqlite"


def log_file() -> Path:
    """Return the place of the log."""
    return _folder(platformdirs.user_log_path) / "lemlist-credits.log"


def runtime_folder() -> Path:
    """Return the folder for what one running instance tells another.

    platformdirs makes it, with the right permissions and its parent if need be: a folder with
    others the next instance would not trust, and look for this one elsewhere.
    """
    return _folder(platformdirs.user_runtime_path, ensure_exists=True)


def _folder(locate: Callable[..., Path], **options: bool) -> Path:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that the place is an unusual one
            return locate(APP, appauthor=False, **options)
    except (RuntimeError, OSError):  # there is no home folder, or none that can be used
        return NOWHERE
