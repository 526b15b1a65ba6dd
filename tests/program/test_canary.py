"""The key is nowhere but in the keychain and in memory, whatever the program is made to do."""

import base64
import json
import os
import re
import subprocess
import sys
import urllib.parse
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.desktops.accessibility import Accessible, accessibility_bus, accessible_program
from tests.desktops.virtual_desktop import VirtualDesktop
from tests.program.canary import CLIPBOARDS, Canary, Find, Surroundings
from tests.program.tray_program import CONNECT, FROM_SOURCE, POPUP, TIMEOUT, TrayProgram, store_key
from tests.servers.faulty_sandbox import Sandbox
from tests.servers.local_servers import RawServer, answer
from tests.waiting import wait_until
from tray_app.errors import Kind
from tray_app.words.problem_words import problem_words

PANEL = 64
"""Pixels from the bottom of the screen, in which the panel is."""

BROWSER = """#!/bin/sh
tr '\\0' '\\n' < /proc/$$/environ > {opened}.part
echo "$@" >> {opened}.part
mv {opened}.part {opened}
"""

DEFECTIVE_COMMAND = """
import sys
from tray_app.terminal import status_command
from tray_app import __main__

def status(environ, *_given, **_named):
    raise ValueError(environ["LEMLIST_API_KEY"])

status_command.status = status
sys.exit(__main__.main(["status"]))
"""

OFFERS_TO_PASTE = """
import sys
from PySide6.QtGui import QClipboard, QGuiApplication
app = QGuiApplication([])
key = sys.stdin.readline()
for mode in QClipboard.Mode.Clipboard, QClipboard.Mode.Selection:
    app.clipboard().setText(key, mode)
print("ready", flush=True)
app.exec()
"""

LEAKY_PROGRAM = """
import json, sys
from pathlib import Path
from jeepney import DBusAddress, new_method_call
from jeepney.io.blocking import open_dbus_connection
from PySide6.QtGui import QClipboard
from PySide6.QtWidgets import QApplication, QLabel

keys = json.loads(sys.stdin.readline())
app = QApplication(["leaky"])
app.setApplicationName("leaky")
Path("data/leak").write_text(keys["file data/leak"])
Path(f"data/{keys['file data/'][:23]}").touch()
print(keys["file log/leak"], file=sys.stderr, flush=True)
bus = DBusAddress("/", "org.freedesktop.DBus", "org.freedesktop.DBus.Peer")
with open_dbus_connection() as connection:
    for text in (keys["session bus"], *keys["session bus, spelled"]):
        connection.send(new_method_call(bus, "Ping", "s", (text,)))
for name in ("Clipboard", "Selection"):
    app.clipboard().setText(keys[name], QClipboard.Mode[name])
window = QLabel()
window.setAccessibleName(keys["accessibility bus"])
window.show()
print("ready", flush=True)
app.exec()
"""


# --- the search finds what is there -------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "write"),
    [
        ("plain", lambda key: key.encode()),
        ("plain", lambda key: json.dumps(key).encode()),
        ("plain", lambda key: urllib.parse.quote(key, safe="").encode()),
        ("plain", lambda key: f"{key[:24]}…".encode()),
        ("plain", lambda key: f"…{key[-17:]}".encode()),
        ("UTF-16", lambda key: key.encode("utf-16-le")),
        ("UTF-16", lambda key: key.encode("utf-16-be")),
        ("hex", lambda key: key.encode().hex().encode()),
        ("base64", lambda key: base64.b64encode(key.encode())),
        ("base64", lambda key: base64.b64encode(f":{key}".encode())),
        ("base64", lambda key: base64.b64encode(f"::{key}::".encode())),
        ("base64", lambda key: base64.urlsafe_b64encode(f":{key}".encode())),
    ],
)
def test_every_form_is_found(form: str, write: Callable[[str], bytes]) -> None:
    canary, other = Canary(), Canary()
    content = b"before " + write(canary.key) + b" after"
    assert canary.find_in(content) == {form}
    assert other.find_in(content) == set()


def test_every_place_is_searched(desktop: VirtualDesktop) -> None:
    """A program that leaks a key of its own in each place is found out in each."""
    places = (
        *("file data/leak", "file data/", "file log/leak", "arguments of", "environment of"),
        *("session bus", "session bus, spelled", "accessibility bus", *CLIPBOARDS),
    )
    canaries = {place: Canary() for place in places}
    with (
        Surroundings(desktop) as around,
        (desktop.home / "log" / "leak").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-c", LEAKY_PROGRAM, canaries["arguments of"].key],
            cwd=desktop.home,
            env={**desktop.env, "LEAK": canaries["environment of"].key},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as leaky,
        accessibility_bus(desktop.bus) as bus,
    ):
        try:
            assert leaky.stdin is not None
            assert leaky.stdout is not None
            keys = {place: canary.key for place, canary in canaries.items()}
            leaky.stdin.write(f"{json.dumps(keys)}\n")
            leaky.stdin.flush()
            assert leaky.stdout.readline() == "ready\n"
            wait_until(lambda: accessible_program(bus, "leaky"), TIMEOUT, "its window")
            around.look()
        finally:
            leaky.kill()
    for place, canary in canaries.items():
        finds = around.finds(canary)
        found, _, how = place.partition(", ")
        assert any(find.place.startswith(found) for find in finds), (place, finds)
        assert not how or Find(found, "plain, letter by letter") in finds
    assert around.finds(Canary()) == []


# --- the program leaves nothing to be found -----------------------------------------------------


class Tour:
    """A user who does everything, with somebody watching."""

    def __init__(self, desktop: VirtualDesktop, around: Surroundings, sandbox: Sandbox) -> None:
        self.desktop = desktop
        self.around = around
        self.sandbox = sandbox
        self.opened = desktop.home / "opened"
        browser = desktop.home / "bin" / "xdg-open"
        browser.parent.mkdir()
        browser.write_text(BROWSER.format(opened=self.opened))
        browser.chmod(0o755)
        (desktop.home / "tmp").mkdir()
        self.env = {
            "PATH": f"{browser.parent}:{desktop.env['PATH']}",
            "TMPDIR": str(desktop.home / "tmp"),
        }

    def enter_first_key(self, program: TrayProgram, refused: str, good: str) -> None:
        desktop = self.desktop
        program.go_to_key_field()
        self.fill_field(program, good)
        picture = self.picture()
        self.fill_field(program, good[:-1])
        wait_until(lambda: self.picture() != picture, TIMEOUT, "one bullet less on the picture")
        self.fill_field(program, refused)
        wait_until(lambda: self.picture() == picture, TIMEOUT, "the same picture for another key")
        desktop.press_keys("shift+Tab")
        desktop.press_keys("Return")
        self.wait_for_name(program, CONNECT, "lemlist doesn't accept this API key")
        desktop.press_keys("ctrl+a", "ctrl+c", "ctrl+x", "ctrl+Insert", "shift+Delete")
        self.around.look()
        desktop.press_keys("ctrl+a")
        desktop.type_text(good)
        desktop.press_keys("Return")
        self.around.look()
        program.wait_for_tooltip("12,430 credits")
        wait_until(lambda: not program.windows(), TIMEOUT, "the dialog closes")

    def look_at_figures(self, program: TrayProgram) -> None:
        program.item.menu()
        program.open_popup()
        self.around.look()
        program.close_popup()

    def be_alerted(self, program: TrayProgram) -> None:
        for credits in (480, 0):
            self.sandbox.set_total(credits)
            program.refresh_until(f"{credits} credits")
        program.item.click_menu("For 1 hour")

    def meet_errors(self, program: TrayProgram, elsewhere: str) -> None:
        self.sandbox.set_fault("302", location=elsewhere)
        program.refresh_until("Couldn't read lemlist's reply")
        for fault, title in (
            ("500", "lemlist is temporarily unavailable"),
            ("html", "Couldn't read lemlist's reply"),
            ("401", "lemlist doesn't accept this API key"),
        ):
            self.sandbox.set_fault(fault)
            program.refresh_until(title)
        self.look_at_figures(program)

    def use_the_windows(self, program: TrayProgram) -> None:
        desktop = self.desktop
        program.set_low(20_000)
        file = desktop.home / "config" / "lemlist-credits" / "settings.json"
        wait_until(file.exists, TIMEOUT, "the settings")
        program.item.click_menu("About")
        about = "About lemlist credits"
        self.desktop.wait_for_focus(about)
        program.window(about).find(role="push button", name="Copy diagnostics").do_action()
        self.wait_for_name(program, about, "Diagnostics copied")
        diagnostics = self.around.clipboards()["Clipboard"]
        assert b"Python: 3" in diagnostics
        assert b"Acme" not in diagnostics
        self.around.look()
        program.close_popup()

    def fail_to_change_the_key(self, program: TrayProgram, refused: str) -> None:
        title = "Change the API key — lemlist credits"
        program.item.click_menu("Change key…")
        program.window(title)
        self.desktop.wait_for_focus(title)
        self.desktop.type_text(refused)
        self.desktop.press_keys("Return")
        self.wait_for_name(program, title, "lemlist doesn't accept this API key")
        self.around.look()
        program.close_popup()

    def buy(self, program: TrayProgram) -> None:
        self.opened.unlink(missing_ok=True)
        program.item.click_menu("Buy credits…")
        wait_until(self.opened.exists, TIMEOUT, "a page is opened")
        browser = self.opened.read_text()
        assert "XDG_SESSION_TYPE=x11" in browser
        assert "https://app.lemlist.com/settings/billing" in browser
        self.around.see("the browser's environment", browser.encode())

    def hang(self, program: TrayProgram) -> None:
        asked = len(self.sandbox.requests)
        self.sandbox.set_fault("silent")

        def asks() -> bool:
            program.item.click_menu("Refresh now")
            return len(self.sandbox.requests) > asked

        wait_until(asks, TIMEOUT, "a request hangs")

    def run(self, *command: str, stdin: str = "", key: str | None = None) -> int:
        env = {**self.desktop.env, **self.env, "LEMLIST_API_URL": self.sandbox.url}
        done = subprocess.run(
            command,
            env=env if key is None else {**env, "LEMLIST_API_KEY": key},
            input=stdin.encode(),
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
        self.around.see(f"output of {command[1:]}", done.stdout + done.stderr)
        return done.returncode

    def fill_field(self, program: TrayProgram, key: str) -> None:
        """Type a key in the place of what is there, and leave the field, whose cursor blinks."""
        if "API key" not in program.window(CONNECT).focused:
            self.desktop.press_keys("shift+Tab")
        self.desktop.press_keys("ctrl+a")
        self.desktop.type_text(key)
        self.desktop.press_keys("Tab")
        wait_until(
            lambda: "API key" not in program.window(CONNECT).focused, TIMEOUT, "the field is left"
        )
        assert self.field(program).text == "•" * len(key)

    def field(self, program: TrayProgram) -> Accessible:
        return program.window(CONNECT).find(role="text", name="API key")

    def picture(self) -> QImage:
        """The screen when it holds still, without the panel, whose icon changes meanwhile."""
        file = self.desktop.home / "tmp" / "screen.png"
        last = QImage()

        def still() -> QImage | None:
            nonlocal last
            screen = QImage(str(self.desktop.screenshot(file)))
            before, last = last, screen.copy(0, 0, screen.width(), screen.height() - PANEL)
            return last if last == before else None

        return wait_until(still, TIMEOUT, "the screen holds still")

    def wait_for_name(self, program: TrayProgram, title: str, name: str) -> None:
        wait_until(lambda: name in program.window(title).names(), TIMEOUT, name)


def test_the_key_is_nowhere_to_be_found(
    desktop: VirtualDesktop, program_command: tuple[str, ...]
) -> None:
    canary, refused = Canary(), Canary()
    with (
        Sandbox(story="fixed", key=canary.key) as sandbox,
        RawServer(answer()) as elsewhere,
        Surroundings(desktop) as around,
    ):
        tour = Tour(desktop, around, sandbox)
        sandbox.set_total(12_430)
        with TrayProgram(
            desktop, sandbox.url, "--verbose", program=program_command, env=tour.env
        ) as program:
            tour.enter_first_key(program, refused.key, canary.key)
            tour.look_at_figures(program)
            tour.be_alerted(program)
            tour.buy(program)
            tour.meet_errors(program, f"http://127.0.0.1:{elsewhere.port}/api/team/credits")
            sandbox.set_fault(None)
            tour.fail_to_change_the_key(program, refused.key)
            tour.hang(program)
            tour.use_the_windows(program)
            if program_command == FROM_SOURCE:  # it takes 15 seconds
                program.wait_for_tooltip("lemlist is taking too long to answer")
                tour.hang(program)
            around.look()
            program.process.kill()
            program.process.wait()
        sandbox.set_fault(None)
        environment = {**tour.env, "LEMLIST_API_KEY": canary.key}
        with TrayProgram(desktop, sandbox.url, program=program_command, env=environment) as program:
            program.wait_for_tooltip("0 credits")
            tour.buy(program)
            around.look(given_the_key=program.process.pid)
        assert tour.run(*program_command, "key", "set", stdin=refused.key) == 2
        assert tour.run(*program_command, "key", "set", stdin=canary.key) == 0
        assert tour.run(*program_command, "status") == 0
        assert tour.run(*program_command, "status", "--json", key=refused.key) == 2
        assert tour.run(*program_command, "key", "remove") == 0
    assert around.finds(canary) == []
    assert around.finds(refused) == []
    assert elsewhere.connections == 0


def test_a_pasted_key_is_told_to_nobody(desktop: VirtualDesktop) -> None:
    canary = Canary()
    with Sandbox() as sandbox, Surroundings(desktop) as around:
        tour = Tour(desktop, around, sandbox)
        with (
            TrayProgram(desktop, sandbox.url) as program,
            subprocess.Popen(
                [sys.executable, "-c", OFFERS_TO_PASTE],
                env=desktop.env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            ) as other,
        ):
            try:
                assert other.stdin is not None
                assert other.stdout is not None
                other.stdin.write(canary.key)
                other.stdin.close()
                assert other.stdout.readline() == "ready\n"
                program.go_to_key_field()
                x, y, width, height = tour.field(program).extents()
                pastes: tuple[Callable[[], None], ...] = (
                    lambda: desktop.press_keys("ctrl+v"),
                    lambda: desktop.press_keys("shift+Insert"),
                    lambda: desktop.press_keys("Menu", "Down", "Return"),
                    lambda: desktop.click(x + width // 2, y + height // 2, button=2),
                )
                for paste in pastes:
                    desktop.press_keys("ctrl+a", "Delete")
                    wait_until(lambda: tour.field(program).text == "", TIMEOUT, "an empty field")
                    paste()
                    wait_until(
                        lambda: tour.field(program).text == "•" * len(canary.key),
                        TIMEOUT,
                        "bullets",
                    )
                    tour.wait_for_name(program, CONNECT, "lemlist doesn't accept this API key")
                program.close_popup()
            finally:
                other.kill()
    assert around.finds(canary) == []


def test_a_defect_does_not_tell_the_key(desktop: VirtualDesktop) -> None:
    canary = Canary()
    with Sandbox(story="fixed", key=canary.key) as sandbox, Surroundings(desktop) as around:
        store_key(desktop, sandbox)
        command = (sys.executable, "-m", "tests.program.defective_program")
        with TrayProgram(desktop, sandbox.url, program=command, has_defects=True) as program:
            program.wait_for_tooltip("12,430 credits")
            log = desktop.home / "state" / "lemlist-credits" / "log" / "lemlist-credits.log"
            for place in ("slot", "_call_back", "run", "__del__", "event"):
                wait_for_line(log, rf"uncaught: .*{place} > .*fail > ValueError")
            wait_for_line(log, r"uncaught: worker.py.*<lambda> > .*fail > ValueError")
            program.item.activate()
            names = program.window(POPUP).names()
            assert any(problem_words(Kind.DEFECT).title in name for name in names)
            around.look()
    assert around.finds(canary) == []


def test_a_defect_of_a_command_does_not_tell_the_key(home: Path) -> None:
    canary = Canary()
    done = subprocess.run(
        [sys.executable, "-c", DEFECTIVE_COMMAND],
        env={**os.environ, "LEMLIST_API_KEY": canary.key},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (6, b"")
    assert done.stderr.endswith(b"status > ValueError)\n")
    assert canary.find_in(done.stderr) == set()


def wait_for_line(log: Path, pattern: str) -> None:
    """Wait until a line of a log matches a pattern."""
    wait_until(lambda: re.search(pattern, log.read_text()), TIMEOUT, pattern)
