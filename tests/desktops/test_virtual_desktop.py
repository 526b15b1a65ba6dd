"""The virtual desktop itself: what it shows is really shown, and nothing of it stays behind."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests import PROJECT
from tests.desktops.accessibility import accessibility_bus, accessible_program
from tests.desktops.dbus_probe import TrayItem, tray_items
from tests.desktops.desktop_session import ACTIVATABLE
from tests.desktops.notification_log import NotificationLog
from tests.desktops.virtual_desktop import KEYRING_PASSWORD, VirtualDesktop, processes_at_home
from tests.waiting import PATIENCE, wait_until

TRAY_PROGRAM = """
from PySide6.QtGui import QAction, QColor, QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QSystemTrayIcon
from PySide6.QtWidgets import QVBoxLayout, QWidget

app = QApplication(["bare-tray"])
app.setApplicationDisplayName("Bare tray")
app.setQuitOnLastWindowClosed(False)
pixmap = QPixmap(22, 22)
pixmap.fill(QColor("#D55E00"))
icon = QSystemTrayIcon(QIcon(pixmap))
icon.setToolTip("480 credits")

window = QWidget()
window.setWindowTitle("Credits")
layout = QVBoxLayout(window)
layout.addWidget(QLabel("480 credits"))
button = QPushButton("Buy credits")
button.clicked.connect(lambda: print("bought", flush=True))
layout.addWidget(button)

menu = QMenu()
menu.addAction("&Refresh now")
menu.addSeparator()
snooze = menu.addMenu("Snooze")
hour = snooze.addAction("1 hour")
hour.triggered.connect(lambda: icon.showMessage("Snoozed", "for 1 hour"))
menu.addAction("Never").setEnabled(False)
icon.setContextMenu(menu)
icon.activated.connect(lambda reason: (window.show(), window.activateWindow()))
icon.show()
app.exec()
"""


@pytest.fixture(scope="module")
def desktop() -> Iterator[VirtualDesktop]:
    with VirtualDesktop() as running:
        yield running


@pytest.fixture(scope="module")
def program(desktop: VirtualDesktop) -> subprocess.Popen[bytes]:
    return desktop.start(sys.executable, "-c", TRAY_PROGRAM)


@pytest.fixture
def item(desktop: VirtualDesktop, program: subprocess.Popen[bytes]) -> TrayItem:
    return wait_until(lambda: tray_items(desktop.bus), PATIENCE, "the icon is registered")[0]


def test_picture_of_the_screen(desktop: VirtualDesktop, item: TrayItem) -> None:
    path = desktop.home / "desktop.png"

    def icon_is_on_the_panel() -> bool:
        with Image.open(desktop.screenshot(path)) as picture:
            assert picture.size == (1280, 800)
            panel = picture.convert("RGB").crop((1000, 764, 1280, 800))
            return (0xD5, 0x5E, 0x00) in {colour for _, colour in panel.getcolors(20_000) or []}

    wait_until(icon_is_on_the_panel, PATIENCE, "the icon's colour is in the panel's corner")


def test_tooltip_and_pixels_of_the_icon(item: TrayItem) -> None:
    assert item.tooltip().title == "480 credits"
    sizes = {(pixmap.width, pixmap.height) for pixmap in item.icon_pixmaps()}
    assert (22, 22) in sizes
    assert item.icon_pixmaps()[0].argb.startswith(bytes.fromhex("ffd55e00"))


def test_menu(item: TrayItem) -> None:
    menu = item.menu()
    assert menu.labels() == ["Refresh now", "Snooze", "1 hour", "Never"]
    assert menu.find("Refresh now").enabled
    assert not menu.find("Never").enabled
    with pytest.raises(LookupError):
        item.click_menu("Never")


def test_nothing_of_another_desktop_can_start(desktop: VirtualDesktop) -> None:
    """GNOME and Plasma bring dozens of services that a message bus starts when it is asked."""
    bus = "org.freedesktop.DBus"
    ask = (bus, "/org/freedesktop/DBus", bus, "ListActivatableNames")
    assert set(*desktop.bus.call(*ask)) == {bus, *ACTIVATABLE}
    with accessibility_bus(desktop.bus) as accessibility:
        assert set(*accessibility.call(*ask)) == {bus, "org.a11y.atspi.Registry"}


def test_one_message_is_one_notification(desktop: VirtualDesktop, item: TrayItem) -> None:
    with NotificationLog(desktop.bus_address) as log:
        item.click_menu("1 hour")
        notification = log.wait_for(lambda one: one.summary == "Snoozed", 10)
        item.tooltip()  # a round trip later a second one would have come
    assert notification.body == "for 1 hour"
    assert len(log.notifications) == 1


def test_window_is_read_and_used(
    desktop: VirtualDesktop, item: TrayItem, program: subprocess.Popen[bytes]
) -> None:
    item.activate()
    # Only a window that the window manager has placed is where its extents say.
    wait_until(lambda: "Credits" in desktop.active_window(), PATIENCE, "the window has the focus")
    with accessibility_bus(desktop.bus) as bus:
        tree = accessible_program(bus, "bare-tray")
        assert tree is not None
        assert tree.find(role="label").name == "480 credits"
        button = tree.find(role="push button", name="Buy credits")
        assert {"focusable", "enabled", "showing"} <= button.states
        x, y, width, height = button.extents()
    desktop.click(x + width // 2, y + height // 2)
    wait_until(lambda: "bought" in desktop.log_of(program), PATIENCE, "the click arrived")


def test_keyring_keeps_a_secret(desktop: VirtualDesktop) -> None:
    def secret_tool(*arguments: str, stdin: str = "") -> str:
        return subprocess.run(
            ["secret-tool", *arguments],
            env=desktop.env,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        ).stdout

    secret_tool("store", "--label=test", "purpose", "test", stdin="not a real secret")
    assert secret_tool("lookup", "purpose", "test") == "not a real secret"


def test_services_come_and_go() -> None:
    with VirtualDesktop(640, 400, scale=2, tray=False, notifications=False, keyring=False) as bare:
        assert bare.size == (1280, 800)
        assert_comes_and_goes(bare, "panel", "org.kde.StatusNotifierWatcher")
        assert_comes_and_goes(bare, "dunst", "org.freedesktop.Notifications")
        assert_comes_and_goes(bare, "keyring", "org.freedesktop.secrets")


def assert_comes_and_goes(desktop: VirtualDesktop, component: str, bus_name: str) -> None:
    assert not desktop.bus.has_owner(bus_name)
    desktop.start_component(component)
    assert desktop.bus.has_owner(bus_name)
    desktop.stop_component(component)
    wait_until(lambda: not desktop.bus.has_owner(bus_name), PATIENCE, f"{bus_name} is gone")


def test_locked_keyring_is_unlocked_by_its_password() -> None:
    with VirtualDesktop(keyring="locked") as desktop:
        service, secrets = "org.freedesktop.secrets", "/org/freedesktop/secrets"
        collection = (service, f"{secrets}/collection/login", "org.freedesktop.Secret.Collection")
        assert desktop.bus.get(*collection, "Locked")

        _unlocked, prompt = desktop.bus.call(
            service, secrets, "org.freedesktop.Secret.Service", "Unlock", "ao", [collection[1]]
        )
        desktop.bus.call(service, prompt, "org.freedesktop.Secret.Prompt", "Prompt", "s", "")
        wait_until(desktop.active_window, PATIENCE, "the keyring asks for its password")
        desktop.type_text(KEYRING_PASSWORD)
        desktop.press_keys("Return")
        wait_until(lambda: not desktop.bus.get(*collection, "Locked"), PATIENCE, "it is unlocked")


def test_nothing_is_left_behind() -> None:
    with VirtualDesktop() as desktop:
        home = desktop.home
        desktop.start("setsid", "sleep", "600")
        assert len(processes_at_home(home)) > 5
    assert processes_at_home(home) == []
    assert not home.exists()


def test_nothing_outlives_a_killed_test_run(tmp_path: Path) -> None:
    home_file = tmp_path / "home"
    program = (
        "import pathlib, signal; from tests.desktops.virtual_desktop import VirtualDesktop\n"
        "with VirtualDesktop() as desktop:\n"
        f"    pathlib.Path({str(home_file)!r}).write_text(str(desktop.home))\n"
        "    signal.pause()"
    )
    run = subprocess.Popen([sys.executable, "-c", program], cwd=PROJECT)
    try:
        wait_until(lambda: home_file.exists() and home_file.read_text(), 30, "it runs")
    finally:
        run.kill()
        run.wait()
    home = Path(home_file.read_text())
    wait_until(lambda: not processes_at_home(home), PATIENCE, "the desktop's processes have ended")
    shutil.rmtree(home)


def test_only_its_own_fonts_are_there(desktop: VirtualDesktop) -> None:
    """A machine has hundreds at times, in which the same text takes another place."""
    code = (
        "from PySide6.QtGui import QFontDatabase, QGuiApplication; app = QGuiApplication([])\n"
        "print(*QFontDatabase.families(), sep='\\n')"
    )
    families = desktop.run(sys.executable, "-c", code).splitlines()
    # Qt adds the generic ones.
    assert {name.split()[0] for name in families} == {
        *("DejaVu", "Inter"),
        *("Monospace", "Sans", "Serif"),
    }
