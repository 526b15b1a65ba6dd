"""Starting the program when its user logs in, in each platform's way. All calls block."""

import os
import re
import sys
from contextlib import suppress
from pathlib import Path

from tray_app.store.folders import APP, settings_file

if sys.platform == "win32":
    import winreg

_RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
"""The key of the user's registry with what Windows starts at login, as "Run and RunOnce Registry
Keys" of its documentation says."""
_OFF = re.compile(r"^(Hidden=true|X-GNOME-Autostart-enabled=false)\s*$", re.MULTILINE)
_EXEC = re.compile(r"^Exec=(.*)$", re.MULTILINE)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


def starts_at_login() -> bool:
    """Tell whether the user's next login starts the program."""
    if sys.platform == "win32":
        return bool(_registered())
    if sys.platform == "darwin":
        return _entry().exists()
    found = (content for entry in _entries() if (content := _content(entry)) is not None)
    content = next(found, "")
    return bool(content) and not _OFF.search(content)


def set_start_at_login(on: bool) -> None:
    """Have the user's next login start the program, or not.

    Raises:
        OSError: it can't be written down.
    """
    if sys.platform == "win32":
        _register(" ".join(f'"{word}"' for word in _command()) if on else "")
        return
    entry = _entry()
    if not on and not starts_at_login():
        return
    if not on and sys.platform == "darwin":
        entry.unlink()
        return
    entry.parent.mkdir(parents=True, exist_ok=True)
    entry.write_text(_agent() if sys.platform == "darwin" else _desktop_entry(on), "utf-8")


def repair_start_at_login() -> None:
    """Have the next login start this program where it would start one that is gone.

    That is so after a move, or an update into another folder. What the user has changed stays.

    Raises:
        OSError: it can't be written down.
    """
    if not starts_at_login() or all(Path(word).exists() for word in _started()):
        return
    if sys.platform in ("win32", "darwin"):
        set_start_at_login(True)
        return
    content = _EXEC.sub(lambda _: f"Exec={_exec()}", _entry().read_text(encoding="utf-8"))
    _entry().write_text(content, "utf-8")


def _started() -> list[str]:
    """Return the files that the next login starts; none where the user has written the command."""
    if sys.platform == "win32":
        return re.findall(r'"([^"]*)"', _registered())
    if sys.platform == "darwin":
        import html  # which holds all names of characters, in half a megabyte

        content = _entry().read_text(encoding="utf-8", errors="replace")
        return [html.unescape(word) for word in re.findall("<string>(/.*?)</string>", content)]
    # An entry for all users is the administrator's, and is not repaired.
    line = _EXEC.search(_content(_entry()) or "")
    command = line[1].replace(r"\\", "\\").replace("%%", "%") if line else ""
    is_own = _QUOTED.sub("", command).strip() == ""
    return [re.sub(r"\\(.)", r"\1", word) for word in _QUOTED.findall(command)] if is_own else []


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        if sys.platform == "win32":
            # From a terminal the .com beside it runs, which opens a console at each login.
            return [str(Path(sys.executable).with_suffix(".exe"))]
        return [sys.executable]
    return [sys.executable, str(Path(sys.argv[0]).resolve())]


if sys.platform == "win32":

    def _registered() -> str:
        """Return the command that is registered, or "" where none can be read."""
        with suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, _RUN) as key:
            return str(winreg.QueryValueEx(key, APP)[0])
        return ""

    def _register(command: str) -> None:
        """Register a command in place of the one that is; with "" there is none."""
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _RUN) as key:
            if command:
                winreg.SetValueEx(key, APP, 0, winreg.REG_SZ, command)
            else:
                with suppress(FileNotFoundError):
                    winreg.DeleteValue(key, APP)


def _entry() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "LaunchAgents" / f"{APP}.plist"
    return settings_file().parents[1] / "autostart" / f"{APP}.desktop"


def _entries() -> list[Path]:
    """Return the places of autostart entries, the user's before those for all users.

    The first that is there counts, as the Desktop Application Autostart Specification has it; the
    folders are those of the XDG Base Directory Specification.
    """
    folders = (os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")
    for_all = (Path(folder) for folder in folders if Path(folder).is_absolute())
    return [_entry(), *(folder / "autostart" / f"{APP}.desktop" for folder in for_all)]


def _content(entry: Path) -> str | None:
    """Return what an autostart entry says, "" if it can't be read, or ``None`` without one."""
    try:
        return entry.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError):
        return ""


def _agent() -> str:
    """Return what launchd reads (launchd.plist(5))."""
    import plistlib  # with which XML's parser comes

    agent = {"Label": APP, "ProgramArguments": _command(), "RunAtLoad": True}
    return plistlib.dumps(agent).decode()


def _desktop_entry(on: bool) -> str:
    """Return an autostart entry.

    ``Hidden=true`` also overrides an entry for all users, which would hold if the file were gone.
    """
    return (
        "[Desktop Entry]\n"
        "Type=Application\n"
        "Name=lemlist credits\n"
        f"Icon={APP}\n"
        f"Exec={_exec()}\n"
        f"Hidden={str(not on).lower()}\n"
    )


def _exec() -> str:
    """Return the command, with its words quoted as the Desktop Entry Specification has it."""
    words = (re.sub(r'(["`$\\])', r"\\\1", word) for word in _command())
    return " ".join(f'"{word}"' for word in words).replace("\\", r"\\").replace("%", "%%")
