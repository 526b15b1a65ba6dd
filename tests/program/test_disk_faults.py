"""Saves that are killed, disks that take nothing, and homes that are odd or not there.

The disks are those of tests/program/failing_disk.py, which says why they are not mounted.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.desktops.dbus_probe import tray_items
from tests.desktops.virtual_desktop import VirtualDesktop
from tests.program.failing_disk import FailingDisk, Full, Hidden, ReadOnly, Rule
from tests.program.killing import rounds_of
from tests.program.tray_program import FROM_SOURCE, POPUP, TIMEOUT, TrayProgram, store_key
from tests.servers.faulty_sandbox import Sandbox
from tests.waiting import wait_until
from tray_app.store.json_file import LEFT_BEHIND, update_object

# --- kill -9 ------------------------------------------------------------------------------------

KILLS = 200

# A line of output for each kill: the state that was saved last, the one that was begun last, and
# those that the next start finds in the settings and in what was said.
SAVES_AND_KILLS = """
import json, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tests.program.failing_disk import FailingDisk, Full, Hidden, ReadOnly, Rule
from tests.program.killing import reported_until_killed
from tray_app.rules.alerts import AlertKind, AlertState, Said, Snooze
from tray_app.rules.levels import Level, Thresholds
from tray_app.store.alerts_file import AlertsFile
from tray_app.store.settings import IconStyle, Settings, SettingsFile

folder, kills = Path(sys.argv[1]), int(sys.argv[2])
LONGEST_LIFE = 0.02  # seconds, in which several states are saved
LOW = 1000

def settings_of(number):
    return Settings(Thresholds(LOW + number, 1 + number % 100), 60 + number, icon=IconStyle.SYMBOL)

def alerts_of(number):
    level = list(Level)[number % 4]
    until = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    return AlertState(level, {AlertKind.LOW: Said(number)}, snooze=Snooze(until=until))

def files():
    settings = SettingsFile(folder / "settings.json")
    settings.load()
    return settings, AlertsFile(folder / "alerts.json", "default")

def save(files, number):
    files[0].save(settings_of(number))
    files[1].save(alerts_of(number), "tea_1")

def save_until_killed(number, report):
    ours = files()
    while True:
        number += 1
        report("begun", number)
        save(ours, number)
        report("saved", number)

def found(saved, begun):
    settings, _, _, faults = SettingsFile(folder / "settings.json").load()
    alerts, team = AlertsFile(folder / "alerts.json", "default").load()
    numbers = range(saved, begun + 1)
    return {
        "settings": [n for n in numbers if settings == settings_of(n) and not faults],
        "alerts": [n for n in numbers if alerts == alerts_of(n) and team == "tea_1"],
    }

saved = number = 0
(folder / "settings.json").write_text(json.dumps({"kept for a newer version": "x" * 20_000}))
save(files(), number)
for _ in range(kills):
    last = reported_until_killed(lambda report: save_until_killed(number, report), LONGEST_LIFE)
    saved, number = last.get("saved", saved), last.get("begun", number)
    print(json.dumps({"saved": saved, "begun": number} | found(saved, number)))
"""


def test_a_killed_save_leaves_the_old_or_the_new_state(tmp_path: Path) -> None:
    rounds = rounds_of(SAVES_AND_KILLS, tmp_path, KILLS)
    assert [each for each in rounds if not (each["settings"] and each["alerts"])] == []
    assert rounds[-1]["saved"] > KILLS / 10  # they did save
    settings = json.loads((tmp_path / "settings.json").read_text())
    assert settings["kept for a newer version"] == "x" * 20_000

    half_written = [each for each in tmp_path.iterdir() if each.name.startswith(".")]
    assert half_written  # some did die in the middle
    long_ago = time.time() - 2 * LEFT_BEHIND  # noqa: TID251  (as the disk has it)
    for each in half_written:
        os.utime(each, (long_ago, long_ago))
    for name in ("settings.json", "alerts.json"):
        update_object(tmp_path / name, lambda _: None)
    assert {each.name for each in tmp_path.iterdir()} == {"settings.json", "alerts.json"}


@pytest.mark.parametrize(
    "offset", [-2 * LEFT_BEHIND, 2 * LEFT_BEHIND], ids=["old", "of the future"]
)
def test_what_a_killed_save_left_is_cleared_away(tmp_path: Path, offset: float) -> None:
    """Of the future it looks when the clock was set back."""
    now = time.time()  # noqa: TID251  (as the disk has it)
    left, being_written, other = (
        tmp_path / name for name in (".file.json.a.new", ".file.json.b.new", ".file.json.swp")
    )
    for each in (left, being_written, other):
        each.touch()
    for each in (left, other):
        os.utime(each, (now + offset, now + offset))
    update_object(tmp_path / "file.json", lambda _: None)
    assert not left.exists()
    assert being_written.exists()
    assert other.exists()


# --- disks and homes ----------------------------------------------------------------------------

FOLDERS = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
NOT_SAVED = "The settings can't be saved. They are used until you quit."
NOT_REMEMBERED = "What you were told can't be kept, so it may be told again after a restart."
ODD_HOME = "Zoë's  Größe $HOME 株式会社"


@dataclass(frozen=True)
class Place:
    """What the program finds in the place of a usual home.

    `env` and `failing` are relative to the desktop's home folder where they begin with "./".
    """

    env: Mapping[str, str] = field(default_factory=dict)
    unset: tuple[str, ...] = ()
    failing: Mapping[str, Callable[[Path], Rule]] = field(default_factory=dict)
    settings: str | None = None
    """Where they are kept, below the desktop's home folder; `None` if they can't be."""


PLACES = {
    "full disk": Place(
        failing={"./config/lemlist-credits": Full, "./state/lemlist-credits": Full},
    ),
    "read-only home": Place(failing={".": ReadOnly}),
    "no home": Place(
        unset=("HOME", *FOLDERS),
        failing={"/etc/passwd": Hidden, "/etc/nsswitch.conf": Hidden},
    ),
    "home that does not exist": Place(env={"HOME": "/proc/nobody"}, unset=FOLDERS),
    "odd home": Place(
        env={"HOME": f"./{ODD_HOME}"},
        unset=FOLDERS,
        settings=f"{ODD_HOME}/.config/lemlist-credits/settings.json",
    ),
    "folders that are not there yet": Place(
        env={name: f"./later/{name}" for name in (*FOLDERS, "XDG_RUNTIME_DIR")},
        settings="later/XDG_CONFIG_HOME/lemlist-credits/settings.json",
    ),
    "no folders but a home": Place(
        env={"HOME": "./plain", "TMPDIR": "./tmp"},
        unset=(*FOLDERS, "XDG_RUNTIME_DIR"),
        settings="plain/.config/lemlist-credits/settings.json",
    ),
}


@pytest.fixture(scope="module")
def desktop() -> Iterator[VirtualDesktop]:
    with VirtualDesktop() as running:
        for name in (ODD_HOME, "plain", "tmp"):
            (running.home / name).mkdir(mode=0o700)
        yield running


@pytest.fixture(scope="module")
def sandbox(desktop: VirtualDesktop) -> Iterator[Sandbox]:
    with Sandbox(story="fixed") as running:
        running.set_total(12_430)
        store_key(desktop, running)
        yield running


@contextmanager
def started_in(place: Place, desktop: VirtualDesktop) -> Iterator[tuple[str, ...]]:
    """Give the command that starts the program in a place."""
    unset = (part for name in place.unset for part in ("-u", name))
    env = (
        f"{name}={desktop.home / value if value.startswith('./') else value}"
        for name, value in place.env.items()
    )
    rules = (rule(desktop.home / where) for where, rule in place.failing.items())
    # The folder to which a session without XDG_RUNTIME_DIR falls back is the user's own.
    with FailingDisk(*rules, Hidden(Path("/run/user"))) as disk:
        yield (*disk.prefix, "env", *unset, *env, *FROM_SOURCE)


@pytest.mark.parametrize("name", [name for name, place in PLACES.items() if not place.settings])
def test_it_runs_and_says_what_it_can_not_keep(
    desktop: VirtualDesktop, sandbox: Sandbox, name: str
) -> None:
    with (
        started_in(PLACES[name], desktop) as command,
        TrayProgram(desktop, sandbox.url, program=command) as program,
    ):
        program.wait_for_tooltip("Healthy · 12,430 credits")
        program.set_low(20_000)
        program.wait_for_tooltip("Low · 12,430 credits")
        wait_until(lambda: NOT_SAVED in said(program), TIMEOUT, "what can't be kept")
        sentences = said(program)
        assert [sentences.count(each) for each in (NOT_SAVED, NOT_REMEMBERED)] == [1, 1]
        quit_from_menu(program)


@pytest.mark.parametrize("name", [name for name, place in PLACES.items() if place.settings])
def test_it_keeps_its_files_and_finds_them_again(
    desktop: VirtualDesktop, sandbox: Sandbox, name: str
) -> None:
    place = PLACES[name]
    settings = desktop.home / str(place.settings)
    with started_in(place, desktop) as command:
        with TrayProgram(desktop, sandbox.url, program=command) as program:
            program.wait_for_tooltip("Healthy · 12,430 credits")
            program.set_low(20_000)
            wait_until(lambda: settings.exists() and low_in(settings) == 20_000, TIMEOUT, name)
            assert not {NOT_SAVED, NOT_REMEMBERED} & set(said(program))
            quit_from_menu(program)
        with TrayProgram(desktop, sandbox.url, program=command) as program:
            program.wait_for_tooltip("Low · 12,430 credits")
            assert not program.windows()
            # The one instance is found by its files too.
            second = desktop.start(*command, env={"LEMLIST_API_URL": sandbox.url})
            assert second.wait(TIMEOUT) == 0
            program.window(POPUP)
            quit_from_menu(program)


def test_figures_get_out_of_date_when_a_poll_never_ends(
    desktop: VirtualDesktop, sandbox: Sandbox
) -> None:
    program_that_hangs = (sys.executable, "-m", "tests.program.hanging_program")
    with TrayProgram(desktop, sandbox.url, program=program_that_hangs) as program:
        program.wait_for_tooltip("Healthy · 12,430 credits")
        program.wait_for_tooltip("Healthy · 12,430 credits · out of date")
        quit_from_menu(program)


def said(program: TrayProgram) -> list[str]:
    """All that the popup says, line by line."""
    program.item.click_menu("Open")
    return [line for name in program.window(POPUP).names() for line in name.splitlines()]


def low_in(settings: Path) -> int:
    low: int = json.loads(settings.read_text())["low"]
    return low


def quit_from_menu(program: TrayProgram) -> None:
    program.item.click_menu("Quit")
    assert program.process.wait(TIMEOUT) == 0
    assert "Traceback" not in program.output()
    wait_until(lambda: not tray_items(program.desktop.bus), TIMEOUT, "the icon is gone")
