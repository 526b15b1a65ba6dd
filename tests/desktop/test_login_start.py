"""Starting at login, as the desktop will find it."""

import plistlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import PROJECT
from tray_app.desktop.system.login_start import (
    repair_start_at_login,
    set_start_at_login,
    starts_at_login,
)


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The autostart entry of a user with a home folder of their own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", f"relative:{tmp_path / 'site'}:{tmp_path / 'later'}")
    return tmp_path / "config" / "autostart" / "lemlist-credits.desktop"


def set_up_for_all(tmp_path: Path, *lines: str, folder: str = "site") -> None:
    """Put an entry for all users of the computer there."""
    place = tmp_path / folder / "autostart" / "lemlist-credits.desktop"
    place.parent.mkdir(parents=True)
    place.write_text("\n".join(("[Desktop Entry]", "Type=Application", *lines, "")), "utf-8")


def fields(entry: Path) -> dict[str, str]:
    group, *lines = entry.read_text(encoding="utf-8").splitlines()
    assert group == "[Desktop Entry]"
    return dict(line.split("=", 1) for line in lines)


def words_of(command: str) -> list[str]:
    """Take the quotes off the words of a command, as the Desktop Entry Specification has it."""
    quoted = re.findall(r'"((?:[^"\\]|\\.)*)"', command)
    return [re.sub(r"\\(.)", r"\1", word) for word in quoted]


def test_it_is_off_at_first_and_can_be_turned_on_and_off(entry: Path) -> None:
    assert not starts_at_login()
    set_start_at_login(True)
    assert starts_at_login()
    assert fields(entry)["Type"] == "Application"
    set_start_at_login(False)
    assert not starts_at_login()
    set_start_at_login(True)
    assert starts_at_login()


def test_nothing_is_written_to_leave_it_off(entry: Path) -> None:
    set_start_at_login(False)
    assert not entry.parent.exists()


def test_turned_off_it_overrides_an_entry_of_the_whole_computer(entry: Path) -> None:
    set_start_at_login(True)
    set_start_at_login(False)
    assert fields(entry)["Hidden"] == "true"


def test_an_entry_that_is_on_for_all_users_is_told_and_can_be_turned_off(
    entry: Path, tmp_path: Path
) -> None:
    set_up_for_all(tmp_path, "Exec=lemlist-credits", "Hidden=false")
    assert starts_at_login()
    set_start_at_login(False)
    assert fields(entry)["Hidden"] == "true"
    assert not starts_at_login()
    set_start_at_login(True)
    assert starts_at_login()


def test_an_entry_that_is_off_for_all_users_is_left_alone(entry: Path, tmp_path: Path) -> None:
    """As the package has it."""
    set_up_for_all(tmp_path, "Exec=lemlist-credits", "Hidden=true")
    set_up_for_all(tmp_path, "Exec=lemlist-credits", "Hidden=false", folder="later")
    assert not starts_at_login()
    set_start_at_login(False)
    assert not entry.parent.exists()


def test_an_entry_for_all_users_is_not_repaired(entry: Path, tmp_path: Path) -> None:
    set_up_for_all(tmp_path, 'Exec="/gone/lemlist-credits"')
    repair_start_at_login()
    assert not entry.parent.exists()


def test_the_guides_command_turns_it_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It failed for a user who had no folder for such entries."""
    linux = PROJECT / "resources" / "linux"
    (command,) = re.findall(r"`([^`]*sed s/[^`]*)`", (linux / "README.md").read_text("utf-8"))
    installed = "/etc/xdg/autostart/lemlist-credits.desktop"
    command = command.replace(installed, "lemlist-credits.autostart.desktop")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    subprocess.run(["sh", "-c", command], cwd=linux, check=True)
    assert starts_at_login()


@pytest.mark.parametrize(
    ("line", "is_on"),
    [
        ("Hidden=false", True),
        ("Hidden=true", False),
        ("X-GNOME-Autostart-enabled=false", False),
        ("Comment=Hidden=true", True),
    ],
)
def test_what_the_desktops_own_list_has_written_counts(entry: Path, line: str, is_on: bool) -> None:
    entry.parent.mkdir(parents=True)
    entry.write_text(f"[Desktop Entry]\nType=Application\nExec=lemlist-credits\n{line}\n", "utf-8")
    assert starts_at_login() is is_on


@pytest.mark.parametrize("path", ["/opt/a b/main.py", '/opt/100%/"$HOME`\\main.py'])
def test_any_path_is_started_as_it_is(
    entry: Path, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [path])
    set_start_at_login(True)
    # As a desktop reads it: first the value's own escapes, then the field codes, then the quotes.
    command = fields(entry)["Exec"].replace("\\\\", "\\").replace("%%", "%")
    assert words_of(command) == [sys.executable, path]


@pytest.mark.parametrize("name", ["main.py", 'a b 100%/"$HOME`\\main.py'])
def test_after_a_move_the_next_login_starts_it_where_it_is(
    entry: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = tmp_path / "old" / name, tmp_path / "new" / name
    old.parent.mkdir(parents=True)
    old.touch()
    monkeypatch.setattr(sys, "argv", [str(old)])
    set_start_at_login(True)
    written = entry.read_text(encoding="utf-8")
    monkeypatch.setattr(sys, "argv", [str(new)])
    repair_start_at_login()  # another copy was started for once
    assert entry.read_text(encoding="utf-8") == written
    (tmp_path / "old").rename(tmp_path / "new")
    entry.write_text(f"{written}X-GNOME-Autostart-Delay=30\n", "utf-8")
    repair_start_at_login()
    repaired = fields(entry)
    assert repaired.pop("X-GNOME-Autostart-Delay") == "30"
    set_start_at_login(True)
    assert fields(entry) == repaired


@pytest.mark.parametrize(
    "lines",
    [
        "Exec=/gone/lemlist-credits",
        'Exec=env LANG=C "/gone/lemlist-credits"',
        'Exec="/gone/lemlist-credits"\nHidden=true',
        "",
    ],
)
def test_a_command_of_the_users_own_stays(entry: Path, lines: str) -> None:
    entry.parent.mkdir(parents=True)
    entry.write_text(f"[Desktop Entry]\n{lines}\n", "utf-8")
    repair_start_at_login()
    assert entry.read_text(encoding="utf-8") == f"[Desktop Entry]\n{lines}\n"


def test_there_is_nothing_to_repair_at_first(entry: Path) -> None:
    repair_start_at_login()
    assert not entry.parent.exists()


def test_a_bundle_is_started_itself(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    set_start_at_login(True)
    assert words_of(fields(entry)["Exec"]) == [sys.executable]


@pytest.mark.parametrize("ending", [".com", ".exe"])
def test_windows_starts_the_program_without_a_console(
    ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered: list[str] = []
    place = "tray_app.desktop.system.login_start._register"
    monkeypatch.setattr(place, registered.append, raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", f"C:/Program Files/lemlist-credits{ending}")
    set_start_at_login(True)
    assert registered == ['"C:/Program Files/lemlist-credits.exe"']


def test_a_folder_that_can_not_be_written_is_an_error(entry: Path) -> None:
    entry.parent.parent.write_text("", "utf-8")
    with pytest.raises(OSError, match=r"autostart|config"):
        set_start_at_login(True)
    assert not starts_at_login()


def test_without_a_home_it_is_off_and_can_not_be_turned_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home(_path: str) -> str:
        return "~"  # as for a user whom the system does not know

    for name in ("HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_DIRS", "/nonexistent")
    monkeypatch.setattr("os.path.expanduser", no_home)
    assert not starts_at_login()
    repair_start_at_login()
    with pytest.raises(OSError, match=r"/dev/null"):
        set_start_at_login(True)


def test_launchd_gets_an_agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "gone")])
    assert not starts_at_login()
    set_start_at_login(True)
    file = tmp_path / "Library" / "LaunchAgents" / "lemlist-credits.plist"
    agent = plistlib.loads(file.read_bytes())
    assert agent["RunAtLoad"] is True
    assert agent["ProgramArguments"][0] == sys.executable
    monkeypatch.setattr(sys, "argv", [__file__])
    repair_start_at_login()  # as the old program is there no longer
    assert plistlib.loads(file.read_bytes())["ProgramArguments"][1] == __file__
    assert starts_at_login()
    set_start_at_login(False)
    assert not starts_at_login()
