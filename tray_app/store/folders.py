"""Where this program keeps its files, as each platform wants it."""

from pathlib import Path

import platformdirs

APP = "lemlist-credits"


def settings_file() -> Path:
    """Return the place of the user's settings."""
    return platformdirs.user_config_path(APP, appauthor=False) / "settings.json"


def alerts_file() -> Path:
    """Return the place where it stands what the user was told."""
    return platformdirs.user_state_path(APP, appauthor=False) / "alerts.json"


def log_file() -> Path:
    """Return the place of the log."""
    return platformdirs.user_log_path(APP, appauthor=False) / "lemlist-credits.log"


def runtime_folder() -> Path:
    """Return the folder for what one running instance tells another."""
    return platformdirs.user_runtime_path(APP, appauthor=False)
